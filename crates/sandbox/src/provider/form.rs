//! Reads the form of a token request as the real provider's family does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};

use crate::Cause;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The parameters that count; any other is ignored (RFC 6749 section 3.2).
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) grant_type: Option<String>,
    pub(crate) scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion: Option<String>,
    client_assertion_type: Option<String>,
}

impl Form {
    pub(crate) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, Cause> {
        let form = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|media| {
                media
                    .trim()
                    .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            });
        if !form {
            return Err(Cause::NotAForm);
        }
        let mut form = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            let (name, slot) = match &*name {
                "grant_type" => ("grant_type", &mut form.grant_type),
                "scope" => ("scope", &mut form.scope),
                "client_id" => ("client_id", &mut form.client_id),
                "client_secret" => ("client_secret", &mut form.client_secret),
                "client_assertion" => ("client_assertion", &mut form.client_assertion),
                "client_assertion_type" => {
                    ("client_assertion_type", &mut form.client_assertion_type)
                }
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(Cause::DuplicateParameter { name });
            }
        }
        // An empty parameter counts as absent (RFC 6749 section 3.2).
        for slot in [
            &mut form.grant_type,
            &mut form.scope,
            &mut form.client_id,
            &mut form.client_secret,
            &mut form.client_assertion,
            &mut form.client_assertion_type,
        ] {
            slot.take_if(|value| value.is_empty());
        }
        Ok(form)
    }

    /// Client id and secret, once they are the one mechanism by which the client authenticates (RFC 6749 section 2.3.1).
    pub(crate) fn secret(&self, headers: &HeaderMap) -> Option<(String, String)> {
        if self.client_assertion.is_some() {
            return None;
        }
        match (&self.client_secret, headers.get(AUTHORIZATION)) {
            (Some(secret), None) => Some((self.client_id.clone()?, secret.clone())),
            (None, Some(basic)) => {
                let encoded = basic.to_str().ok()?.strip_prefix("Basic ")?;
                let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
                let (client_id, secret) = pair.split_once(':')?;
                // Each half is a form value of its own.
                let decoded = |half: &str| {
                    let field = format!("v={half}");
                    let (_, value) = url::form_urlencoded::parse(field.as_bytes()).next()?;
                    Some(value.into_owned())
                };
                Some((decoded(client_id)?, decoded(secret)?))
            }
            _ => None,
        }
    }

    /// The assertion, once it is the one mechanism by which the client authenticates.
    pub(crate) fn assertion(&self, headers: &HeaderMap) -> Result<&str, Cause> {
        let secret = self.client_secret.is_some() || headers.contains_key(AUTHORIZATION);
        let several = self.client_secret.is_some() && headers.contains_key(AUTHORIZATION);
        match &self.client_assertion {
            Some(_) if secret => Err(Cause::SeveralMechanisms),
            None if several => Err(Cause::SeveralMechanisms),
            None if secret => Err(Cause::SecretNotAccepted),
            None => Err(Cause::NoClientAuthentication),
            Some(assertion) => Ok(assertion),
        }
    }

    /// What else of the form belongs to the authentication, once `sub` is known.
    pub(crate) fn matches(&self, sub: &str) -> Result<(), Cause> {
        match self.client_assertion_type.as_deref() {
            None => return Err(Cause::AssertionTypeMissing),
            Some(ASSERTION_TYPE) => {}
            Some(_) => return Err(Cause::AssertionTypeWrong),
        }
        match &self.client_id {
            Some(client_id) if client_id != sub => Err(Cause::ClientIdMismatch),
            _ => Ok(()),
        }
    }
}

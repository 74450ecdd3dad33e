//! An access token that never prints itself.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// A bearer token (RFC 6750) with the facts the cache needs. Cheap to clone; wiped from memory with its last clone.
#[derive(Clone)]
pub struct AccessToken(Arc<Facts>);

#[derive(Clone)]
struct Facts {
    secret: Zeroizing<String>,
    generation: u64,
    expires_at: Option<Duration>,
    lifetime: Option<Duration>,
    requested: Option<Arc<str>>,
    granted: Option<String>,
}

impl AccessToken {
    /// A token of the given cache generation, expiring at a point of [`Clock::steady`] time.
    ///
    /// [`Clock::steady`]: crate::ports::Clock::steady
    pub fn new(secret: Zeroizing<String>, generation: u64, expires_at: Option<Duration>) -> Self {
        Self(Arc::new(Facts {
            secret,
            generation,
            expires_at,
            lifetime: None,
            requested: None,
            granted: None,
        }))
    }

    /// The same token with the lifetime that the server stated.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Option<Duration>) -> Self {
        Arc::make_mut(&mut self.0).lifetime = lifetime;
        self
    }

    /// The same token with the scope that was asked for and the scope that the answer named, if it named one.
    #[must_use]
    pub fn with_scope(mut self, requested: Option<Arc<str>>, granted: Option<String>) -> Self {
        let facts = Arc::make_mut(&mut self.0);
        facts.requested = requested;
        facts.granted = granted;
        self
    }

    /// Which fetch brought this token; a later fetch has a larger number.
    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// When it expires in [`Clock::steady`] time; `None` when the server did not say.
    ///
    /// [`Clock::steady`]: crate::ports::Clock::steady
    pub fn expires_at(&self) -> Option<Duration> {
        self.0.expires_at
    }

    /// How long it lives from the start of the request that brought it (`expires_in`); `None` when the server did not say.
    pub fn lifetime(&self) -> Option<Duration> {
        self.0.lifetime
    }

    /// The granted scope; the requested one when the answer named none (RFC 6749 section 5.1).
    pub fn scope(&self) -> Option<&str> {
        self.0.granted.as_deref().or(self.0.requested.as_deref())
    }

    /// The scope tokens that were asked for but not granted. Servers drop unknown ones without a word.
    pub fn missing_scope(&self) -> impl Iterator<Item = &str> {
        let granted = self.scope().unwrap_or_default();
        self.0
            .requested
            .as_deref()
            .unwrap_or_default()
            .split_ascii_whitespace()
            .filter(|wanted| granted.split_ascii_whitespace().all(|one| one != *wanted))
    }

    /// The token itself. For the `Authorization` header and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0.secret
    }

    /// The claims, if the token is a JWT. The signature is **not** verified: to show, never to decide by.
    pub fn claims(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        let mut parts = self.0.secret.split('.');
        let (Some(_), Some(payload), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken")
            .field("generation", &self.generation())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(secret: &str) -> AccessToken {
        AccessToken::new(String::from(secret).into(), 1, None)
    }

    #[test]
    fn claims_of_a_jwt_are_shown_and_an_opaque_token_has_none() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"institutionId":"011001276"}"#);
        let claims = token(&format!("e30.{payload}.c2ln"))
            .claims()
            .expect("a JWT");
        assert_eq!(claims["institutionId"], "011001276");
        for opaque in ["opaque", "a.b", "a.b.c.d", "a.!.c", "e30.WzFd.c2ln"] {
            assert_eq!(token(opaque).claims(), None, "{opaque}");
        }
    }

    #[test]
    fn scope_that_was_not_granted_is_named() {
        let asked: Option<Arc<str>> = Some("openid full".into());
        let less = token("t").with_scope(asked.clone(), Some(String::from("openid")));
        assert_eq!(less.missing_scope().collect::<Vec<_>>(), ["full"]);
        assert_eq!(less.scope(), Some("openid"));

        let silent = token("t").with_scope(asked, None);
        assert_eq!(silent.missing_scope().count(), 0);
        assert_eq!(silent.scope(), Some("openid full"));
    }

    #[test]
    fn debug_shows_facts_and_no_secret() {
        let shown = format!("{:?}", token("sesame"));
        assert!(shown.contains("generation: 1"), "{shown}");
        assert!(!shown.contains("sesame"), "{shown}");
    }
}

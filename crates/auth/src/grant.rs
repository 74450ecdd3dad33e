//! The client credentials grant (RFC 6749 section 4.4): form out, reply in; no socket.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, Request, Response};
use zeroize::Zeroizing;

use crate::ports::TokenHttp;
use crate::{ClientAuth, Error, Proof, SenderConstraint, SettingError, TokenEndpoint};

pub(crate) mod date;
pub(crate) mod reply;

/// One kind of token request: where to, for which scope and resource, tied to which key.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    endpoint: TokenEndpoint,
    scope: Option<Arc<str>>,
    resource: Option<Arc<str>>,
    constraint: Option<Arc<dyn SenderConstraint>>,
}

impl ClientCredentials {
    /// Requests to `endpoint` that name no scope.
    pub fn new(endpoint: TokenEndpoint) -> Self {
        Self {
            endpoint,
            scope: None,
            resource: None,
            constraint: None,
        }
    }

    /// The same for this scope: tokens parted by single blanks.
    ///
    /// # Errors
    /// Anything else (RFC 6749 section 3.3).
    pub fn with_scope(mut self, scope: &str) -> Result<Self, SettingError> {
        if !reply::is_scope(scope) {
            return Err(SettingError::Scope);
        }
        self.scope = Some(scope.into());
        Ok(self)
    }

    /// The same for the resource of this URI (RFC 8707 section 2).
    ///
    /// # Errors
    /// Anything but an absolute URI without a fragment.
    pub fn with_resource(mut self, resource: &str) -> Result<Self, SettingError> {
        match url::Url::parse(resource) {
            Ok(url) if url.fragment().is_none() => self.resource = Some(resource.into()),
            _ => return Err(SettingError::Resource),
        }
        Ok(self)
    }

    /// The same for tokens tied to a key.
    #[must_use]
    pub fn with_constraint(mut self, constraint: Arc<dyn SenderConstraint>) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// The resource asked for.
    pub fn resource(&self) -> Option<&str> {
        self.resource.as_deref()
    }

    /// What ties the tokens to a key.
    pub fn constraint(&self) -> Option<&Arc<dyn SenderConstraint>> {
        self.constraint.as_ref()
    }

    /// Where the requests go.
    pub fn endpoint(&self) -> &TokenEndpoint {
        &self.endpoint
    }

    /// The scope asked for.
    pub fn scope(&self) -> Option<&Arc<str>> {
        self.scope.as_ref()
    }

    /// The HTTP request of one attempt. Its body holds the proof: never log it, never send it twice.
    ///
    /// # Errors
    /// [`Error::Http`] when the URL does not fit into an HTTP request.
    pub fn request(&self, proof: &Proof) -> Result<Request<Vec<u8>>, Error> {
        // Room for everything at once, so that no half-written copy of the assertion is left behind.
        let room = 256
            + 3 * proof
                .fields()
                .map(|(name, value)| name.len() + value.len())
                .sum::<usize>();
        let mut form = url::form_urlencoded::Serializer::new(String::with_capacity(room));
        form.append_pair("grant_type", "client_credentials");
        form.extend_pairs(proof.fields());
        if let Some(scope) = &self.scope {
            form.append_pair("scope", scope);
        }
        if let Some(resource) = &self.resource {
            form.append_pair("resource", resource);
        }
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.endpoint.url().as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json");
        proof
            .headers()
            .fold(request, |request, (name, value)| {
                request.header(name, value)
            })
            .body(form.finish().into_bytes())
            .map_err(|error| crate::ports::TokenHttpError::Unreachable(error.into()).into())
    }

    /// Reads the answer to a request that carried `proof`: lenient in what servers vary, strict in what it returns.
    ///
    /// # Errors
    /// Everything but status 200 or 201 with a token of the type that was asked for; see [`Error`].
    pub fn read(&self, response: Response<Vec<u8>>, proof: &Proof) -> Result<Grant, Error> {
        let token_type = self
            .constraint
            .as_ref()
            .map_or("Bearer", |constraint| constraint.token_type());
        Ok(reply::read(response, proof, token_type)?.grant)
    }

    /// One request and its answer, with a new proof.
    ///
    /// A refusal is final, with two exceptions, each for one more request with a new proof: the answer brought
    /// a nonce that the [`SenderConstraint`] wanted (RFC 9449 section 8), or [`ClientAuth::prove_again`] has another
    /// key after `invalid_client`. Nothing else is repeated.
    ///
    /// # Errors
    /// As [`ClientCredentials::read`], and when proof or answer cannot be had.
    pub async fn fetch(&self, auth: &dyn ClientAuth, http: &dyn TokenHttp) -> Result<Grant, Error> {
        let proof = auth.prove(&self.endpoint).await?;
        let (outcome, wants_nonce) = self.exchange(&proof, http).await;
        if wants_nonce {
            // The assertion's jti is spent, whatever became of the request.
            let proof = auth.prove(&self.endpoint).await?;
            return self.exchange(&proof, http).await.0;
        }
        match outcome {
            Err(error) if error.is_invalid_client() => {
                match auth.prove_again(&self.endpoint, &proof).await? {
                    Some(other) => self.exchange(&other, http).await.0,
                    None => Err(error),
                }
            }
            outcome => outcome,
        }
    }

    /// The outcome of one HTTP exchange, and whether it failed only for want of a nonce that is known now.
    async fn exchange(&self, proof: &Proof, http: &dyn TokenHttp) -> (Result<Grant, Error>, bool) {
        let answered = async {
            let mut request = self.request(proof)?;
            if let Some(constraint) = &self.constraint {
                let (name, mut value) = constraint
                    .prove(&Method::POST, self.endpoint.url(), None)
                    .await?;
                value.set_sensitive(true);
                request.headers_mut().insert(name, value);
            }
            Ok::<_, Error>(http.send(request).await?)
        };
        let response = match answered.await {
            Ok(response) => response,
            Err(error) => return (Err(error), false),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let outcome = self.read(response, proof);
        let code = match &outcome {
            Err(Error::Refused { error, .. }) => error.as_deref(),
            _ => None,
        };
        let wants_nonce = self
            .constraint
            .as_ref()
            .is_some_and(|constraint| constraint.heed(self.endpoint.url(), status, &headers, code));
        let wants_nonce = wants_nonce && outcome.is_err();
        (outcome, wants_nonce)
    }
}

/// What the authorization server granted. Prints no secret.
pub struct Grant {
    /// The access token.
    pub access_token: Zeroizing<String>,
    /// Its lifetime (`expires_in`), 1 second to 366 days; `None` when the server did not say.
    pub expires_in: Option<Duration>,
    /// The scope that the answer names; `None` means as requested.
    pub scope: Option<String>,
    /// When the server says that it answered (`Date`).
    pub server_date: Option<SystemTime>,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

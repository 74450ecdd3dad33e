//! The client credentials grant (RFC 6749 section 4.4): form out, reply in; no socket.

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, Request, Response};
use zeroize::Zeroizing;

use crate::ports::TokenHttp;
use crate::{ClientAuth, Error, Proof, SettingError, TokenEndpoint};

mod date;
mod reply;

/// One kind of token request: where to, and for which scope.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    endpoint: TokenEndpoint,
    scope: Option<Arc<str>>,
}

impl ClientCredentials {
    /// Requests to `endpoint` that name no scope.
    pub fn new(endpoint: TokenEndpoint) -> Self {
        Self {
            endpoint,
            scope: None,
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
        Request::builder()
            .method(Method::POST)
            .uri(self.endpoint.url().as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form.finish().into_bytes())
            .map_err(|error| crate::ports::TokenHttpError::Unreachable(error.into()).into())
    }

    /// Reads the answer to a request that carried `proof`: lenient in what servers vary, strict in what it returns.
    ///
    /// # Errors
    /// Everything but status 200 or 201 with a bearer token; see [`Error`].
    pub fn read(&self, response: Response<Vec<u8>>, proof: &Proof) -> Result<Grant, Error> {
        reply::read(response, proof)
    }

    /// One request and its answer, with a new proof. Repeats nothing.
    ///
    /// # Errors
    /// As [`ClientCredentials::read`], and when proof or answer cannot be had.
    pub async fn fetch(&self, auth: &dyn ClientAuth, http: &dyn TokenHttp) -> Result<Grant, Error> {
        let proof = auth.prove(&self.endpoint).await?;
        let response = http.send(self.request(&proof)?).await?;
        self.read(response, &proof)
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

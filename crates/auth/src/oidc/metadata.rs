//! What an issuer says of itself, believed only as far as the configuration allows (RFC 8414, OpenID Connect Discovery).

use http::header::ACCEPT;
use http::{Method, Request, Response};
use serde_json::Value;
use url::{Origin, Url};

use super::OidcError;
use crate::TokenEndpoint;
use crate::ports::{TOKEN_ANSWER_LIMIT, TokenHttp};

const WHAT: &str = "the issuer's metadata";

/// One issuer and the one token endpoint that the client's key is for.
///
/// A hostile issuer that names an honest one's token endpoint would get assertions for it (audience injection):
/// so the endpoint is configured, the metadata must agree, and each other endpoint must be on a trusted origin.
#[derive(Debug, Clone)]
pub struct Trust {
    issuer: String,
    token_endpoint: TokenEndpoint,
    origins: Vec<Origin>,
}

impl Trust {
    /// Trusts `issuer` on its own origin and that of `token_endpoint`.
    ///
    /// # Errors
    /// An issuer that is no https URL (http on loopback), or has a query or fragment.
    pub fn new(issuer: &str, token_endpoint: TokenEndpoint) -> Result<Self, OidcError> {
        let url = TokenEndpoint::parse(issuer)
            .ok()
            .filter(|url| url.url().query().is_none() && url.as_str() == issuer)
            .ok_or(OidcError::Setting {
                setting: "the issuer",
            })?;
        Ok(Self {
            issuer: issuer.to_owned(),
            origins: vec![url.url().origin(), token_endpoint.url().origin()],
            token_endpoint,
        })
    }

    /// The same with endpoints on the origin of `url` too.
    #[must_use]
    pub fn with_origin(mut self, url: &Url) -> Self {
        self.origins.push(url.origin());
        self
    }

    /// The request for the metadata.
    ///
    /// # Errors
    /// [`OidcError::Setting`] when the issuer does not fit into an HTTP request.
    pub fn request(&self) -> Result<Request<Vec<u8>>, OidcError> {
        let base = self.issuer.trim_end_matches('/');
        Request::builder()
            .method(Method::GET)
            .uri(format!("{base}/.well-known/openid-configuration"))
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| OidcError::Setting {
                setting: "the issuer",
            })
    }

    /// Asks the issuer. No redirect is followed.
    ///
    /// # Errors
    /// As [`Trust::read`], and when there is no answer.
    pub async fn discover(&self, http: &dyn TokenHttp) -> Result<Provider, OidcError> {
        let answer = http
            .send(self.request()?)
            .await
            .map_err(crate::Error::from)?;
        self.read(answer)
    }

    /// Reads the metadata, of at most 64 KiB.
    ///
    /// # Errors
    /// Another status than 200, no JSON object, another issuer (compared byte by byte), another token endpoint,
    /// an endpoint that is not https or on no trusted origin.
    pub fn read(&self, answer: Response<Vec<u8>>) -> Result<Provider, OidcError> {
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(OidcError::Status { what: WHAT, status });
        }
        if answer.body().len() > TOKEN_ANSWER_LIMIT {
            return Err(OidcError::Unreadable {
                what: WHAT,
                reason: "longer than 64 KiB",
            });
        }
        let Ok(Value::Object(members)) = serde_json::from_slice(answer.body()) else {
            return Err(OidcError::Unreadable {
                what: WHAT,
                reason: "no JSON object",
            });
        };
        if members.get("issuer").and_then(Value::as_str) != Some(&self.issuer) {
            return Err(OidcError::Issuer {
                expected: self.issuer.clone(),
            });
        }
        let optional = |endpoint: &'static str| match members.get(endpoint) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value
                .as_str()
                .and_then(|text| TokenEndpoint::parse(text).ok())
                .filter(|url| self.origins.contains(&url.url().origin()))
                .map(Some)
                .ok_or(OidcError::Endpoint { endpoint }),
        };
        let required = |endpoint| optional(endpoint)?.ok_or(OidcError::Endpoint { endpoint });
        if required("token_endpoint")?.as_str() != self.token_endpoint.as_str() {
            return Err(OidcError::Endpoint {
                endpoint: "token_endpoint",
            });
        }
        let says = |member| members.get(member) == Some(&Value::Bool(true));
        Ok(Provider {
            issuer: self.issuer.clone(),
            token: self.token_endpoint.clone(),
            authorization: required("authorization_endpoint")?,
            keys: required("jwks_uri")?,
            pushed: optional("pushed_authorization_request_endpoint")?,
            userinfo: optional("userinfo_endpoint")?,
            revocation: optional("revocation_endpoint")?,
            end_session: optional("end_session_endpoint")?,
            names_itself: says("authorization_response_iss_parameter_supported"),
        })
    }
}

/// An issuer's endpoints, each on a trusted origin.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Provider {
    /// The issuer identifier, byte for byte.
    pub issuer: String,
    /// Where tokens are.
    pub token: TokenEndpoint,
    /// Where browsers are sent to sign in.
    pub authorization: TokenEndpoint,
    /// Where the issuer's keys are (`jwks_uri`).
    pub keys: TokenEndpoint,
    /// Where authorization requests are pushed to (RFC 9126).
    pub pushed: Option<TokenEndpoint>,
    /// What is known of the user: Jack Henry's `/me`.
    pub userinfo: Option<TokenEndpoint>,
    /// Where tokens are revoked (RFC 7009).
    pub revocation: Option<TokenEndpoint>,
    /// Where browsers are sent to sign out.
    pub end_session: Option<TokenEndpoint>,
    /// Whether each callback carries `iss` (RFC 9207).
    pub names_itself: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://login.example";

    fn trust() -> Trust {
        let endpoint = TokenEndpoint::parse("https://login.example/token").unwrap();
        Trust::new(ISSUER, endpoint).unwrap()
    }

    fn metadata() -> Value {
        serde_json::json!({
            "issuer": ISSUER,
            "token_endpoint": "https://login.example/token",
            "authorization_endpoint": "https://login.example/auth",
            "jwks_uri": "https://login.example/jwks",
            "userinfo_endpoint": "https://login.example/me",
        })
    }

    fn read(status: u16, body: &[u8]) -> Result<Provider, OidcError> {
        let answer = Response::builder()
            .status(status)
            .body(body.to_vec())
            .unwrap();
        trust().read(answer)
    }

    #[test]
    fn metadata_that_agrees_with_the_configuration_is_read() {
        let provider = read(200, metadata().to_string().as_bytes()).unwrap();
        assert_eq!(
            provider.authorization.as_str(),
            "https://login.example/auth"
        );
        assert!(provider.pushed.is_none() && !provider.names_itself);
        assert_eq!(
            trust().request().unwrap().uri(),
            "https://login.example/.well-known/openid-configuration"
        );
    }

    #[test]
    fn hostile_metadata_is_refused() {
        for (member, value, code) in [
            ("issuer", "https://login.example/", "oidc-issuer"),
            ("issuer", "https://LOGIN.example", "oidc-issuer"),
            ("issuer", "https://evil.example", "oidc-issuer"),
            // Audience injection: an endpoint of an honest issuer, or one of our issuer that is not configured.
            (
                "token_endpoint",
                "https://honest.example/token",
                "oidc-endpoint",
            ),
            (
                "token_endpoint",
                "https://login.example/token2",
                "oidc-endpoint",
            ),
            (
                "token_endpoint",
                "https://login.example/token?x",
                "oidc-endpoint",
            ),
            (
                "authorization_endpoint",
                "https://evil.example/auth",
                "oidc-endpoint",
            ),
            (
                "authorization_endpoint",
                "https://login.example.evil.example/auth",
                "oidc-endpoint",
            ),
            (
                "authorization_endpoint",
                "https://login.example@evil.example/",
                "oidc-endpoint",
            ),
            ("jwks_uri", "http://login.example/jwks", "oidc-endpoint"),
            (
                "jwks_uri",
                "https://login.example:8443/jwks",
                "oidc-endpoint",
            ),
            ("jwks_uri", "file:///etc/passwd", "oidc-endpoint"),
            ("jwks_uri", "http://127.0.0.1/jwks", "oidc-endpoint"),
            (
                "userinfo_endpoint",
                "https://user:pw@login.example/me",
                "oidc-endpoint",
            ),
            (
                "revocation_endpoint",
                "javascript:alert(1)",
                "oidc-endpoint",
            ),
            (
                "end_session_endpoint",
                "https://login.example/#x",
                "oidc-endpoint",
            ),
        ] {
            let mut document = metadata();
            document[member] = value.into();
            let error = read(200, document.to_string().as_bytes()).expect_err(value);
            assert_eq!(error.code(), code, "{member} {value}");
            assert!(!error.to_string().contains("evil"), "{error}");
        }
        let mut missing = metadata();
        missing["jwks_uri"].take();
        assert_eq!(
            read(200, missing.to_string().as_bytes())
                .unwrap_err()
                .code(),
            "oidc-endpoint"
        );
    }

    #[test]
    fn what_is_no_metadata_is_refused() {
        assert_eq!(read(302, b"").unwrap_err().code(), "oidc-status");
        assert_eq!(read(200, b"<html>").unwrap_err().code(), "oidc-unreadable");
        assert_eq!(read(200, b"[]").unwrap_err().code(), "oidc-unreadable");
        let mut long = metadata().to_string();
        long.push_str(&" ".repeat(64 * 1024));
        assert_eq!(
            read(200, long.as_bytes()).unwrap_err().code(),
            "oidc-unreadable"
        );
        let endpoint = TokenEndpoint::parse("https://login.example/token").unwrap();
        for issuer in [
            "http://login.example",
            "https://login.example?x",
            " https://login.example",
        ] {
            assert!(Trust::new(issuer, endpoint.clone()).is_err(), "{issuer}");
        }
    }
}

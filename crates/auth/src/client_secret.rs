//! Client authentication by a shared secret (RFC 6749 section 2.3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use zeroize::Zeroizing;

use crate::fingerprint::Fingerprint;
use crate::ports::BoxFuture;
use crate::{AssertionPolicy, ClientAuth, Error, Proof, SettingError, TokenEndpoint};

/// How the secret travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Basic,
    Post,
}

/// Proves the client with its `client_secret`. Prints nothing of it.
///
/// Jack Henry's client credentials grant demands `private_key_jwt`; its API reference lists these two ways for other uses.
pub struct ClientSecret {
    client_id: String,
    secret: Zeroizing<String>,
    way: Way,
}

impl ClientSecret {
    /// `client_secret_basic`: both parts form-encoded, then in an `Authorization` header.
    ///
    /// # Errors
    /// When one of them is empty or not printable ASCII (RFC 6749 appendices A.1 and A.2).
    pub fn basic(
        client_id: impl Into<String>,
        secret: Zeroizing<String>,
    ) -> Result<Self, SettingError> {
        Self::new(client_id.into(), secret, Way::Basic)
    }

    /// `client_secret_post`: both parts in the form.
    ///
    /// # Errors
    /// As [`ClientSecret::basic`].
    pub fn post(
        client_id: impl Into<String>,
        secret: Zeroizing<String>,
    ) -> Result<Self, SettingError> {
        Self::new(client_id.into(), secret, Way::Post)
    }

    fn new(client_id: String, secret: Zeroizing<String>, way: Way) -> Result<Self, SettingError> {
        AssertionPolicy::new(client_id.as_str())?;
        if secret.is_empty() || !secret.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
            return Err(SettingError::ClientSecret);
        }
        Ok(Self {
            client_id,
            secret,
            way,
        })
    }

    fn proof(&self) -> Result<Proof, Error> {
        let proof = match self.way {
            Way::Post => Proof::new(vec![
                ("client_id", self.client_id.clone().into()),
                ("client_secret", self.secret.clone()),
            ]),
            Way::Basic => {
                // Room for all of it at once: text that grows leaves copies behind.
                let room = 3 * (self.client_id.len() + self.secret.len()) + 1;
                let mut pair = Zeroizing::new(String::with_capacity(room));
                pair.extend(url::form_urlencoded::byte_serialize(
                    self.client_id.as_bytes(),
                ));
                pair.push(':');
                pair.extend(url::form_urlencoded::byte_serialize(self.secret.as_bytes()));
                let mut text =
                    Zeroizing::new(String::with_capacity(8 + pair.len().div_ceil(3) * 4));
                text.push_str("Basic ");
                STANDARD.encode_string(pair.as_bytes(), &mut text);
                let value = HeaderValue::from_str(&text)
                    .map_err(|error| Error::Sign(std::sync::Arc::new(error)))?;
                Proof::default().with_header(AUTHORIZATION, value)
            }
        };
        Ok(proof.with_secret(self.secret.clone()))
    }
}

impl ClientAuth for ClientSecret {
    fn prove<'a>(&'a self, _: &'a TokenEndpoint) -> BoxFuture<'a, Result<Proof, Error>> {
        Box::pin(std::future::ready(self.proof()))
    }

    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn fingerprint(&self) -> u64 {
        Fingerprint::of("client_secret")
            .with(&format!("{:?}", self.way))
            .with(&self.client_id)
            .with(&self.secret)
            .short()
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSecret")
            .field("client_id", &self.client_id)
            .field("way", &self.way)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr3t:/ +&";

    fn endpoint() -> TokenEndpoint {
        "https://host.example/token".parse().expect("a URL")
    }

    async fn proof(auth: &ClientSecret) -> Proof {
        auth.prove(&endpoint()).await.expect("a proof")
    }

    #[tokio::test]
    async fn basic_encodes_both_parts_as_a_form_does() {
        let auth = ClientSecret::basic("a client", String::from(SECRET).into()).expect("a secret");
        let proof = proof(&auth).await;
        assert_eq!(proof.fields().count(), 0);
        let (name, value) = proof.headers().next().expect("a header");
        assert_eq!(*name, AUTHORIZATION);
        assert!(value.is_sensitive());
        let pair = value.to_str().expect("text").strip_prefix("Basic ");
        let pair = STANDARD.decode(pair.expect("the scheme")).expect("base64");
        assert_eq!(pair, b"a+client:s3cr3t%3A%2F+%2B%26");
    }

    #[tokio::test]
    async fn post_puts_both_parts_into_the_form() {
        let auth = ClientSecret::post("c", String::from(SECRET).into()).expect("a secret");
        let proof = proof(&auth).await;
        let fields: Vec<_> = proof.fields().collect();
        assert_eq!(fields, [("client_id", "c"), ("client_secret", SECRET)]);
        assert_eq!(proof.headers().count(), 0);
    }

    #[tokio::test]
    async fn neither_way_prints_the_secret() {
        for auth in [ClientSecret::basic, ClientSecret::post]
            .map(|way: fn(&'static str, _) -> _| way("c", String::from(SECRET).into()))
        {
            let auth = auth.expect("a secret");
            let shown = format!("{auth:?} {:?}", proof(&auth).await);
            assert!(!shown.contains("s3cr3t"), "{shown}");
        }
    }

    #[test]
    fn what_no_server_can_know_is_refused() {
        for secret in ["", "line\nbreak", "ü"] {
            let error = ClientSecret::post("c", String::from(secret).into()).expect_err("refused");
            assert_eq!(error.code(), "client-secret-invalid");
        }
        assert!(ClientSecret::basic("", String::from("s").into()).is_err());
    }
}

//! Proofs of possession that bind tokens to a key (RFC 9449).

mod nonces;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::AlgorithmParameters;
use serde::Serialize;
use url::Url;
use zeroize::Zeroizing;

use crate::fingerprint::Fingerprint;
use crate::ports::{BoxFuture, Clock, Random};
use crate::{AccessToken, Error, KeyError, LocalSigner, SenderConstraint, Signer as _};
use nonces::Nonces;

/// One client's key for sender-constrained tokens, with the nonces that servers have asked for.
///
/// Each proof has a fresh `jti` and is for one HTTP attempt. Nonces are kept by origin, so that those of the
/// authorization server and of a resource server do not mix; at most 100 origins, the least recently used go first.
pub struct Dpop {
    key: LocalSigner,
    thumbprint: String,
    header: String,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    nonces: Mutex<Nonces>,
}

impl Dpop {
    /// Proofs by `key`. A client needs one of its own: [`LocalSigner::ephemeral`] makes one for ES256.
    ///
    /// # Errors
    /// As [`LocalSigner::public_jwk`].
    pub fn new(
        key: LocalSigner,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, KeyError> {
        let jwk = key.public_jwk()?.algorithm;
        let header = Header {
            typ: "dpop+jwt",
            alg: key.algorithm(),
            jwk: &jwk,
        };
        let header = serde_json::to_vec(&header).map_err(|_| KeyError::Inconsistent {
            reason: "the public key cannot be written as JSON",
        })?;
        Ok(Self {
            thumbprint: key.thumbprint()?,
            key,
            header: URL_SAFE_NO_PAD.encode(header),
            clock,
            random,
            nonces: Mutex::default(),
        })
    }

    /// The RFC 7638 thumbprint of the key: `cnf.jkt` of the tokens bound to it, `dpop_jkt` of authorization requests.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    async fn proof(
        &self,
        method: &Method,
        url: &Url,
        token: Option<&AccessToken>,
    ) -> Result<Zeroizing<String>, Error> {
        let mut id = [0; 16];
        self.random.fill(&mut id)?;
        // RFC 9449 section 4.2: without query and fragment.
        let mut target = url.clone();
        target.set_query(None);
        target.set_fragment(None);
        let now = self.clock.now().duration_since(UNIX_EPOCH);
        let nonce = self.nonces().of(url);
        let claims = Claims {
            jti: &URL_SAFE_NO_PAD.encode(id),
            htm: method.as_str(),
            htu: target.as_str(),
            iat: now.map_err(|_| Error::Clock)?.as_secs(),
            ath: token.map(|token| token_hash(token.reveal())),
            nonce: nonce.as_deref(),
        };
        let claims = serde_json::to_vec(&claims).map_err(|error| Error::Sign(Arc::new(error)))?;
        let mut text = Zeroizing::new(String::with_capacity(1024));
        text.push_str(&self.header);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut text);
        let signature = self.key.sign(text.as_bytes()).await?;
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature.0, &mut text);
        Ok(text)
    }

    fn nonces(&self) -> std::sync::MutexGuard<'_, Nonces> {
        // Nothing under this lock is ever half-written.
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SenderConstraint for Dpop {
    fn token_type(&self) -> &'static str {
        "DPoP"
    }

    fn prove<'a>(
        &'a self,
        method: &'a Method,
        url: &'a Url,
        token: Option<&'a AccessToken>,
    ) -> BoxFuture<'a, Result<(HeaderName, HeaderValue), Error>> {
        Box::pin(async move {
            let proof = self.proof(method, url, token).await?;
            let mut value =
                HeaderValue::from_str(&proof).map_err(|error| Error::Sign(Arc::new(error)))?;
            value.set_sensitive(true);
            Ok((HeaderName::from_static("dpop"), value))
        })
    }

    /// Keeps the nonce of every answer, whatever its status (RFC 9449 section 8.2).
    fn heed(&self, url: &Url, status: StatusCode, headers: &HeaderMap, code: Option<&str>) -> bool {
        let mut sent = headers.get_all("dpop-nonce").iter();
        let learned = match (sent.next(), sent.next()) {
            (Some(nonce), None) => self.nonces().keep(url, nonce.as_bytes()),
            _ => false,
        };
        learned && status.is_client_error() && (code == Some(ASKS) || challenge_asks(headers))
    }

    fn fingerprint(&self) -> u64 {
        Fingerprint::of("dpop").with(&self.thumbprint).number()
    }
}

impl std::fmt::Debug for Dpop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dpop")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// The error code of a server that wants a nonce (RFC 9449 section 8).
const ASKS: &str = "use_dpop_nonce";

/// A resource server asks in its challenge (RFC 9449 section 9).
fn challenge_asks(headers: &HeaderMap) -> bool {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|challenge| challenge.to_str().ok())
        .any(|challenge| {
            let challenge = challenge.to_ascii_lowercase();
            challenge.contains("dpop ")
                && [format!("error=\"{ASKS}\""), format!("error={ASKS}")]
                    .iter()
                    .any(|error| challenge.contains(error))
        })
}

/// `ath`: base64url of SHA-256 (RFC 9449 section 4.2).
fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: Algorithm,
    jwk: &'a AlgorithmParameters,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: &'a str,
    htm: &'a str,
    htu: &'a str,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

#[cfg(test)]
mod tests;

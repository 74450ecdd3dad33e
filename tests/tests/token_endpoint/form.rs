//! Token requests made by hand, so that each can be wrong in its own way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use castile::auth::{Algorithm, LocalSigner, Signer as _};
use castile_tests::{Client, Keys, Provider};
use serde_json::{Value, json};

/// A provider with one client for each algorithm, named after it.
pub(crate) struct Bench {
    pub(crate) provider: Provider,
    pub(crate) keys: BTreeMap<String, Keys>,
}

impl Bench {
    /// With these options beside its clients, and these clients beside its own.
    pub(crate) fn start(node: &std::path::Path, options: Value, others: Vec<Value>) -> Self {
        let keys = Keys::make(node);
        let mut clients: Vec<Value> = keys
            .iter()
            .map(|(alg, keys)| json!(Client::new(alg, [keys.jwk.clone()]).pinned(alg)))
            .collect();
        clients.extend(others);
        let mut options = options;
        options["clients"] = json!(clients);
        Self {
            provider: Provider::start_with(node, &options),
            keys,
        }
    }

    pub(crate) fn signer(&self, alg: &str) -> LocalSigner {
        LocalSigner::read(self.keys[alg].pem.as_bytes())
            .and_then(|signer| signer.with_algorithm(algorithm(alg)))
            .expect("a key as keys.mjs makes them")
    }

    /// Header and claims that are in order, for the client of this algorithm.
    pub(crate) fn good(&self, alg: &str) -> (Value, Value) {
        let header = json!({ "alg": alg, "kid": self.keys[alg].jwk["kid"] });
        let claims = json!({
            "iss": alg,
            "sub": alg,
            "aud": self.provider.token_endpoint(),
            "jti": unique(),
            "iat": now(),
            "exp": now() + 60,
        });
        (header, claims)
    }

    /// Sends a form to the token endpoint.
    pub(crate) async fn post(&self, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Said {
        post(&self.provider.token_endpoint(), form, headers).await
    }

    /// Sends an assertion as it should be sent.
    pub(crate) async fn assert(&self, assertion: &str) -> Said {
        self.post(&assertion_form(assertion), &[]).await
    }

    /// The true cause of the last refusal.
    pub(crate) async fn cause(&self) -> String {
        let log = self.provider.log().await;
        log.last()
            .map_or_else(String::new, |last| last.detail.clone())
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) json: Value,
}

impl Said {
    pub(crate) fn error(&self) -> (u16, &str, &str) {
        let text = |name: &str| self.json[name].as_str().unwrap_or_default();
        (self.status, text("error"), text("error_description"))
    }
}

pub(crate) async fn post(url: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Said {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let mut request = reqwest::Client::new()
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let bytes = answer.bytes().await.expect("a whole answer");
    Said {
        status,
        headers,
        json: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    }
}

pub(crate) fn assertion_form(assertion: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "client_credentials"),
        ("client_assertion_type", castile::auth::JWT_BEARER),
        ("client_assertion", assertion),
        ("scope", "openid"),
    ]
}

/// A JWS in compact form, whatever stands in it.
pub(crate) async fn sign(signer: &LocalSigner, header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = signer.sign(input.as_bytes()).await.expect("a signature");
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.0))
}

pub(crate) fn algorithm(alg: &str) -> Algorithm {
    match alg {
        "ES256" => Algorithm::ES256,
        "PS256" => Algorithm::PS256,
        _ => Algorithm::RS256,
    }
}

#[allow(clippy::disallowed_methods, reason = "the clock that the server has")]
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs()
}

pub(crate) fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("jti-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

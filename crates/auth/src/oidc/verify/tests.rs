//! JWTs that are not to be believed, one fault each.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use serde_json::json;

use super::*;
use crate::ports::{BoxFuture, Clock, TokenHttp, TokenHttpError};
use crate::{LocalSigner, Signer as _, TokenEndpoint};

const NOW: u64 = 1_800_000_000;
const TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW)
    }

    fn steady(&self) -> Duration {
        Duration::ZERO
    }
}

struct Document(Vec<u8>);

impl TokenHttp for Document {
    fn send(
        &self,
        _: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, TokenHttpError>> {
        Box::pin(std::future::ready(Ok(Response::new(self.0.clone()))))
    }
}

struct Bench {
    signer: LocalSigner,
    keys: ProviderKeys,
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

impl Bench {
    fn new() -> Self {
        let signer = LocalSigner::ephemeral().unwrap();
        let document = Arc::new(Document(signer.jwks().unwrap().into_bytes()));
        let url = TokenEndpoint::parse("https://login.example/jwks").unwrap();
        let keys = ProviderKeys::new(url, document, Arc::new(Fixed));
        Self { signer, keys }
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = run(self.signer.sign(signed.as_bytes())).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.0))
    }

    fn header(&self) -> Value {
        json!({ "alg": "ES256", "kid": self.signer.key_id() })
    }

    fn verify(&self, jwt: &str) -> Result<VerifiedJwt, OidcError> {
        let expected = Expected {
            issuer: "https://login.example",
            audience: "the-client",
            algorithm: Algorithm::ES256,
            nonce: Some("the-nonce"),
            access_token: Some(TOKEN),
        };
        run(VerifiedJwt::verify(jwt, expected, &self.keys, Fixed.now()))
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://login.example",
        "sub": "the-user",
        "aud": "the-client",
        "exp": NOW + 60,
        "iat": NOW,
        "nonce": "the-nonce",
        // Of the access token of OpenID Connect Core appendix A.3.
        "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
    })
}

#[test]
fn a_good_id_token_is_believed_and_prints_no_value() {
    let bench = Bench::new();
    let jwt = bench.signed(&bench.header(), &claims());
    let verified = bench.verify(&jwt).expect("a good one");
    assert_eq!(verified.subject(), "the-user");
    assert!(!format!("{verified:?}").contains("the-user"));
    let mut nameless = bench.header();
    nameless.as_object_mut().unwrap().remove("kid");
    bench
        .verify(&bench.signed(&nameless, &claims()))
        .expect("one key in all");
}

#[test]
fn each_wrong_claim_is_named() {
    let bench = Bench::new();
    for (claim, value) in [
        ("iss", json!("https://login.example/")),
        ("iss", Value::Null),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("azp", json!("another")),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("exp", json!(NOW - 11)),
        ("exp", Value::Null),
        ("exp", json!("soon")),
        ("iat", json!(NOW + 11)),
        ("iat", Value::Null),
        ("nbf", json!(NOW + 11)),
        ("nbf", json!("now")),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("at_hash", json!("77QmUPtjPfzWtF2AnpK9RA")),
        ("at_hash", json!(1)),
    ] {
        let mut wrong = claims();
        wrong[claim] = value.clone();
        match bench.verify(&bench.signed(&bench.header(), &wrong)) {
            Err(OidcError::JwtClaim { claim: named }) => assert_eq!(named, claim, "{value}"),
            other => panic!("{claim} {value}: {other:?}"),
        }
    }
    let mut several = claims();
    several["aud"] = json!(["the-client", "another"]);
    let error = bench
        .verify(&bench.signed(&bench.header(), &several))
        .unwrap_err();
    assert!(matches!(error, OidcError::JwtClaim { claim: "azp" }));
    several["azp"] = json!("the-client");
    bench
        .verify(&bench.signed(&bench.header(), &several))
        .expect("for us, by us");
}

#[test]
fn the_algorithm_is_the_pinned_one_and_the_signature_the_keys() {
    let bench = Bench::new();
    let good = bench.signed(&bench.header(), &claims());
    for alg in ["none", "HS256", "RS256", "es256", "ES384"] {
        let mut header = bench.header();
        header["alg"] = alg.into();
        let error = bench.verify(&bench.signed(&header, &claims())).unwrap_err();
        assert_eq!(error.code(), "jwt-algorithm", "{alg}");
    }
    let other = Bench::new();
    let forged = other.signed(&bench.header(), &claims());
    assert_eq!(bench.verify(&forged).unwrap_err().code(), "jwt-signature");
    let unknown = other.signed(&other.header(), &claims());
    assert_eq!(
        bench.verify(&unknown).unwrap_err().code(),
        "oidc-key-unknown"
    );

    let (signed, signature) = good.rsplit_once('.').unwrap();
    let mut crit = bench.header();
    crit["crit"] = json!(["b64"]);
    for jwt in [
        String::new(),
        "a.b".to_owned(),
        signed.to_owned(),
        format!("{signed}."),
        format!("{signed}.{signature}="),
        format!("x.{good}"),
        bench.signed(&crit, &claims()),
        bench.signed(&json!([]), &claims()),
        "a".repeat(70_000),
    ] {
        let code = bench.verify(&jwt).unwrap_err().code();
        assert!(["jwt-malformed", "jwt-signature"].contains(&code), "{code}");
    }
}

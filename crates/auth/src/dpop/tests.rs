//! Proofs against the vectors of RFC 9449 section 4 and 7.

use std::time::{Duration, SystemTime};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

use super::*;
use crate::ports::{BoxFuture, NoRandomness, TokenHttp, TokenHttpError};
use crate::{ClientAuth, ClientCredentials, Proof, TokenEndpoint};

/// The proof of RFC 9449 section 4.1.
const SAMPLE: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_562_262_616)
    }

    fn steady(&self) -> Duration {
        Duration::ZERO
    }
}

/// Counts up, so that no two numbers are the same.
#[derive(Default)]
struct Counting(Mutex<u8>);

impl Random for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        buffer.fill(*count);
        Ok(())
    }
}

fn dpop() -> Dpop {
    let key = LocalSigner::ephemeral().unwrap();
    Dpop::new(key, Arc::new(Fixed), Arc::new(Counting::default())).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// Header and claims of a proof whose signature is by the key in its own header.
fn verified(proof: &str) -> (Value, Value) {
    let (signed, signature) = proof.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (header, claims) = (read(header), read(claims));
    let coordinate = |name: &str| {
        URL_SAFE_NO_PAD
            .decode(header["jwk"][name].as_str().unwrap())
            .unwrap()
    };
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(
            signed.as_bytes(),
            &URL_SAFE_NO_PAD.decode(signature).unwrap(),
        )
        .expect("signed by the key in its header");
    (header, claims)
}

fn header(dpop: &Dpop, url: &Url, token: Option<&AccessToken>) -> HeaderValue {
    let (name, value) = run(dpop.prove(&Method::POST, url, token)).unwrap();
    assert_eq!(name, "dpop");
    assert!(value.is_sensitive());
    value
}

fn proved(dpop: &Dpop, url: &Url, token: Option<&AccessToken>) -> Value {
    verified(header(dpop, url, token).to_str().unwrap()).1
}

#[test]
fn a_proof_is_made_as_the_sample_of_rfc_9449() {
    let (sample_header, sample) = verified(SAMPLE);
    let key = serde_json::from_value(sample_header["jwk"].clone()).unwrap();
    assert_eq!(
        crate::signer::thumbprint(&key).unwrap(),
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    );
    let dpop = dpop();
    let at = url("https://server.example.com/token?a=b#c");
    let ours = header(&dpop, &at, None);
    let (header, claims) = verified(ours.to_str().unwrap());
    let names =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(names(&header), names(&sample_header));
    assert_eq!(names(&header["jwk"]), names(&sample_header["jwk"]));
    assert_eq!(header["typ"], sample_header["typ"]);
    assert_eq!(header["alg"], sample_header["alg"]);
    for claim in ["htm", "htu", "iat"] {
        assert_eq!(claims[claim], sample[claim], "{claim}");
    }
    assert_eq!(names(&claims), names(&sample));
}

#[test]
fn the_access_token_hash_is_that_of_rfc_9449() {
    let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    assert_eq!(
        token_hash(token),
        "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    );
    let token = AccessToken::new(token.to_owned().into(), 1, None);
    let claims = proved(&dpop(), &url("https://server.example.com/r"), Some(&token));
    assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
}

#[test]
fn each_proof_is_a_new_one_with_the_newest_nonce_of_its_origin() {
    let dpop = dpop();
    let (server, resource) = (url("https://as.example/token"), url("https://rs.example/x"));
    let answer = |nonce: &str| {
        HeaderMap::from_iter([("dpop-nonce".parse().unwrap(), nonce.parse().unwrap())])
    };
    let heed = |url: &Url, status: u16, headers: &HeaderMap, code| {
        dpop.heed(url, StatusCode::from_u16(status).unwrap(), headers, code)
    };
    assert!(heed(&server, 400, &answer("one"), Some(ASKS)));
    assert!(
        heed(&server, 400, &answer("one"), Some(ASKS)),
        "asked for by two at once"
    );
    let other = url("https://as.example/other");
    assert!(
        !heed(&other, 200, &answer("two"), None),
        "nothing was refused"
    );
    assert!(!heed(&server, 400, &answer("with blank"), Some(ASKS)));
    assert!(!heed(&server, 400, &HeaderMap::new(), Some(ASKS)));
    assert!(!heed(&server, 400, &answer("two"), Some("invalid_grant")));

    let first = proved(&dpop, &server, None);
    assert_eq!(first["nonce"], "two");
    assert_eq!(proved(&dpop, &resource, None).get("nonce"), None);
    let second = proved(&dpop, &server, None);
    assert_ne!(first["jti"], second["jti"]);

    let mut challenge = answer("of-the-resource");
    challenge.insert(
        "www-authenticate",
        r#"DPoP error="use_dpop_nonce""#.parse().unwrap(),
    );
    assert!(heed(&resource, 401, &challenge, None));
    assert_eq!(proved(&dpop, &resource, None)["nonce"], "of-the-resource");
    challenge.insert(
        "www-authenticate",
        r#"DPoP error="invalid_token""#.parse().unwrap(),
    );
    assert!(!heed(&resource, 401, &challenge, None));
}

#[test]
fn nonces_are_bounded_and_the_used_ones_stay() {
    let mut nonces = Nonces::default();
    let at = |n: usize| url(&format!("https://h{n}.example/"));
    for n in 0..150 {
        assert!(nonces.keep(&at(n), b"n"));
        assert!(nonces.of(&at(0)).is_some(), "in use");
    }
    assert!(nonces.of(&at(1)).is_none());
    assert!(nonces.of(&at(149)).is_some());
}

/// Asks for a nonce until one comes; keeps what it saw.
#[derive(Default)]
struct Asking {
    seen: Mutex<Vec<(Value, String)>>,
    satisfied: bool,
}

impl TokenHttp for Asking {
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>> {
        let claims = verified(request.headers()["dpop"].to_str().unwrap()).1;
        let body = String::from_utf8(request.into_body()).unwrap();
        let mut seen = self.seen.lock().unwrap();
        let good = self.satisfied && claims["nonce"] == "n1";
        seen.push((claims, body));
        let answer = http::Response::builder().header("dpop-nonce", format!("n{}", seen.len()));
        let answer = if good {
            answer.body(br#"{"access_token":"t","token_type":"DPoP"}"#.to_vec())
        } else {
            answer
                .status(400)
                .body(br#"{"error":"use_dpop_nonce"}"#.to_vec())
        };
        Box::pin(std::future::ready(Ok(answer.unwrap())))
    }
}

/// Proves the client with a number that counts up.
#[derive(Default)]
struct Numbered(Mutex<u32>);

impl ClientAuth for Numbered {
    fn prove<'a>(&'a self, _: &'a TokenEndpoint) -> BoxFuture<'a, Result<Proof, Error>> {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        let proof = Proof::new(vec![("client_assertion", format!("proof{count}").into())]);
        Box::pin(std::future::ready(Ok(proof)))
    }

    fn client_id(&self) -> &str {
        "client"
    }

    fn fingerprint(&self) -> u64 {
        0
    }
}

#[test]
fn a_nonce_that_is_asked_for_is_given_once_with_a_new_client_proof() {
    let endpoint = TokenEndpoint::parse("https://as.example/token").unwrap();
    let dpop = Arc::new(dpop());
    let request = ClientCredentials::new(endpoint.clone()).with_constraint(dpop.clone());
    let server = Asking {
        satisfied: true,
        ..Asking::default()
    };
    run(request.fetch(&Numbered::default(), &server)).expect("a bound token");
    let seen = server.seen.into_inner().unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].0.get("nonce"), None);
    assert_ne!(seen[0].0["jti"], seen[1].0["jti"]);
    assert!(seen[0].1.contains("proof1") && seen[1].1.contains("proof2"));
    // The nonce of the good answer is the next one's.
    assert_eq!(proved(&dpop, endpoint.url(), None)["nonce"], "n2");

    let server = Asking::default();
    let error = run(request.fetch(&Numbered::default(), &server)).expect_err("never satisfied");
    assert_eq!(error.status(), Some(400));
    assert_eq!(server.seen.into_inner().unwrap().len(), 2, "repeated once");
}

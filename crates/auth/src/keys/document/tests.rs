//! What a JWKS document holds, and what is none.

use super::*;
use crate::keys::{KeyKind, NewKey};
use crate::{LocalSigner, Signer as _};

fn made(kind: KeyKind) -> (NewKey, LocalSigner, PublicKey) {
    let new = NewKey::generate(kind).unwrap();
    let signer = LocalSigner::read(new.pem().as_bytes()).unwrap();
    let public = PublicKey::of(&signer).unwrap();
    (new, signer, public)
}

#[test]
fn a_document_of_several_keys_holds_no_private_member() {
    let (_, rsa_signer, rsa) = made(KeyKind::Rsa2048);
    let (_, ec_signer, ec) = made(KeyKind::P256);
    let document = Document::new([rsa.clone(), ec.clone(), rsa.clone()]).unwrap();
    assert_eq!(document.keys().len(), 2, "the same key stands once");
    let text = document.to_json();
    let value: Value = serde_json::from_str(&text).unwrap();
    for key in value["keys"].as_array().unwrap() {
        let members: Vec<_> = key.as_object().unwrap().keys().collect();
        for member in members {
            let public = ["kty", "n", "e", "crv", "x", "y", "use", "kid"];
            assert!(public.contains(&member.as_str()), "{member}");
        }
    }
    assert_eq!(Document::parse(text.as_bytes()).unwrap(), document);
    assert!(document.publishes(&rsa) && document.publishes(&ec));
    assert_eq!(rsa.kid(), Some(rsa_signer.key_id()));
    assert_eq!(rsa.thumbprint(), rsa_signer.thumbprint().ok());
    assert_eq!(ec.thumbprint(), ec_signer.thumbprint().ok());
    // One RSA key serves both algorithms, because the document names none.
    assert!(rsa.fits("PS256") && rsa.fits("RS256") && !rsa.fits("ES256"));
}

#[test]
fn a_private_member_is_refused_in_every_kind_of_key() {
    let public = r#""kty":"RSA","n":"AQAB","e":"AQAB""#;
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] {
        // Whatever its value is: an empty one says that more was meant to be there.
        for value in [r#""AQAB""#, "null", "[]"] {
            let text = format!(r#"{{"keys":[{{{public},"{member}":{value}}}]}}"#);
            let error = Document::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), "jwks-private-member");
            assert_eq!(error, JwksError::Private { index: 0, member });
        }
    }
    let shared = br#"{"keys":[{"kty":"oct"}]}"#;
    assert_eq!(
        Document::parse(shared).unwrap_err().code(),
        "jwks-private-member"
    );
}

#[test]
fn what_is_no_set_of_keys_is_refused_and_bounded() {
    let codes = |bytes: &[u8]| Document::parse(bytes).map_err(|error| error.code());
    for bytes in [
        &b""[..],
        b"null",
        b"[]",
        b"<html>",
        br#"{"keys":{}}"#,
        br#"{"keys":[1]}"#,
        br#"{"keys":[{"kty":"RSA","n":"AQAB"}]}"#,
        br#"{"keys":[{"kty":"RSA","n":"not base64!","e":"AQAB"}]}"#,
        br#"{"keys":[{"kty":"RSA","n":7,"e":"AQAB"}]}"#,
        br#"{"keys":[{"n":"AQAB"}]}"#,
    ] {
        assert_eq!(codes(bytes), Err("jwks-malformed"), "{bytes:?}");
    }
    assert_eq!(codes(&vec![b' '; JWKS_LIMIT + 1]), Err("jwks-too-large"));
    let many = vec![r#"{"kty":"OKP"}"#; KEYS_LIMIT + 1].join(",");
    let many = format!(r#"{{"keys":[{many}]}}"#);
    assert_eq!(codes(many.as_bytes()), Err("jwks-too-large"));
    assert!(codes(br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AQAB"},{"kty":"AKP"}]}"#).is_ok());
}

#[test]
fn another_key_under_the_kid_or_for_another_use_does_not_count() {
    let (_, _, ours) = made(KeyKind::P256);
    let (_, other, _) = made(KeyKind::P256);
    let kid = ours.kid().unwrap();
    let imposter = PublicKey::of(&other.with_key_id(kid).unwrap()).unwrap();
    let both = [ours.clone(), imposter.clone()];
    assert_eq!(Document::new(both), Err(JwksError::DuplicateKid));
    assert!(!Document::new([imposter]).unwrap().publishes(&ours));
    let mut encrypting = ours.to_jwk();
    encrypting["use"] = json!("enc");
    let encrypting = json!({ "keys": [encrypting] }).to_string();
    assert!(
        !Document::parse(encrypting.as_bytes())
            .unwrap()
            .publishes(&ours)
    );
    assert!(!Document::default().publishes(&ours));
}

#[test]
fn a_signature_is_known_by_its_public_key() {
    for (kind, algorithm) in [
        (KeyKind::Rsa2048, crate::Algorithm::PS256),
        (KeyKind::Rsa2048, crate::Algorithm::RS256),
        (KeyKind::P256, crate::Algorithm::ES256),
    ] {
        let (_, signer, public) = made(kind);
        let signer = signer.with_algorithm(algorithm).unwrap();
        let mut signed = std::pin::pin!(signer.sign(b"input"));
        let waker = std::task::Waker::noop();
        let std::task::Poll::Ready(signature) = signed
            .as_mut()
            .poll(&mut std::task::Context::from_waker(waker))
        else {
            panic!("a local key signs at once");
        };
        let signature = signature.unwrap();
        assert!(public.verify(algorithm, b"input", &signature.0));
        assert!(!public.verify(algorithm, b"other", &signature.0));
        assert!(!made(kind).2.verify(algorithm, b"input", &signature.0));
        assert!(public.to_pem().unwrap().contains("BEGIN PUBLIC KEY"));
    }
}

//! Keys of every form are read or refused by name; what is signed is verified by another path.

use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::DecodingKey;

use super::*;

mod refusals;
mod vectors;

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("ASCII"))
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// One RSA key for all tests: making one takes a while.
fn rsa_pkcs8() -> &'static [u8] {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    KEY.get_or_init(|| {
        let key = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        AsDer::<Pkcs8V1Der<'static>>::as_der(&key)
            .expect("DER")
            .as_ref()
            .to_vec()
    })
}

fn p256_pkcs8() -> Vec<u8> {
    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .expect("a key")
        .as_ref()
        .to_vec()
}

fn read(file: &str) -> LocalSigner {
    LocalSigner::read(file.as_bytes()).expect("a key")
}

fn sign(signer: &LocalSigner, input: &[u8]) -> String {
    let mut signing = signer.sign(input);
    match signing
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(signature) => URL_SAFE_NO_PAD.encode(signature.expect("a signature").0),
        Poll::Pending => panic!("a local key does not wait"),
    }
}

fn verifies(signer: &LocalSigner, algorithm: Algorithm, signature: &str, input: &[u8]) -> bool {
    let key = DecodingKey::from_jwk(&signer.public_jwk().expect("a JWK")).expect("a key");
    jsonwebtoken::crypto::verify(signature, input, &key, algorithm).expect("a verdict")
}

#[test]
fn each_form_of_key_signs_what_another_path_verifies() {
    let rsa = rsa_pkcs8();
    let (_, pkcs1) = der::pkcs8(rsa).expect("PKCS#8");
    let p256 = p256_pkcs8();
    let (_, sec1_without_curve) = der::pkcs8(&p256).expect("PKCS#8");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &p256).expect("a key");
    let sec1 = AsDer::<EcPrivateKeyRfc5915Der<'_>>::as_der(&pair.private_key()).expect("DER");

    for (name, file, algorithm) in [
        ("PKCS#8 RSA", pem("PRIVATE KEY", rsa), Algorithm::PS256),
        ("PKCS#1", pem("RSA PRIVATE KEY", pkcs1), Algorithm::PS256),
        ("PKCS#8 EC", pem("PRIVATE KEY", &p256), Algorithm::ES256),
        (
            "SEC1",
            pem("EC PRIVATE KEY", sec1.as_ref()),
            Algorithm::ES256,
        ),
        (
            "SEC1 without its curve",
            pem("EC PRIVATE KEY", sec1_without_curve),
            Algorithm::ES256,
        ),
    ] {
        let signer = read(&file);
        assert_eq!(signer.algorithm(), algorithm, "{name}");
        let signature = sign(&signer, b"input");
        assert!(verifies(&signer, algorithm, &signature, b"input"), "{name}");
        assert!(
            !verifies(&signer, algorithm, &signature, b"other"),
            "{name}"
        );
    }
    assert_eq!(
        read(&pem("PRIVATE KEY", rsa)).key_id(),
        read(&pem("RSA PRIVATE KEY", pkcs1)).key_id(),
        "the kid does not depend on the form of the file"
    );
}

#[test]
fn rs256_is_a_choice_and_other_algorithms_are_none() {
    let rsa = read(&pem("PRIVATE KEY", rsa_pkcs8()))
        .with_algorithm(Algorithm::RS256)
        .expect("fits");
    let signature = sign(&rsa, b"input");
    assert!(verifies(&rsa, Algorithm::RS256, &signature, b"input"));
    assert!(!verifies(&rsa, Algorithm::PS256, &signature, b"input"));

    for asked in [Algorithm::ES256, Algorithm::HS256, Algorithm::PS512] {
        let error = rsa.clone().with_algorithm(asked).expect_err("does not fit");
        assert_eq!(error.code(), "key-algorithm");
    }
    let error = read(&pem("PRIVATE KEY", &p256_pkcs8()))
        .with_algorithm(Algorithm::PS256)
        .expect_err("does not fit");
    assert_eq!(
        error,
        KeyError::Algorithm {
            asked: Algorithm::PS256,
            key: "P-256"
        }
    );
}

#[test]
fn the_published_document_has_public_members_only() {
    for file in [
        pem("PRIVATE KEY", rsa_pkcs8()),
        pem("PRIVATE KEY", &p256_pkcs8()),
    ] {
        let signer = read(&file).with_key_id("bank-1").expect("a kid");
        let document: serde_json::Value =
            serde_json::from_str(&signer.jwks().expect("a document")).expect("JSON");
        let key = document["keys"][0].as_object().expect("one key");
        assert_eq!(key["kid"], "bank-1");
        assert_eq!(key["use"], "sig");
        for member in key.keys() {
            assert!(
                ["kty", "use", "kid", "n", "e", "crv", "x", "y"].contains(&member.as_str()),
                "{member}"
            );
        }
        // A verifier of its own reads it.
        let set: JwkSet = serde_json::from_value(document).expect("a JWK set");
        let jwk = set.find("bank-1").expect("the key");
        assert_eq!(
            jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256)
                .expect("a thumbprint"),
            signer.thumbprint().expect("a thumbprint")
        );
    }
}

#[test]
fn what_stands_around_the_key_in_a_pem_file_is_skipped() {
    let key = pem("PRIVATE KEY", &p256_pkcs8());
    let bare = read(&key);
    let around = format!(
        "\u{feff}Bag Attributes\r\n{}{}{}",
        pem("CERTIFICATE", b"0"),
        pem("EC PARAMETERS", b"0"),
        key.replace('\n', "\r\n")
    );
    assert_eq!(read(&around).key_id(), bare.key_id());
}

#[test]
fn debug_shows_public_facts_only() {
    let signer = read(&pem("PRIVATE KEY", rsa_pkcs8()));
    assert_eq!(
        format!("{signer:?}"),
        format!(
            "LocalSigner {{ key: \"RSA\", algorithm: PS256, key_id: {:?}, .. }}",
            signer.key_id()
        )
    );
}

//! Keys, documents and assertions need none of `jsonwebtoken`'s cryptography.
//!
//! That crate panics at first use when a build, by features that other crates choose, has none of its back ends
//! or both. Here it panics at every use.

use std::time::UNIX_EPOCH;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use castile_auth::{AssertionId, AssertionPolicy, LocalSigner, Signer as _, TokenEndpoint};
use jsonwebtoken::crypto::{CryptoProvider, KeyUtils};

static NO_BACK_END: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| panic!("no back end"),
    verifier_factory: |_, _| panic!("no back end"),
    key_utils: KeyUtils::new_unimplemented(),
};

#[tokio::test]
async fn nothing_here_asks_jsonwebtoken_to_sign_or_hash() {
    NO_BACK_END.install_default().expect("the first to install");
    assert!(
        std::panic::catch_unwind(|| {
            jsonwebtoken::crypto::sign(
                b"input",
                &jsonwebtoken::EncodingKey::from_secret(b"secret"),
                castile_auth::Algorithm::HS256,
            )
        })
        .is_err(),
        "the trap is set"
    );

    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .expect("a key");
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    let signer = LocalSigner::read(pem.as_bytes()).expect("a key");
    assert_eq!(signer.thumbprint().expect("a thumbprint"), signer.key_id());
    assert!(signer.jwks().expect("a document").contains(signer.key_id()));

    let endpoint = TokenEndpoint::parse("https://host.example/token").expect("a URL");
    let assertion = AssertionPolicy::new("client-7")
        .expect("a client id")
        .unsigned(
            signer.algorithm(),
            signer.key_id(),
            &endpoint,
            UNIX_EPOCH,
            AssertionId([0; 16]),
        )
        .expect("claims")
        .sign(&signer)
        .await
        .expect("a signature");
    assert_eq!(assertion.reveal().split('.').count(), 3);
}

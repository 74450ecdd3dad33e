//! What we sign, verified by npm's jose.

use std::io::Write as _;
use std::process::{Command, Stdio};

use castile::auth::ports::Ports;
use castile::auth::{
    AssertionPolicy, AssertionType, Audience, ClientAuth as _, ClientSecret, LocalSigner,
    PrivateKeyJwt, Signer as _, TokenCache, TokenEndpoint, TokenSource as _,
};
use castile_tests::{Keys, NO_NODE, Provider, node, not_run, root};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::form::algorithm;
use crate::load::{World, request};

#[tokio::test]
async fn every_assertion_verifies_elsewhere_and_says_what_was_set() {
    let Some(node) = node() else {
        return not_run("token_endpoint::signed::every_assertion", NO_NODE);
    };
    let ports = World::new().ports;
    for (alg, keys) in Keys::make(&node) {
        let signer = LocalSigner::read(keys.pem.as_bytes())
            .and_then(|signer| signer.with_algorithm(algorithm(&alg)))
            .expect("a key");
        let issuer = Audience::Issuer(String::from("https://issuer.example"));
        let base = || AssertionPolicy::new("client-7").expect("a client id");
        let policies = [
            base(),
            base()
                .with_type(AssertionType::None)
                .with_audience_in_array(),
            base()
                .with_audience(issuer)
                .expect("an audience")
                .with_type(AssertionType::ClientAuthentication),
        ];
        let mut signed = Vec::new();
        for policy in policies {
            signed.push(assertion(policy, &signer, &ports).await);
        }
        let public = serde_json::to_value(signer.public_jwk().expect("public")).expect("JSON");
        let input = json!({ "jwk": public, "jws": signed, "alg": alg });
        let output = verify(&node, &input);
        assert_eq!(output["thumbprint"], signer.key_id(), "{alg}");
        let read = output["read"].as_array().expect("a list");
        for one in read {
            assert_eq!(one["header"]["alg"], alg.as_str());
            assert_eq!(one["header"]["kid"], signer.key_id());
            let claims = &one["claims"];
            assert_eq!(
                (&claims["iss"], &claims["sub"]),
                (&json!("client-7"), &json!("client-7"))
            );
            let life = claims["exp"].as_u64().zip(claims["iat"].as_u64());
            assert_eq!(life.map(|(exp, iat)| exp - iat), Some(60));
        }
        let says = |n: usize| (&read[n]["header"]["typ"], &read[n]["claims"]["aud"]);
        let token = "https://host.example/token";
        assert_eq!(says(0), (&json!("JWT"), &json!(token)));
        assert_eq!(says(1), (&Value::Null, &json!([token])));
        let issuer = json!("https://issuer.example");
        assert_eq!(says(2), (&json!("client-authentication+jwt"), &issuer));
        assert_ne!(read[0]["claims"]["jti"], read[1]["claims"]["jti"]);
    }
}

async fn assertion(policy: AssertionPolicy, signer: &LocalSigner, ports: &Ports) -> String {
    let signer = Arc::new(signer.clone());
    let auth = PrivateKeyJwt::new(policy, signer, ports.clock.clone(), ports.random.clone());
    let endpoint = TokenEndpoint::parse("https://host.example/token").expect("a URL");
    let proof = auth.prove(&endpoint).await.expect("a proof");
    let (_, text) = proof
        .fields()
        .find(|(name, _)| *name == "client_assertion")
        .expect("an assertion");
    text.to_owned()
}

fn verify(node: &std::path::Path, input: &Value) -> Value {
    let mut child = Command::new(node)
        .arg(root().join("tests/peers/oidc/verify.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("node starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(input.to_string().as_bytes()).expect("read");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "jose refused a signature");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[tokio::test]
async fn a_secret_with_signs_of_all_kinds_is_accepted_both_ways() {
    const SECRET: &str = "s3cr3t:/ +&";
    let Some(node) = node() else {
        return not_run("token_endpoint::signed::secret", NO_NODE);
    };
    let client = |id: &str| {
        json!({
            "client_id": id,
            "client_secret": SECRET,
            "token_endpoint_auth_method": id,
        })
    };
    let clients = [client("client_secret_basic"), client("client_secret_post")];
    let provider = Provider::start_with(&node, &json!({ "clients": clients }));
    let ports = World::new().ports;
    let secret = || String::from(SECRET).into();
    for auth in [
        ClientSecret::basic("client_secret_basic", secret()),
        ClientSecret::post("client_secret_post", secret()),
    ] {
        let auth = Arc::new(auth.expect("a secret"));
        let cache = TokenCache::new(request(provider.issuer()), auth, ports.clone());
        cache.token().await.expect("a token");
    }
    assert_eq!(provider.log().await, []);
}

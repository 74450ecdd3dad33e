//! What an assertion costs beside a bare signature, and what reading a fresh token costs for one task and for 64.

#![allow(
    clippy::disallowed_methods,
    reason = "the clock is part of what is measured"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use castile_auth::ports::{
    BoxFuture, Clock, NoRandomness, Ports, Random, Sleep, Spawn, TokenHttp, TokenHttpError,
};
use castile_auth::{
    AssertionId, AssertionPolicy, ClientCredentials, LocalSigner, PrivateKeyJwt, Signer as _,
    TokenCache, TokenEndpoint, TokenSource as _,
};
use criterion::{Criterion, criterion_group, criterion_main};

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}

fn signature(criterion: &mut Criterion) {
    let random = SystemRandom::new();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let rsa_der = AsDer::<Pkcs8V1Der<'_>>::as_der(&rsa).expect("DER");
    let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let ec_der = ec.to_pkcs8v1().expect("DER");
    let endpoint = TokenEndpoint::parse("https://login.jackhenry.com/token").expect("a URL");
    let policy = AssertionPolicy::new("client-7").expect("a client id");
    let runtime = runtime();
    let mut group = criterion.benchmark_group("signature");
    let input = vec![b'x'; 420];
    group.bench_function("RSA-2048 PS256, aws-lc-rs alone", |bencher| {
        let mut signature = vec![0; rsa.public_modulus_len()];
        bencher.iter(|| rsa.sign(&RSA_PSS_SHA256, &random, &input, &mut signature));
    });
    group.bench_function("ES256, aws-lc-rs alone", |bencher| {
        bencher.iter(|| ec.sign(&random, &input));
    });
    for (name, der) in [
        ("RSA-2048 PS256", rsa_der.as_ref()),
        ("ES256", ec_der.as_ref()),
    ] {
        let signer = LocalSigner::read(pem(der).as_bytes()).expect("a key");
        let assertion = || {
            let (algorithm, key_id, id) =
                (signer.algorithm(), signer.key_id(), AssertionId([7; 16]));
            let unsigned = policy.unsigned(algorithm, key_id, &endpoint, UNIX_EPOCH, id);
            let signed = unsigned.expect("claims").sign(&signer);
            runtime.block_on(signed).expect("a signature")
        };
        assert_eq!(assertion().reveal().split('.').count(), 3);
        group.bench_function(format!("{name}, a whole assertion"), |bencher| {
            bencher.iter(|| black_box(assertion()));
        });
    }
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let runtime = runtime();
    let cache = cache();
    let token = runtime.block_on(cache.token()).expect("a token");
    assert_eq!(token.generation(), 1);
    assert_eq!(cache.fresh().expect("fresh").generation(), 1);
    let mut group = criterion.benchmark_group("read of a fresh token");
    group.bench_function("one task", |bencher| {
        bencher.iter(|| black_box(cache.fresh()));
    });
    group.bench_function("one task, as a boxed future", |bencher| {
        bencher.iter(|| runtime.block_on(cache.token()).expect("fresh"));
    });
    // Time of a processor for each read: as many workers as there are processors, 64 tasks that take turns.
    group.bench_function("64 tasks", |bencher| {
        bencher.iter_custom(|reads| {
            let each = reads.div_ceil(64);
            let begin = Instant::now();
            let tasks: Vec<_> = (0..64)
                .map(|_| {
                    let cache = cache.clone();
                    runtime.spawn(async move {
                        for _ in 0..each {
                            black_box(cache.fresh());
                        }
                    })
                })
                .collect();
            for task in tasks {
                runtime.block_on(task).expect("no panic");
            }
            begin.elapsed().mul_f64(reads as f64 / (each * 64) as f64)
        });
    });
    group.finish();
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.build().expect("a runtime")
}

fn cache() -> TokenCache {
    let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let der = ec.to_pkcs8v1().expect("DER");
    let signer = LocalSigner::read(pem(der.as_ref()).as_bytes()).expect("a key");
    let world = Arc::new(World(Instant::now()));
    let ports = Ports {
        http: world.clone(),
        clock: world.clone(),
        sleep: world.clone(),
        spawn: world.clone(),
        random: world.clone(),
    };
    let policy = AssertionPolicy::new("client-7").expect("a client id");
    let auth = PrivateKeyJwt::new(policy, Arc::new(signer), world.clone(), world);
    let endpoint = TokenEndpoint::parse("http://127.0.0.1:9/token").expect("a URL");
    TokenCache::new(ClientCredentials::new(endpoint), Arc::new(auth), ports)
}

/// The machine's clocks, and a server that answers at once.
struct World(Instant);

impl Clock for World {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn steady(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Sleep for World {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

impl Spawn for World {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}

impl Random for World {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        aws_lc_rs::rand::fill(buffer).map_err(|_| NoRandomness)
    }
}

impl TokenHttp for World {
    fn send(
        &self,
        _: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>> {
        let body = br#"{"access_token":"t","token_type":"Bearer","expires_in":86400}"#;
        Box::pin(std::future::ready(Ok(http::Response::new(body.to_vec()))))
    }
}

criterion_group!(benches, signature, read);
criterion_main!(benches);

//! Ports that a test holds in its hand.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, Response};
use tokio::sync::Semaphore;

use crate::ports::{
    BoxFuture, Clock, NoRandomness, Ports, Random, Sleep, Spawn, TokenHttp, TokenHttpError,
};
use crate::{
    AssertionPolicy, CacheSettings, ClientAuth, ClientCredentials, LocalSigner, PrivateKeyJwt,
    TokenCache,
};

/// A cache with all its false surroundings.
pub(crate) struct Stage {
    pub(crate) cache: TokenCache,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) server: Arc<Server>,
    pub(crate) alarm: Arc<Alarm>,
    pub(crate) ports: Ports,
}

impl Stage {
    /// A cache whose server answers with tokens of this life.
    pub(crate) fn new(expires_in: u64) -> Self {
        Self::with_spawn(expires_in, Arc::new(Tokio))
    }

    pub(crate) fn with_spawn(expires_in: u64, spawn: Arc<dyn Spawn>) -> Self {
        let clock = Arc::new(ManualClock::default());
        let server = Arc::new(Server::new(expires_in));
        let alarm = Arc::new(Alarm::default());
        let ports = Ports {
            http: server.clone(),
            clock: clock.clone(),
            sleep: alarm.clone(),
            spawn,
            random: Arc::new(Counting::default()),
        };
        let auth = auth("client-7", &ports);
        Self {
            cache: TokenCache::new(request(), auth, ports.clone()),
            clock,
            server,
            alarm,
            ports,
        }
    }

    /// Another cache with these surroundings, for a client with a key of its own.
    pub(crate) fn cache_of(&self, client_id: &str, settings: CacheSettings) -> TokenCache {
        let auth = auth(client_id, &self.ports);
        TokenCache::with_settings(request(), auth, self.ports.clone(), settings)
    }
}

/// Proofs of a client whose key is the same in each call.
pub(crate) fn auth(client_id: &str, ports: &Ports) -> Arc<dyn ClientAuth> {
    static KEY: OnceLock<String> = OnceLock::new();
    Arc::new(PrivateKeyJwt::new(
        AssertionPolicy::new(client_id).expect("a client id"),
        Arc::new(LocalSigner::read(KEY.get_or_init(p256_pem).as_bytes()).expect("a key")),
        ports.clock.clone(),
        ports.random.clone(),
    ))
}

/// Requests to a server that is in memory.
pub(crate) fn request() -> ClientCredentials {
    ClientCredentials::new("http://127.0.0.1:9/token".parse().expect("a URL"))
        .with_scope("openid")
        .expect("a scope")
}

/// A new P-256 key as PKCS#8 PEM.
pub(crate) fn p256_pem() -> String {
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .expect("a key");
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    )
}

/// Time that passes when told.
#[derive(Default)]
pub(crate) struct ManualClock(AtomicU64, AtomicU64);

impl ManualClock {
    /// Panics when it is asked for the `n`th time from now.
    pub(crate) fn will_panic(&self, n: u64) {
        self.1.store(n, Ordering::SeqCst);
    }

    pub(crate) fn advance(&self, seconds: f64) {
        self.0
            .fetch_add((seconds * 1000.0) as u64, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_790_000_000) + self.steady()
    }

    fn steady(&self) -> Duration {
        let left = self.1.load(Ordering::SeqCst);
        self.1.store(left.saturating_sub(1), Ordering::SeqCst);
        assert!(left != 1, "a fault of the port");
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A sleep that lasts for ever, or no time once rung.
#[derive(Default)]
pub(crate) struct Alarm(AtomicBool);

impl Alarm {
    pub(crate) fn ring(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Sleep for Alarm {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        if self.0.load(Ordering::SeqCst) {
            Box::pin(std::future::ready(()))
        } else {
            Box::pin(std::future::pending())
        }
    }
}

/// Spawns on the runtime of the test.
pub(crate) struct Tokio;

impl Spawn for Tokio {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}

/// Spawns nothing, as a runtime that shuts down.
pub(crate) struct Gone;

impl Spawn for Gone {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        drop(task);
    }
}

/// Different bytes each time.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        for byte in buffer {
            *byte = self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(41) as u8;
        }
        Ok(())
    }
}

/// An authorization server in memory: counts, remembers bodies, answers from a script or with a token.
pub(crate) struct Server {
    expires_in: u64,
    script: Mutex<VecDeque<Answer>>,
    bodies: Mutex<Vec<String>>,
    /// A permit lets an answer out.
    gate: Semaphore,
    gated: AtomicBool,
}

pub(crate) enum Answer {
    Status(u16, &'static str),
    RetryAfter(u16, u64),
    Echo,
    Unreachable,
    Panic,
}

impl Server {
    fn new(expires_in: u64) -> Self {
        Self {
            expires_in,
            script: Mutex::default(),
            bodies: Mutex::default(),
            gate: Semaphore::new(0),
            gated: AtomicBool::new(false),
        }
    }

    /// The next answer, instead of a token.
    pub(crate) fn will(&self, answer: Answer) {
        self.script.lock().unwrap().push_back(answer);
    }

    /// No more answers than tokens.
    pub(crate) fn forget(&self) {
        self.script.lock().unwrap().clear();
    }

    /// Keeps no memory of requests.
    pub(crate) fn forget_bodies(&self) {
        std::mem::take(&mut *self.bodies.lock().unwrap());
    }

    /// Holds all answers back.
    pub(crate) fn close(&self) {
        self.gated.store(true, Ordering::SeqCst);
    }

    /// Lets all answers out again.
    pub(crate) fn release(&self) {
        self.gated.store(false, Ordering::SeqCst);
        self.gate.add_permits(10_000);
    }

    pub(crate) fn requests(&self) -> usize {
        self.bodies.lock().unwrap().len()
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        self.bodies.lock().unwrap().clone()
    }
}

/// Marks each token, so that a leak can be found.
pub(crate) const CANARY: &str = "canary-token";

impl TokenHttp for Server {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, TokenHttpError>> {
        let body = String::from_utf8(request.into_body()).expect("a form");
        let number = {
            let mut bodies = self.bodies.lock().unwrap();
            bodies.push(body.clone());
            bodies.len()
        };
        let answer = self.script.lock().unwrap().pop_front();
        Box::pin(async move {
            if self.gated.load(Ordering::SeqCst) {
                self.gate.acquire().await.expect("open").forget();
            }
            let response = Response::builder().header("content-type", "application/json");
            let response = match answer {
                None => response.body(format!(
                    r#"{{"access_token":"{CANARY}-{number}","token_type":"Bearer","expires_in":{}}}"#,
                    self.expires_in
                )),
                Some(Answer::Status(status, body)) => {
                    response.status(status).body(String::from(body))
                }
                Some(Answer::RetryAfter(status, seconds)) => response
                    .status(status)
                    .header("retry-after", seconds)
                    .body(String::new()),
                Some(Answer::Echo) => response.status(400).body(format!(
                    r#"{{"error":"invalid_request","error_description":"{body}"}}"#
                )),
                Some(Answer::Panic) => panic!("a fault of the port"),
                Some(Answer::Unreachable) => {
                    return Err(TokenHttpError::Unreachable("no route".into()));
                }
            };
            Ok(response.expect("a response").map(String::into_bytes))
        })
    }
}

//! Starts the certified OpenID provider of `tests/peers/oidc` as a child process.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::root;

/// Long enough for a busy machine; the provider answers within a second on a quiet one.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A client that the provider knows.
#[derive(Debug, Clone, Serialize)]
pub struct Client {
    client_id: String,
    jwks: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
}

impl Client {
    /// A client with these public keys, each a JWK.
    pub fn new(client_id: &str, jwks: impl IntoIterator<Item = Value>) -> Self {
        Self {
            client_id: client_id.to_owned(),
            jwks: json!({ "keys": jwks.into_iter().collect::<Vec<_>>() }),
            alg: None,
        }
    }

    /// The same client, held to one signature algorithm.
    #[must_use]
    pub fn pinned(self, alg: &str) -> Self {
        Self {
            alg: Some(alg.to_owned()),
            ..self
        }
    }
}

/// A key pair made by another hand than ours.
#[derive(Debug, Clone, Deserialize)]
pub struct Keys {
    /// The private key: PKCS#8 in PEM.
    pub pem: String,
    /// The public key, with its RFC 7638 thumbprint as `kid`.
    pub jwk: Value,
}

impl Keys {
    /// New keys by algorithm: ES256, PS256 and RS256 (RSA of 2048 bits).
    ///
    /// # Panics
    /// When Node.js does not make them.
    pub fn make(node: &Path) -> BTreeMap<String, Self> {
        let output = Command::new(node)
            .arg(root().join("tests/peers/oidc/keys.mjs"))
            .stderr(Stdio::inherit())
            .output()
            .expect("node starts");
        serde_json::from_slice(&output.stdout).expect("keys.mjs prints keys")
    }
}

/// How often the provider was asked for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Requests to the token endpoint, whatever came of them.
    pub token_calls: u64,
    /// The most of them at one time.
    pub max_parallel: u64,
}

/// One refusal with its true cause, which the client is never told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// The client, if the request got so far as to name one.
    pub client: Option<String>,
    /// The OAuth error code that the client was told.
    pub error: String,
    /// The cause, in the words of the provider.
    pub detail: String,
}

/// A running provider; it ends when this is dropped.
#[derive(Debug)]
pub struct Provider {
    child: Child,
    issuer: String,
}

impl Provider {
    /// Starts a provider that knows `clients`, and waits until it answers.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(node: &Path, clients: &[Client]) -> Self {
        Self::start_with(node, &json!({ "clients": clients }))
    }

    /// The same with every option of `provider.mjs`.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_with(node: &Path, options: &Value) -> Self {
        let mut child = Command::new(node)
            .arg(root().join("tests/peers/oidc/provider.mjs"))
            .env("CASTILE_PROVIDER", options.to_string())
            // It ends with its standard input, so not even a killed test leaves one behind.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let (tell, hear) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = stdout.read_line(&mut line);
            // Nobody listens once the limit has passed.
            let _ = tell.send(read.map(|_| line));
        });
        let line = hear.recv_timeout(START_LIMIT);
        let ready: Option<Ready> = line
            .ok()
            .and_then(Result::ok)
            .and_then(|line| serde_json::from_str(&line).ok());
        let Some(Ready { issuer }) = ready else {
            let _ = child.kill();
            panic!("the provider did not start");
        };
        Self { child, issuer }
    }

    /// Its issuer identifier, an origin on the loopback.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where it gives tokens.
    pub fn token_endpoint(&self) -> String {
        format!("{}/a/oidc-provider/api/v0/token", self.issuer)
    }

    /// How often it was asked so far.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn stats(&self) -> Stats {
        self.ask("__stats").await
    }

    /// Every refusal so far, oldest first.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn log(&self) -> Vec<Refusal> {
        self.ask("__log").await
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        let answer = reqwest::get(format!("{}/{path}", self.issuer))
            .await
            .expect("the provider answers");
        let text = answer.bytes().await.expect("a whole answer");
        serde_json::from_slice(&text).expect("the provider speaks JSON")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about that here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Deserialize)]
struct Ready {
    issuer: String,
}

//! The handle by which a test drives a running sandbox and looks into it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use castile_codegen::instance::Callable;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::bank::Transfer;
use crate::builder::client;
use crate::gateway::{LEGACY_PATH, OAUTH_PATH, serves};
use crate::provider::check_jwks;
use crate::state::{Answer, Sandboxed, lock};
use crate::{Counters, Entry, Jwks, JwksError, Peer, Received, ScriptError, ScriptFile, Step};

/// A routing number of no bank: its check digit is wrong.
const INSTITUTION: &str = "012345678";

/// How long [`Running::stop`] waits for requests that are being answered.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// A sandbox that runs until it is stopped or dropped.
pub struct Running {
    sandbox: Arc<Sandboxed>,
    stop: watch::Sender<()>,
    servers: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("provider", &self.sandbox.issuer)
            .field("gateway", &self.sandbox.gateway)
            .finish_non_exhaustive()
    }
}

impl Running {
    pub(crate) fn new(
        sandbox: Arc<Sandboxed>,
        stop: watch::Sender<()>,
        servers: Vec<JoinHandle<()>>,
    ) -> Self {
        Self {
            sandbox,
            stop,
            servers,
        }
    }

    /// Origin of the identity provider, such as `http://127.0.0.1:40001`; it is the issuer.
    pub fn provider_url(&self) -> &str {
        &self.sandbox.issuer
    }

    /// The URL of the token endpoint: where the form goes, and what `aud` must say.
    pub fn token_endpoint(&self) -> String {
        self.sandbox.token_endpoint()
    }

    /// Origin of the gateway, such as `http://127.0.0.1:40002`.
    pub fn gateway_origin(&self) -> &str {
        &self.sandbox.gateway
    }

    /// The URL of a service: `Inquiry`, `Customer`, `Transaction`, or `ServiceGateway`, which
    /// answers the operations of all three.
    pub fn gateway_url(&self, service: &str) -> String {
        format!("{}{OAUTH_PATH}{service}.svc", self.sandbox.gateway)
    }

    /// The URL of a service under the old model; it is served only if a user name was given
    /// ([`Builder::username_token`](crate::Builder::username_token)).
    pub fn legacy_url(&self, service: &str) -> String {
        format!("{}{LEGACY_PATH}{service}.svc", self.sandbox.gateway)
    }

    /// Registers a client by the public keys that it signs with, or replaces them.
    ///
    /// # Errors
    ///
    /// If a document holds a private key, or no key that could verify.
    pub fn register(
        &self,
        client_id: impl Into<String>,
        jwks: impl Into<Jwks>,
    ) -> Result<(), JwksError> {
        let (client_id, jwks) = (client_id.into(), jwks.into());
        check_jwks(&jwks)?;
        let mut clients = lock(&self.sandbox.clients);
        let mut client = client(&client_id, jwks);
        client.website = clients
            .get(&client_id)
            .and_then(|known| known.website.clone());
        clients.insert(client_id, client);
        Ok(())
    }

    /// A `castile.toml` with one profile, `sandbox`, by which a registered client reaches this
    /// sandbox; the private key lies at `key`, relative to the file that the text is written to.
    pub fn castile_toml(&self, client_id: &str, key: &Path) -> String {
        // A JSON text is a TOML basic string, but for DEL, which no sane path or id holds.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        format!(
            r#"version = 1

[defaults]
audit_usr_id = "sandbox-user"
audit_ws_id = "sandbox-workstation"

[profile.sandbox]
inst_rt_id = "{INSTITUTION}"
inst_env = "TEST"
product = "sandbox"
state = "oauth"
client_id = {client_id}
key = {{ file = {key} }}

[profile.sandbox.oauth]
url = {url}
token_endpoint = {token_endpoint}
scope = "openid"
"#,
            client_id = quoted(client_id),
            key = quoted(&key.to_string_lossy()),
            url = quoted(&self.gateway_url("ServiceGateway")),
            token_endpoint = quoted(&self.token_endpoint()),
        )
    }

    /// One more profile, `sandbox-legacy`, for the end of that file: the same services under the old model; the password
    /// lies at `password`, relative to the file.
    pub fn legacy_toml(&self, username: &str, password: &Path) -> String {
        let profile = format!(
            r#"
[profile.sandbox-legacy]
inst_rt_id = "{INSTITUTION}"
inst_env = "TEST"
product = "sandbox-legacy"
state = "legacy"
"#
        );
        profile + &self.legacy_table("sandbox-legacy", username, password)
    }

    /// The old model's table of a profile, for the end of that file.
    pub fn legacy_table(&self, profile: &str, username: &str, password: &Path) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        format!(
            r#"
[profile.{profile}.legacy]
url = {url}
username = {username}
password = {{ file = {password} }}
"#,
            url = quoted(&self.legacy_url("ServiceGateway")),
            username = quoted(username),
            password = quoted(&password.to_string_lossy()),
        )
    }

    /// Lets the next requests go wrong, one step each, after those already scripted.
    pub fn script(&self, peer: Peer, steps: impl IntoIterator<Item = Step>) {
        lock(&self.sandbox.script).append(peer, steps);
    }

    /// Lets the next requests of one operation go wrong, one step each; such steps come before those of
    /// [`script`](Self::script). The operation is named as [`Received::operation`] names it.
    pub fn script_operation(&self, operation: &str, steps: impl IntoIterator<Item = Step>) {
        lock(&self.sandbox.script).append_to(operation, steps);
    }

    /// Lets the next requests go wrong as a file says, after what is scripted already.
    ///
    /// # Errors
    ///
    /// [`ScriptError::UnknownOperation`]; then nothing of the file is followed.
    pub fn follow(&self, file: &ScriptFile) -> Result<(), ScriptError> {
        let mut named = Vec::new();
        for of in &file.operations {
            let names = match &self.sandbox.settings.contract {
                Some(contract) => contract.named(&of.name).map(|operations| {
                    let operations = operations.into_iter();
                    operations.map(Callable::full_name).collect()
                }),
                None if serves(&of.name) => Ok(vec![of.name.clone()]),
                None => Ok(Vec::new()),
            };
            let names: Vec<String> = names.unwrap_or_default();
            if names.is_empty() {
                return Err(ScriptError::UnknownOperation {
                    line: of.line,
                    operation: of.name.clone(),
                });
            }
            named.push((names, &of.steps));
        }
        let mut script = lock(&self.sandbox.script);
        script.append(Peer::TokenEndpoint, file.token_endpoint.iter().copied());
        script.append(Peer::Gateway, file.gateway.iter().copied());
        for (names, steps) in named {
            for name in names {
                script.append_to(&name, steps.iter().copied());
            }
        }
        Ok(())
    }

    /// Answers an operation of the contract in place of what would be drawn, once the request was found good.
    pub(crate) fn set_answer(&self, operation: String, answer: Answer) {
        lock(&self.sandbox.answers).insert(operation, answer);
    }

    /// Revokes every token given so far; the gateway answers 401 to them.
    pub fn revoke_tokens(&self) {
        lock(&self.sandbox.issued).revoke_all();
    }

    /// What was decided and why; the last 4096 entries.
    pub fn log(&self) -> Vec<Entry> {
        lock(&self.sandbox.log).entries()
    }

    /// How often what happened.
    pub fn counters(&self) -> Counters {
        self.sandbox.counters()
    }

    /// The transfers that arrived, in order; one entry for each time one was processed.
    pub fn transfers(&self) -> Vec<Transfer> {
        lock(&self.sandbox.bank).transfers().to_vec()
    }

    /// The requests that reached the gateway, byte for byte: the last 1024, and no more than 32 MiB
    /// of bodies.
    pub fn requests(&self) -> Vec<Received> {
        self.sandbox.kept().into()
    }

    /// Stops both servers, after the answers that are under way, within a second.
    pub async fn stop(self) {
        // Fails only if both servers have ended already.
        let _ = self.stop.send(());
        for mut server in self.servers {
            if tokio::time::timeout(LAST_ANSWERS, &mut server)
                .await
                .is_err()
            {
                server.abort();
            }
        }
    }
}

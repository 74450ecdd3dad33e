//! A bank for your own tests: provider and gateway that keep your contract.
//!
//! ```
//! use castile_sandbox::testing::TestBank;
//! # use castile::{Client, http::Config};
//! # use castile_jx::inquiry::{AcctSrch, SrchMsgRqHdr};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wsdl/sample");
//! let bank = TestBank::start(contract).await?; // a WSDL file, a folder or a zip archive
//! let profile = Config::read(bank.config())?.profile("sandbox")?;
//! let client = Client::connect(&profile)?;
//!
//! let search = AcctSrch {
//!     srch_msg_rq_hdr: SrchMsgRqHdr { max_rec: 10.into(), ..SrchMsgRqHdr::default() },
//!     cust_id: Some("C-1".into()),
//!     ..AcctSrch::default()
//! };
//! client.call(&search).send().await?;
//!
//! let sent = bank.sent("AcctSrch").once();
//! assert_eq!(sent.value("CustId").as_deref(), Some("C-1"));
//! # bank.stop().await;
//! # Ok(()) }
//! ```
//!
//! Each request is judged by the schemas of the contract: what they do not allow is answered by a fault that names the
//! element. Each answer is drawn from them, valid and the same for the same [seed](crate::Builder::seed), until
//! [`TestBank::answer`] sets another. [`TestBank::script`] lets single attempts go wrong.
//!
//! The bank serves both models: profile `sandbox` has the new one, profile `sandbox-legacy` the old one.

mod error;
mod sent;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use castile_codegen::instance::Message;
use tempfile::TempDir;

use crate::reply::Kind;
use crate::{Builder, ClientKey, Contract, Received, Reply, Running, Sandbox, StartError, Step};

pub use error::TestBankError;
pub use sent::Sent;

/// The client that is registered at a test bank.
pub const CLIENT_ID: &str = "sandbox-client";

/// The user name of the old model at a test bank.
pub const USERNAME: &str = "sandbox-user";

const PASSWORD: &str = "sandbox-password";

/// A provider and a gateway on loopback, with a client registered and a configuration for it.
///
/// Its files go with it.
#[derive(Debug)]
pub struct TestBank {
    running: Running,
    contract: Contract,
    folder: TempDir,
}

impl TestBank {
    /// Reads a contract (a WSDL file, a folder or a zip archive) and starts a bank that keeps it.
    ///
    /// # Errors
    ///
    /// A contract that cannot be read, no free port, or no temporary folder.
    pub async fn start(contract: impl Into<PathBuf>) -> Result<Self, TestBankError> {
        Self::of(Contract::read([contract.into()])?).await
    }

    /// Starts a bank that keeps a contract which was read before: reading a large one takes longer than a test.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn of(contract: Contract) -> Result<Self, TestBankError> {
        Self::with(contract, Sandbox::builder()).await
    }

    /// The same with settings of your own: a seed, a clock, the lifetime of tokens.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn with(contract: Contract, builder: Builder) -> Result<Self, TestBankError> {
        let key = ClientKey::generate()?;
        let running = builder
            .contract(contract.clone())
            .client(CLIENT_ID, key.jwks())
            .username_token(USERNAME, PASSWORD)
            .start()
            .await?;
        let folder = TempDir::new().map_err(TestBankError::Folder)?;
        let store = |name: &str, text: &str| {
            let path = folder.path().join(name);
            // Temporary files are made readable for their owner alone, and stay so when they get their name.
            let mut file = tempfile::NamedTempFile::new_in(folder.path())?;
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            file.persist(path)?;
            Ok(())
        };
        let config = running.castile_toml(CLIENT_ID, Path::new("client-key.pem"))
            + &running.legacy_toml(USERNAME, Path::new("password"));
        for (name, text) in [
            ("client-key.pem", key.private_pem()),
            ("password", PASSWORD),
            ("castile.toml", &config),
        ] {
            store(name, text).map_err(TestBankError::Folder)?;
        }
        Ok(Self {
            running,
            contract,
            folder,
        })
    }

    /// A `castile.toml` with the profiles `sandbox` and `sandbox-legacy`, beside its key and password.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("castile.toml")
    }

    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The sandbox that the bank is: its addresses, log and counters.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Answers an operation by this element, an envelope with it, or another [`Reply`]; the last one set counts.
    ///
    /// # Errors
    ///
    /// No such operation, or a payload that the contract does not allow. [`Reply::http`] is not judged.
    pub fn answer(&self, operation: &str, reply: impl Into<Reply>) -> Result<(), TestBankError> {
        let mut reply = reply.into();
        if let Kind::Payload(xml) = &reply.0 {
            let message = Message::read(xml.as_bytes())?;
            let whole = message
                .has_envelope()
                .then(|| Reply::http(200, "text/xml; charset=utf-8", xml.clone()));
            for operation in self.contract.named(operation)? {
                let violations = self.contract.check_response(operation, &message)?;
                if let Some(violation) = violations.into_iter().next() {
                    let operation = operation.full_name();
                    return Err(TestBankError::Answer {
                        operation,
                        violation,
                    });
                }
            }
            reply = whole.unwrap_or(reply);
        }
        self.answer_with(operation, move |_| reply.clone())
    }

    /// Answers an operation by what a closure makes of each request that keeps the contract; its payload is not judged.
    ///
    /// # Errors
    ///
    /// No such operation.
    pub fn answer_with<R: Into<Reply>>(
        &self,
        operation: &str,
        answer: impl Fn(&Received) -> R + Send + Sync + 'static,
    ) -> Result<(), TestBankError> {
        let answer: crate::state::Answer = Arc::new(move |received| answer(received).into());
        for operation in self.contract.named(operation)? {
            self.running
                .set_answer(operation.full_name(), answer.clone());
        }
        Ok(())
    }

    /// Lets the next attempts at an operation go wrong, one step each: `[Step::Unauthorized, Step::Pass]` is 401, then
    /// the true answer.
    ///
    /// # Errors
    ///
    /// No such operation.
    pub fn script(
        &self,
        operation: &str,
        steps: impl IntoIterator<Item = Step>,
    ) -> Result<(), TestBankError> {
        let steps: Vec<Step> = steps.into_iter().collect();
        for operation in self.contract.named(operation)? {
            let steps = steps.iter().copied();
            self.running.script_operation(&operation.full_name(), steps);
        }
        Ok(())
    }

    /// The requests of an operation that reached the gateway so far, each attempt by itself.
    pub fn sent(&self, operation: &str) -> Sent {
        let is_meant = |received: &Received| {
            received.operation.as_ref().is_some_and(|full| {
                full == operation
                    || full
                        .split_once('.')
                        .is_some_and(|(_, name)| name == operation)
            })
        };
        let all = self.running.requests().into_iter();
        Sent::new(operation, all.filter(is_meant).collect())
    }

    /// Stops the servers, after the answers that are under way, within a second.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

impl From<StartError> for TestBankError {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}

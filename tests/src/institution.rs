//! A bank to call: a sandbox, and the configuration of a caller that it knows.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use castile::http::{Config, Profile};
use castile_sandbox::data::Data;
use castile_sandbox::{ClientKey, Running, Sandbox};
use tempfile::TempDir;

/// A running sandbox and a profile `bank` in state `oauth` that leads to it.
#[derive(Debug)]
pub struct Institution {
    sandbox: Running,
    profile: Arc<Profile>,
    /// Holds `castile.toml` and the key; goes with this value.
    folder: TempDir,
}

impl Institution {
    /// Starts a sandbox that knows the caller's key.
    ///
    /// # Panics
    /// When the machine does not let it: no loopback, no temporary folder.
    pub async fn open() -> Self {
        Self::open_with(Data::default()).await
    }

    /// The same with data of the caller's choice behind the gateway.
    ///
    /// # Panics
    /// As [`open`](Self::open).
    pub async fn open_with(data: Data) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = ClientKey::generate().expect("randomness");
        write_private(&folder.path().join("bank.pem"), key.private_pem());
        let sandbox = Sandbox::builder()
            .client("the-caller", key.jwks())
            .data(data)
            .start()
            .await
            .expect("a sandbox on the loopback");

        let config = folder.path().join("castile.toml");
        let text = format!(
            r#"version = 1

[profile.bank]
inst_rt_id = "012345678"
inst_env = "TEST"
product = "the-product"
state = "oauth"
client_id = "the-caller"
key = {{ file = "bank.pem" }}

[profile.bank.oauth]
url = "{}"
token_endpoint = "{}"
"#,
            sandbox.gateway_url("ServiceGateway"),
            sandbox.token_endpoint(),
        );
        fs::write(&config, text).expect("a file in it");
        let profile = Config::read(&config)
            .and_then(|config| config.profile("bank"))
            .expect("a profile of our own making");
        Self {
            sandbox,
            profile,
            folder,
        }
    }

    /// The bank itself: what it received, decided and counted.
    pub fn sandbox(&self) -> &Running {
        &self.sandbox
    }

    /// The way there.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// The file that holds the profile.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("castile.toml")
    }

    /// A folder to put files into; it goes with this value.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn write_private(path: &Path, text: &str) {
    fs::write(path, text).expect("a file in the folder");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("it is ours");
    }
}

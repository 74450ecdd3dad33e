//! `castile sandbox`: the false provider and gateway, until interrupted.

use std::io::Write as _;
use std::path::Path;

use castile_sandbox::{ClientKey, Contract, Running, Sandbox as Peers, ScriptError, ScriptFile};
use serde_json::json;

use crate::args::Sandbox;
use crate::problem::{Exit, Problem};

const CLIENT_ID: &str = "sandbox-client";
const KEY_FILE: &str = "client-key.pem";
const USERNAME: &str = "sandbox-user";
const PASSWORD: &str = "sandbox-password";
const PASSWORD_FILE: &str = "password";

pub(super) fn run(arguments: &Sandbox) -> Result<Exit, Problem> {
    let runtime = super::runtime()?;
    runtime.block_on(async {
        // Before the addresses are told: whoever reads them may stop this at once.
        let mut interrupts = super::Interrupts::listen()?;
        let script = arguments.script.as_deref().map(script).transpose()?;
        let key = ClientKey::generate().map_err(|error| Problem::new(error.code(), &error))?;
        let mut builder = Peers::builder().seed(arguments.seed);
        if !arguments.contract.is_empty() {
            let contract = Contract::read(&arguments.contract).map_err(Problem::contract)?;
            builder = builder.contract(contract);
        }
        let peers = builder
            .client(CLIENT_ID, key.jwks())
            .username_token(USERNAME, PASSWORD)
            .observer(|entry| {
                // Nobody may be reading; the sandbox goes on.
                let _ = writeln!(std::io::stderr(), "{entry}");
            })
            .start()
            .await
            .map_err(|error| Problem::new(error.code(), &error))?;
        if let Some((file, script)) = script {
            let followed = peers.follow(&script);
            followed.map_err(|error| unfollowed(&error, file))?;
        }
        let config = write(arguments, &key, &peers)?;
        announce(arguments, &peers, &config)?;
        interrupts.next().await;
        peers.stop().await;
        Ok(Exit::Done)
    })
}

/// What a file says of how requests go wrong.
fn script(file: &Path) -> Result<(&Path, ScriptFile), Problem> {
    let unreadable = |error| Problem::new("file-unreadable", &error).at(file.display());
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let script = ScriptFile::read(&text).map_err(|error| unfollowed(&error, file))?;
    Ok((file, script))
}

fn unfollowed(error: &ScriptError, file: &Path) -> Problem {
    Problem::new(error.code(), error).at(format_args!("{}:{}", file.display(), error.line()))
}

/// Writes key, password and configuration; all are replaced, for the addresses are new each time.
fn write(arguments: &Sandbox, key: &ClientKey, peers: &Running) -> Result<String, Problem> {
    let unwritable = |path: &Path, error: std::io::Error| {
        Problem::new("file-unwritable", &error).at(path.display())
    };
    let folder = &arguments.out;
    super::files::folder(folder)?;
    let store = |name: &str, text: &str| -> Result<std::path::PathBuf, Problem> {
        let path = folder.join(name);
        // Temporary files are made readable for their owner alone, and stay so when they get their name.
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| unwritable(&path, error))?;
        Ok(path)
    };
    store(KEY_FILE, key.private_pem())?;
    store(PASSWORD_FILE, PASSWORD)?;
    let oauth = peers.castile_toml(CLIENT_ID, Path::new(KEY_FILE));
    let legacy = peers.legacy_table("sandbox", USERNAME, Path::new(PASSWORD_FILE));
    let config = store("castile.toml", &(oauth + &legacy))?;
    Ok(config.display().to_string())
}

fn announce(arguments: &Sandbox, peers: &Running, config: &str) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    let text = if arguments.json {
        json!({
            "schema_version": 1,
            "provider": peers.provider_url(),
            "token_endpoint": peers.token_endpoint(),
            "gateway": peers.gateway_url("ServiceGateway"),
            "client_id": CLIENT_ID,
            "config": config,
        })
        .to_string()
    } else {
        format!(
            "identity provider  {}\n\
             token endpoint     {}\n\
             gateway            {}\n\
             client id          {CLIENT_ID}\n\
             configuration      {config}\n\
             \n\
             Try: castile token --config {config} --profile sandbox\n\
             Stop with Ctrl-C.",
            peers.provider_url(),
            peers.token_endpoint(),
            peers.gateway_url("ServiceGateway"),
        )
    };
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| Problem::new("file-unwritable", &error).at("standard output"))
}

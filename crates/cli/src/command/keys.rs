//! `castile keys`: the life of the keys that prove a client.

mod check;
mod rotate;

use std::path::Path;

use castile_auth::keys::{Document, KeyKind, NewKey, PublicKey};
use castile_auth::ports::Ports;
use castile_http::keys::{JwksHandler, KeyOptions, KeysError, Store, replace, write_new};
use castile_http::profile::Limits;
use castile_http::{Config, Profile, connect};
use tokio::net::TcpListener;

use crate::args::{Algorithm, Keys, KeysCommand, New, Public, PublicForm, Together, WhichKey};
use crate::output;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Keys) -> Result<Exit, Problem> {
    match &arguments.command {
        KeysCommand::New(arguments) => new(arguments),
        KeysCommand::Public(arguments) => public(arguments),
        KeysCommand::Jwks(arguments) => {
            let document = document(&arguments.together)?;
            match &arguments.out {
                Some(path) => replace(path, &document.to_json())
                    .map_err(|error| problem(&error, path))
                    .and_then(|()| output::line(format_args!("wrote {}", path.display())))?,
                None => output::line(document.to_json().trim_end())?,
            }
            Ok(Exit::Done)
        }
        KeysCommand::Check(arguments) => check::run(arguments),
        KeysCommand::Rotate(arguments) => rotate::run(arguments),
        KeysCommand::Serve(arguments) => serve(&arguments.together, arguments.listen),
    }
}

/// A key of the command line with what its profile says about it.
struct Chosen {
    store: Store,
    options: KeyOptions,
    /// The whole configuration and the profile's part of it, if the key was named by a profile.
    profile: Option<(Config, std::sync::Arc<Profile>)>,
}

impl Chosen {
    fn by(which: &WhichKey) -> Result<Self, Problem> {
        let Some(name) = &which.profile else {
            let key = which.key.clone().unwrap_or_default();
            return Ok(Self {
                store: Store::of(key),
                options: KeyOptions::default(),
                profile: None,
            });
        };
        Self::of_profile(name, &which.config)
    }

    fn of_profile(name: &str, file: &Path) -> Result<Self, Problem> {
        let in_config = |error| Problem::config(&error, file);
        let config = Config::read(file).map_err(in_config)?;
        let profile = config.profile(name).map_err(in_config)?;
        let (client, oauth) = profile.in_oauth().map_err(in_config)?;
        if client.has_secret {
            return Err(problem(&KeysError::NotInAFile, file));
        }
        let store = Store::of_secret(&client.key).map_err(|error| problem(&error, file))?;
        let options = KeyOptions::of(oauth);
        Ok(Self {
            store,
            options,
            profile: Some((config, profile)),
        })
    }

    /// By the way that the profile's connections leave, if there is one.
    fn ports(&self) -> Result<Ports, Problem> {
        let ports = match &self.profile {
            Some((_, profile)) => connect::ports_of(profile),
            None => connect::system_ports(Limits::default()),
        };
        ports.map_err(|error| Problem::new(error.code(), &error))
    }

    fn problem(&self, error: &KeysError) -> Problem {
        problem(error, self.store.key_file())
    }
}

/// An error of a key; `file` is the one that was named.
fn problem(error: &KeysError, file: &Path) -> Problem {
    if let KeysError::Secret(error) = error {
        return Problem::config(error, file);
    }
    let problem = Problem::new(error.code(), error);
    match error {
        KeysError::Exists { path }
        | KeysError::Unwritable { path, .. }
        | KeysError::Unreadable { path, .. }
        | KeysError::Locked { path }
        | KeysError::OtherKey { path }
        | KeysError::Key { path, .. } => problem.at(path.display()),
        _ => problem.at(file.display()),
    }
}

fn new(arguments: &New) -> Result<Exit, Problem> {
    let kind = match arguments.alg {
        Algorithm::Es256 => KeyKind::P256,
        Algorithm::Ps256 | Algorithm::Rs256 => KeyKind::Rsa2048,
    };
    let path = &arguments.out;
    // Before a key is made in vain.
    if path.exists() {
        let error = KeysError::Exists { path: path.clone() };
        return Err(problem(&error, path));
    }
    let key = NewKey::generate(kind).map_err(|error| Problem::new("key-not-made", &error))?;
    write_new(path, key.pem()).map_err(|error| problem(&error, path))?;
    let store = Store::of(path.clone());
    let state = store
        .read_or_settled(&KeyOptions::default())
        .map_err(|error| problem(&error, path))?;
    output::line(format_args!(
        "wrote {}, for its owner alone\n  kid   {}\n  next  castile keys jwks --key {}, and publish what it prints",
        path.display(),
        kid(&state.active().public),
        path.display(),
    ))?;
    Ok(Exit::Done)
}

fn public(arguments: &Public) -> Result<Exit, Problem> {
    let chosen = Chosen::by(&arguments.which)?;
    let state = chosen
        .store
        .read_or_settled(&chosen.options)
        .map_err(|error| chosen.problem(&error))?;
    let public = &state.active().public;
    match arguments.format {
        PublicForm::Pem => output::line(public.to_pem().unwrap_or_default().trim_end())?,
        PublicForm::Jwk => output::line(public.to_jwk())?,
    }
    Ok(Exit::Done)
}

fn kid(key: &PublicKey) -> &str {
    key.kid().unwrap_or("(none)")
}

/// The keys that are published together.
fn stores(together: &Together) -> Result<Vec<(Store, KeyOptions)>, Problem> {
    let files = together
        .key
        .iter()
        .map(|path| Ok((Store::of(path), KeyOptions::default())));
    let profiles = together.profile.iter().map(|name| {
        let chosen = Chosen::of_profile(name, &together.config)?;
        Ok((chosen.store, chosen.options))
    });
    files.chain(profiles).collect()
}

fn document(together: &Together) -> Result<Document, Problem> {
    let mut all = Vec::new();
    for (store, options) in stores(together)? {
        let document = store
            .read_or_settled(&options)
            .and_then(|state| Ok(state.document()?))
            .map_err(|error| problem(&error, store.key_file()))?;
        all.extend(document.keys().iter().cloned());
    }
    Document::new(all).map_err(|error| Problem::new(error.code(), &error))
}

fn serve(together: &Together, listen: std::net::SocketAddr) -> Result<Exit, Problem> {
    let stores = stores(together)?;
    let first = stores.first().map(|(store, _)| store.key_file().to_owned());
    let handler =
        JwksHandler::open(stores).map_err(|error| problem(&error, &first.unwrap_or_default()))?;
    super::log_to_stderr();
    super::runtime()?.block_on(async {
        let mut interrupts = super::Interrupts::listen()?;
        let closed = |error: std::io::Error| Problem::new("proxy-listener", &error).at(listen);
        let listener = TcpListener::bind(listen).await.map_err(closed)?;
        let address = listener.local_addr().map_err(closed)?;
        output::line(format_args!(
            "serving http://{address}/jwks.json; authorization servers need https in front of it"
        ))?;
        castile_proxy::serve_jwks(listener, handler, interrupts.next()).await;
        Ok(Exit::Done)
    })
}

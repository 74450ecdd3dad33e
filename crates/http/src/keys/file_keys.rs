//! Follows the active key of a folder without a restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use castile_auth::keys::{ActiveKeys, KeySource, NamedKey};
use castile_auth::{Algorithm, LocalSigner, Signer};

use super::{KeysError, Store};
use crate::profile::Oauth;

/// What a profile says about its key.
#[derive(Debug, Clone, Default)]
pub struct KeyOptions {
    /// The algorithm; by default the key's own.
    pub algorithm: Option<Algorithm>,
    /// The `kid` of the configured key; by default its thumbprint. A key made by a rotation has its thumbprint.
    pub key_id: Option<String>,
}

impl KeyOptions {
    /// What a profile's endpoint says.
    pub fn of(oauth: &Oauth) -> Self {
        Self {
            algorithm: oauth.algorithm,
            key_id: oauth.key_id.clone(),
        }
    }

    /// The key that the configuration names.
    pub(super) fn configured(&self, store: &Store) -> Result<LocalSigner, KeysError> {
        let path = store.key_file();
        let mut signer = store.signer(path)?;
        let failed = |source| KeysError::Key {
            path: path.to_owned(),
            source,
        };
        if let Some(algorithm) = self.algorithm {
            signer = signer.with_algorithm(algorithm).map_err(failed)?;
        }
        if let Some(key_id) = &self.key_id {
            signer = signer.with_key_id(key_id).map_err(failed)?;
        }
        Ok(signer)
    }

    /// A key that the state names: it must be the one whose public half stands there.
    fn named(&self, store: &Store, named: &NamedKey) -> Result<LocalSigner, KeysError> {
        let path = store.file(&named.file);
        let mut signer = store.signer(&path)?;
        if !store.public(&path, &signer)?.is_same_key(&named.public) {
            return Err(KeysError::OtherKey { path });
        }
        // A key of another kind has an algorithm of its own.
        if let Some(algorithm) = self.algorithm
            && let Ok(pinned) = signer.clone().with_algorithm(algorithm)
        {
            signer = pinned;
        }
        match named.public.kid() {
            None => Ok(signer),
            Some(kid) => signer
                .with_key_id(kid)
                .map_err(|source| KeysError::Key { path, source }),
        }
    }
}

/// The keys of one store, read anew when a file of it changes.
///
/// Asked before each token request, it looks at the files' times and sizes; only what changed is read.
/// A file that cannot be used changes nothing: the last good keys stay, with a warning in the log.
#[derive(Debug)]
pub struct FileKeys {
    store: Store,
    options: KeyOptions,
    last: Mutex<Last>,
}

#[derive(Debug)]
struct Last {
    keys: Arc<ActiveKeys>,
    files: Vec<Watched>,
}

/// A file that decides, as it was just before it was read.
#[derive(Debug)]
struct Watched {
    path: PathBuf,
    /// `None` where there was no file.
    stamp: Option<Stamp>,
}

impl Watched {
    fn now(path: PathBuf) -> Self {
        let stamp = stamp(&path);
        Self { path, stamp }
    }
}

impl FileKeys {
    /// Reads the keys of `store`.
    ///
    /// # Errors
    /// Keys or a state that cannot be read. Later on that is no error: the last good keys stay.
    pub fn open(store: Store, options: KeyOptions) -> Result<Self, KeysError> {
        let last = Mutex::new(read(&store, &options)?);
        Ok(Self {
            store,
            options,
            last,
        })
    }
}

impl KeySource for FileKeys {
    fn active(&self) -> Arc<ActiveKeys> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = false;
        for file in &mut last.files {
            let found = stamp(&file.path);
            changed |= found != file.stamp;
            file.stamp = found;
        }
        if changed {
            match read(&self.store, &self.options) {
                Ok(now) => {
                    if now.keys.current.key_id() != last.keys.current.key_id() {
                        let key_id = now.keys.current.key_id();
                        tracing::info!(key_id, "another key signs now");
                    }
                    *last = now;
                }
                Err(error) => {
                    let code = error.code();
                    tracing::warn!(code, %error, "the keys cannot be read anew: the last good ones stay");
                }
            }
        }
        Arc::clone(&last.keys)
    }
}

fn read(store: &Store, options: &KeyOptions) -> Result<Last, KeysError> {
    let state_file = Watched::now(store.state_file());
    let Some(state) = store.read()? else {
        let key_file = Watched::now(store.key_file().to_owned());
        let keys = ActiveKeys {
            current: Arc::new(options.configured(store)?),
            previous: None,
            rotation: 0,
        };
        return Ok(Last {
            keys: Arc::new(keys),
            files: vec![state_file, key_file],
        });
    };
    let key_file = Watched::now(store.file(&state.active().file));
    let current = options.named(store, state.active())?;
    // Without the old key there is no way back to it, and that is all.
    let previous = state
        .previous()
        .and_then(|key| options.named(store, key).ok())
        .map(|signer| Arc::new(signer) as Arc<dyn Signer>);
    let keys = ActiveKeys {
        current: Arc::new(current),
        previous,
        rotation: state.number(),
    };
    Ok(Last {
        keys: Arc::new(keys),
        files: vec![state_file, key_file],
    })
}

/// What changes when a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Inode and time of its last change, where there are such.
    node: (u64, i64, i64),
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Stamp {
        modified: metadata.modified().ok(),
        length: metadata.len(),
        node: node(&metadata),
    })
}

#[cfg(unix)]
fn node(metadata: &std::fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn node(_: &std::fs::Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

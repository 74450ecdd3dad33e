//! Where the state of a key's rotation lies, and its lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use castile_auth::LocalSigner;
use castile_auth::keys::{NamedKey, PublicKey, Rotation, STATE_LIMIT};

use super::disk::{Disk, beside};
use super::{KeyOptions, KeysError};
use crate::profile::SecretRef;

/// How often a lock is asked for: a program that this process starts holds it, too, from the fork until it runs.
const TRIES: u32 = 20;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(10);

/// A key file and what is stored beside it.
#[derive(Debug, Clone)]
pub struct Store {
    key: PathBuf,
    pub(super) disk: Disk,
}

/// Held while a rotation is changed; the system frees it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held, not read")] File);

impl Store {
    /// The store of this key file.
    pub fn of(key: impl Into<PathBuf>) -> Self {
        Self {
            key: key.into(),
            disk: Disk::default(),
        }
    }

    /// The store of a profile's key.
    ///
    /// # Errors
    /// [`KeysError::NotInAFile`] for a key from a variable or a program.
    pub fn of_secret(secret: &SecretRef) -> Result<Self, KeysError> {
        match secret {
            SecretRef::File(path) => Ok(Self::of(path)),
            _ => Err(KeysError::NotInAFile),
        }
    }

    /// The key file that the configuration names: the first one, whichever signs now.
    pub fn key_file(&self) -> &Path {
        &self.key
    }

    /// The file of the state.
    pub fn state_file(&self) -> PathBuf {
        beside(&self.key, ".rotation.json")
    }

    /// A file of the key's folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.key.with_file_name(name)
    }

    /// The name for a new key: the key file's own with the first letters of the `kid`.
    pub fn name_for(&self, kid: &str) -> String {
        let mut short: String = kid
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(8)
            .collect();
        short.make_ascii_lowercase();
        let stem = self.key.file_stem().unwrap_or_default().to_string_lossy();
        match self.key.extension() {
            Some(extension) => format!("{stem}.{short}.{}", extension.to_string_lossy()),
            None => format!("{stem}.{short}"),
        }
    }

    /// The state; `None` before the first rotation.
    ///
    /// # Errors
    /// A state that cannot be read.
    pub fn read(&self) -> Result<Option<Rotation>, KeysError> {
        let path = self.state_file();
        let failed = |source| KeysError::Unreadable {
            path: path.clone(),
            source,
        };
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut text = Vec::new();
        file.take(STATE_LIMIT as u64 + 1)
            .read_to_end(&mut text)
            .map_err(failed)?;
        Ok(Some(Rotation::from_json(&text)?))
    }

    /// How old the key is that signs now: the time since its file was written, which `castile keys` does once.
    ///
    /// # Errors
    /// A state that cannot be read, a file that is not there.
    pub fn key_age(&self, now: SystemTime) -> Result<Duration, KeysError> {
        let path = match self.read()? {
            Some(state) => self.file(&state.active().file),
            None => self.key.clone(),
        };
        let written = std::fs::metadata(&path).and_then(|file| file.modified());
        let written = written.map_err(|source| KeysError::Unreadable { path, source })?;
        // A clock that was set back makes no key older.
        Ok(now.duration_since(written).unwrap_or_default())
    }

    /// The state, or what it is before the first rotation; for that the key itself is read.
    ///
    /// # Errors
    /// A state or a key that cannot be read.
    pub fn read_or_settled(&self, options: &KeyOptions) -> Result<Rotation, KeysError> {
        if let Some(state) = self.read()? {
            return Ok(state);
        }
        let signer = options.configured(self)?;
        let name = self.key.file_name().unwrap_or_default().to_string_lossy();
        Ok(Rotation::settled(NamedKey {
            file: name.into_owned(),
            public: self.public(&self.key, &signer)?,
        }))
    }

    /// The private key in a file of the folder.
    ///
    /// # Errors
    /// A file that is no key, or that others can read.
    pub(super) fn signer(&self, path: &Path) -> Result<LocalSigner, KeysError> {
        let secret = SecretRef::File(path.to_owned()).read()?;
        LocalSigner::read(&secret).map_err(|source| KeysError::Key {
            path: path.to_owned(),
            source,
        })
    }

    pub(super) fn public(&self, path: &Path, signer: &LocalSigner) -> Result<PublicKey, KeysError> {
        PublicKey::of(signer).map_err(|source| KeysError::Key {
            path: path.to_owned(),
            source,
        })
    }

    /// Writes the state, for whoever holds the lock.
    ///
    /// # Errors
    /// What the system says; then the old state is still there.
    pub fn write(&self, _: &Lock, state: &Rotation) -> Result<(), KeysError> {
        self.disk.replace(&self.state_file(), &state.to_json())
    }

    /// Takes the lock without waiting.
    ///
    /// # Errors
    /// [`KeysError::Locked`] when another process has it.
    pub fn lock(&self) -> Result<Lock, KeysError> {
        let path = beside(&self.key, ".rotation.lock");
        let failed = |source| KeysError::Unwritable {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Err(KeysError::Locked { path })
    }
}

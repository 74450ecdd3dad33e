//! Reads a secret from where a profile says it lies.

use std::fmt;
use std::io::Read as _;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{ConfigError, modes};

/// The longest secret that is read: 64 KiB.
pub const SECRET_LIMIT: usize = 64 * 1024;

/// How long a secret's command may run.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// How often a program is asked whether it has ended.
const POLL: Duration = Duration::from_millis(5);

/// The bytes of a secret, wiped from memory at its end. `Debug` shows their number only.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Deref for Secret {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len())
    }
}

/// Where a secret lies. The configuration holds references only.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretRef {
    /// A file, relative to the configuration file that names it.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A program with its arguments, run without a shell; its standard output is the secret.
    Command(Vec<String>),
    /// A private key that stays in a PKCS#11 token.
    Pkcs11(TokenKey),
}

/// A private key in a PKCS#11 token; only its PIN is a secret that is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TokenKey {
    /// The shared library of the token's vendor, relative to the configuration file that names it.
    pub module: PathBuf,
    /// The label of the token.
    pub token: String,
    /// The label of the key pair in it.
    pub label: String,
    /// Where the PIN of the token's user lies.
    pub pin: Box<SecretRef>,
}

impl SecretRef {
    /// Reads the secret. Blocks: files and commands take their time.
    ///
    /// On Unix a file that its group or others can read is refused.
    /// On other systems permission bits do not exist; access lists are not examined there.
    ///
    /// # Errors
    /// When there is no secret, it is exposed, it is longer than [`SECRET_LIMIT`], or it is a key that no token gives
    /// away.
    pub fn read(&self) -> Result<Secret, ConfigError> {
        let secret = match self {
            Self::File(path) => read_file(path),
            Self::Env(name) => match std::env::var(name) {
                Ok(value) if !value.is_empty() => bounded(Zeroizing::new(value.into_bytes())),
                _ => Err(ConfigError::SecretEnv { name: name.clone() }),
            },
            Self::Command(words) => run(words, COMMAND_LIMIT),
            Self::Pkcs11(_) => Err(ConfigError::KeyInToken),
        };
        secret.map(Secret)
    }
}

/// Prints where the secret lies; a command's arguments stay hidden.
impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Env(name) => f.debug_tuple("Env").field(name).finish(),
            Self::Command(words) => f
                .debug_tuple("Command")
                .field(&words.first())
                .finish_non_exhaustive(),
            Self::Pkcs11(key) => f.debug_tuple("Pkcs11").field(key).finish(),
        }
    }
}

fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let failed = |source| ConfigError::SecretFile {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    // Asked of the open file, so that nobody can swap it between question and reading.
    modes::refuse_exposed(path, &file.metadata().map_err(failed)?)?;
    let mut secret = Zeroizing::new(Vec::with_capacity(SECRET_LIMIT + 1));
    file.take(SECRET_LIMIT as u64 + 1)
        .read_to_end(&mut secret)
        .map_err(failed)?;
    bounded(secret)
}

fn run(words: &[String], limit: Duration) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let (program, arguments) = words
        .split_first()
        .map_or(("", &[][..]), |(program, rest)| (program.as_str(), rest));
    let not_started = |source| ConfigError::SecretCommand {
        program: program.to_owned(),
        source,
    };
    let failed = |outcome: String| ConfigError::SecretCommandFailed {
        program: program.to_owned(),
        outcome,
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // What a failing program says about a secret may hold the secret.
        .stderr(Stdio::null())
        .spawn()
        .map_err(not_started)?;
    let (done, answer) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut secret = Zeroizing::new(Vec::with_capacity(SECRET_LIMIT + 1));
            let read = output
                .take(SECRET_LIMIT as u64 + 1)
                .read_to_end(&mut secret);
            // Nobody listens any more once the time limit has passed.
            let _ = done.send(read.map(|_| secret));
        });
    }
    let secret = match answer.recv_timeout(limit) {
        Ok(Ok(secret)) => secret,
        Ok(Err(_)) => {
            stop(child);
            return Err(failed("its output broke off".to_owned()));
        }
        Err(_) => {
            stop(child);
            return Err(failed(format!("no output within {limit:?}")));
        }
    };
    if secret.len() > SECRET_LIMIT {
        stop(child);
        return bounded(secret);
    }
    // Its output has ended; a program that stays all the same must not hold up its caller.
    let mut waited = Duration::ZERO;
    let status = loop {
        match child.try_wait().map_err(not_started)? {
            Some(status) => break status,
            None if waited < limit => std::thread::sleep(POLL),
            None => {
                stop(child);
                return Err(failed(format!("it did not end within {limit:?}")));
            }
        }
        waited += POLL;
    };
    if !status.success() {
        return Err(failed(status.to_string()));
    }
    if secret.is_empty() {
        return Err(failed("it wrote nothing".to_owned()));
    }
    Ok(secret)
}

/// Ends a program that gave no secret; if it is gone already, there is nothing to end.
fn stop(mut child: std::process::Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn bounded(secret: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    if secret.len() > SECRET_LIMIT {
        return Err(ConfigError::SecretTooLarge {
            limit: SECRET_LIMIT,
        });
    }
    Ok(secret)
}

#[cfg(test)]
mod tests;

//! The stored form of a rotation: JSON with public halves only.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Affected, NamedKey, Rotation, RotationError, Stage, StageKind};
use crate::keys::PublicKey;

/// The longest state that is read: 4 MiB, some 10,000 clients.
pub const STATE_LIMIT: usize = 4 * 1024 * 1024;

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    number: u64,
    stage: String,
    active: StoredKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<StoredKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<StoredKey>,
    /// Seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
    clients: Vec<StoredClient>,
    withdrawn: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    file: String,
    public: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredClient {
    client_id: String,
    jwks_url: String,
}

impl Rotation {
    /// The state as text; it holds no secret.
    pub fn to_json(&self) -> String {
        let until = self.until().map(seconds);
        let stored = Stored {
            version: VERSION,
            number: self.number,
            stage: String::from(self.kind().as_str()),
            active: stored_key(&self.active),
            next: self.next().map(stored_key),
            previous: self.previous().map(stored_key),
            until,
            clients: self
                .clients
                .iter()
                .map(|client| StoredClient {
                    client_id: client.client_id.clone(),
                    jwks_url: client.jwks_url.clone(),
                })
                .collect(),
            withdrawn: self.withdrawn.clone(),
        };
        // Text, numbers and lists can always be written.
        let mut text = serde_json::to_string_pretty(&stored).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads what [`Rotation::to_json`] wrote.
    ///
    /// # Errors
    /// Another version, an unknown member, a stage without its keys, a private member, a file outside the folder.
    pub fn from_json(text: &[u8]) -> Result<Self, RotationError> {
        let refused = |reason| RotationError::State { reason };
        if text.len() > STATE_LIMIT {
            return Err(refused("it is longer than 4 MiB"));
        }
        let stored: Stored =
            serde_json::from_slice(text).map_err(|_| refused("it is not this release's JSON"))?;
        if stored.version != VERSION {
            return Err(refused("it is of another version"));
        }
        let next = stored.next.map(read_key).transpose()?;
        let previous = stored.previous.map(read_key).transpose()?;
        // The largest time that every system can show: the year 9999.
        let until = stored
            .until
            .map(|seconds| match seconds {
                0..=253_402_300_799 => Ok(UNIX_EPOCH + Duration::from_secs(seconds)),
                _ => Err(refused("its time is none")),
            })
            .transpose()?;
        let kinds = [
            StageKind::Settled,
            StageKind::Published,
            StageKind::Seen,
            StageKind::Signing,
            StageKind::Withdrawn,
        ];
        let kind = kinds
            .into_iter()
            .find(|kind| kind.as_str() == stored.stage)
            .ok_or(refused("its stage is unknown"))?;
        let stage = match (kind, next, previous, until) {
            (StageKind::Settled, None, None, None) => Stage::Settled,
            (StageKind::Published, Some(next), None, None) => Stage::Published { next },
            (StageKind::Seen, Some(next), None, Some(until)) => Stage::Seen { next, until },
            (StageKind::Signing, None, Some(previous), Some(until)) => {
                Stage::Signing { previous, until }
            }
            (StageKind::Withdrawn, None, None, Some(until)) => Stage::Withdrawn { until },
            _ => return Err(refused("its stage does not fit its keys")),
        };
        let state = Self {
            number: stored.number,
            active: read_key(stored.active)?,
            clients: stored
                .clients
                .into_iter()
                .map(|client| Affected {
                    client_id: client.client_id,
                    jwks_url: client.jwks_url,
                })
                .collect(),
            stage,
            withdrawn: stored.withdrawn,
        };
        state.document().map_err(RotationError::StateKey)?;
        Ok(state)
    }
}

fn stored_key(key: &NamedKey) -> StoredKey {
    StoredKey {
        file: key.file.clone(),
        public: key.public.to_jwk(),
    }
}

fn read_key(stored: StoredKey) -> Result<NamedKey, RotationError> {
    let StoredKey { file, public } = stored;
    let is_name = !file.is_empty()
        && file != "."
        && file != ".."
        && !file.contains(['/', '\\', ':'])
        && !file.chars().any(char::is_control);
    if !is_name {
        return Err(RotationError::State {
            reason: "a key's file is no plain name",
        });
    }
    let public = PublicKey::read(&public, 0).map_err(RotationError::StateKey)?;
    Ok(NamedKey { file, public })
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

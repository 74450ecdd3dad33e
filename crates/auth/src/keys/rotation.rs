//! Which key signs and which keys are published while one takes the place of another.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Document, JwksError, PublicKey};

mod error;
mod state;

pub use error::RotationError;
pub use state::STATE_LIMIT;

/// How long each step waits at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// How long a server keeps a JWKS document whatever its headers say: 60 s in `oidc-provider`, in which it fetches
    /// nothing anew, not even for an unknown `kid`.
    pub server_cache: Duration,
    /// Put on top of the longest cache: for clocks, for the fetch itself.
    pub margin: Duration,
    /// How long the old key stays published after the new one signs: until every process follows, and until the last
    /// assertion of the old key has expired.
    pub overlap: Duration,
}

impl Default for Waits {
    /// 60 s, 30 s, and 5 minutes for the longest assertion.
    fn default() -> Self {
        Self {
            server_cache: Duration::from_secs(60),
            margin: Duration::from_secs(30),
            overlap: crate::LONGEST_LIFETIME,
        }
    }
}

/// A key by its file and its public half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedKey {
    /// The name of its file, in the folder of the state.
    pub file: String,
    /// What is published of it.
    pub public: PublicKey,
}

/// A client whose key it is, and where its authorization server reads the JWKS document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The client id.
    pub client_id: String,
    /// The registered JWKS URL.
    pub jwks_url: String,
}

/// What was seen at one client's JWKS URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Whose.
    pub client_id: String,
    /// The document.
    pub document: Document,
    /// How long its headers let a server keep it; see [`cached_for`](super::cached_for).
    pub cached_for: Duration,
}

/// Where a rotation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// One key signs and is published; no rotation is under way.
    Settled,
    /// The new key is in the document that is to be published.
    Published {
        /// The key that will sign.
        next: NamedKey,
    },
    /// The new key was seen at every JWKS URL; servers may still hold the older document.
    Seen {
        /// The key that will sign.
        next: NamedKey,
        /// When the last server has the new document.
        until: SystemTime,
    },
    /// The new key signs; the old one is still published.
    Signing {
        /// The key that signed before.
        previous: NamedKey,
        /// When nothing signed by the old key can be under way any more.
        until: SystemTime,
    },
    /// A key was withdrawn without waiting.
    Withdrawn {
        /// When the last server has the document without it.
        until: SystemTime,
    },
}

/// The name of a stage, for messages and scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StageKind {
    /// [`Stage::Settled`].
    Settled,
    /// [`Stage::Published`].
    Published,
    /// [`Stage::Seen`].
    Seen,
    /// [`Stage::Signing`].
    Signing,
    /// [`Stage::Withdrawn`].
    Withdrawn,
}

impl StageKind {
    /// One lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Published => "published",
            Self::Seen => "seen",
            Self::Signing => "signing",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl std::fmt::Display for StageKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The keys of one or more clients over time: settled → published → seen → signing → settled.
///
/// Each step takes a state and gives the next; nothing changes in place, so that a step that was not stored was not taken.
/// Time is counted in whole seconds, each wait rounded up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    number: u64,
    active: NamedKey,
    clients: Vec<Affected>,
    stage: Stage,
    withdrawn: Vec<String>,
}

impl Rotation {
    /// Before the first rotation: this key signs.
    pub fn settled(active: NamedKey) -> Self {
        Self {
            number: 0,
            active,
            clients: Vec::new(),
            stage: Stage::Settled,
            withdrawn: Vec::new(),
        }
    }

    /// How many rotations were begun; tells one from the next.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The key that signs.
    pub fn active(&self) -> &NamedKey {
        &self.active
    }

    /// The key that signed before and is still published.
    pub fn previous(&self) -> Option<&NamedKey> {
        match &self.stage {
            Stage::Signing { previous, .. } => Some(previous),
            _ => None,
        }
    }

    /// The key that will sign.
    pub fn next(&self) -> Option<&NamedKey> {
        match &self.stage {
            Stage::Published { next } | Stage::Seen { next, .. } => Some(next),
            _ => None,
        }
    }

    /// The clients whose key it is.
    pub fn clients(&self) -> &[Affected] {
        &self.clients
    }

    /// Where it stands.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The name of the stage.
    pub fn kind(&self) -> StageKind {
        match self.stage {
            Stage::Settled => StageKind::Settled,
            Stage::Published { .. } => StageKind::Published,
            Stage::Seen { .. } => StageKind::Seen,
            Stage::Signing { .. } => StageKind::Signing,
            Stage::Withdrawn { .. } => StageKind::Withdrawn,
        }
    }

    /// Before when the next step is refused.
    pub fn until(&self) -> Option<SystemTime> {
        match self.stage {
            Stage::Seen { until, .. }
            | Stage::Signing { until, .. }
            | Stage::Withdrawn { until } => Some(until),
            Stage::Settled | Stage::Published { .. } => None,
        }
    }

    /// The document to publish now: every key that signs, will sign, or has just signed.
    ///
    /// # Errors
    /// Two keys under one `kid`, which the steps refuse before.
    pub fn document(&self) -> Result<Document, JwksError> {
        let keys = [Some(&self.active), self.next(), self.previous()];
        Document::new(keys.into_iter().flatten().map(|key| key.public.clone()))
    }

    /// Settled → published: `next` joins the document.
    ///
    /// # Errors
    /// Another stage, no client, a key that signs already or was withdrawn.
    pub fn begin(&self, next: NamedKey, clients: Vec<Affected>) -> Result<Self, RotationError> {
        self.expect(StageKind::Settled)?;
        refuse_blind(&clients)?;
        self.refuse_known(&next)?;
        Ok(Self {
            number: self.number.saturating_add(1),
            clients,
            stage: Stage::Published { next },
            ..self.clone()
        })
    }

    /// Published, for other clients or other URLs than it began with: nothing was seen yet.
    ///
    /// # Errors
    /// Another stage, no client.
    pub fn for_clients(&self, clients: Vec<Affected>) -> Result<Self, RotationError> {
        self.expect(StageKind::Published)?;
        refuse_blind(&clients)?;
        Ok(Self {
            clients,
            ..self.clone()
        })
    }

    /// Published → seen: every client's JWKS URL shows the new key; now the servers' caches run out.
    ///
    /// # Errors
    /// Another stage; a client whose URL does not show the new key, and the old one too.
    pub fn seen(
        &self,
        sights: &[Sight],
        waits: Waits,
        now: SystemTime,
    ) -> Result<Self, RotationError> {
        let Stage::Published { next } = &self.stage else {
            return Err(self.wrong(StageKind::Published));
        };
        self.look(sights, next)?;
        let cached = sights.iter().map(|sight| sight.cached_for).max();
        let wait = waits.server_cache.max(cached.unwrap_or_default()) + waits.margin;
        Ok(Self {
            stage: Stage::Seen {
                next: next.clone(),
                until: after(now, wait),
            },
            ..self.clone()
        })
    }

    /// Seen → signing: the new key signs, the old one stays published.
    ///
    /// # Errors
    /// Another stage; too early; a client whose URL does not show both keys any more.
    pub fn switch(
        &self,
        sights: &[Sight],
        waits: Waits,
        now: SystemTime,
    ) -> Result<Self, RotationError> {
        let Stage::Seen { next, until } = &self.stage else {
            return Err(self.wrong(StageKind::Seen));
        };
        not_before(*until, now)?;
        self.look(sights, next)?;
        Ok(Self {
            active: next.clone(),
            stage: Stage::Signing {
                previous: self.active.clone(),
                until: after(now, waits.overlap + waits.margin),
            },
            ..self.clone()
        })
    }

    /// Signing → settled: the old key leaves the document.
    ///
    /// # Errors
    /// Another stage; too early.
    pub fn retire(&self, now: SystemTime) -> Result<Self, RotationError> {
        let Stage::Signing { until, .. } = &self.stage else {
            return Err(self.wrong(StageKind::Signing));
        };
        not_before(*until, now)?;
        Ok(self.at(Stage::Settled))
    }

    /// Any stage → withdrawn: the old key leaves the document at once and signs nothing any more.
    ///
    /// The old key is the one that signed before if the new one signs already, otherwise the one that signs; its place
    /// takes the new one that is published, or else `fresh`.
    /// Until servers have fetched the document again they accept the withdrawn key, and may refuse the new one.
    ///
    /// # Errors
    /// No key to take its place; `fresh` signs already or was withdrawn.
    pub fn withdraw(
        &self,
        fresh: Option<NamedKey>,
        waits: Waits,
        now: SystemTime,
    ) -> Result<Self, RotationError> {
        let (active, old, number) = match &self.stage {
            Stage::Signing { previous, .. } => (self.active.clone(), previous, self.number),
            Stage::Published { next } | Stage::Seen { next, .. } => {
                (next.clone(), &self.active, self.number)
            }
            Stage::Settled | Stage::Withdrawn { .. } => {
                let fresh = fresh.ok_or(RotationError::NoKey)?;
                self.refuse_known(&fresh)?;
                (fresh, &self.active, self.number.saturating_add(1))
            }
        };
        let mut withdrawn = self.withdrawn.clone();
        withdrawn.extend(old.public.thumbprint());
        Ok(Self {
            number,
            active,
            clients: self.clients.clone(),
            stage: Stage::Withdrawn {
                until: after(now, waits.server_cache + waits.margin),
            },
            withdrawn,
        })
    }

    /// Withdrawn → settled: every server has the new document.
    ///
    /// # Errors
    /// Another stage; too early.
    pub fn settle(&self, now: SystemTime) -> Result<Self, RotationError> {
        let Stage::Withdrawn { until } = &self.stage else {
            return Err(self.wrong(StageKind::Withdrawn));
        };
        not_before(*until, now)?;
        Ok(self.at(Stage::Settled))
    }

    fn at(&self, stage: Stage) -> Self {
        Self {
            stage,
            ..self.clone()
        }
    }

    fn expect(&self, needed: StageKind) -> Result<(), RotationError> {
        if self.kind() == needed {
            Ok(())
        } else {
            Err(self.wrong(needed))
        }
    }

    fn wrong(&self, needed: StageKind) -> RotationError {
        RotationError::Stage {
            found: self.kind(),
            needed,
        }
    }

    fn refuse_known(&self, key: &NamedKey) -> Result<(), RotationError> {
        let withdrawn = key
            .public
            .thumbprint()
            .is_none_or(|thumbprint| self.withdrawn.contains(&thumbprint));
        let same_name = key.public.kid() == self.active.public.kid();
        if withdrawn || same_name || key.public.is_same_key(&self.active.public) {
            return Err(RotationError::KnownKey);
        }
        Ok(())
    }

    /// Both keys must stand there: without the old one, what signs now would be refused.
    fn look(&self, sights: &[Sight], next: &NamedKey) -> Result<(), RotationError> {
        for client in &self.clients {
            let client_id = || client.client_id.clone();
            let mut seen = sights
                .iter()
                .filter(|sight| sight.client_id == client.client_id)
                .peekable();
            if seen.peek().is_none() {
                return Err(RotationError::NotSeen {
                    client_id: client_id(),
                });
            }
            for sight in seen {
                if !sight.document.publishes(&next.public) {
                    return Err(RotationError::NotSeen {
                        client_id: client_id(),
                    });
                }
                if !sight.document.publishes(&self.active.public) {
                    return Err(RotationError::OldNotSeen {
                        client_id: client_id(),
                    });
                }
            }
        }
        Ok(())
    }
}

/// Somebody's server must be seen to know the new key, everybody's in fact.
fn refuse_blind(clients: &[Affected]) -> Result<(), RotationError> {
    if clients.is_empty() {
        return Err(RotationError::NoClients);
    }
    match clients.iter().find(|client| client.jwks_url.is_empty()) {
        None => Ok(()),
        Some(client) => Err(RotationError::NoUrl {
            client_id: client.client_id.clone(),
        }),
    }
}

/// The first whole second at which `wait` has surely passed.
fn after(now: SystemTime, wait: Duration) -> SystemTime {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default() + wait;
    let whole = since.as_secs() + u64::from(since.subsec_nanos() > 0);
    UNIX_EPOCH + Duration::from_secs(whole)
}

fn not_before(until: SystemTime, now: SystemTime) -> Result<(), RotationError> {
    match until.duration_since(now) {
        Ok(wait) if !wait.is_zero() => Err(RotationError::TooEarly { until, wait }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;

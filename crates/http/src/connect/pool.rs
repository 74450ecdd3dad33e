//! Keeps for all profiles of a process what several of them can have in common.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use castile_auth::ports::Ports;
use castile_auth::{CacheSettings, TokenCache, TokenCaches};

use super::{bound, plan, proof, token_request};
use crate::profile::Egress;
use crate::stack::{self, Raw, Typed};
use crate::{ConfigError, EgressTransport, Error, Profile, budget, tls};

/// So many token caches are kept for clients that nothing goes by at the moment.
const IDLE_CACHES: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// Token caches and connections, shared by whatever has the same client and leaves by the same way.
///
/// What is the same is told by what is configured and by what the files and secrets hold that it names: after a reload
/// an unchanged client keeps its token, and a new client certificate is used.
#[derive(Default)]
pub struct Pool {
    shelves: Mutex<Shelves>,
}

#[derive(Default)]
struct Shelves {
    desks: HashMap<TokenWay, Kept<Desk>>,
    transports: HashMap<GatewayWay, Kept<EgressTransport>>,
    /// What the files and secrets of each egress hold, as read in this round: thousands of profiles may leave by one.
    contents: HashMap<Egress, u64>,
    round: u64,
}

/// Where tokens are asked for by one way.
#[derive(Clone)]
struct Desk {
    caches: Arc<TokenCaches>,
    ports: Ports,
}

impl Shelves {
    fn token_way(&mut self, way: &TokenWay) -> Option<Desk> {
        let kept = self.desks.get_mut(way)?;
        kept.round = self.round;
        Some(kept.value.clone())
    }

    fn gateway_way(&mut self, way: &GatewayWay) -> Option<EgressTransport> {
        let kept = self.transports.get_mut(way)?;
        kept.round = self.round;
        Some(kept.value.clone())
    }
}

struct Kept<T> {
    value: T,
    /// When it was asked for last.
    round: u64,
}

#[derive(PartialEq, Eq, Hash)]
struct TokenWay {
    egress: Egress,
    contents: u64,
    limits: [Duration; 2],
    refusals: Option<std::path::PathBuf>,
}

#[derive(PartialEq, Eq, Hash)]
struct GatewayWay {
    egress: Egress,
    contents: u64,
    connect: Duration,
}

impl Pool {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The token cache of a profile in state `oauth`: the same for all that prove the same client by the same key and
    /// ask the same endpoint for the same.
    ///
    /// Blocks while it reads the key.
    ///
    /// # Errors
    /// As [`token_source`](super::token_source).
    pub fn token_source(&self, profile: &Profile) -> Result<TokenCache, Error> {
        let (client, oauth) = profile.in_oauth()?;
        let egress = profile.egress.of_tokens();
        let way = TokenWay {
            contents: self.contents(&egress)?,
            egress,
            limits: [oauth.limits.connect, oauth.limits.total],
            refusals: oauth.refusals.clone(),
        };
        let request = token_request(oauth)?;
        let known = self.with(|shelves| shelves.token_way(&way));
        let desk = match known {
            Some(desk) => desk,
            None => {
                // Made outside the lock: files are read for it.
                let ports = super::ports_of(profile)?;
                let budget = budget(oauth.refusals.as_deref(), &ports);
                let settings = CacheSettings::default().with_budget(budget);
                let caches = Arc::new(TokenCaches::new(IDLE_CACHES, ports.clone(), settings));
                self.with(|shelves| match shelves.token_way(&way) {
                    Some(other) => other,
                    None => {
                        let value = Desk { caches, ports };
                        let round = shelves.round;
                        shelves.desks.insert(
                            way,
                            Kept {
                                value: value.clone(),
                                round,
                            },
                        );
                        value
                    }
                })
            }
        };
        let request = bound::request(request, client, oauth, &desk.ports)?;
        let proof = proof::of(client, oauth, &desk.ports)?;
        Ok(desk.caches.of(&request, &proof))
    }

    /// What carries messages to a profile's endpoint in state `oauth`: the same for all that leave by the same way.
    ///
    /// # Errors
    /// As [`transport`](super::transport).
    pub fn transport(&self, profile: &Profile) -> Result<EgressTransport, Error> {
        let (_, oauth) = profile.in_oauth()?;
        self.transport_by(&profile.egress, oauth.limits)
    }

    /// The same for any endpoint.
    pub(crate) fn transport_by(
        &self,
        egress: &Egress,
        limits: crate::profile::Limits,
    ) -> Result<EgressTransport, Error> {
        let way = GatewayWay {
            egress: egress.clone(),
            contents: self.contents(egress)?,
            connect: limits.connect,
        };
        let known = self.with(|shelves| shelves.gateway_way(&way));
        if let Some(transport) = known {
            return Ok(transport);
        }
        let value = EgressTransport::through(egress, limits)?;
        self.with(|shelves| {
            let round = shelves.round;
            let kept = Kept {
                value: value.clone(),
                round,
            };
            shelves.transports.insert(way, kept);
        });
        Ok(value)
    }

    /// The stack of a typed client for a profile in state `oauth`.
    ///
    /// # Errors
    /// As [`typed`](super::typed).
    pub fn typed(&self, profile: &Profile) -> Result<Typed<EgressTransport>, Error> {
        let source = Arc::new(self.token_source(profile)?);
        Ok(stack::typed(
            plan(profile, source)?,
            self.transport(profile)?,
        ))
    }

    /// The stack of the proxy for a profile in state `oauth`.
    ///
    /// # Errors
    /// As [`raw`](super::raw).
    pub fn raw(&self, profile: &Profile) -> Result<Raw<EgressTransport>, Error> {
        let source = Arc::new(self.token_source(profile)?);
        Ok(stack::raw(plan(profile, source)?, self.transport(profile)?))
    }

    /// Of what the files and secrets hold that an egress names; of use in this process only.
    fn contents(&self, egress: &Egress) -> Result<u64, Error> {
        if let Some(known) = self.with(|shelves| shelves.contents.get(egress).copied()) {
            return Ok(known);
        }
        let mut hasher = DefaultHasher::new();
        hash_contents(egress, &mut hasher)?;
        let contents = hasher.finish();
        self.with(|shelves| shelves.contents.insert(egress.clone(), contents));
        Ok(contents)
    }

    /// Begins anew to note what is asked for, and to read what is named.
    pub(super) fn begin_round(&self) {
        self.with(|shelves| {
            shelves.round += 1;
            shelves.contents.clear();
        });
    }

    /// Forgets what was not asked for in this round.
    pub(super) fn end_round(&self) {
        self.with(|shelves| {
            let round = shelves.round;
            shelves.desks.retain(|_, kept| kept.round == round);
            shelves.transports.retain(|_, kept| kept.round == round);
        });
    }

    fn with<R>(&self, use_them: impl FnOnce(&mut Shelves) -> R) -> R {
        // Nothing under this lock can be left half-written.
        use_them(&mut self.shelves.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Tells what the files and secrets hold that `egress` names.
fn hash_contents(egress: &Egress, hasher: &mut impl Hasher) -> Result<(), ConfigError> {
    if let Some(path) = &egress.roots {
        tls::read(path)?.hash(hasher);
    }
    let password = egress.proxy.iter().flat_map(|proxy| &proxy.password);
    for secret in egress.client_certificate.iter().chain(password) {
        secret.read()?.hash(hasher);
    }
    Ok(())
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.with(|shelves| {
            f.debug_struct("Pool")
                .field("token_ways", &shelves.desks.len())
                .field("transports", &shelves.transports.len())
                .finish()
        })
    }
}

//! Takes the steps of a rotation: looks at what is published, then writes the state.

use std::sync::Arc;

use castile_auth::keys::{
    Affected, KeyKind, NamedKey, NewKey, PublicKey, Rotation, RotationError, Sight, StageKind,
    Waits,
};
use castile_auth::ports::{Clock, TokenHttp};
use castile_auth::{LocalSigner, TokenEndpoint};

use super::{KeyOptions, KeysError, Lock, Store, fetch_document};

/// Rotates the key of one store, one step at a time.
///
/// A step holds the lock, reads the state, does what must be done before, and writes the next state as its last act.
/// So a process that ends anywhere in between leaves a state from which the next one goes on.
pub struct Rotator {
    store: Store,
    options: KeyOptions,
    http: Arc<dyn TokenHttp>,
    clock: Arc<dyn Clock>,
    waits: Waits,
    kind: Option<KeyKind>,
}

impl Rotator {
    /// A rotator with the waits that are safe with `oidc-provider`; see [`Waits`].
    pub fn new(
        store: Store,
        options: KeyOptions,
        http: Arc<dyn TokenHttp>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            options,
            http,
            clock,
            waits: Waits::default(),
            kind: None,
        }
    }

    /// The same with other waits.
    #[must_use]
    pub fn with_waits(mut self, waits: Waits) -> Self {
        self.waits = waits;
        self
    }

    /// The same, making keys of this kind; by default of the kind of the key that signs.
    #[must_use]
    pub fn with_kind(mut self, kind: KeyKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Where the rotation stands.
    ///
    /// # Errors
    /// A state or a key that cannot be read.
    pub fn status(&self) -> Result<Rotation, KeysError> {
        self.store.read_or_settled(&self.options)
    }

    /// Takes the next step, and gives the state after it.
    ///
    /// | From | To | When |
    /// |---|---|---|
    /// | settled | published | at once: a new key is made and joins the document of `clients` |
    /// | published | seen | every client's JWKS URL shows both keys |
    /// | seen | signing | the servers' caches have run out, and every URL still shows both keys |
    /// | signing | settled | the overlap is over; the old key leaves the document |
    /// | withdrawn | settled | the servers' caches have run out |
    ///
    /// `clients` are those whose key it is: all of them, for only their URLs are looked at. They may still change until
    /// the new key was seen; without any, a rotation under way keeps its own.
    ///
    /// # Errors
    /// A step that would be too early or is not safe, with the state as it was; another process at work.
    pub async fn step(&self, clients: &[Affected]) -> Result<Rotation, KeysError> {
        let lock = self.store.lock()?;
        let state = self.status()?;
        let next = match state.kind() {
            StageKind::Settled => {
                // A key is made only if a rotation can begin.
                trustworthy(clients)?;
                state.begin(self.new_key(&state)?, clients.to_vec())?
            }
            StageKind::Published => {
                let state = if clients.is_empty() {
                    state
                } else {
                    trustworthy(clients)?;
                    state.for_clients(clients.to_vec())?
                };
                let sights = self.look(&state).await?;
                state.seen(&sights, self.waits, self.clock.now())?
            }
            StageKind::Seen => {
                // Refused before anyone is asked.
                let early = state.switch(&[], self.waits, self.clock.now());
                if let Err(error @ RotationError::TooEarly { .. }) = early {
                    return Err(error.into());
                }
                let sights = self.look(&state).await?;
                let next = state.switch(&sights, self.waits, self.clock.now())?;
                self.usable(&next)?;
                next
            }
            StageKind::Signing => state.retire(self.clock.now())?,
            _ => state.settle(self.clock.now())?,
        };
        self.write(&lock, &next)?;
        Ok(next)
    }

    /// Withdraws the old key at once; see [`Rotation::withdraw`]. Gives the state after it.
    ///
    /// Nothing is waited for and nobody is asked: until servers have fetched the document again, they may refuse the
    /// new key and accept the withdrawn one.
    ///
    /// # Errors
    /// No key could be made or written; another process at work.
    pub fn withdraw(&self) -> Result<Rotation, KeysError> {
        let lock = self.store.lock()?;
        let state = self.status()?;
        let fresh = match state.kind() {
            StageKind::Settled | StageKind::Withdrawn => Some(self.new_key(&state)?),
            _ => None,
        };
        let next = state.withdraw(fresh, self.waits, self.clock.now())?;
        self.usable(&next)?;
        self.write(&lock, &next)?;
        Ok(next)
    }

    fn write(&self, lock: &Lock, state: &Rotation) -> Result<(), KeysError> {
        self.store.write(lock, state)?;
        tracing::info!(
            stage = state.kind().as_str(),
            key_id = state.active().public.kid(),
            "the rotation went on"
        );
        Ok(())
    }

    /// A new key in a file of its own. One that no state names does no harm.
    fn new_key(&self, state: &Rotation) -> Result<NamedKey, KeysError> {
        let kind = self.kind.unwrap_or({
            if state.active().public.fits("ES256") {
                KeyKind::P256
            } else {
                KeyKind::Rsa2048
            }
        });
        let key = NewKey::generate(kind)?;
        let failed = |source| KeysError::Key {
            path: self.store.key_file().to_owned(),
            source,
        };
        let signer = LocalSigner::read(key.pem().as_bytes()).map_err(failed)?;
        let public = PublicKey::of(&signer).map_err(failed)?;
        let file = self.store.name_for(public.kid().unwrap_or_default());
        self.store
            .disk
            .write_new(&self.store.file(&file), key.pem())?;
        Ok(NamedKey { file, public })
    }

    /// The key that is about to sign must be there, readable, and the published one.
    fn usable(&self, state: &Rotation) -> Result<(), KeysError> {
        let path = self.store.file(&state.active().file);
        let signer = self.store.signer(&path)?;
        if self
            .store
            .public(&path, &signer)?
            .is_same_key(&state.active().public)
        {
            Ok(())
        } else {
            Err(KeysError::OtherKey { path })
        }
    }

    /// Each URL is asked once, whoever shares it.
    async fn look(&self, state: &Rotation) -> Result<Vec<Sight>, KeysError> {
        let mut seen = std::collections::HashMap::new();
        let mut sights = Vec::new();
        for client in state.clients() {
            if !seen.contains_key(&client.jwks_url) {
                let found = fetch_document(&*self.http, &client.jwks_url).await?;
                seen.insert(&client.jwks_url, found);
            }
            let (document, cached_for) = &seen[&client.jwks_url];
            sights.push(Sight {
                client_id: client.client_id.clone(),
                document: document.clone(),
                cached_for: *cached_for,
            });
        }
        Ok(sights)
    }
}

/// Before anything is made: what stands here is asked which keys to trust.
fn trustworthy(clients: &[Affected]) -> Result<(), KeysError> {
    if clients.is_empty() {
        return Err(RotationError::NoClients.into());
    }
    for client in clients {
        if client.jwks_url.is_empty() {
            let client_id = client.client_id.clone();
            return Err(RotationError::NoUrl { client_id }.into());
        }
        TokenEndpoint::parse(&client.jwks_url).map_err(|_| KeysError::InsecureUrl)?;
    }
    Ok(())
}

impl std::fmt::Debug for Rotator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rotator")
            .field("store", &self.store)
            .field("waits", &self.waits)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

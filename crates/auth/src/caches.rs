//! One token cache for each of many clients.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use crate::ports::Ports;
use crate::{CacheSettings, ClientAuth, ClientCredentials, TokenCache};

/// So many caches are looked at, at most, to find one that can go.
const LOOKS: usize = 8;

/// Finds the [`TokenCache`] of a client among thousands, or makes it.
///
/// Two lookups give the same cache when token endpoint, client id, scope, resource, key (with all other settings of the
/// client's proof) and sender constraint are the same. A lookup takes constant time and holds a lock for no longer;
/// token requests run outside it, so that none waits for another's.
///
/// Beyond its capacity the cache that was looked up longest ago goes, unless somebody holds it or its request is under
/// way: those are passed over, and the map grows for as long as all that it looks at are held.
/// On a 64-bit machine a cache takes some 0.8 KB, its token 0.1 KB beside its own length, the client's proof 0.4 KB
/// beside what the cryptography keeps of the key: with tokens of 1 KB, ten thousand take some 24 MB.
pub struct TokenCaches {
    ports: Ports,
    settings: CacheSettings,
    capacity: usize,
    caches: Mutex<LruCache<Key, TokenCache>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    endpoint: String,
    client_id: String,
    proof: u64,
    scope: Option<Arc<str>>,
    resource: Option<String>,
    constraint: Option<u64>,
}

impl TokenCaches {
    /// Room for `capacity` caches with these ports and settings.
    pub fn new(capacity: NonZeroUsize, ports: Ports, settings: CacheSettings) -> Self {
        Self {
            ports,
            settings,
            capacity: capacity.get(),
            caches: Mutex::new(LruCache::unbounded()),
        }
    }

    /// The cache of this client for these requests.
    pub fn of(&self, request: &ClientCredentials, auth: &Arc<dyn ClientAuth>) -> TokenCache {
        let key = Key {
            endpoint: request.endpoint().as_str().to_owned(),
            client_id: auth.client_id().to_owned(),
            proof: auth.fingerprint(),
            scope: request.scope().cloned(),
            resource: request.resource().map(str::to_owned),
            constraint: request.constraint().map(|one| one.fingerprint()),
        };
        // Nothing under this lock can be left half-written.
        let mut caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cache) = caches.get(&key) {
            return cache.clone();
        }
        let mut gone = Vec::new();
        for _ in 0..LOOKS {
            if caches.len() < self.capacity {
                break;
            }
            match caches.pop_lru() {
                Some((key, cache)) if cache.is_shared() => {
                    caches.put(key, cache);
                }
                found => gone.extend(found),
            }
        }
        let cache = TokenCache::with_settings(
            request.clone(),
            Arc::clone(auth),
            self.ports.clone(),
            self.settings.clone(),
        );
        caches.put(key, cache.clone());
        drop(caches);
        // Outside the lock: a cache may take others' code with it.
        drop(gone);
        cache
    }

    /// How many caches there are.
    pub fn len(&self) -> usize {
        let caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        caches.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for TokenCaches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenCaches")
            .field("capacity", &self.capacity)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

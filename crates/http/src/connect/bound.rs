//! Keeps the keys that the tokens of clients are bound to (RFC 9449).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use castile_auth::ports::Ports;
use castile_auth::{ClientCredentials, Dpop, LocalSigner};

use crate::Error;
use crate::profile::{Client, Oauth};

/// The keys of a process that somebody holds, by token endpoint and client.
static KEYS: Mutex<Option<Keys>> = Mutex::new(None);

type Keys = HashMap<(String, String), Weak<Dpop>>;

/// The token requests of a profile, for tokens that are bound to its client's key if the profile says so.
///
/// A client has one key in a process, so that a reload finds its token again and a nonce is asked for once.
pub(super) fn request(
    request: ClientCredentials,
    client: &Client,
    oauth: &Oauth,
    ports: &Ports,
) -> Result<ClientCredentials, Error> {
    if !oauth.dpop {
        return Ok(request);
    }
    let endpoint = oauth.token_endpoint.as_str().to_owned();
    let whose = (endpoint, client.client_id.clone());
    // Nothing under this lock can be left half-written.
    let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
    let keys = keys.get_or_insert_default();
    let key = match keys.get(&whose).and_then(Weak::upgrade) {
        Some(key) => key,
        None => {
            let (clock, random) = (ports.clock.clone(), ports.random.clone());
            let key = Arc::new(Dpop::new(LocalSigner::ephemeral()?, clock, random)?);
            keys.retain(|_, key| key.strong_count() > 0);
            keys.insert(whose, Arc::downgrade(&key));
            key
        }
    };
    Ok(request.with_constraint(key))
}

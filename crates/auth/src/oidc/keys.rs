//! Reads an issuer's public keys, as seldom as may be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::{ACCEPT, ETAG, HeaderValue, IF_NONE_MATCH};
use http::{Method, Request, StatusCode};
use jsonwebtoken::Algorithm;

use super::OidcError;
use super::jwk::{self, PublicKey};
use super::turn::Turn;
use crate::TokenEndpoint;
use crate::ports::{Clock, TokenHttp};

/// How long keys are used without a question.
const FRESH: Duration = Duration::from_secs(300);
/// How long after a question there is no other, whatever `kid` comes.
const COOLDOWN: Duration = Duration::from_secs(45);
/// The same while there are no keys at all, so that one lost answer does not keep all users out for long.
const COLD: Duration = Duration::from_secs(2);
/// How long keys are used whose issuer does not answer.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a `kid` that was asked for in vain is not asked for again.
const UNKNOWN: Duration = Duration::from_secs(60);
/// Unknown `kid`s that are remembered at most: whoever sends tokens chooses them.
const MOST_UNKNOWN: usize = 64;

/// The keys of one issuer, shared by all who verify its tokens.
///
/// Asked for when they are 300 s old (with `If-None-Match`), and when a `kid` is unknown, at most every 45 s.
/// An issuer that does not answer leaves the old keys in use for a day.
pub struct ProviderKeys {
    url: TokenEndpoint,
    http: Arc<dyn TokenHttp>,
    clock: Arc<dyn Clock>,
    turn: Turn,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    keys: Arc<[PublicKey]>,
    etag: Option<HeaderValue>,
    /// When they were last said to be so.
    confirmed: Option<Duration>,
    /// When they were last asked for.
    asked: Option<Duration>,
    unknown: Vec<(String, Duration)>,
}

impl ProviderKeys {
    /// The keys at `url`. Nothing is fetched before the first token comes.
    pub fn new(url: TokenEndpoint, http: Arc<dyn TokenHttp>, clock: Arc<dyn Clock>) -> Self {
        Self {
            url,
            http,
            clock,
            turn: Turn::default(),
            held: Mutex::default(),
        }
    }

    /// The one key that may have signed with `algorithm` under the name `kid`.
    pub(super) async fn find(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<PublicKey, OidcError> {
        // Two rounds: with what is held, and with what one question brings.
        let mut refused = None;
        for _ in 0..2 {
            let now = self.clock.steady();
            let (aged, found) = {
                let held = self.held();
                (held.is_aged(now), held.find(kid, algorithm))
            };
            match found {
                Ok(key) if !aged => return Ok(key),
                Err(error @ OidcError::KeyAmbiguous { .. }) if !aged => return Err(error),
                _ => {}
            }
            refused = match self.ask(kid, aged).await {
                Ok(true) => None,
                Ok(false) => break,
                Err(error) => Some(error),
            };
            if refused.is_some() {
                break;
            }
        }
        let now = self.clock.steady();
        let mut held = self.held();
        let found = match held.is_stale(now) {
            true => Err(OidcError::KeyUnknown),
            false => held.find(kid, algorithm),
        };
        match (found, refused) {
            (Ok(key), _) => Ok(key),
            (Err(_), Some(refused)) => Err(refused),
            (Err(error), None) => {
                if let (OidcError::KeyUnknown, Some(kid)) = (&error, kid) {
                    held.remember_unknown(kid, now);
                }
                Err(error)
            }
        }
    }

    /// Asks the issuer unless somebody just did; says whether there was an answer worth a look.
    async fn ask(&self, kid: Option<&str>, aged: bool) -> Result<bool, OidcError> {
        let before = self.held().asked;
        let _turn = self.turn.take().await;
        let now = self.clock.steady();
        let etag = {
            let mut held = self.held();
            if held.asked != before {
                // Another caller asked while this one waited.
                return Ok(true);
            }
            let pause = match held.confirmed {
                Some(_) => COOLDOWN,
                None => COLD,
            };
            let cooling = held.asked.is_some_and(|at| now.saturating_sub(at) < pause);
            let in_vain = kid.is_some_and(|kid| held.is_unknown(kid, now));
            if cooling || (in_vain && !aged) {
                return Ok(false);
            }
            held.asked = Some(now);
            held.etag.clone()
        };
        let mut request = Request::builder()
            .method(Method::GET)
            .uri(self.url.url().as_str())
            .header(ACCEPT, "application/jwk-set+json, application/json");
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let request = request.body(Vec::new()).map_err(|_| OidcError::Setting {
            setting: "the jwks_uri",
        })?;
        let answer = self.http.send(request).await.map_err(crate::Error::from)?;
        match answer.status() {
            StatusCode::OK => {
                let keys = jwk::read(answer.body())?;
                let mut held = self.held();
                held.keys = keys.into();
                held.etag = answer.headers().get(ETAG).cloned();
                held.confirmed = Some(now);
                Ok(true)
            }
            StatusCode::NOT_MODIFIED => {
                self.held().confirmed = Some(now);
                Ok(true)
            }
            status => Err(OidcError::Status {
                what: "the issuer's key set",
                status: status.as_u16(),
            }),
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing under this lock is ever half-written.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn is_aged(&self, now: Duration) -> bool {
        self.confirmed
            .is_none_or(|at| now.saturating_sub(at) >= FRESH)
    }

    fn is_stale(&self, now: Duration) -> bool {
        self.confirmed
            .is_none_or(|at| now.saturating_sub(at) >= STALE)
    }

    fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<PublicKey, OidcError> {
        let mut fitting = self.keys.iter().filter(|key| key.fits(kid, algorithm));
        match (fitting.next(), fitting.count()) {
            (None, _) => Err(OidcError::KeyUnknown),
            (Some(key), 0) => Ok(key.clone()),
            (Some(_), more) => Err(OidcError::KeyAmbiguous { count: 1 + more }),
        }
    }

    fn is_unknown(&self, kid: &str, now: Duration) -> bool {
        let recent = |at: &Duration| now.saturating_sub(*at) < UNKNOWN;
        self.unknown
            .iter()
            .any(|(known, at)| known == kid && recent(at))
    }

    fn remember_unknown(&mut self, kid: &str, now: Duration) {
        self.unknown
            .retain(|(known, at)| known != kid && now.saturating_sub(*at) < UNKNOWN);
        if self.unknown.len() == MOST_UNKNOWN {
            self.unknown.remove(0);
        }
        // Longer names than any server gives are not worth the memory.
        self.unknown.push((kid.chars().take(256).collect(), now));
    }
}

impl std::fmt::Debug for ProviderKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderKeys")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

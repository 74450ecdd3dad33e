//! A user's session: keeps the access token fresh, uses each refresh token once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::turn::Turn;
use super::{OidcError, RelyingParty, UserInfo, UserTokens, outcome};
use crate::AccessToken;

/// A session of one user. Clones are the same session.
///
/// A refresh runs detached, one at a time: a caller who gives up does not lose the rotated refresh token.
/// A refresh token that the server refuses ends the session: it has expired, was withdrawn, or somebody else used it
/// too, which a server that rotates takes for theft.
/// No answer ends nothing: the next call sends the same refresh token again.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    party: Arc<RelyingParty>,
    turn: Turn,
    state: Mutex<State>,
}

enum State {
    Open(Arc<UserTokens>),
    Ended(OidcError),
}

impl Session {
    /// The session that a sign-in began.
    pub fn new(party: Arc<RelyingParty>, tokens: UserTokens) -> Self {
        Self(Arc::new(Inner {
            party,
            turn: Turn::default(),
            state: Mutex::new(State::Open(Arc::new(tokens))),
        }))
    }

    /// Tokens of which the access token is good for a while: the last tenth of its life does not count.
    ///
    /// # Errors
    /// The session has ended; or the server does not answer, which ends nothing.
    pub async fn tokens(&self) -> Result<Arc<UserTokens>, OidcError> {
        let tokens = self.0.open()?;
        if self.0.is_fresh(&tokens.access_token) {
            return Ok(tokens);
        }
        self.renew(tokens.access_token.generation()).await
    }

    /// New tokens after a resource server refused the access token of this generation.
    ///
    /// # Errors
    /// As [`Session::tokens`].
    pub async fn renew(&self, refused: u64) -> Result<Arc<UserTokens>, OidcError> {
        let (teller, outcome) = outcome::pair();
        let inner = Arc::clone(&self.0);
        self.0.party.ports.spawn.spawn(Box::pin(async move {
            let renewed = inner.renew(refused).await;
            teller.tell(renewed);
        }));
        outcome.await.unwrap_or(Err(crate::Error::Dropped.into()))
    }

    /// What `/me` says about the user.
    ///
    /// # Errors
    /// As [`Session::tokens`] and [`RelyingParty::user_info`].
    pub async fn user_info(&self) -> Result<UserInfo, OidcError> {
        let tokens = self.tokens().await?;
        self.0.party.user_info(&tokens).await
    }

    /// Ends the session here, wipes its tokens, and revokes them at the server.
    ///
    /// # Errors
    /// The server could not be told; here the session has ended all the same.
    pub async fn end(&self) -> Result<(), OidcError> {
        let tokens = self.0.open();
        *self.0.state() = State::Ended(OidcError::SessionExpired);
        let Ok(tokens) = tokens else {
            return Ok(());
        };
        match &tokens.refresh_token {
            Some(token) => self.0.party.revoke(token, "refresh_token").await,
            None => {
                let token = tokens.access_token.reveal();
                self.0.party.revoke(token, "access_token").await
            }
        }
    }
}

impl Inner {
    async fn renew(&self, refused: u64) -> Result<Arc<UserTokens>, OidcError> {
        let _turn = self.turn.take().await;
        let tokens = self.open()?;
        if tokens.access_token.generation() > refused {
            // Another caller renewed while this one waited.
            return Ok(tokens);
        }
        let (held, renewed) = match &tokens.refresh_token {
            None => (Arc::clone(&tokens), Err(OidcError::SessionExpired)),
            Some(refresh_token) => match self.party.refresh(refresh_token).await {
                Err(error) => (Arc::clone(&tokens), Err(error)),
                Ok(brought) => {
                    // The old one is spent, whatever becomes of the rest.
                    let mut held = (*tokens).clone();
                    if let Some(rotated) = &brought.0.refresh_token {
                        held.refresh_token = Some(rotated.clone());
                    }
                    let renewed = self.party.renewed(&held, brought).await;
                    (Arc::new(held), renewed)
                }
            },
        };
        if let Some(kept) = self.keep(&held, renewed) {
            return kept;
        }
        // The sign-out revoked the old refresh token; of this one it did not know.
        if let Some(token) = held.refresh_token.as_deref()
            && !Arc::ptr_eq(&held, &tokens)
        {
            let _ = self.party.revoke(token, "refresh_token").await;
        }
        self.open()
    }

    /// Keeps what a renewal brought, or what is `held` without it; `None` if the user signed out meanwhile.
    fn keep(
        &self,
        held: &Arc<UserTokens>,
        renewed: Result<UserTokens, OidcError>,
    ) -> Option<Result<Arc<UserTokens>, OidcError>> {
        let mut state = self.state();
        if matches!(&*state, State::Ended(_)) {
            return None;
        }
        let (next, outcome) = match renewed {
            Ok(tokens) => {
                let tokens = Arc::new(tokens);
                (State::Open(Arc::clone(&tokens)), Ok(tokens))
            }
            // No answer, be it from the issuer's key set, ends nothing; nor does a key so new that it was not asked
            // for again yet.
            Err(
                error @ (OidcError::Exchange(_) | OidcError::Status { .. } | OidcError::KeyUnknown),
            ) => (State::Open(Arc::clone(held)), Err(error)),
            Err(error) => (State::Ended(error.clone()), Err(error)),
        };
        *state = next;
        Some(outcome)
    }

    fn open(&self) -> Result<Arc<UserTokens>, OidcError> {
        match &*self.state() {
            State::Open(tokens) => Ok(Arc::clone(tokens)),
            State::Ended(error) => Err(error.clone()),
        }
    }

    fn is_fresh(&self, token: &AccessToken) -> bool {
        let margin = token.lifetime().unwrap_or(Duration::ZERO) / 10;
        token
            .expires_at()
            .is_none_or(|at| self.party.steady() + margin < at)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock is ever half-written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Session").field(&self.0.open()).finish()
    }
}

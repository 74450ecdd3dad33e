//! Assembles the stack of a profile in any state.

use std::sync::Arc;

use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, SenderConstraint, TokenCache, TokenSource};
use http::Uri;
use url::Url;
use zeroize::Zeroizing;

use super::{Pool, journal, plan};
use crate::evidence::Evidence;
use crate::profile::{Legacy, State};
use crate::shadow::{Shadow, ShadowWatch};
use crate::stack::{self, LegacyPlan, Plan, Raw, RawLegacy, Typed, TypedLegacy};
use crate::stated::Stated;
use crate::{
    Classify, ConfigError, EgressTransport, Error, Login, OsRandom, Profile, RetryPolicy,
    TokioSleep,
};

/// The stack of a typed client in any state.
pub type TypedStated =
    Stated<TypedLegacy<EgressTransport>, Typed<EgressTransport>, Raw<EgressTransport>>;

/// The stack of the proxy and of untyped callers in any state.
pub type RawStated = Stated<RawLegacy<EgressTransport>, Raw<EgressTransport>, Raw<EgressTransport>>;

impl Pool {
    /// The stack of a typed client for a profile in whatever state it is.
    ///
    /// Blocks while it reads the key, the password, or both.
    ///
    /// # Errors
    /// A profile without what its state needs; a key or password that cannot be read or used; settings that are none;
    /// no TLS roots.
    pub fn typed_stated(&self, profile: &Profile) -> Result<TypedStated, Error> {
        self.stated(profile, stack::typed_legacy, stack::typed)
    }

    /// The same for the proxy and untyped callers.
    ///
    /// # Errors
    /// As [`typed_stated`](Self::typed_stated).
    pub fn raw_stated(&self, profile: &Profile) -> Result<RawStated, Error> {
        self.stated(profile, stack::raw_legacy, stack::raw)
    }

    fn stated<L, O>(
        &self,
        profile: &Profile,
        legacy: fn(LegacyPlan, EgressTransport) -> L,
        oauth: fn(Plan, EgressTransport) -> O,
    ) -> Result<Stated<L, O, Raw<EgressTransport>>, Error> {
        let evidence = profile
            .evidence
            .as_ref()
            .map(|path| Evidence::shared(path, &profile.name));
        let old = || {
            let (plan, url) = legacy_plan(profile)?;
            let limits = profile.legacy.as_ref().map(|legacy| legacy.limits);
            let transport = self.transport_by(&profile.egress, limits.unwrap_or_default())?;
            Ok::<_, Error>((legacy(plan, transport), target(&url)?))
        };
        let new = || {
            let profile = profile.with_state(State::Oauth)?;
            let (_, settings) = profile.in_oauth()?;
            let source = Noted {
                source: self.token_source(&profile)?,
                evidence: evidence.clone(),
            };
            let plan = plan(&profile, Arc::new(source))?;
            Ok::<_, Error>((plan, self.transport(&profile)?, target(&settings.url)?))
        };
        let stated = match profile.state {
            State::Legacy => {
                let (stack, target) = old()?;
                Stated::legacy(stack, target)
            }
            State::Oauth => {
                let (plan, transport, target) = new()?;
                Stated::oauth(oauth(plan, transport), target)
            }
            State::Shadow => {
                let (answering, target) = old()?;
                let (plan, transport, other) = new()?;
                let watch = evidence
                    .clone()
                    .map(|evidence| Arc::new(evidence) as Arc<dyn ShadowWatch>);
                let repeating = stack::raw(plan, transport);
                let settings = profile.shadow.clone();
                let shadow = Shadow::new(answering, repeating, other, settings, watch);
                let shadow = Classify::new(shadow, Arc::clone(&profile.effects));
                Stated::shadow(shadow, target)
            }
        };
        Ok(stated.with_evidence(evidence))
    }
}

/// The plan of a profile's old model, with its password, and its address.
///
/// Without a user name every message goes out as it came.
///
/// # Errors
/// A profile without an endpoint of the old model, or a password that cannot be read.
pub fn legacy_plan(profile: &Profile) -> Result<(LegacyPlan, Url), Error> {
    let Some(legacy) = &profile.legacy else {
        return Err(lacks(profile, State::Legacy, "[legacy]"));
    };
    let mut plan = LegacyPlan::new(&legacy.url, Arc::new(TokioSleep))?;
    plan.login = login(profile, legacy)?;
    plan.total = legacy.limits.total;
    plan.answer_limit = legacy.limits.answer;
    plan.institution = Some(Arc::new(profile.institution()));
    plan.retry = Some(RetryPolicy::new(Arc::new(OsRandom)));
    plan.effects = Arc::clone(&profile.effects);
    plan.watched = crate::Watched::by(Arc::new(crate::SystemClock));
    if let Some(journal) = journal(profile)? {
        plan.journal = Some(journal);
    }
    Ok((plan, legacy.url.clone()))
}

fn login(profile: &Profile, legacy: &Legacy) -> Result<Option<Login>, Error> {
    match (&legacy.username, &legacy.password) {
        (None, None) => Ok(None),
        (Some(username), Some(password)) => {
            let bytes = password.read()?;
            // One line end at the end is the editor's, not the password's.
            let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
            let password = std::str::from_utf8(bytes).map_err(|_| ConfigError::Password)?;
            let password = Zeroizing::new(password.to_owned());
            Ok(Some(Login::new(username, password)))
        }
        (Some(_), None) => Err(lacks(profile, State::Legacy, "password")),
        (None, Some(_)) => Err(lacks(profile, State::Legacy, "username")),
    }
}

fn lacks(profile: &Profile, state: State, part: &'static str) -> Error {
    Error::Config(ConfigError::Lacks {
        profile: profile.name.clone(),
        state,
        part,
    })
}

fn target(url: &Url) -> Result<Uri, Error> {
    url.as_str().parse().map_err(|_| Error::InsecureOrigin)
}

/// Tokens of a cache that several profiles may share; notes for one of them when it gets a new one.
struct Noted {
    source: TokenCache,
    evidence: Option<Evidence>,
}

impl TokenSource for Noted {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, castile_auth::Error>> {
        let Some(evidence) = &self.evidence else {
            return self.source.token();
        };
        Box::pin(async move {
            let token = self.source.token().await?;
            evidence.token(token.generation());
            Ok(token)
        })
    }

    fn reject(&self, token: &AccessToken) {
        self.source.reject(token);
    }

    fn constraint(&self) -> Option<&Arc<dyn SenderConstraint>> {
        self.source.constraint()
    }
}

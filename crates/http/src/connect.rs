//! Assembles from a profile what a call needs: key, token cache, stack.
//!
//! The functions here block while they read the key. Without a configuration, the same parts are put together
//! by hand: a [`TokenCache`] over [`system_ports`], a [`Plan`], a stack from [`stack`].

use std::sync::Arc;

use castile_auth::ports::Ports;
use castile_auth::{
    CacheSettings, ClientCredentials, PrivateKeyJwt, Signer, TokenCache, TokenSource,
};

use crate::profile::{Egress, Limits, Oauth};
use crate::stack::{self, Plan, Raw, Typed};
use crate::{
    ConfigError, EgressTransport, Error, JournalFile, OsRandom, Profile, ReqwestTokenHttp,
    RetryPolicy, SystemClock, TOKEN_TIME_LIMIT, TokioSleep, TokioSpawn, Watched, budget,
};

mod bound;
mod pool;
mod profiles;
mod proof;
mod routed;
mod stated;
mod switch;

pub use pool::Pool;
pub use profiles::{Live, Profiles};
pub(crate) use proof::{assertion_policy, signer};
pub use routed::Routed;
pub use stated::{RawStated, TypedStated, legacy_plan};
pub use switch::{Pin, Switch};

/// The stack of a typed client for a profile in state `oauth`, with a token cache of its own.
///
/// # Errors
/// Another state, a key that cannot be read or used, settings that are none, no TLS roots;
/// [`ConfigError::Divided`] of a profile that says something of its own of services or operations, for which there are
/// [`Pool::typed_routed`] and [`Pool::raw_routed`].
pub fn typed(profile: &Profile) -> Result<Typed<EgressTransport>, Error> {
    undivided(profile)?;
    let source = Arc::new(token_source(profile)?);
    Ok(stack::typed(plan(profile, source)?, transport(profile)?))
}

/// The stack of the proxy for a profile in state `oauth`, with a token cache of its own.
///
/// # Errors
/// As [`typed`].
pub fn raw(profile: &Profile) -> Result<Raw<EgressTransport>, Error> {
    undivided(profile)?;
    let source = Arc::new(token_source(profile)?);
    Ok(stack::raw(plan(profile, source)?, transport(profile)?))
}

/// One stack cannot go by the settings of several operations, and would send all by those of the profile.
fn undivided(profile: &Profile) -> Result<(), Error> {
    match profile.variants.is_empty() {
        true => Ok(()),
        false => Err(Error::Config(ConfigError::Divided {
            profile: profile.name.clone(),
        })),
    }
}

/// The plan of a profile in state `oauth`, for a stack over any transport and tokens from anywhere.
///
/// What the profile says of single services and operations is not in it: that is in the plan of
/// [`Profile::for_operation`].
///
/// # Errors
/// Another state.
pub fn plan(profile: &Profile, source: Arc<dyn TokenSource>) -> Result<Plan, Error> {
    let (_, oauth) = profile.in_oauth()?;
    let mut plan = Plan::new(&oauth.url, source, Arc::new(TokioSleep))?;
    plan.total = oauth.limits.total;
    plan.answer_limit = oauth.limits.answer;
    plan.repeat_writes_on_401 = oauth.repeat_writes_on_401;
    plan.institution = Some(Arc::new(profile.institution()));
    plan.retry = Some(RetryPolicy::new(Arc::new(OsRandom)));
    plan.effects = Arc::clone(&profile.effects);
    plan.watched = Watched::by(Arc::new(SystemClock));
    if let Some(journal) = journal(profile)? {
        plan.journal = Some(journal);
    }
    Ok(plan)
}

/// The journal of a profile, if it keeps one: the same for all profiles of a process that name the same file.
///
/// The file is opened at the first write, or by [`JournalFile::ready`]; a long-lived process asks for it at once.
///
/// # Errors
/// [`Error::Journal`] when the system starts no thread for it.
pub fn journal(profile: &Profile) -> Result<Option<Arc<JournalFile>>, Error> {
    let Some(path) = &profile.journal else {
        return Ok(None);
    };
    Ok(Some(JournalFile::shared(path, Arc::new(SystemClock))?))
}

/// The token cache of a profile in state `oauth`. Nothing is fetched before someone asks for a token.
///
/// A key in a file is followed: when a rotation makes another key sign, the next token request is signed by it.
///
/// All caches of a process that this function makes share one [`budget`] of refusals for each file that keeps one.
///
/// # Errors
/// Another state, a key that cannot be read or used, settings that are none, no TLS roots.
pub fn token_source(profile: &Profile) -> Result<TokenCache, Error> {
    let (_, oauth) = profile.in_oauth()?;
    let ports = ports_of(profile)?;
    let budget = budget(oauth.refusals.as_deref(), &ports);
    let settings = CacheSettings::default().with_budget(budget);
    token_source_with(profile, settings)
}

/// The same with settings of the caller's: a budget, a watcher or a deadline of its own, or none.
///
/// # Errors
/// As [`token_source`].
pub fn token_source_with(profile: &Profile, settings: CacheSettings) -> Result<TokenCache, Error> {
    let (client, oauth) = profile.in_oauth()?;
    let ports = ports_of(profile)?;
    let proof = proof::of(client, oauth, &ports)?;
    let request = bound::request(token_request(oauth)?, client, oauth, &ports)?;
    Ok(TokenCache::with_settings(request, proof, ports, settings))
}

/// The same by one key, whatever is configured: nothing is followed, nothing falls back to another key.
pub(crate) fn token_source_by(
    profile: &Profile,
    signer: Arc<dyn Signer>,
) -> Result<TokenCache, Error> {
    let (client, oauth) = profile.in_oauth()?;
    let ports = ports_of(profile)?;
    let policy = assertion_policy(client, oauth)?;
    let (clock, random) = (ports.clock.clone(), ports.random.clone());
    let proof = PrivateKeyJwt::new(policy, signer, clock, random);
    let budget = budget(oauth.refusals.as_deref(), &ports);
    let settings = CacheSettings::default().with_budget(budget);
    let request = bound::request(token_request(oauth)?, client, oauth, &ports)?;
    Ok(TokenCache::with_settings(
        request,
        Arc::new(proof),
        ports,
        settings,
    ))
}

/// The token requests of a profile's endpoint, for tokens that are bound to nothing.
///
/// # Errors
/// A scope or a resource that is none.
pub fn token_request(oauth: &Oauth) -> Result<ClientCredentials, Error> {
    let request = ClientCredentials::new(oauth.token_endpoint.clone()).with_scope(&oauth.scope)?;
    Ok(match &oauth.resource {
        Some(resource) => request.with_resource(resource)?,
        None => request,
    })
}

/// What a [`TokenCache`] borrows from the outside world: reqwest, tokio and the system.
///
/// # Errors
/// [`Error::Setup`] when the system offers no TLS roots.
pub fn system_ports(limits: Limits) -> Result<Ports, Error> {
    ports_through(&Egress::default(), limits)
}

/// The same, by the way that the profile's token requests leave.
///
/// # Errors
/// As [`system_ports`]; a file or a secret of its egress that cannot be used.
pub fn ports_of(profile: &Profile) -> Result<Ports, Error> {
    let limits = profile.oauth.as_ref().map(|oauth| oauth.limits);
    ports_through(&profile.egress.of_tokens(), limits.unwrap_or_default())
}

fn ports_through(egress: &Egress, limits: Limits) -> Result<Ports, Error> {
    let total = TOKEN_TIME_LIMIT.min(limits.total);
    let http = ReqwestTokenHttp::through(egress, limits.connect, total)?;
    Ok(Ports {
        http: Arc::new(http),
        clock: Arc::new(SystemClock),
        sleep: Arc::new(TokioSleep),
        spawn: Arc::new(TokioSpawn),
        random: Arc::new(OsRandom),
    })
}

/// What carries a profile's messages to its endpoint for OAuth.
///
/// # Errors
/// Another state, no TLS roots, a file or a secret of its egress that cannot be used.
pub fn transport(profile: &Profile) -> Result<EgressTransport, Error> {
    let (_, oauth) = profile.in_oauth()?;
    EgressTransport::through(&profile.egress, oauth.limits)
}

//! Assembles from a profile what a call needs: key, token cache, stack.
//!
//! The functions here block while they read the key. Without a configuration, the same parts are put together
//! by hand: a [`TokenCache`] over [`system_ports`], a [`Plan`], a stack from [`stack`].

use std::sync::Arc;

use castile_auth::keys::RotatingKeys;
use castile_auth::ports::Ports;
use castile_auth::{
    AssertionPolicy, Audience, ClientCredentials, LocalSigner, PrivateKeyJwt, TokenCache,
    TokenSource,
};

use crate::keys::{FileKeys, KeyOptions, Store};
use crate::profile::{Client, Limits, Oauth, SecretRef};
use crate::stack::{self, Plan, Raw, Typed};
use crate::{
    Error, OsRandom, Profile, ReqwestTokenHttp, ReqwestTransport, SystemClock, TOKEN_TIME_LIMIT,
    TokioSleep, TokioSpawn,
};

/// The stack of a typed client for a profile in state `oauth`, with a token cache of its own.
///
/// # Errors
/// Another state, a key that cannot be read or used, settings that are none, no TLS roots.
pub fn typed(profile: &Profile) -> Result<Typed<ReqwestTransport>, Error> {
    let source = Arc::new(token_source(profile)?);
    Ok(stack::typed(plan(profile, source)?, transport(profile)?))
}

/// The stack of the proxy for a profile in state `oauth`, with a token cache of its own.
///
/// # Errors
/// As [`typed`].
pub fn raw(profile: &Profile) -> Result<Raw<ReqwestTransport>, Error> {
    let source = Arc::new(token_source(profile)?);
    Ok(stack::raw(plan(profile, source)?, transport(profile)?))
}

/// The plan of a profile in state `oauth`, for a stack over any transport and tokens from anywhere.
///
/// # Errors
/// Another state.
pub fn plan(profile: &Profile, source: Arc<dyn TokenSource>) -> Result<Plan, Error> {
    let (_, oauth) = profile.in_oauth()?;
    let mut plan = Plan::new(&oauth.url, source, Arc::new(TokioSleep))?;
    plan.total = oauth.limits.total;
    plan.repeat_writes_on_401 = oauth.repeat_writes_on_401;
    Ok(plan)
}

/// The token cache of a profile in state `oauth`. Nothing is fetched before someone asks for a token.
///
/// A key in a file is followed: when a rotation makes another key sign, the next token request is signed by it.
///
/// # Errors
/// Another state, a key that cannot be read or used, settings that are none, no TLS roots.
pub fn token_source(profile: &Profile) -> Result<TokenCache, Error> {
    let (client, oauth) = profile.in_oauth()?;
    let assertion = assertion_policy(client, oauth)?;
    let request = ClientCredentials::new(oauth.token_endpoint.clone()).with_scope(&oauth.scope)?;
    let ports = system_ports(oauth.limits)?;
    let (clock, random) = (ports.clock.clone(), ports.random.clone());
    let proof = match &client.key {
        SecretRef::File(path) => {
            let options = KeyOptions::of(oauth);
            let keys = FileKeys::open(Store::of(path), options)?;
            let keys = RotatingKeys::new(Arc::new(keys));
            PrivateKeyJwt::following(assertion, Arc::new(keys), clock, random)
        }
        elsewhere => {
            let mut signer = LocalSigner::read(&elsewhere.read()?)?;
            if let Some(algorithm) = oauth.algorithm {
                signer = signer.with_algorithm(algorithm)?;
            }
            if let Some(key_id) = &oauth.key_id {
                signer = signer.with_key_id(key_id)?;
            }
            PrivateKeyJwt::new(assertion, Arc::new(signer), clock, random)
        }
    };
    Ok(TokenCache::new(request, Arc::new(proof), ports))
}

/// What the assertions of a profile claim.
pub(crate) fn assertion_policy(client: &Client, oauth: &Oauth) -> Result<AssertionPolicy, Error> {
    let policy = AssertionPolicy::new(&client.client_id)?;
    Ok(match &oauth.audience {
        Some(audience) => policy.with_audience(Audience::Custom(audience.clone()))?,
        None => policy,
    })
}

/// What a [`TokenCache`] borrows from the outside world: reqwest, tokio and the system.
///
/// # Errors
/// [`Error::Setup`] when the system offers no TLS roots.
pub fn system_ports(limits: Limits) -> Result<Ports, Error> {
    let http = ReqwestTokenHttp::new(limits.connect, TOKEN_TIME_LIMIT.min(limits.total))?;
    Ok(Ports {
        http: Arc::new(http),
        clock: Arc::new(SystemClock),
        sleep: Arc::new(TokioSleep),
        spawn: Arc::new(TokioSpawn),
        random: Arc::new(OsRandom),
    })
}

fn transport(profile: &Profile) -> Result<ReqwestTransport, Error> {
    let (_, oauth) = profile.in_oauth()?;
    ReqwestTransport::new(oauth.limits)
}

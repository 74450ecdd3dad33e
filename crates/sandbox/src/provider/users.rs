//! End users at the false provider: sign-in page, codes, refresh tokens, `/me`, revocation, logout.

mod authorize;
mod grants;
mod leave;
mod page;
mod parameters;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Sandboxed;

pub(crate) use grants::grant;
use parameters::Parameters;

/// Path of the authorization endpoint below the issuer; the others likewise.
pub(super) const AUTH_PATH: &str = "/a/oidc-provider/api/v0/auth";
/// Takes the form of the sign-in page.
const LOGIN_PATH: &str = "/a/oidc-provider/api/v0/auth/login";
pub(super) const PUSH_PATH: &str = "/a/oidc-provider/api/v0/request";
pub(super) const LOGOUT_PATH: &str = "/a/oidc-provider/api/v0/logout";
pub(super) const ME_PATH: &str = "/a/oidc-provider/api/v0/me";
pub(super) const REVOKE_PATH: &str = "/a/oidc-provider/api/v0/token/revocation";

/// Seconds that a pushed request can be used, as in Jack Henry's answer.
const PUSHED_LIFETIME: u64 = 60;
/// Seconds that a code can be used (FAPI 2 allows 60).
const CODE_LIFETIME: u64 = 60;
/// Requests, codes and tokens that are kept at most of each kind; then all of that kind are forgotten.
const MOST: usize = 10_000;

pub(super) fn router() -> Router<Arc<Sandboxed>> {
    Router::new()
        .route(AUTH_PATH, get(authorize::show))
        .route(LOGIN_PATH, post(authorize::signed_in))
        .route(PUSH_PATH, post(authorize::push))
        .route(LOGOUT_PATH, get(leave::log_out))
        .route(ME_PATH, get(leave::me))
        .route(REVOKE_PATH, post(leave::revoke))
}

/// How a client signs end users in.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Website {
    /// Where users may come back to.
    pub redirect_uris: Vec<String>,
    /// Where they may come back to after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// Its secret, if it has one; the API reference demands one for revocation.
    pub secret: Option<String>,
    /// The institutions that the sign-in page offers when the client names none.
    pub institutions: Vec<Institution>,
}

impl Website {
    /// A client whose users come back to `redirect_uri`.
    pub fn new(redirect_uri: impl Into<String>) -> Self {
        Self {
            redirect_uris: vec![redirect_uri.into()],
            ..Self::default()
        }
    }
}

impl fmt::Debug for Website {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Website")
            .field("redirect_uris", &self.redirect_uris)
            .finish_non_exhaustive()
    }
}

/// A bank that a user may sign in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// `institution_id`.
    pub id: String,
    /// What the user reads.
    pub name: String,
}

/// What the provider knows of users on their way and signed in.
#[derive(Default)]
pub(crate) struct Users {
    /// Pushed requests by `request_uri`.
    pushed: HashMap<String, Until<Parameters>>,
    /// Requests whose user looks at the sign-in page, by the number of the page.
    shown: HashMap<String, Parameters>,
    /// By code.
    codes: HashMap<String, Until<SignIn>>,
    /// By access token.
    access: HashMap<String, Until<SignIn>>,
    /// By refresh token, used or not.
    refresh: HashMap<String, Refresh>,
    chains: u64,
}

/// Something that expires.
struct Until<T> {
    seconds: u64,
    value: T,
}

/// One user's consent to one client.
#[derive(Clone)]
struct SignIn {
    /// Tokens of one sign-in belong together: they are revoked together.
    chain: u64,
    client_id: String,
    subject: String,
    institution_id: Option<String>,
    scope: String,
    nonce: Option<String>,
    redirect_uri: String,
    challenge: String,
}

struct Refresh {
    sign_in: SignIn,
    used: bool,
}

impl Users {
    /// Withdraws all that came of a sign-in.
    fn revoke(&mut self, chain: u64) {
        self.access.retain(|_, token| token.value.chain != chain);
        self.refresh.retain(|_, token| token.sign_in.chain != chain);
    }
}

/// Puts something in, and keeps the map within its bound.
fn keep<T>(map: &mut HashMap<String, T>, key: String, value: T) {
    if map.len() >= MOST {
        map.clear();
    }
    map.insert(key, value);
}

/// 256 random bits; `None` if the machine gives none.
fn secret() -> Option<String> {
    use base64::Engine as _;
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

//! `castile.toml`: which institution is reached where, as whom, and by which of the two models.
//!
//! ```toml
//! version = 1
//! include = ["banks/*.toml"]         # relative to this file; these files hold [profile.*] only
//!
//! [defaults]                         # any key of a profile or its two tables, but url
//! audit_usr_id = "svc-loans"
//! audit_ws_id = "loan-portal"
//!
//! [profile.first-bank-test]
//! inst_rt_id = "011001276"           # in quotes: leading zeros count
//! inst_env = "TEST"                  # never left out: the gateway takes absence for PROD
//! product = "loan-portal"
//! state = "oauth"                    # legacy | shadow | oauth
//! client_id = "4b1f0c5e"
//! key = { file = "keys/first-bank.pem" }   # or { env = "NAME" } or { command = ["program", "argument"] }
//!
//! [profile.first-bank-test.oauth]
//! url = "https://gateway.example/jxchange/2008/ServiceGateway/OAuth/ServiceGateway.svc"
//! timeout = "30s"
//! ```
//!
//! All keys:
//!
//! | In | Key | |
//! |---|---|---|
//! | the file | `version` | `1`; needed |
//! | | `include`, `defaults`, `profile` | as above |
//! | | `effects` | what operations do, by name, where contract or name do not say it right: `"write"` for what must not be repeated, `"read-may-repeat"` for what changes nothing though it looks as if, which warns |
//! | `[profile.NAME]` | `inst_rt_id`, `inst_env`, `product`, `state` | needed; no two profiles have the first three in common |
//! | | `overrides` | the values of `OvrrdInstRtId` that messages may carry, besides `inst_rt_id`; none, unless given |
//! | | `institution_id` | the claim `institutionId` that tokens must have, if they have one |
//! | | `effects` | the same for this profile, nearer than that of the file |
//! | | `journal` | a file in which each write is noted before it is sent; relative to this file; none, unless given; see [`journal`](crate::journal) |
//! | | `client_id`, `key` | the OAuth client and where its private key lies; needed unless `state` is `legacy` |
//! | | `jwks_url` | where Jack Henry reads the client's public keys; `castile keys` and `castile doctor` look there |
//! | | `key_passphrase` | where the passphrase of an encrypted key lies, written as `key` is |
//! | | `client_secret` | in place of `key`, written as it is: where a shared secret lies; see `client_auth` |
//! | | `oauth`, `legacy` | the tables below, one for each model in use |
//! | | `dates`, `egress` | the tables below |
//! | | `service`, `operation` | tables of what differs for services and operations, by their names |
//! | | `shadow` | how reads are repeated in state `shadow`: `rate`, `max_in_flight`, `timeout`, `ignore`; see [`Shadowing`] |
//! | | `evidence` | a folder that keeps what was seen at run time, one file a profile, for `castile status`; relative to this file; nothing is kept, unless given |
//! | `[profile.NAME.dates]` | `requested`, `client_id_received`, `jwks_registered`, `jxchange_authorized` | what happened when, see [`Dates`]; dates without quotes |
//! | `[profile.NAME.egress]` | `proxy` | `http://HOST:PORT` or `https://HOST:PORT`; https connections go through it; see [`Egress`] |
//! | | `proxy_username`, `proxy_password` | what it asks for; the password is written as `key` is |
//! | | `roots`, `only_roots` | a PEM file of authorities to trust; whether in place of the system's |
//! | | `client_certificate` | where the PEM of certificate and private key lies, written as `key` is |
//! | | `tls` | `"1.2"` (unless given) or `"1.3"`: the oldest version |
//! | | `gzip` | whether answers may come packed; `false`, unless given |
//! | | `token_direct` | whether token requests leave without all this; `false`, unless given |
//! | both tables | `url` | the service address, https (http on loopback only); needed |
//! | | `audit_usr_id`, `audit_ws_id`, `valid_consm_name`, `valid_consm_prod`, `jx_ver` | values of `jXchangeHdr`, see [`HeaderValues`]; they are yours to put into requests |
//! | | `connect_timeout`, `timeout` | seconds, or text such as `"30s"` and `"2m"`; see [`Limits`] |
//! | | `answer_limit` | bytes, or text such as `"64MiB"`; see [`Limits`] |
//! | `[profile.NAME.oauth]` | `token_endpoint` | Jack Henry Identity's, unless given |
//! | | `scope` | `openid`, unless given |
//! | | `issuer` | the authorization server's identifier; the token endpoint must be of its origin |
//! | | `client_auth` | `private_key_jwt`; with a `client_secret`, `client_secret_basic` (unless given) or `client_secret_post` |
//! | | `resource` | the resource that tokens are for (RFC 8707); none, unless given |
//! | | `audience` | the assertion's `aud`: any text, or `token_endpoint` (unless given) or `issuer` for what these are |
//! | | `audience_in_array` | whether `aud` is an array of one; `false`, unless given |
//! | | `assertion_type` | the assertion's `typ`: `JWT` (unless given), `none` or `client-authentication+jwt` |
//! | | `assertion_lifetime` | whole seconds from `"1s"` to `"300s"`; `"60s"`, unless given |
//! | | `compat_exp_in_milliseconds` | for compatibility only: `exp` in milliseconds, so that an assertion practically never expires; warns |
//! | | `dpop` | whether tokens are bound to a key of the process (DPoP, RFC 9449), with a proof for each request; `false`, unless given: only for a provider and a gateway that take it |
//! | | `refusals` | a file that keeps across restarts which clients were refused; relative to this file; memory only, unless given |
//! | | `algorithm` | `ES256`, `PS256` or `RS256`; the key's own, unless given |
//! | | `key_id` | the assertion's `kid`; the key's thumbprint, unless given |
//! | | `repeat_writes_on_401` | see [`Oauth::repeat_writes_on_401`]; `false`, unless given |
//! | `[profile.NAME.legacy]` | `username`, `password` | of the security header; a `password` is written as `key` is |
//!
//! A service or an operation may have another endpoint, other header values, another client and other limits:
//!
//! ```toml
//! [profile.first-bank-test.service.Image]
//! operations = ["DocImgInq"]         # for the proxy, whose messages do not say their service
//! oauth.url = "https://images.example/jxchange/OAuth/Image.svc"
//!
//! [profile.first-bank-test.operation.XferAdd]
//! client_id = "77aa01"
//! key = { file = "keys/first-bank-money.pem" }
//! timeout = "10s"
//! ```
//!
//! There any key of a client or of the two tables may stand, but those of the token endpoint and the assertion, and
//! `url` in `oauth` or `legacy` only. What the operation says goes before what its service says, and that before what
//! the profile says; a `key` or `client_secret` takes with it what is said beside it of the proof.
//!
//! An editor that knows JSON Schema completes and checks the file by a first line `#:schema castile.schema.json`, for which
//! `castile config schema` writes the schema ([`schema`]). In code a profile is written as a [`Draft`].
//!
//! On Unix a file that its group or others can write is refused, and a secret's file that they can read. On Windows, and
//! wherever else there are no permission bits, **nothing of this is examined** ([`PERMISSIONS_EXAMINED`]): keep the
//! configuration and the keys in a folder to which only the account of the service has access.
//!
//! In `"…"` a backslash begins an escape; a path of Windows stands in `'…'`, as `{ file = 'C:\keys\client.pem' }`, or has
//! slashes. The file is UTF-8, with or without a byte order mark, its lines end as they like.
//!
//! Unknown keys, wrong types and duplicates are errors with line and column; later releases only add keys.

mod defaults;
mod doubts;
mod draft;
mod effects;
mod egress;
mod elsewhere;
mod error;
mod include;
mod keys;
mod layers;
pub(crate) mod modes;
mod read;
mod schema;
mod secret;
mod shadow;
mod stamp;
mod table;
mod token_key;
mod values;
mod variant;
mod warning;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use castile_auth::{Algorithm, AssertionType, TokenEndpoint};
use indexmap::IndexMap;
use jiff::civil::Date;
use url::Url;

use crate::shadow::Shadowing;
use crate::{Effects, Institution};

pub use draft::{Draft, Setting};
pub use egress::{Egress, Proxy};
pub use elsewhere::Elsewhere;
pub use error::{ConfigError, Place};
pub use modes::PERMISSIONS_EXAMINED;
pub use schema::schema;
pub use secret::{SECRET_LIMIT, Secret, SecretRef, TokenKey};
pub use stamp::Stamp;
pub use variant::{Route, Variants};
pub use warning::Warning;

/// The file that [`Config::discover`] reads.
pub const FILE_NAME: &str = "castile.toml";

/// Jack Henry Identity's token endpoint, where a profile names no other.
pub const TOKEN_ENDPOINT: &str = "https://login.jackhenry.com/a/oidc-provider/api/v0/token";

/// A whole configuration: every profile has a name of its own and an (institution, environment, product) of its own.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// In the order of their names; one of ten thousand is found as fast as one of ten.
    profiles: IndexMap<String, Arc<Profile>>,
    /// What `include` says, each with its folder.
    patterns: Vec<String>,
}

impl Config {
    /// Reads `path` and the files it includes.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and column.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = read::file(path)?;
        read::config(text, path)
    }

    /// Reads `text`; `origin` stands for the file in messages, and relative paths start in its folder.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str, origin: impl AsRef<Path>) -> Result<Self, ConfigError> {
        read::config(text.to_owned(), origin.as_ref())
    }

    /// Reads `castile.toml` in the working directory.
    ///
    /// # Errors
    /// As [`Config::read`]; [`ConfigError::Unreadable`] when there is none.
    pub fn discover() -> Result<Self, ConfigError> {
        Self::read(FILE_NAME)
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// [`ConfigError::NoProfile`] with the names there are.
    pub fn profile(&self, name: &str) -> Result<Arc<Profile>, ConfigError> {
        self.profiles
            .get(name)
            .cloned()
            .ok_or_else(|| ConfigError::NoProfile {
                name: name.to_owned(),
                known: self.profiles.keys().cloned().collect(),
            })
    }

    /// All profiles, by name.
    pub fn profiles(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.profiles.values()
    }
}

/// One product's access to one institution in one environment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Profile {
    /// The name in `[profile.NAME]`.
    pub name: String,
    /// `InstRtId`: nine-digit routing number with its leading zeros, or another id.
    pub inst_rt_id: String,
    /// `InstEnv`, for example `TEST` or `PROD`. Never absent: the gateway takes absence for PROD.
    pub inst_env: String,
    /// The caller's product, as registered with the institution.
    pub product: String,
    /// The claim `institutionId` that its tokens must have, if they have one; not looked at unless given.
    pub institution_id: Option<String>,
    /// The values of `OvrrdInstRtId` that messages may carry, besides `inst_rt_id`.
    pub overrides: Vec<String>,
    /// Which model carries the traffic.
    pub state: State,
    /// The OAuth client; present unless `state` is [`State::Legacy`].
    pub client: Option<Client>,
    /// The old model's endpoint; present unless `state` is [`State::Oauth`].
    pub legacy: Option<Legacy>,
    /// The new model's endpoint; present unless `state` is [`State::Legacy`].
    pub oauth: Option<Oauth>,
    /// How its connections leave.
    pub egress: Egress,
    /// How reads are repeated in state [`State::Shadow`].
    pub shadow: Shadowing,
    /// The file that keeps what was seen of the profile at run time; none, unless a folder for it is given.
    pub evidence: Option<PathBuf>,
    /// What happened when, in the life of the registration.
    pub dates: Dates,
    /// What operations do, where their contract or their name does not say it right.
    pub effects: Arc<Effects>,
    /// The file in which each write is noted before it is sent; see [`journal`](crate::journal).
    pub journal: Option<PathBuf>,
    /// What differs for services and operations; see [`Profile::for_operation`].
    pub variants: Variants,
    /// What works but should not stay as it is.
    pub warnings: Vec<Warning>,
}

impl Profile {
    /// The OAuth client and endpoint, if the profile is in state `oauth`.
    ///
    /// # Errors
    /// [`ConfigError::State`] in any other state.
    pub fn in_oauth(&self) -> Result<(&Client, &Oauth), ConfigError> {
        match (self.state, &self.client, &self.oauth) {
            (State::Oauth, Some(client), Some(oauth)) => Ok((client, oauth)),
            (state, ..) => Err(ConfigError::State {
                profile: self.name.clone(),
                state,
            }),
        }
    }

    /// The profile as it would be in another state.
    ///
    /// # Errors
    /// [`ConfigError::Lacks`] what that state needs.
    pub fn with_state(&self, state: State) -> Result<Self, ConfigError> {
        let (old, new) = (state != State::Oauth, state != State::Legacy);
        let missing = [
            (old && self.legacy.is_none(), "[legacy]"),
            (new && self.oauth.is_none(), "[oauth]"),
            (new && self.client.is_none(), "client_id"),
        ];
        if let Some((_, part)) = missing.iter().find(|(missing, _)| *missing) {
            return Err(ConfigError::Lacks {
                profile: self.name.clone(),
                state,
                part,
            });
        }
        let variants = self.variants.with_state(state)?;
        Ok(Self {
            state,
            variants,
            ..self.clone()
        })
    }

    /// For whom messages and tokens must be.
    pub fn institution(&self) -> Institution {
        let mut institution = Institution::new(&self.name, &self.inst_rt_id, &self.inst_env);
        institution.overrides.clone_from(&self.overrides);
        institution.institution_id.clone_from(&self.institution_id);
        institution
    }

    /// The `jXchangeHdr` values of the endpoint in use.
    pub fn header(&self) -> &HeaderValues {
        let legacy = self.legacy.as_ref().map(|legacy| &legacy.header);
        let oauth = self.oauth.as_ref().map(|oauth| &oauth.header);
        let (first, second) = match self.state {
            State::Oauth => (oauth, legacy),
            State::Legacy | State::Shadow => (legacy, oauth),
        };
        first.or(second).unwrap_or(&HeaderValues::NONE)
    }
}

/// Which model carries a profile's traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// User name and password in the message.
    Legacy,
    /// Answers come from the old model; reads are repeated under the new one to compare.
    Shadow,
    /// A bearer token.
    Oauth,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Legacy => "legacy",
            Self::Shadow => "shadow",
            Self::Oauth => "oauth",
        })
    }
}

/// The OAuth client that Jack Henry registered for one product at one institution.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Client {
    /// `client_id`.
    pub client_id: String,
    /// Where the private key lies; for a client that authenticates by a shared secret, where that lies.
    pub key: SecretRef,
    /// The JWKS URL that is registered for the client, where Jack Henry Identity reads its public keys.
    pub jwks_url: Option<Url>,
    /// Where the passphrase of the private key lies, if it is encrypted.
    pub key_passphrase: Option<SecretRef>,
    /// Whether `key` is a shared secret (`client_secret`).
    pub has_secret: bool,
}

/// Values of `jXchangeHdr` that belong to an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderValues {
    /// `AuditUsrId`: who acts.
    pub audit_usr_id: Option<String>,
    /// `AuditWsId`: from where.
    pub audit_ws_id: Option<String>,
    /// `ValidConsmName`: the consumer in Jack Henry's table.
    pub valid_consm_name: Option<String>,
    /// `ValidConsmProd`: its product in Jack Henry's table.
    pub valid_consm_prod: Option<String>,
    /// `JxVer`: contract version; the gateway fills in its own when absent.
    pub jx_ver: Option<String>,
}

impl HeaderValues {
    const NONE: Self = Self {
        audit_usr_id: None,
        audit_ws_id: None,
        valid_consm_name: None,
        valid_consm_prod: None,
        jx_ver: None,
    };
}

/// The endpoint of the old model. `Debug` does not show the user name.
#[derive(Clone)]
#[non_exhaustive]
pub struct Legacy {
    /// The service address.
    pub url: Url,
    /// `jXchangeHdr` values.
    pub header: HeaderValues,
    /// The user name of the security header.
    pub username: Option<String>,
    /// Where its password lies.
    pub password: Option<SecretRef>,
    /// Time limits.
    pub limits: Limits,
}

impl fmt::Debug for Legacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Legacy")
            .field("url", &self.url)
            .field("header", &self.header)
            .field("has_username", &self.username.is_some())
            .field("password", &self.password)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The endpoint of the new model.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Oauth {
    /// The service address; the bearer token goes to its origin and to no other.
    pub url: Url,
    /// `jXchangeHdr` values.
    pub header: HeaderValues,
    /// Where tokens are fetched; [`TOKEN_ENDPOINT`] by default.
    pub token_endpoint: TokenEndpoint,
    /// The scope asked for; `openid` by default.
    pub scope: String,
    /// The authorization server's identifier, of the same origin as the token endpoint.
    pub issuer: Option<String>,
    /// Whether a shared secret travels in the form (`client_secret_post`), not in a header.
    pub secret_in_form: bool,
    /// The resource that tokens are for (RFC 8707).
    pub resource: Option<String>,
    /// The assertion's `aud`; the token endpoint by default.
    pub audience: Option<String>,
    /// Whether `aud` is an array of one.
    pub audience_in_array: bool,
    /// The assertion's `typ`.
    pub assertion_type: AssertionType,
    /// How long an assertion lives.
    pub assertion_lifetime: Duration,
    /// Whether `exp` is in milliseconds, for compatibility only; [`Profile::warnings`] tells.
    pub compat_exp_in_milliseconds: bool,
    /// Whether tokens are bound to a key that lives and dies with the process (DPoP, RFC 9449), one for each client.
    pub dpop: bool,
    /// The file that keeps which clients were refused.
    pub refusals: Option<PathBuf>,
    /// The assertion's algorithm; by default the key's own.
    pub algorithm: Option<Algorithm>,
    /// The assertion's `kid`; by default the key's thumbprint (RFC 7638).
    pub key_id: Option<String>,
    /// Whether a write that was answered 401 is repeated once even if the answer does not prove that it was
    /// refused unprocessed. Off by default.
    pub repeat_writes_on_401: bool,
    /// Time limits.
    pub limits: Limits,
}

/// What happened when, in the life of a registration; each as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dates {
    /// The bank was asked for a client.
    pub requested: Option<Date>,
    /// The bank gave the client id.
    pub client_id_received: Option<Date>,
    /// The JWKS URL was registered for the client.
    pub jwks_registered: Option<Date>,
    /// Jack Henry tied the client to jXchange.
    pub jxchange_authorized: Option<Date>,
}

/// How long one exchange may take, and how much may come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Until a connection stands, TLS included; 10 s by default.
    pub connect: Duration,
    /// Until the whole answer is there, token and repetition included; 60 s by default.
    pub total: Duration,
    /// The longest answer in bytes; 64 MiB by default.
    pub answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(60),
            answer: 64 * 1024 * 1024,
        }
    }
}

#[cfg(test)]
mod tests;

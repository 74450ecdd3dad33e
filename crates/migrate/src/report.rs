//! Pages on how far each profile is, made of facts that hold no secret.

mod html;
mod markdown;
mod overview;
mod page;
mod profile_page;
mod proof;
mod risk;
mod shadow;

use jiff::civil::Date;

pub use html::html;
pub use markdown::markdown;
pub use overview::overview;
pub use page::{Block, Cell, Page};
pub use profile_page::profile_page;
pub use proof::Proof;
pub use risk::{Risk, risk};
pub use shadow::{Shadow, ShadowOperation};

/// The day after which the WS-Security model and the jXchange Connector are out of use.
pub const DEADLINE: Date = jiff::civil::date(2028, 4, 30);

/// The longest that Jack Henry's queue for the OAuth configuration of a bank was said to be, in days.
pub const QUEUE_DAYS: i32 = 90;

/// What is known of a profile. Keys and passwords have no place here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// `InstRtId`.
    pub inst_rt_id: String,
    /// `InstEnv`.
    pub inst_env: String,
    /// The product that calls.
    pub product: String,
    /// Which model carries its traffic.
    pub state: State,
    /// The address of the old model, without user name or query.
    pub legacy_endpoint: Option<String>,
    /// The address of the new model, without user name or query.
    pub oauth_endpoint: Option<String>,
    /// Where tokens are fetched.
    pub token_endpoint: Option<String>,
    /// The OAuth client.
    pub client_id: Option<String>,
    /// What is public of its key.
    pub key: Key,
    /// Where its public keys are published.
    pub jwks_url: Option<String>,
    /// What happened when.
    pub dates: Dates,
    /// What a comparison of its messages showed.
    pub proof: Option<Proof>,
    /// What a comparison of the answers of both models showed.
    pub shadow: Option<Shadow>,
    /// Why what was seen of it cannot be told: the code of the error.
    pub unseen: Option<String>,
}

/// Which model carries a profile's traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// WS-Security.
    Legacy,
    /// Both: reads are repeated under OAuth to compare.
    Shadow,
    /// OAuth.
    Oauth,
}

impl State {
    /// As `castile.toml` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Shadow => "shadow",
            Self::Oauth => "oauth",
        }
    }
}

/// What is public of a client's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The profile names none.
    None,
    /// The client proves itself by a shared secret.
    SharedSecret,
    /// It does not lie in a file, and is not fetched for a report.
    Elsewhere,
    /// It could not be read, with the code of the error.
    Unreadable(String),
    /// Its public facts.
    Known {
        /// `kid`.
        key_id: String,
        /// The RFC 7638 thumbprint.
        thumbprint: String,
        /// `alg`.
        algorithm: String,
    },
}

/// What happened when, in the life of a registration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// The bank was asked.
    pub requested: Option<Date>,
    /// The bank gave the client id.
    pub client_id_received: Option<Date>,
    /// The JWKS URL was registered.
    pub jwks_registered: Option<Date>,
    /// Jack Henry tied the client to jXchange.
    pub jxchange_authorized: Option<Date>,
}

#[cfg(test)]
mod tests;

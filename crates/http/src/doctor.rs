//! Finds out why a profile does not work: what the servers will not say.
//!
//! [`examine`] reads the key, signs an assertion and looks at it as the authorization server would, asks the server's
//! clock and metadata, looks whether the JWKS URL shows the key, asks for one token unless that is sure to be refused,
//! and, if told to, goes on to the gateway.

mod cause;
mod gateway;
mod identity;
mod metadata;
mod network;
mod places;

use std::sync::Arc;

use bytes::Bytes;
use castile_auth::diagnosis::Certainty;
use castile_auth::ports::Ports;

pub use crate::origin::is_private;
pub use cause::{Cause, Finding};
pub use metadata::{Answered, ask_server};
pub use network::{Resolve, resolve};

use crate::profile::Limits;
use crate::{Error, Profile, connect};

/// How far to go.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Ask nobody: key, settings and assertion only.
    pub offline: bool,
    /// Go on to the gateway with the token.
    pub gateway: bool,
    /// A search to send to the gateway after `Ping`.
    pub search: Option<Search>,
}

/// A message that reads, and does so at a provider behind the gateway: `Ping` proves the gateway only.
#[derive(Clone)]
pub struct Search {
    /// Its `SOAPAction`, without quotes.
    pub action: String,
    /// The envelope.
    pub envelope: Bytes,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search")
            .field("action", &self.action)
            .field("bytes", &self.envelope.len())
            .finish()
    }
}

/// The outside world of an examination.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Clock, randomness, the way to the authorization server.
    pub ports: Ports,
    /// Looks up the addresses of a host. Blocks.
    pub resolve: Resolve,
}

impl Outside {
    /// The real one.
    ///
    /// # Errors
    /// [`Error::Setup`] when the system offers no TLS roots.
    pub fn system(limits: Limits) -> Result<Self, Error> {
        Ok(Self {
            ports: connect::system_ports(limits)?,
            resolve,
        })
    }

    /// The real one, by the way that the profile's token requests leave.
    ///
    /// # Errors
    /// [`Error::Setup`], and [`Error::Config`] when a file or a secret of the profile's egress cannot be used.
    pub fn of(profile: &Profile) -> Result<Self, Error> {
        Ok(Self {
            ports: connect::ports_of(profile)?,
            resolve,
        })
    }
}

/// One thing that was looked at and found as it should be, or skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fact {
    /// What was looked at, in one word.
    pub what: &'static str,
    /// What was seen; no secret.
    pub seen: String,
}

/// The outcome.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// What is wrong, the surest first.
    pub findings: Vec<Finding>,
    /// What was seen on the way.
    pub facts: Vec<Fact>,
}

impl Report {
    fn fact(&mut self, what: &'static str, seen: impl Into<String>) {
        let seen = seen.into();
        self.facts.push(Fact { what, seen });
    }

    fn add(&mut self, certainty: Certainty, cause: Cause) {
        self.findings.push(Finding { cause, certainty });
    }

    fn is_sure(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.certainty == Certainty::Certain)
    }
}

/// Examines a profile in state `oauth`. Sends at most one token request, and none that is sure to be refused.
///
/// # Errors
/// Another state, no TLS roots. Everything else is a finding.
pub async fn examine(profile: &Profile, scope: &Scope, outside: &Outside) -> Result<Report, Error> {
    let (client, oauth) = profile.in_oauth()?;
    let mut report = Report::default();
    places::look(oauth, &mut report);
    let token = identity::look(profile, client, oauth, scope, outside, &mut report).await?;
    if scope.gateway && !scope.offline {
        gateway::look(
            profile,
            oauth,
            scope,
            outside,
            token.map(Arc::new),
            &mut report,
        )
        .await?;
    }
    // A stable sort: among equals the order of the examination, which is from root to consequence.
    report.findings.sort_by_key(|finding| finding.certainty);
    Ok(report)
}

#[cfg(test)]
mod tests;

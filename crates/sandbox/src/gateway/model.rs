//! By which of the two models a caller proves itself, told by the path of the service.

use http::HeaderMap;

use super::Fault;
use super::soap::WSSE;
use crate::Cause;
use crate::state::{Sandboxed, lock};
use crate::xml::Element;

/// Where the services stand for bearers of a token; `/OAuth/` and the name `ServiceGateway` as public client code has
/// them.
pub(crate) const OAUTH_PATH: &str = "/jxchange/2008/ServiceGateway/OAuth/";

/// Where they stand for user name and password.
pub(crate) const LEGACY_PATH: &str = "/jxchange/2008/ServiceGateway/";

/// What proves a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    /// A bearer token in the HTTP header, and no security header in the message.
    Bearer,
    /// A `UsernameToken` in the security header of the message.
    UsernameToken,
}

impl Model {
    /// The model of a path, and the service that it names.
    ///
    /// Paths are compared without case: `/jXchange/…` and `/jxchange/…` both occur.
    pub(super) fn of_path<'p>(sandbox: &Sandboxed, path: &'p str) -> Option<(Self, &'p str)> {
        let below = |base: &str| {
            let (start, file) = path.split_at_checked(base.len())?;
            let name = file.get(..file.len().checked_sub(4)?)?;
            let is_one = start.eq_ignore_ascii_case(base) && !name.contains('/');
            let is_service = file[name.len()..].eq_ignore_ascii_case(".svc");
            (is_one && is_service).then_some(name)
        };
        if let Some(service) = below(OAUTH_PATH) {
            return Some((Self::Bearer, service));
        }
        let service = below(LEGACY_PATH).filter(|_| sandbox.settings.username.is_some())?;
        Some((Self::UsernameToken, service))
    }

    /// Judges what the HTTP header says.
    pub(super) fn judge_http(self, sandbox: &Sandboxed, headers: &HeaderMap) -> Result<(), Cause> {
        if self == Self::UsernameToken {
            return Ok(());
        }
        let token = super::bearer(headers)?;
        let now = sandbox.clock.now();
        lock(&sandbox.issued).verify(&sandbox.key, token, &sandbox.gateway, now)
    }

    /// Judges what the header of the message says.
    pub(super) fn judge(self, sandbox: &Sandboxed, header: Option<&Element>) -> Result<(), Fault> {
        let blocks = header.map_or(&[][..], |header| &header.children);
        let is_security = |block: &&Element| block.namespace == WSSE && block.name == "Security";
        let security = blocks.iter().find(is_security);
        match self {
            Self::Bearer if security.is_some() => {
                return Err(Fault::failed_authentication(Cause::HeaderSecurity));
            }
            Self::Bearer => {}
            Self::UsernameToken => {
                let known = sandbox.settings.username.as_ref();
                let given = security.and_then(|security| security.child("UsernameToken"));
                let Some((given, (username, password))) = given.zip(known) else {
                    return Err(Fault::failed_authentication(Cause::UsernameTokenMissing));
                };
                let says = |name, wanted: &String| {
                    given.child(name).is_some_and(|child| child.text == *wanted)
                };
                if !says("Username", username) || !says("Password", password) {
                    return Err(Fault::failed_authentication(Cause::UsernameTokenWrong));
                }
            }
        }
        let understood = |block: &&Element| is_security(block);
        let rest = blocks.iter().filter(|block| !understood(block));
        super::soap::judge_rest(rest)
    }
}

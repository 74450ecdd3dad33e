//! Tells the endpoints that the move to OAuth does not concern.

use std::fmt;

use url::{Host, Url};

use crate::origin::is_private;

/// What is not Jack Henry's hosted jXchange. Only that moves to OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Elsewhere {
    /// SymXchange, by its name in the address.
    SymXchange,
    /// What looks like jXchange that an institution runs itself: an address in a private network.
    OnPremise,
}

/// Ends of names that no public name server knows (RFC 6762, RFC 8375, and what is in use).
const PRIVATE_ENDS: [&str; 8] = [
    ".local",
    ".lan",
    ".internal",
    ".intranet",
    ".corp",
    ".private",
    ".home.arpa",
    ".localdomain",
];

impl Elsewhere {
    /// By the address alone: nothing is looked up.
    pub fn of(url: &Url) -> Option<Self> {
        let host = url.host()?;
        let symitar = |text: &str| text.to_ascii_lowercase().contains("symxchange");
        if symitar(url.path()) || symitar(&host.to_string()) {
            return Some(Self::SymXchange);
        }
        let private = match host {
            Host::Ipv4(address) => is_private(address.into()),
            Host::Ipv6(address) => is_private(address.into()),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                let is_bare = !name.contains('.') && name != "localhost";
                is_bare || PRIVATE_ENDS.iter().any(|end| name.ends_with(end))
            }
        };
        private.then_some(Self::OnPremise)
    }

    /// The stable code that `castile explain` knows.
    pub fn code(self) -> &'static str {
        match self {
            Self::SymXchange => "config-symxchange",
            Self::OnPremise => "config-on-premise",
        }
    }
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SymXchange => {
                "this is SymXchange, which does not move to OAuth: nothing to do for it"
            }
            Self::OnPremise => {
                "this address is in a private network: jXchange that an institution runs itself does not move to OAuth, \
                 nothing to do for it (hosted jXchange behind a VPN moves, to its public address)"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_what_is_not_hosted_jxchange() {
        for (url, expected) in [
            (
                "https://jx.jackhenry.com/jXchange/2008/ServiceGateway/OAuth/ServiceGateway.svc",
                None,
            ),
            ("http://127.0.0.1:8080/svc", None),
            ("http://localhost/svc", None),
            (
                "https://cu.example:8087/SymXchange/2024.00/account",
                Some(Elsewhere::SymXchange),
            ),
            (
                "https://symxchange.cu.example/account",
                Some(Elsewhere::SymXchange),
            ),
            (
                "http://10.1.2.3/jxchange/2008/ServiceGateway/ServiceGateway.svc",
                Some(Elsewhere::OnPremise),
            ),
            ("https://[fd00::1]/svc", Some(Elsewhere::OnPremise)),
            ("https://jxserver/svc", Some(Elsewhere::OnPremise)),
            ("https://jx.bank.local./svc", Some(Elsewhere::OnPremise)),
        ] {
            assert_eq!(Elsewhere::of(&url.parse().unwrap()), expected, "{url}");
        }
    }
}

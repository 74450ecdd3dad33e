//! The rules: what each looks for and why.

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know; nothing has to change.
    Note,
    /// Works, but should change.
    Warning,
    /// Does not work under OAuth, or stops working on a known date.
    Error,
}

impl Level {
    /// As SARIF writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A rule.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The stable name.
    pub id: &'static str,
    /// How much its findings weigh.
    pub level: Level,
    /// What it finds.
    pub what: &'static str,
    /// Why that has to change.
    pub why: &'static str,
}

/// All rules, in the order in which they are listed.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// The rule of this id.
pub(crate) fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

const fn error(id: &'static str, what: &'static str, why: &'static str) -> Rule {
    Rule {
        id,
        level: Level::Error,
        what,
        why,
    }
}

const fn warning(id: &'static str, what: &'static str, why: &'static str) -> Rule {
    Rule {
        id,
        level: Level::Warning,
        what,
        why,
    }
}

const RULES: &[Rule] = &[
    error(
        "wsse-policy",
        "a WS-SecurityPolicy assertion or a binding that asks for message credentials",
        "Under OAuth the message carries no security header; the bearer token stands in the HTTP header Authorization.",
    ),
    error(
        "wsse-code",
        "code that makes a UsernameToken or a Security header",
        "The gateway of the OAuth model takes no user name and password; the header has to go, and the password with it.",
    ),
    error(
        "wsse-message",
        "a message or template with a wsse:Security header",
        "Only the wsse:Security block in the SOAP header is removed; the rest of the message stays as it is.",
    ),
    Rule {
        id: "wsse-in-body",
        level: Level::Note,
        what: "a wsse:Security inside AuthenUsrCred or AuthenProdCred",
        why: "Credentials of an end user or product in the body are payload: they stay.",
    },
    error(
        "jxchange-connector",
        "the jXchange Connector",
        "It speaks WS-Security only and is out of use after 2028-04-30.",
    ),
    error(
        "dmz-host",
        "a host jxdmz…",
        "The DMZ hosts serve the WS-Security model.",
    ),
    error(
        "banno-token-host",
        "the token endpoint at banno.com",
        "The token endpoint is login.jackhenry.com; an assertion's aud must be exactly the URL that is posted to.",
    ),
    error(
        "gateway-path",
        "a ServiceGateway address without /OAuth/",
        "The path without /OAuth/ serves the WS-Security model.",
    ),
    warning(
        "scope-full",
        "scope `full`",
        "Jack Henry's own helper dropped it in May 2025; the documented scope is openid.",
    ),
    error(
        "client-secret",
        "a client_secret for the client credentials grant",
        "A signed client assertion (private_key_jwt) is the only client authentication of this grant.",
    ),
    error(
        "bearer-in-soap-header",
        "a token in a SOAP header or a BinarySecurityToken",
        "The bearer token belongs into the HTTP header Authorization, not into the message (RFC 6750 section 2.1).",
    ),
    error(
        "soap12",
        "SOAP 1.2",
        "jXchange speaks SOAP 1.1: text/xml with a SOAPAction header.",
    ),
    warning(
        "exp-milliseconds",
        "`exp` in milliseconds",
        "RFC 7519 counts seconds; in milliseconds the assertion stays valid for some 50,000 years.",
    ),
    error(
        "inst-env-missing",
        "a jXchangeHdr without InstEnv",
        "The gateway takes an absent InstEnv for PROD.",
    ),
    error(
        "private-key-sent",
        "a private key in the body of a request",
        "A private key that leaves the process is known to others; only the assertion that it signed travels.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case_and_distinct() {
        for (at, rule) in RULES.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.id.chars().all(plain), "{}", rule.id);
            assert!(RULES[..at].iter().all(|other| other.id != rule.id));
        }
    }
}

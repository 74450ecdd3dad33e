//! What shows in JSON: settings and Postman collections.

use super::{Row, any};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-policy",
        seen: &[any(
            "security mode",
            r#"(?i)"(?:security_?)?mode"\s{0,8}:\s{0,8}"TransportWithMessageCredential""#,
        )],
        instead: "Set the mode to Transport without client credentials; the token is an HTTP header.",
    },
    Row {
        rule: "wsse-code",
        seen: &[any(
            "WS-Security setting",
            r#"(?i)"(?:wsse|wssecurity|ws-security|usernametoken)\w{0,20}"\s{0,8}:"#,
        )],
        instead: "Delete the setting and the code that reads it; profiles of castile.toml hold the OAuth client by reference.",
    },
    Row {
        rule: "client-secret",
        seen: &[],
        instead: "Delete the setting and the secret where it lies. In Postman send client_assertion: `castile token` checks the client first, and requests may go through `castile proxy` without any token.",
    },
    Row {
        rule: "soap12",
        seen: &[any(
            "SOAP version setting",
            r#"(?i)"(?:soap_?version|message_?version)"\s{0,8}:\s{0,8}"?(?:soap_?)?1[._]?2"#,
        )],
        instead: "Set SOAP 1.1; in Postman the header Content-Type: text/xml and a SOAPAction.",
    },
    Row {
        rule: "scope-full",
        seen: &[any(
            "scope full",
            r#"(?is)"(?:key|name)"\s{0,8}:\s{0,8}"scope"\s{0,8},\s{0,40}"value"\s{0,8}:\s{0,8}"[^"]{0,80}\bfull\b"#,
        )],
        instead: "Ask for `openid`, unless Jack Henry told you another scope.",
    },
    Row {
        rule: "exp-milliseconds",
        seen: &[any(
            "exp from Date.now()",
            r#"\bexp\\?"?\s{0,8}[:=]\s{0,8}Date\.now\(\)"#,
        )
        .without(r#"[;,"]"#, r"/\s*1000")],
        instead: "In the Postman script use Math.floor(Date.now() / 1000) + 60.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[any(
            "private key in a request",
            r#"(?i)\\"private_?key\\"\s{0,8}:|"key"\s{0,8}:\s{0,8}"private_?key""#,
        )],
        instead: "Take the key out of the request and out of the collection; `castile proxy` keeps it and adds the token.",
    },
];

//! What looks the same in every language: names in messages, addresses and forms.

use super::{Row, any, text};

/// A file that has to do with the client credentials grant or with jXchange.
pub(super) const GRANT: &str = r"(?i)client_?credentials|login\.jackhenry\.com|banno\.com|jxchange";

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-message",
        seen: &[
            any("wsse:Security", r"<(?:wsse|wss|sec|o)\d?:Security\b"),
            any(
                "Security in the WS-Security namespace",
                r#"<(?:\w+:)?Security\s[^>]{0,300}oasis-200401-wss-wssecurity-secext"#,
            ),
        ],
        instead: "Take the block out: `castile strip` cuts it from files and folders and changes no other byte; programs that cannot change send through `castile proxy`.",
    },
    Row {
        rule: "wsse-code",
        seen: &[text(
            "the WS-Security namespace",
            r"oasis-200401-wss-wssecurity-secext-1\.0\.xsd",
        )],
        instead: "Delete the code that writes the header and send `Authorization: Bearer` as an HTTP header; or leave the program and send through `castile proxy`.",
    },
    Row {
        rule: "jxchange-connector",
        seen: &[any(
            "jXchange Connector",
            r"(?i)\bjx(?:change)?[ ._-]?connector\b",
        )],
        instead: "Call the gateway's OAuth address over https; a program that needs a local endpoint gets it from `castile proxy`.",
    },
    Row {
        rule: "dmz-host",
        seen: &[any("jxdmz host", r"(?i)\bjxdmz[a-z0-9-]*(?:\.|\b)")],
        instead: "Put in the OAuth address that Jack Henry gave for this institution, read from configuration: it differs by institution.",
    },
    Row {
        rule: "banno-token-host",
        seen: &[any(
            "banno.com",
            r#"(?i)\bbanno\.com(?:/a/oidc|["'\s<]|/["'\s<])"#,
        )],
        instead: "Put in https://login.jackhenry.com/a/oidc-provider/api/v0/token, as the address and as the assertion's aud.",
    },
    Row {
        rule: "gateway-path",
        seen: &[any(
            "ServiceGateway path",
            r"(?i)/jxchange/\d{4}/[a-z]+/[a-z]+\.svc",
        )],
        instead: "Put in the OAuth address that Jack Henry gave for this institution: its path has /OAuth/ in it. Keep it in configuration.",
    },
    Row {
        rule: "scope-full",
        seen: &[
            any(
                "scope full",
                r#"(?i)scopes?\\?["']?\s{0,8}(?:[:=,]|=>)\s{0,8}\\?["'](?:[\w:.-]+[ +]){0,6}full\b"#,
            ),
            any(
                "scope full in a list",
                r#"(?i)scopes?["']?\s{0,8}(?:[:=,(]|=>)\s{0,8}(?:new\s?\[\]\s?)?[\[({]\s{0,8}(?:["'][\w:.-]+["'],\s{0,4}){0,6}["']full["']"#,
            ),
            any(
                "scope full in a form",
                r"(?i)\bscope=(?:[\w:.-]+(?:\+|%20|[ ])){0,6}full\b",
            ),
        ],
        instead: "Ask for `openid`, unless Jack Henry told you another scope.",
    },
    Row {
        rule: "client-secret",
        seen: &[any("client_secret", r"(?i)(?:\b|_)client[._-]?secret(?:\b|_)").beside(GRANT)],
        instead: "Send client_assertion_type and a client_assertion signed by the client's private key; `castile keys` makes and publishes the key, `castile proxy` does the rest.",
    },
    Row {
        rule: "bearer-in-soap-header",
        seen: &[
            any("BinarySecurityToken", r"\bBinarySecurityToken\b"),
            any(
                "token in a SOAP header",
                r"(?s)<(?:[\w.-]+:)?Header\b[^>]{0,300}>.{0,400}?(?<at><(?:[\w.-]+:)?(?:Authorization|AccessToken|BearerToken|OAuthToken|Bearer)\b)",
            ),
        ],
        instead: "Send the token in the HTTP header `Authorization: Bearer` and nothing of it in the message.",
    },
    Row {
        rule: "soap12",
        seen: &[
            any(
                "the SOAP 1.2 namespace",
                r"\bwww\.w3\.org/2003/05/soap-envelope\b",
            ),
            any("application/soap+xml", r"(?i)\bapplication/soap\+xml\b"),
        ],
        instead: "Use http://schemas.xmlsoap.org/soap/envelope/, Content-Type text/xml and a SOAPAction header.",
    },
    Row {
        rule: "exp-milliseconds",
        seen: &[any(
            "exp of 13 digits",
            r#"\bexp\\?["']?\s{0,8}(?:[:=,]|=>)\s{0,8}\d{13}\b"#,
        )],
        instead: "Give exp in seconds, at most 300 after now.",
    },
    Row {
        rule: "inst-env-missing",
        seen: &[any(
            "jXchangeHdr",
            r"<(?:[\w.-]+:)?jXchangeHdr(?:\s[^>]{0,300})?>",
        )
        .without(r"</(?:[\w.-]+:)?jXchangeHdr", r"InstEnv")],
        instead: "Write InstEnv behind InstRtId, with its value from configuration.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[],
        instead: "Sign here and send the assertion; or let `castile proxy` keep the key and add the token.",
    },
];

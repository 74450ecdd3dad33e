//! What shows in lines of names and values.

use super::{Row, any};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-policy",
        seen: &[any(
            "ws-security property",
            r"\bws-security\.(?:username|password|callback-handler)\b",
        )],
        instead: "Delete the property; the token is an HTTP header, added by the program or by `castile proxy`.",
    },
    Row {
        rule: "wsse-code",
        seen: &[any(
            "WS-Security setting",
            r"(?im)^\s{0,40}[\w.-]{0,60}(?:wsse|ws_?security|username_?token)[\w.-]{0,40}\s{0,8}[:=]",
        )],
        instead: "Delete the setting and the code that reads it; profiles of castile.toml hold the OAuth client by reference.",
    },
    Row {
        rule: "scope-full",
        seen: &[any(
            "scope full",
            r"(?im)^\s{0,40}[\w.-]{0,60}scopes?\s{0,8}[:=]\s{0,8}(?:[\w:.-]+[\s,]{1,3}){0,6}full\b",
        )],
        instead: "Ask for `openid`, unless Jack Henry told you another scope.",
    },
    Row {
        rule: "soap12",
        seen: &[any(
            "SOAP version setting",
            r"(?im)^\s{0,40}[\w.-]{0,60}soap[._-]?version\s{0,8}[:=]\s{0,8}\S{0,6}?1[._]?2\b",
        )],
        instead: "Set SOAP 1.1.",
    },
];

//! What shows in Rust.

use super::{Row, any, code};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-code",
        seen: &[code("UsernameToken", r"\bUsernameToken\b")],
        instead: "Delete it and send through castile's stack: `castile_http` as reqwest middleware or tower layer, or the typed client of `castile generate`.",
    },
    Row {
        rule: "client-secret",
        seen: &[],
        instead: "Use castile_auth's private_key_jwt token source; castile_http makes it from a profile of castile.toml.",
    },
    Row {
        rule: "bearer-in-soap-header",
        seen: &[],
        instead: "Send it with reqwest's bearer_auth, or let castile_http add it.",
    },
    Row {
        rule: "exp-milliseconds",
        seen: &[any(
            "exp in milliseconds",
            r#"\bexp"?\s{0,8}[:=,][^;\n]{0,80}?(?<at>\b(?:as_millis|timestamp_millis)\(\))"#,
        )
        .without(r"[;\n]", r"/\s*1_?000")],
        instead: "Use as_secs() or timestamp(); castile_auth writes seconds.",
    },
    Row {
        rule: "inst-env-missing",
        seen: &[code(
            "JXchangeHdr literal",
            r"\b[jJ][xX]change(?:Hdr)?(?:HdrCType|CType|Hdr)\s{0,4}\{",
        )
        .without(r"\}", r"\binst_env\b")],
        instead: "Set inst_env, with its value from configuration.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[any(
            "private key posted",
            r#"(?is)\.(?:json|form|body|query)\([^;]{0,160}?(?<at>\bprivate_?key\b)"#,
        )],
        instead: "Sign here with castile_auth's signer and send the assertion only.",
    },
];

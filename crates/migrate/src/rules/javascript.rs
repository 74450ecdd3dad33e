//! What shows in JavaScript and TypeScript.

use super::{Row, any, code};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-code",
        seen: &[
            code("WSSecurity", r"\bWSSecurity(?:Cert|PlusCert)?(?:WithToken)?\b"),
            any("UsernameToken", r"\bUsernameToken\b"),
        ],
        instead: "With node-soap: client.setSecurity(new soap.BearerSecurity(token)), renewed before it expires; or make the endpoint `castile proxy` and delete the security.",
    },
    Row {
        rule: "client-secret",
        seen: &[],
        instead: "With openid-client: client.PrivateKeyJwt(key) in place of ClientSecretPost or ClientSecretBasic; or sign with jose's SignJWT and post client_assertion.",
    },
    Row {
        rule: "bearer-in-soap-header",
        seen: &[any(
            "addSoapHeader with a token",
            r"(?i)\baddSoapHeader\([^;]{0,160}(?:Authorization|Bearer|access_?token)",
        )],
        instead: "With node-soap: client.setSecurity(new soap.BearerSecurity(token)), or addHttpHeader('Authorization', …).",
    },
    Row {
        rule: "soap12",
        seen: &[code("forceSoap12Headers", r"\bforceSoap12Headers\s{0,4}:\s{0,4}true\b")],
        instead: "Leave forceSoap12Headers out; post text/xml with a SOAPAction header.",
    },
    Row {
        rule: "exp-milliseconds",
        seen: &[code(
            "exp from Date.now()",
            r#"\bexp["']?\s{0,8}[:=]\s{0,8}(?:Math\.\w{1,8}\(\s{0,4})?(?:Date\.now\(\)|new Date\(\)\.getTime\(\)|\+new Date)"#,
        )
        .without(r"[;\n]", r"/\s*(?:1000|1_000|1e3)")],
        instead: "Use Math.floor(Date.now() / 1000) + 60, or jose's setExpirationTime('60s').",
    },
    Row {
        rule: "inst-env-missing",
        seen: &[code("jXchangeHdr object", r#"\bjXchangeHdr["']?\s{0,4}[:=]\s{0,4}\{"#)
            .without(r"\}", r"\bInstEnv\b")],
        instead: "Add InstEnv to the jXchangeHdr object, with its value from configuration.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[any(
            "private key posted",
            r"(?is)\b(?:(?:axios|http|got|client|request)\.(?:post|put)|fetch|JSON\.stringify|URLSearchParams)\([^;]{0,200}?(?<at>\bprivate_?key\b)",
        )],
        instead: "Import the key with jose's importPKCS8, sign here, and post the assertion only.",
    },
];

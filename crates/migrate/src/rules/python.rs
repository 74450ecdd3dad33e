//! What shows in Python.

use super::{Row, any, code};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-code",
        seen: &[
            code("UsernameToken", r"\bUsernameToken\b"),
            code("zeep.wsse", r"\bzeep\.wsse\b"),
            code("suds.wsse", r"\bsuds\.wsse\b"),
            code("wsse=", r"\bwsse\s{0,4}="),
        ],
        instead: "With zeep: session.headers['Authorization'] = 'Bearer ' + token on the requests.Session of Transport(session=…), renewed before it expires; suds has no flow of its own: make the endpoint `castile proxy`.",
    },
    Row {
        rule: "client-secret",
        seen: &[],
        instead: "With Authlib: OAuth2Session(token_endpoint_auth_method=PrivateKeyJWT(token_endpoint)), or sign with PyJWT and post client_assertion.",
    },
    Row {
        rule: "bearer-in-soap-header",
        seen: &[any(
            "SOAP header with a token",
            r"(?i)\b(?:_soapheaders|set_default_soapheaders|soapheaders)\b[^\n]{0,200}(?:Authorization|Bearer|access_?token)",
        )],
        instead: "Set it on the requests.Session: session.headers['Authorization'], not in _soapheaders.",
    },
    Row {
        rule: "soap12",
        seen: &[code("Soap12Binding", r"\bSoap12Binding\b")],
        instead: "Bind to the port of SOAP 1.1 (zeep's Soap11Binding); with requests: Content-Type text/xml and a SOAPAction header.",
    },
    Row {
        rule: "exp-milliseconds",
        seen: &[any(
            "exp times 1000",
            r#"["']exp["']\]?\s{0,8}[:=][^\n]{0,80}?(?<at>\*\s*(?:1000|1_000|1e3))"#,
        )],
        instead: "Use int(time.time()) + 60, or give PyJWT a datetime.",
    },
    Row {
        rule: "inst-env-missing",
        seen: &[any(
            "jXchangeHdr dictionary",
            r#"\bjXchangeHdr(?:_CType)?["']?\s{0,4}[:=(]\s{0,4}[{(A]?"#,
        )
        .without(r"[})]", r"\bInstEnv\b")],
        instead: "Add InstEnv to the header, with its value from configuration.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[any(
            "private key posted",
            r"(?is)\b(?:requests|session|httpx|client)\.(?:post|put|request)\([^)]{0,200}?(?<at>\bprivate_?key\b)",
        )],
        instead: "Load the key with cryptography's load_pem_private_key, sign here, and post the assertion only.",
    },
];

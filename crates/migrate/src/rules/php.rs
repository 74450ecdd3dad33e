//! What shows in PHP.

use super::{Row, any, code};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-code",
        seen: &[
            any("UsernameToken", r"\bUsernameToken\b"),
            code(
                "WSSESoap",
                r"\b(?:WSSESoap|WsseAuthHeader|WSSecurity|WsSecurity)\b",
            ),
        ],
        instead: "Delete the SoapHeader. Give SoapClient 'stream_context' => stream_context_create(['http' => ['header' => 'Authorization: Bearer ' . $token]]); or make 'location' the address of `castile proxy`.",
    },
    Row {
        rule: "client-secret",
        seen: &[],
        instead: "Sign a client assertion with firebase/php-jwt (JWT::encode) or web-token and post it as client_assertion.",
    },
    Row {
        rule: "bearer-in-soap-header",
        seen: &[any(
            "SoapHeader with a token",
            r"(?i)\bnew\s{1,4}\\?SoapHeader\([^;]{0,160}(?:Authorization|Bearer|access_?token)",
        )],
        instead: "Put it into the 'header' of SoapClient's 'stream_context', not into a SoapHeader.",
    },
    Row {
        rule: "soap12",
        seen: &[code("SOAP_1_2", r"\bSOAP_1_2\b")],
        instead: "Give SoapClient 'soap_version' => SOAP_1_1.",
    },
    Row {
        rule: "exp-milliseconds",
        seen: &[any(
            "exp times 1000",
            r#"["']exp["']\]?\s{0,8}=>?[^\n]{0,80}?(?<at>\*\s*(?:1000|1_000|1e3))"#,
        )],
        instead: "Use time() + 60.",
    },
    Row {
        rule: "inst-env-missing",
        seen: &[any(
            "jXchangeHdr array",
            r#"["']jXchangeHdr["']\]?\s{0,4}=>?\s{0,4}(?:\[|array\()"#,
        )
        .without(r"[\])]", r"\bInstEnv\b")],
        instead: "Add 'InstEnv' to the array, with its value from configuration.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[any(
            "private key posted",
            r#"(?is)(?:CURLOPT_POSTFIELDS|["']form_params["']|["']json["']|http_build_query|json_encode)[^;]{0,160}?(?<at>\bprivate_?key\b)"#,
        )],
        instead: "Load the key with openssl_pkey_get_private, sign here, and post the assertion only.",
    },
];

//! What shows in XML: configuration of WCF, Spring and CXF, and projects of SoapUI.

use super::{Row, any};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-policy",
        seen: &[
            any(
                "message credentials",
                r#"(?i)\bmode\s{0,4}=\s{0,4}["']TransportWithMessageCredential["']"#,
            ),
            any(
                "clientCredentialType UserName",
                r#"(?i)<message\s[^>]{0,120}clientCredentialType\s{0,4}=\s{0,4}["']UserName["']"#,
            ),
            any("wsHttpBinding", r"<ws(?:2007)?HttpBinding\b"),
            any(
                "security binding element",
                r#"<security\s[^>]{0,120}authenticationMode\s{0,4}="#,
            ),
        ],
        instead: "Use basicHttpsBinding with <security mode=\"Transport\"><transport clientCredentialType=\"None\"/></security>; the token is added by a behaviour in code, or by `castile proxy` as the endpoint's address.",
    },
    Row {
        rule: "wsse-policy",
        seen: &[
            any(
                "UsernameToken policy",
                r"<(?:\w{1,12}:)?(?:UsernameToken|SignedSupportingTokens|SupportingTokens|TransportBinding|AsymmetricBinding)\b[^>]{0,300}(?:policy|Policy|>\s{0,200}<(?:wsp|sp)\d?:)",
            ),
            any(
                "ws-security property",
                r"\bws-security\.(?:username|password|callback-handler)\b",
            ),
        ],
        instead: "Delete the policy and its reference. In CXF an out interceptor puts the token into Message.PROTOCOL_HEADERS, or http-conf:conduit points at `castile proxy`.",
    },
    Row {
        rule: "wsse-code",
        seen: &[
            any(
                "WSS4J bean",
                r"\b(?:WSS4J(?:Out|In)Interceptor|Wss4jSecurityInterceptor)\b",
            ),
            any(
                "securementActions",
                r"\bsecurement(?:Actions|Username|Password)\b",
            ),
            any(
                "Microsoft.Web.Services3",
                r"\bMicrosoft\.Web\.Services[23]\b",
            ),
        ],
        instead: "Delete the bean or reference; an interceptor of yours sends the token as an HTTP header, or the address becomes that of `castile proxy`.",
    },
    Row {
        rule: "wsse-code",
        seen: &[
            any(
                "SoapUI outgoing WSS",
                r"<con:(?:outgoingWss|outgoing|wssContainer)\s*>\s*<con:|<con:(?:outgoingWss|outgoing)\s+(?:name|username)\b|<con:wssPasswordType>\s*[A-Za-z]",
            ),
            any(
                "SoapUI WSS property",
                r#"\b(?:outgoingWss|wssPasswordType)\s{0,4}=\s{0,4}["'][^"']"#,
            ),
        ],
        instead: "Remove the WS-Security configuration from the project and set the request's HTTP header Authorization to Bearer ${#Project#token}, or the endpoint to `castile proxy`.",
    },
    Row {
        rule: "soap12",
        seen: &[
            any(
                "Soap12 message version",
                r#"(?i)\bmessageVersion\s{0,4}=\s{0,4}["'](?:Soap12|Default)"#,
            ),
            any(
                "soapVersion 1.2",
                r#"(?i)\bsoapVersion\s{0,4}=\s{0,4}["'](?:1[._]2|SOAP_?12)["']"#,
            ),
            any("SoapUI soapVersion", r"<con:soapVersion>\s{0,8}1_2"),
        ],
        instead: "Use messageVersion=\"Soap11\" (WCF), soapVersion=\"1.1\" (CXF), or recreate the SoapUI interface from the binding of SOAP 1.1.",
    },
    Row {
        rule: "scope-full",
        seen: &[
            any(
                "scope full",
                r#"(?i)scope["'][^>]{0,80}\bvalue\s{0,4}=\s{0,4}["'][^"']{0,80}\bfull\b"#,
            ),
            any(
                "scope full in an element",
                r"(?i)<(?:\w{1,12}:)?scope>[^<]{0,80}\bfull\b",
            ),
        ],
        instead: "Ask for `openid`, unless Jack Henry told you another scope.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[any(
            "private key in a message",
            r"(?i)<(?:\w{1,12}:)?private_?key\s*>",
        )],
        instead: "Take the element out of the request: what needs the key signs where the key lies.",
    },
];

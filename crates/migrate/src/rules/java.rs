//! What shows in Java and Kotlin.

use super::{Row, any, code};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-policy",
        seen: &[
            any("ws-security property", r"\bws-security\.(?:username|password|callback-handler)\b"),
            code(
                "ws-security constant",
                r"\b(?:SecurityConstants|BindingProvider)\.(?:CALLBACK_HANDLER|USERNAME(?:_PROPERTY)?|PASSWORD(?:_PROPERTY)?)\b",
            ),
        ],
        instead: "Delete the property. For CXF put the token into HTTPConduit.getAuthorization() or Message.PROTOCOL_HEADERS; for JAX-WS into MessageContext.HTTP_REQUEST_HEADERS.",
    },
    Row {
        rule: "wsse-code",
        seen: &[
            code("WSS4J interceptor", r"\bWSS4J(?:Out|In)Interceptor\b"),
            code("Wss4jSecurityInterceptor", r"\bWss4jSecurityInterceptor\b"),
            code("WSHandlerConstants", r"\bWSHandlerConstants\b"),
            code("UsernameToken", r"\b(?:WSSecUsernameToken|UsernameToken)\b"),
            code("WSSecHeader", r"\bWSSecHeader\b"),
            code("WSPasswordCallback", r"\bWSPasswordCallback\b"),
        ],
        instead: "Delete the interceptor or handler and send the token as an HTTP header: an out interceptor on Message.PROTOCOL_HEADERS (CXF), an HttpUrlConnectionMessageSender or ClientInterceptor (Spring-WS); or point the endpoint at `castile proxy`.",
    },
    Row {
        rule: "client-secret",
        seen: &[code(
            "CLIENT_SECRET method",
            r"\bClientAuthenticationMethod\.CLIENT_SECRET_\w{1,10}\b",
        )
        .beside(super::shared::GRANT)],
        instead: "Use Nimbus PrivateKeyJWT, or in Spring Security ClientAuthenticationMethod.PRIVATE_KEY_JWT with NimbusJwtClientAuthenticationParametersConverter.",
    },
    Row {
        rule: "bearer-in-soap-header",
        seen: &[any(
            "addHeaderElement with a token",
            r#"(?i)\b(?:add(?:Header|Child)Element|SoapHeader)\([^;]{0,120}(?:Authorization|Bearer|access_?token)"#,
        )],
        instead: "Set it in MessageContext.HTTP_REQUEST_HEADERS (JAX-WS) or Message.PROTOCOL_HEADERS (CXF).",
    },
    Row {
        rule: "soap12",
        seen: &[code(
            "SOAP 1.2 constant",
            r"\b(?:SOAP_1_2_PROTOCOL|SOAP_12|SOAP12HTTP_BINDING|SOAP12HTTP_MTOM_BINDING|Soap12\w{0,20})\b",
        )],
        instead: "Use SOAPConstants.SOAP_1_1_PROTOCOL, SOAPBinding.SOAP11HTTP_BINDING or SoapVersion.SOAP_11.",
    },
    Row {
        rule: "exp-milliseconds",
        seen: &[any(
            "exp from currentTimeMillis",
            r#""exp"\s{0,8},\s{0,8}(?:System\.)?(?:currentTimeMillis\(\)|Instant\.now\(\)[^;\n]{0,60}toEpochMilli\(\))"#,
        )
        .without(r"[;\n]", r"/\s*1_?000")],
        instead: "Use Instant.now().plusSeconds(60).getEpochSecond(), or the library's expirationTime(Date).",
    },
    Row {
        rule: "inst-env-missing",
        seen: &[code("new JXchangeHdr", r"\b(?:new\s+[jJ]Xchange(?:Hdr)?(?:HdrCType|CType|Hdr)|createJXchangeHdrCType)\b")
            .without(r"\z", r"\b(?:set)?InstEnv\b")],
        instead: "Call setInstEnv on the header, with its value from configuration.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[any(
            "private key posted",
            r#"(?i)(?:\.(?:add|put|field|param|queryParam|formParam|append)\(\s{0,20}"|BodyPublishers\.ofString\([^;]{0,120})private_?key"#,
        )],
        instead: "Load the key into a KeyStore or by PKCS8EncodedKeySpec, sign here, and post the assertion only.",
    },
];

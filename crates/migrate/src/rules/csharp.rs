//! What shows in C#.

use super::{Row, any, code, text};

pub(super) const ROWS: &[Row] = &[
    Row {
        rule: "wsse-policy",
        seen: &[
            code(
                "TransportWithMessageCredential",
                r"\bTransportWithMessageCredential\b",
            ),
            code("WSHttpBinding", r"\bWS(?:2007)?HttpBinding\b"),
            code(
                "SecurityBindingElement",
                r"\b(?:Transport)?SecurityBindingElement\b",
            ),
        ],
        instead: "Use BasicHttpsBinding with BasicHttpsSecurityMode.Transport and HttpClientCredentialType.None, and add the token with an IClientMessageInspector.",
    },
    Row {
        rule: "wsse-code",
        seen: &[
            code(
                "ClientCredentials.UserName",
                r"\bClientCredentials\.UserName\b",
            ),
            code("UsernameToken", r"\bUser[nN]ameToken\b"),
            code(
                "WSSecurityTokenSerializer",
                r"\bWSSecurityTokenSerializer\b",
            ),
            code(
                "Microsoft.Web.Services3",
                r"\bMicrosoft\.Web\.Services[23]\b",
            ),
            text("Security header", r#"\b(?:wsse:)?Security",\s*"?http"#),
        ],
        instead: "Delete it. In an IClientMessageInspector's BeforeSendRequest put HttpRequestMessageProperty.Headers[\"Authorization\"] = \"Bearer \" + token; or point the endpoint at `castile proxy` and delete it only.",
    },
    Row {
        rule: "client-secret",
        seen: &[],
        instead: "Sign a client assertion with Microsoft.IdentityModel.JsonWebTokens (JsonWebTokenHandler.CreateToken) and post it as client_assertion; Duende.IdentityModel takes it as ClientAssertion.",
    },
    Row {
        rule: "bearer-in-soap-header",
        seen: &[code(
            "MessageHeader with a token",
            r#"\bMessageHeader\.CreateHeader\(\s{0,20}"(?:Authorization|AccessToken|BearerToken|Bearer)""#,
        )],
        instead: "Put it into HttpRequestMessageProperty.Headers[\"Authorization\"], not into OperationContext.OutgoingMessageHeaders.",
    },
    Row {
        rule: "soap12",
        seen: &[code(
            "Soap12",
            r"\b(?:Soap12\w{0,20}|SoapProtocolVersion\.Soap12)\b",
        )],
        instead: "Use MessageVersion.Soap11 (BasicHttpBinding does); for HttpClient: StringContent(xml, Encoding.UTF8, \"text/xml\") and a SOAPAction header.",
    },
    Row {
        rule: "exp-milliseconds",
        seen: &[any(
            "ToUnixTimeMilliseconds",
            r#"(?s)(?:"exp"|JwtRegisteredClaimNames\.Exp)[^;]{0,160}?(?<at>ToUnixTimeMilliseconds|TotalMilliseconds)"#,
        )],
        instead: "Use DateTimeOffset.UtcNow.AddSeconds(60).ToUnixTimeSeconds(), or SecurityTokenDescriptor.Expires.",
    },
    Row {
        rule: "inst-env-missing",
        seen: &[code("new jXchangeHdr", r"\bnew\s+jXchangeHdr(?:_CType)?\b")
            .without(r"\z", r"\bInstEnv\b")],
        instead: "Set InstEnv on jXchangeHdr_CType, with its value from configuration.",
    },
    Row {
        rule: "private-key-sent",
        seen: &[any(
            "private key posted",
            r"(?is)\b(?:PostAsJsonAsync|JsonContent\.Create|FormUrlEncodedContent|JsonSerializer\.Serialize|SerializeObject)\b[^;]{0,160}?(?<at>\bprivate_?key)",
        )],
        instead: "Load the key with RSA.ImportFromPem or from the certificate store, sign here, and post the assertion only.",
    },
];

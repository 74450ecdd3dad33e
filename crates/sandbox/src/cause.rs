//! Names each reason for which the sandbox refuses; callers mostly see less, as with the real thing.

/// The true cause of a refusal.
///
/// Shown in the sandbox's log only: the token endpoint answers every fault of the assertion with
/// one opaque 401, as the real one does.
/// Texts name what the caller sent only where it is no secret: identifiers, URLs, claim names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    // The token request's form (RFC 6749 section 5.2, RFC 7521 section 4.2).
    /// The body is no `application/x-www-form-urlencoded` form.
    #[error("the token request is no form")]
    NotAForm,
    /// The body is longer than the endpoint reads.
    #[error("body longer than {limit} bytes")]
    TooLarge {
        /// Bytes that are read at most.
        limit: usize,
    },
    /// The body ended before its length.
    #[error("the body broke off")]
    BrokenOff,
    /// A parameter stands twice.
    #[error("parameter {name} stands twice")]
    DuplicateParameter {
        /// The parameter.
        name: &'static str,
    },
    /// No assertion, no secret.
    #[error("no client authentication in the request")]
    NoClientAuthentication,
    /// An `Authorization` header or a secret beside the assertion.
    #[error("more than one client authentication in the request")]
    SeveralMechanisms,
    /// `client_id` of the form is not the assertion's `sub`.
    #[error("client_id differs from the assertion's sub")]
    ClientIdMismatch,
    /// The assertion is no compact JWS of JSON objects.
    #[error("the client assertion is no JWT")]
    AssertionFormat,
    /// `client_assertion_type` is absent.
    #[error("client_assertion_type is missing")]
    AssertionTypeMissing,
    /// `client_assertion_type` is not the one of RFC 7523.
    #[error("client_assertion_type is not the jwt-bearer type")]
    AssertionTypeWrong,
    /// `grant_type` is absent.
    #[error("grant_type is missing")]
    GrantTypeMissing,
    /// `grant_type` is another than `client_credentials`.
    #[error("grant_type is not client_credentials")]
    GrantTypeUnsupported,

    // End users.
    /// The authorization request, pushed or not, cannot be served.
    #[error("authorization request refused: {reason}")]
    PushRefused {
        /// Why.
        reason: &'static str,
    },
    /// A code or a refresh token is refused.
    #[error("code or refresh token refused: {reason}")]
    GrantRefused {
        /// Why.
        reason: &'static str,
    },
    /// A client without a secret wants to revoke; the API reference demands one.
    #[error("revocation without client_secret")]
    RevocationNeedsSecret,
    /// The client's secret is another.
    #[error("the client secret is wrong")]
    SecretWrong,

    // The assertion (RFC 7523 section 3).
    /// The client authenticates with a secret; only assertions are accepted.
    #[error("a client secret was sent where only an assertion is accepted")]
    SecretNotAccepted,
    /// `sub` names no registered client.
    #[error("client is not registered")]
    ClientUnknown,
    /// `alg` is none of ES256, PS256, RS256.
    #[error("alg {alg} is not accepted")]
    AlgorithmNotAccepted {
        /// What the header says.
        alg: String,
    },
    /// The header demands an extension (RFC 7515 section 4.1.11) that the provider does not know.
    #[error("the assertion's header demands an unknown extension")]
    CriticalExtension,
    /// A required claim is absent or of the wrong JSON type.
    #[error("claim {claim} is missing")]
    ClaimMissing {
        /// The claim.
        claim: &'static str,
    },
    /// `iss` and `sub` differ.
    #[error("iss differs from sub")]
    IssuerNotSubject,
    /// `aud` does not hold the URL of the token endpoint.
    #[error("aud is {found}, expected {expected}")]
    AudienceWrong {
        /// What the assertion says.
        found: String,
        /// The one accepted value.
        expected: String,
    },
    /// `exp` has passed.
    #[error("assertion expired {seconds} s ago")]
    AssertionExpired {
        /// Seconds since then.
        seconds: u64,
    },
    /// `exp` lies too far ahead.
    #[error("exp lies {seconds} s ahead, at most 300 are accepted")]
    ExpiryTooFar {
        /// Seconds until then.
        seconds: u64,
    },
    /// `exp` has thirteen digits.
    #[error("exp is in milliseconds; NumericDate is in seconds")]
    ExpiryInMilliseconds,
    /// `nbf` lies ahead.
    #[error("assertion becomes valid only in {seconds} s")]
    NotYetValid {
        /// Seconds until then.
        seconds: u64,
    },
    /// The client's JWKS cannot be read.
    #[error("the client's JWKS cannot be read")]
    JwksUnreadable,
    /// No key of the client's JWKS has this `kid`, or none fits `alg`.
    #[error("no key of the client's JWKS fits kid {}", kid.as_deref().unwrap_or("(none)"))]
    KeyNotFound {
        /// What the header says.
        kid: Option<String>,
    },
    /// The signature does not verify.
    #[error("signature does not verify under the client's key")]
    SignatureWrong,
    /// The `jti` was used before and has not expired.
    #[error("jti was used before")]
    Replayed,

    /// The provider could not sign a token.
    #[error("the provider could not sign a token")]
    SigningFailed,

    // The bearer token at the gateway (RFC 6750).
    /// No `Authorization` header.
    #[error("no Authorization header")]
    TokenMissing,
    /// The `Authorization` header is no bearer token.
    #[error("Authorization is no bearer token")]
    NotBearer,
    /// Not signed by this provider, or not meant for this gateway.
    #[error("token is not from this provider")]
    TokenForeign,
    /// The token is another gateway's.
    #[error("token is meant for another audience")]
    TokenAudience,
    /// The token has expired.
    #[error("token expired {seconds} s ago")]
    TokenExpired {
        /// Seconds since then.
        seconds: u64,
    },
    /// The token was revoked.
    #[error("token was revoked")]
    TokenRevoked,

    // The message (SOAP 1.1).
    /// Another method than POST.
    #[error("method is not POST")]
    NotPost,
    /// No service of this name.
    #[error("no service at this path")]
    ServiceUnknown,
    /// The media type is not `text/xml` in UTF-8.
    #[error("media type is not text/xml in UTF-8")]
    MediaType,
    /// Not well formed, or with a construct that is not accepted.
    #[error("not a SOAP message: {reason} at byte {offset}")]
    NotSoap {
        /// What is wrong.
        reason: NotSoap,
        /// Where, in bytes from the start of the body.
        offset: u64,
    },
    /// The envelope is of another SOAP version.
    #[error("envelope is not SOAP 1.1")]
    SoapVersion,
    /// A header-level `wsse:Security`.
    #[error("wsse:Security in the SOAP header")]
    HeaderSecurity,
    /// No `UsernameToken` in the SOAP header, where the old model wants one.
    #[error("no UsernameToken in the SOAP header")]
    UsernameTokenMissing,
    /// A `UsernameToken` with another user name or password.
    #[error("user name or password of the UsernameToken is wrong")]
    UsernameTokenWrong,
    /// A header block that must be understood, and is not.
    #[error("header block with mustUnderstand that the gateway does not know")]
    MustUnderstand,
    /// `SOAPAction` does not name the body's first child.
    #[error("SOAPAction does not name the operation in the body")]
    ActionMismatch,
    /// The service has no such operation.
    #[error("operation is not in this service's contract")]
    OperationUnknown,

    /// The request is not what its contract says.
    #[error("the request does not keep its contract: {violation}")]
    ContractViolated {
        /// Where and how; names elements, and no value.
        violation: String,
    },
    /// The contract allows no answer that could be drawn, and none was set.
    #[error("no answer can be drawn from the contract, and none was set")]
    NoAnswer,

    // The operation; the caller sees these in a HdrFault.
    /// A required element is absent.
    #[error("required element {element} is missing")]
    ElementMissing {
        /// The element.
        element: &'static str,
    },
    /// An element's value cannot be used.
    #[error("value of element {element} cannot be used")]
    ValueUnusable {
        /// The element.
        element: &'static str,
    },
    /// Customer or account does not exist.
    #[error("{element} names nothing that exists")]
    NotFound {
        /// The element that names it.
        element: &'static str,
    },
    /// The `ActIntentKey` is not that of the customer as it is now.
    #[error("the customer was changed since it was read")]
    ChangedSince,
    /// The amount exceeds the available balance, and the fault was not overridden.
    #[error("amount exceeds the available balance")]
    BalanceExceeded,
}

/// Why a body is no SOAP message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSoap {
    /// Not well formed.
    Malformed,
    /// A document type declaration (SOAP 1.1 section 3).
    Dtd,
    /// A processing instruction (SOAP 1.1 section 3).
    ProcessingInstruction,
    /// An entity reference that XML does not predefine.
    Entity,
    /// Elements nested deeper than the gateway follows.
    TooDeep,
    /// More elements or attributes than the gateway reads.
    TooMany,
    /// The root is no `Envelope`, or there is no `Body`, or nothing in it.
    Shape,
}

impl std::fmt::Display for NotSoap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not well formed",
            Self::Dtd => "document type declaration",
            Self::ProcessingInstruction => "processing instruction",
            Self::Entity => "unknown entity",
            Self::TooDeep => "nested too deep",
            Self::TooMany => "too many elements or attributes",
            Self::Shape => "no envelope with a body",
        })
    }
}

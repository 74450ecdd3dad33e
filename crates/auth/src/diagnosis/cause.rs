//! Why an assertion is refused, each cause with its facts.

use crate::Blame;

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Certainty {
    /// With this, every server of the family refuses.
    Certain,
    /// Nothing else was found that would explain a refusal.
    Likely,
    /// Some servers refuse this.
    Possible,
}

/// One cause, and how sure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What is wrong.
    pub cause: Cause,
    /// How sure that is.
    pub certainty: Certainty,
}

/// Why an authorization server refuses an assertion.
///
/// Holds identifiers and URLs of the assertion, cut to what a line can show; never the assertion or its `jti`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The clock that made the assertion differs from the server's.
    #[error("the clock here is {} s {} the server's", seconds.unsigned_abs(), if *seconds < 0 { "behind" } else { "ahead of" })]
    Clock {
        /// Seconds that the clock here is ahead.
        seconds: i64,
    },
    /// `alg` is none that Jack Henry Identity takes.
    #[error("alg is {found}; ES256, PS256 and RS256 are accepted")]
    Algorithm {
        /// What the header says.
        found: String,
    },
    /// `alg` is another than the client is registered or published for.
    #[error("alg is {found}, the client's key is for {registered}")]
    AlgorithmPinned {
        /// What the header says.
        found: String,
        /// What it should say.
        registered: String,
    },
    /// A claim is missing or of the wrong JSON type (RFC 7523 section 3).
    #[error("the claim {claim} is missing or of the wrong type")]
    ClaimMissing {
        /// The claim.
        claim: &'static str,
    },
    /// `iss` or `sub` is not the client id.
    #[error("the claim {claim} is {found}, expected the client id {expected}")]
    NotTheClient {
        /// The claim.
        claim: &'static str,
        /// What it says.
        found: String,
        /// The client id.
        expected: String,
    },
    /// `aud` is not the URL that is posted to.
    #[error("aud is {found}, expected {expected}, character by character")]
    Audience {
        /// What the assertion says.
        found: String,
        /// What it should say.
        expected: String,
    },
    /// `aud` is a list, which servers by FAPI 2 refuse.
    #[error("aud is a list; a single string is what every server takes")]
    AudienceList,
    /// `exp` has 13 digits.
    #[error("exp is in milliseconds; RFC 7519 says seconds")]
    Milliseconds,
    /// `exp` has passed.
    #[error("the assertion expired {seconds} s ago")]
    Expired {
        /// Seconds since then.
        seconds: i64,
    },
    /// `exp` lies more than five minutes ahead.
    #[error("exp lies {seconds} s ahead, at most 300 are accepted")]
    TooLong {
        /// Seconds until then.
        seconds: i64,
    },
    /// `iat` lies ahead.
    #[error("iat lies {seconds} s ahead")]
    IssuedAhead {
        /// Seconds until then.
        seconds: i64,
    },
    /// `nbf` lies ahead.
    #[error("the assertion becomes valid (nbf) only in {seconds} s")]
    NotYetValid {
        /// Seconds until then.
        seconds: i64,
    },
    /// The assertion, or its `jti`, was sent before.
    #[error("the jti was used before; each request needs a new assertion")]
    Replayed,
    /// The `kid` stands in no published key.
    #[error("the kid {kid} stands in no published key")]
    KidUnpublished {
        /// The `kid`.
        kid: String,
    },
    /// The key of this `kid` cannot have made such a signature, or is not given for one.
    #[error("the published key {kid} is not for signatures with {algorithm}")]
    KeyUnfit {
        /// The `kid`.
        kid: String,
        /// The `alg` of the assertion.
        algorithm: String,
    },
    /// Another published key made the signature.
    #[error("the assertion names the key {named} and is signed by {signer}")]
    KidOfAnother {
        /// The `kid` of the header.
        named: String,
        /// The `kid` of the key that signed.
        signer: String,
    },
    /// No published key made the signature.
    #[error("the signature is not by the published key {kid}")]
    WrongKey {
        /// The `kid`, or a word for every key.
        kid: String,
    },
    /// Nothing is wrong with the assertion: the server does not know the client, or knows it otherwise.
    #[error(
        "nothing is wrong with the assertion: the client id is not registered there, or not for signed assertions"
    )]
    ClientUnknown,
    /// The server may still hold an older document.
    #[error(
        "the server may hold a JWKS document from before the last change, for a minute or more"
    )]
    OlderDocument,
    /// What the server registered for the client cannot be seen from here.
    #[error(
        "the client may be registered for another algorithm than {algorithm}, or for another JWKS URL"
    )]
    RegisteredOtherwise {
        /// The `alg` of the assertion.
        algorithm: String,
    },
}

impl Cause {
    /// Every code that [`Cause::code`] gives.
    pub const CODES: &'static [&'static str] = &[
        "cause-clock",
        "cause-algorithm",
        "cause-algorithm-pinned",
        "cause-claim-missing",
        "cause-not-the-client",
        "cause-audience",
        "cause-audience-list",
        "cause-exp-milliseconds",
        "cause-expired",
        "cause-lifetime",
        "cause-iat-ahead",
        "cause-nbf-ahead",
        "cause-replayed",
        "cause-kid-unpublished",
        "cause-key-unfit",
        "cause-kid-of-another",
        "cause-wrong-key",
        "cause-client-unknown",
        "cause-older-document",
        "cause-registered-otherwise",
    ];

    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Clock { .. } => "cause-clock",
            Self::Algorithm { .. } => "cause-algorithm",
            Self::AlgorithmPinned { .. } => "cause-algorithm-pinned",
            Self::ClaimMissing { .. } => "cause-claim-missing",
            Self::NotTheClient { .. } => "cause-not-the-client",
            Self::Audience { .. } => "cause-audience",
            Self::AudienceList => "cause-audience-list",
            Self::Milliseconds => "cause-exp-milliseconds",
            Self::Expired { .. } => "cause-expired",
            Self::TooLong { .. } => "cause-lifetime",
            Self::IssuedAhead { .. } => "cause-iat-ahead",
            Self::NotYetValid { .. } => "cause-nbf-ahead",
            Self::Replayed => "cause-replayed",
            Self::KidUnpublished { .. } => "cause-kid-unpublished",
            Self::KeyUnfit { .. } => "cause-key-unfit",
            Self::KidOfAnother { .. } => "cause-kid-of-another",
            Self::WrongKey { .. } => "cause-wrong-key",
            Self::ClientUnknown => "cause-client-unknown",
            Self::OlderDocument => "cause-older-document",
            Self::RegisteredOtherwise { .. } => "cause-registered-otherwise",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::ClientUnknown | Self::RegisteredOtherwise { .. } => Blame::Bank,
            _ => Blame::Caller,
        }
    }
}

/// A value of an assertion as a message may show it.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut shown: String = text
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .take(LONGEST)
        .collect();
    // A token pasted into a claim is not for a screen.
    if shown.contains("eyJ") {
        return String::from("(something that looks like a token)");
    }
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

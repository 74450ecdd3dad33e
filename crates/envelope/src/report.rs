//! What was cut and what was noticed, without a value out of the message.

use std::ops::Range;

/// The version of SOAP, told by the namespace of Envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum SoapVersion {
    /// SOAP 1.1, `http://schemas.xmlsoap.org/soap/envelope/`.
    #[cfg_attr(feature = "serde", serde(rename = "1.1"))]
    V11,
    /// SOAP 1.2, `http://www.w3.org/2003/05/soap-envelope`.
    #[cfg_attr(feature = "serde", serde(rename = "1.2"))]
    V12,
}

/// What a rewrite did to one envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// Version of this structure as serialised; it changes when a reader must change.
    pub schema_version: u32,
    /// The version of SOAP.
    pub soap: SoapVersion,
    /// Length of the input in bytes.
    pub input_length: usize,
    /// Length of the output in bytes.
    pub output_length: usize,
    /// The digits of the root part's Content-Length that were replaced, if the message is multipart and had it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub corrected: Option<Range<usize>>,
    /// Whether the policy was [`report_only`](crate::Policy::report_only): then the output is the input,
    /// and `removed` names what would have gone.
    pub report_only: bool,
    /// The blocks that were cut, in the order of the input.
    pub removed: Vec<Removed>,
    /// The Header that went because nothing was left in it; it holds the blocks.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub dropped_header: Option<Range<usize>>,
    /// What else was noticed, in the order of the input.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The same seen from `by` bytes further to the front, with what was corrected there.
    pub(crate) fn shifted(mut self, by: usize, corrected: Option<Range<usize>>) -> Self {
        let blocks = self.removed.iter_mut().map(|removed| &mut removed.range);
        for range in blocks.chain(&mut self.dropped_header) {
            *range = range.start + by..range.end + by;
        }
        for finding in &mut self.findings {
            *finding.offset_mut() += by;
        }
        self.corrected = corrected;
        self
    }
}

/// A Security header that was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Removed {
    /// Its bytes in the input, from `<` of the start tag to behind `>` of the end tag.
    pub range: Range<usize>,
    /// How many bytes those are.
    pub length: usize,
    /// For whom it was.
    pub target: Target,
    /// Whether it carried `mustUnderstand`.
    pub must_understand: bool,
    /// What it held.
    pub contents: Contents,
}

/// For whom a header block is meant (SOAP 1.1 section 4.2.2, SOAP 1.2 part 1 section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum Target {
    /// No actor, an empty one, or the role `ultimateReceiver`.
    UltimateReceiver,
    /// The first node that gets the message.
    Next,
    /// Another actor, by name.
    Named,
}

/// What a Security header held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Contents {
    /// A UsernameToken, with what kind of password.
    pub username_token: Option<PasswordKind>,
    /// A BinarySecurityToken.
    pub binary_security_token: bool,
    /// A SAML assertion, 1.x or 2.0.
    pub saml: bool,
    /// An XML signature.
    pub signature: bool,
    /// A Timestamp.
    pub timestamp: bool,
}

/// The kind of password in a UsernameToken (UsernameToken Profile 1.0, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum PasswordKind {
    /// A UsernameToken without a password.
    None,
    /// The password itself.
    Text,
    /// A digest of it.
    Digest,
}

/// Something that does not hinder the rewrite but that somebody should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(tag = "code", rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Finding {
    /// A header block that stays demands to be understood: the gateway may refuse the message.
    MustUnderstandLeft {
        /// Where the block begins.
        offset: usize,
    },
    /// A Security header for another named actor stays, as the policy has it.
    OtherActorLeft {
        /// Where the block begins.
        offset: usize,
    },
    /// A signature can no longer be verified, as the policy allows.
    SignatureBroken {
        /// The `ds:Reference` that reached across the cut.
        offset: usize,
    },
    /// A bearer token or JWT stands in a SOAP header, where nobody looks for it: it belongs into HTTP's `Authorization`.
    BearerInHeader {
        /// Where the text begins.
        offset: usize,
    },
    /// The envelope is SOAP 1.2; jXchange speaks SOAP 1.1. Only under `inspect_body`.
    Soap12 {
        /// Where Envelope begins.
        offset: usize,
    },
    /// A UsernameToken in the `wsse:Security` of `AuthenUsrCred` in Body; it stays. Only under `inspect_body`.
    BodyUsernameToken {
        /// Where the token begins.
        offset: usize,
    },
    /// Body could not be read to its end. Only under `inspect_body`.
    BodyUnreadable {
        /// Where reading stopped.
        offset: usize,
    },
}

impl Finding {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MustUnderstandLeft { .. } => "must-understand-left",
            Self::OtherActorLeft { .. } => "other-actor-left",
            Self::SignatureBroken { .. } => "signature-broken",
            Self::BearerInHeader { .. } => "bearer-in-header",
            Self::Soap12 { .. } => "soap12",
            Self::BodyUsernameToken { .. } => "body-username-token",
            Self::BodyUnreadable { .. } => "body-unreadable",
        }
    }

    /// Where it stands in the input, in bytes from its start.
    pub fn offset(&self) -> usize {
        *self.clone().offset_mut()
    }

    pub(crate) fn offset_mut(&mut self) -> &mut usize {
        match self {
            Self::MustUnderstandLeft { offset }
            | Self::OtherActorLeft { offset }
            | Self::SignatureBroken { offset }
            | Self::BearerInHeader { offset }
            | Self::Soap12 { offset }
            | Self::BodyUsernameToken { offset }
            | Self::BodyUnreadable { offset } => offset,
        }
    }
}

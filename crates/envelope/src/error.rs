//! Why an envelope was refused, with the offset at which that was seen.

use std::fmt;

/// An envelope that cannot be read or rewritten safely.
///
/// Every variant carries the byte offset at which the reason was seen.
/// None carries, and none prints, a value out of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The first thing in the input is not markup: empty, JSON, plain text.
    #[error("not XML at byte {offset}")]
    NotXml {
        /// Where `<` was expected.
        offset: usize,
    },
    /// A MIME multipart message (MTOM): the envelope is only its root part.
    #[error("MIME multipart message at byte {offset}, but the Content-Type does not say so")]
    Multipart {
        /// Byte offset of the first boundary.
        offset: usize,
    },
    /// The text of the Content-Type is none: malformed, a parameter twice, or multipart without a sound boundary.
    #[error("not a Content-Type at byte {offset} of it")]
    ContentType {
        /// Byte offset in the text of the Content-Type, not in the message.
        offset: usize,
    },
    /// A multipart type other than `multipart/related`: which part would be the envelope is not said.
    #[error("multipart type other than multipart/related at byte {offset} of the Content-Type")]
    MediaType {
        /// Byte offset in the text of the Content-Type, not in the message.
        offset: usize,
    },
    /// The boundary that the Content-Type names does not come where the first part should begin.
    #[error("no boundary delimiter up to byte {offset}")]
    Boundary {
        /// Where the search ended.
        offset: usize,
    },
    /// A line that begins with the boundary but is no delimiter line (RFC 2046 section 5.1.1): something
    /// follows on it, or a line break is not CRLF. Another reader might part the message elsewhere.
    #[error("malformed boundary delimiter at byte {offset}")]
    BoundaryLine {
        /// Where the two hyphens stand.
        offset: usize,
    },
    /// The header of a part up to the root part is malformed, or says one thing twice.
    #[error("malformed header of a part at byte {offset}")]
    PartHeader {
        /// The field, or the line break.
        offset: usize,
    },
    /// The header of a part is longer than any client needs.
    #[error("the header of a part is longer than {limit} bytes or 128 lines at byte {offset}")]
    PartHeaderTooLarge {
        /// Where reading stopped.
        offset: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// No part has the Content-ID that the `start` parameter names.
    #[error("no root part up to byte {offset}")]
    RootMissing {
        /// The last delimiter, or the end of the input.
        offset: usize,
    },
    /// The root part is not the first, in a message that is read as it comes.
    ///
    /// [`assemble`](crate::assemble()) reads such a message when it is whole; in a typed client that is a call's
    /// `send`.
    #[error(
        "the envelope is not the first part, which begins at byte {offset}: read the message whole (`send`)"
    )]
    RootNotFirst {
        /// Where the header of the first part begins.
        offset: usize,
    },
    /// The root part is longer than the limit, in a message that is read as it comes.
    #[error("the root part, up to byte {offset}, is longer than {limit} bytes")]
    RootTooLarge {
        /// Where it became so.
        offset: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The root part is not XML, or not of the type that the `type` parameter names.
    #[error("root part of another type at byte {offset}")]
    RootType {
        /// Its Content-Type, or where its header begins.
        offset: usize,
    },
    /// The root part is base64 or quoted-printable: no byte of it is the envelope's.
    #[error("transfer-encoded root part at byte {offset}")]
    RootEncoded {
        /// Its Content-Transfer-Encoding.
        offset: usize,
    },
    /// A digest over the root part, which would no longer hold.
    #[error("digest over the root part at byte {offset}")]
    RootDigest {
        /// The field that carries it.
        offset: usize,
    },
    /// An `xop:Include` that refers to no part, or is not alone in its element (XOP 1.0 section 3.2).
    #[error("a reference to an attachment that is none, or is not alone, at byte {offset}")]
    Include {
        /// Where its start tag stands.
        offset: usize,
    },
    /// A part that cannot be referred to: its Content-ID is that of another one, or it is transfer-encoded.
    #[error("an attachment that cannot be referred to at byte {offset}")]
    Attachment {
        /// Its header.
        offset: usize,
    },
    /// A message has more parts than the limit.
    #[error("more than {limit} parts at byte {offset}")]
    TooManyParts {
        /// The delimiter of the part too many.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// With its attachments in it, an envelope is longer than the limit.
    #[error("with its attachments the envelope is longer than {limit} bytes at byte {offset}")]
    AssembledTooLarge {
        /// The reference at which it became so.
        offset: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A reply in UTF-16, which [`open`](crate::open()) does not read; [`cut`](crate::cut()) does.
    #[error("UTF-16 text at byte {offset}")]
    Utf16 {
        /// Where that shows: the byte order mark or the first character.
        offset: usize,
    },
    /// The encoding is unknown, stateful or not a superset of ASCII: offsets cannot be trusted.
    #[error(
        "encoding declared or begun at byte {offset} is not UTF-8, UTF-16 or a single-byte superset of ASCII"
    )]
    Encoding {
        /// Where the encoding is named or shows; 0 if it is named beside the bytes.
        offset: usize,
    },
    /// The charset beside the bytes or the encoding declaration says one thing and the bytes another
    /// (`utf-16` over single bytes, a UTF-8 byte order mark before `iso-8859-1`), or the two disagree.
    #[error("encoding declared at byte {offset} contradicts the bytes")]
    EncodingContradicted {
        /// Where the encoding is named; 0 if that is beside the bytes.
        offset: usize,
    },
    /// SOAP forbids a document type declaration (SOAP 1.1 section 3, SOAP 1.2 part 1 section 5).
    #[error("document type declaration at byte {offset}")]
    Dtd {
        /// Byte offset of `<!DOCTYPE` in the input.
        offset: usize,
    },
    /// The root element is no `Envelope` of SOAP 1.1 or SOAP 1.2.
    #[error("the root element at byte {offset} is not a SOAP 1.1 or 1.2 Envelope")]
    NotSoap {
        /// Byte offset of the root element.
        offset: usize,
    },
    /// The root element is a jXchange operation: what should stand in a Body stands alone.
    #[error("a bare jXchange operation without Envelope at byte {offset}")]
    BareBody {
        /// Byte offset of the root element.
        offset: usize,
    },
    /// Not well-formed (XML 1.0) or not namespace-well-formed (Namespaces in XML 1.0).
    #[error("malformed XML at byte {offset}: {flaw}")]
    Malformed {
        /// Where the flaw stands.
        offset: usize,
        /// What is wrong there.
        flaw: Flaw,
    },
    /// The input ends before what had to be read was complete.
    #[error("the input ends at byte {offset} inside the envelope")]
    Truncated {
        /// Length of the input.
        offset: usize,
    },
    /// Something other than what SOAP puts at this place of the Envelope.
    #[error("expected {expected} at byte {offset}")]
    BodyExpected {
        /// Where the other thing begins.
        offset: usize,
        /// `Body`, or `Header or Body`.
        expected: &'static str,
    },
    /// Body holds more than one element, so that no one of them is the answer.
    #[error("a second element in Body at byte {offset}")]
    SeveralPayloads {
        /// Where the second element begins.
        offset: usize,
    },
    /// Body's start tag did not come within [`Limits::header_bytes`](crate::Limits::header_bytes).
    #[error("Body does not begin within the first {limit} bytes")]
    HeaderTooLarge {
        /// Where reading stopped.
        offset: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A tag longer than [`Limits::header_bytes`](crate::Limits::header_bytes), where the whole document is read.
    #[error("the tag at byte {offset} is longer than {limit} bytes")]
    TagTooLong {
        /// Start of the tag.
        offset: usize,
        /// The limit in bytes, of UTF-16 in bytes as UTF-8.
        limit: usize,
    },
    /// Elements nested deeper than [`Limits::depth`](crate::Limits::depth).
    #[error("more than {limit} nested elements at byte {offset}")]
    TooDeep {
        /// Start of the element that went too deep.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// More attributes on one element than [`Limits::attributes`](crate::Limits::attributes).
    #[error("more than {limit} attributes on one element at byte {offset}")]
    TooManyAttributes {
        /// The attribute that was one too many.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// More namespace declarations in scope than [`Limits::namespaces`](crate::Limits::namespaces).
    #[error("more than {limit} namespace declarations in scope at byte {offset}")]
    TooManyNamespaces {
        /// The declaration that was one too many.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// A Security header for another named actor (role): not ours to remove.
    #[error("Security header for another actor at byte {offset}")]
    OtherActor {
        /// Where that header begins.
        offset: usize,
    },
    /// Two Security headers for one target, which WS-Security forbids (SOAP Message Security 1.1, section 5).
    #[error(
        "second Security header for the same target at byte {offset}, the first is at byte {first}"
    )]
    SecondBlock {
        /// Where the second begins.
        offset: usize,
        /// Where the first begins.
        first: usize,
    },
    /// A signature reaches across the cut: it covers Body or other headers from within, or the block from without.
    #[error("signature at byte {offset} covers more than the part that goes, or part of it")]
    Signed {
        /// The `ds:Reference` that reaches across.
        offset: usize,
    },
    /// The block holds an encrypted part or the key to one: Body may need it.
    #[error("encrypted data or key in the Security header at byte {offset}")]
    Encrypted {
        /// The `EncryptedKey`, `EncryptedData` or `ReferenceList`.
        offset: usize,
    },
    /// A character that XML 1.0 cannot carry, in a value that was to be written.
    #[error("the {field} holds a character that XML cannot carry, at byte {offset} of it")]
    Unwritable {
        /// Which value: `user name`, `password` or `creation time`.
        field: &'static str,
        /// Byte offset within that value.
        offset: usize,
    },
    /// A payload to be wrapped begins with an XML declaration, which cannot stand inside Body.
    #[error("XML declaration at byte {offset} of the payload")]
    PayloadDeclaration {
        /// Byte offset within the payload.
        offset: usize,
    },
}

impl Refusal {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotXml { .. } => "envelope-not-xml",
            Self::Multipart { .. } => "envelope-multipart",
            Self::ContentType { .. } => "envelope-content-type",
            Self::MediaType { .. } => "envelope-media-type",
            Self::Boundary { .. } => "envelope-boundary",
            Self::BoundaryLine { .. } => "envelope-boundary-line",
            Self::PartHeader { .. } => "envelope-part-header",
            Self::PartHeaderTooLarge { .. } => "envelope-part-header-too-large",
            Self::RootMissing { .. } => "envelope-root-missing",
            Self::RootNotFirst { .. } => "envelope-root-not-first",
            Self::RootTooLarge { .. } => "envelope-root-too-large",
            Self::RootType { .. } => "envelope-root-type",
            Self::RootEncoded { .. } => "envelope-root-encoded",
            Self::RootDigest { .. } => "envelope-root-digest",
            Self::Include { .. } => "envelope-include",
            Self::Attachment { .. } => "envelope-attachment",
            Self::TooManyParts { .. } => "envelope-too-many-parts",
            Self::AssembledTooLarge { .. } => "envelope-assembled-too-large",
            Self::Utf16 { .. } => "envelope-utf-16",
            Self::Encoding { .. } => "envelope-encoding",
            Self::EncodingContradicted { .. } => "envelope-encoding-contradicted",
            Self::Dtd { .. } => "envelope-dtd",
            Self::NotSoap { .. } => "envelope-not-soap",
            Self::BareBody { .. } => "envelope-bare-body",
            Self::Malformed { .. } => "envelope-malformed",
            Self::Truncated { .. } => "envelope-truncated",
            Self::BodyExpected { .. } => "envelope-body-expected",
            Self::SeveralPayloads { .. } => "envelope-several-payloads",
            Self::HeaderTooLarge { .. } => "envelope-header-too-large",
            Self::TagTooLong { .. } => "envelope-tag-too-long",
            Self::TooDeep { .. } => "envelope-too-deep",
            Self::TooManyAttributes { .. } => "envelope-too-many-attributes",
            Self::TooManyNamespaces { .. } => "envelope-too-many-namespaces",
            Self::OtherActor { .. } => "envelope-other-actor",
            Self::SecondBlock { .. } => "envelope-second-block",
            Self::Signed { .. } => "envelope-signed",
            Self::Encrypted { .. } => "envelope-encrypted",
            Self::Unwritable { .. } => "envelope-unwritable",
            Self::PayloadDeclaration { .. } => "envelope-payload-declaration",
        }
    }

    /// Where in the input the reason stands, in bytes from its start.
    pub fn offset(&self) -> usize {
        *self.clone().offset_mut()
    }

    /// The same refusal seen from `by` bytes further to the front.
    pub(crate) fn shifted(self, by: usize) -> Self {
        self.mapped(|offset| offset + by)
    }

    /// The same refusal with its offsets mapped.
    pub(crate) fn mapped(mut self, mut map: impl FnMut(usize) -> usize) -> Self {
        if let Self::SecondBlock { first, .. } = &mut self {
            *first = map(*first);
        }
        let offset = self.offset_mut();
        *offset = map(*offset);
        self
    }

    /// Whether more input than `length` bytes could change the verdict.
    pub(crate) fn is_undecided(&self, length: usize) -> bool {
        // Byte order marks, the zero bytes of UTF-16 and the hyphens of a boundary come within four bytes.
        const TELLING: usize = 4;
        match *self {
            Self::Truncated { .. } => true,
            Self::NotXml { offset } => length < offset + TELLING,
            _ => false,
        }
    }

    fn offset_mut(&mut self) -> &mut usize {
        match self {
            Self::NotXml { offset }
            | Self::Multipart { offset }
            | Self::ContentType { offset }
            | Self::MediaType { offset }
            | Self::Boundary { offset }
            | Self::BoundaryLine { offset }
            | Self::PartHeader { offset }
            | Self::PartHeaderTooLarge { offset, .. }
            | Self::RootMissing { offset }
            | Self::RootNotFirst { offset }
            | Self::RootTooLarge { offset, .. }
            | Self::RootType { offset }
            | Self::RootEncoded { offset }
            | Self::RootDigest { offset }
            | Self::Include { offset }
            | Self::Attachment { offset }
            | Self::TooManyParts { offset, .. }
            | Self::AssembledTooLarge { offset, .. }
            | Self::Utf16 { offset }
            | Self::Encoding { offset }
            | Self::EncodingContradicted { offset }
            | Self::Dtd { offset }
            | Self::NotSoap { offset }
            | Self::BareBody { offset }
            | Self::Malformed { offset, .. }
            | Self::Truncated { offset }
            | Self::BodyExpected { offset, .. }
            | Self::SeveralPayloads { offset }
            | Self::HeaderTooLarge { offset, .. }
            | Self::TagTooLong { offset, .. }
            | Self::TooDeep { offset, .. }
            | Self::TooManyAttributes { offset, .. }
            | Self::TooManyNamespaces { offset, .. }
            | Self::OtherActor { offset }
            | Self::SecondBlock { offset, .. }
            | Self::Signed { offset }
            | Self::Encrypted { offset }
            | Self::Unwritable { offset, .. }
            | Self::PayloadDeclaration { offset } => offset,
        }
    }

    pub(crate) fn malformed(offset: usize, flaw: Flaw) -> Self {
        Self::Malformed { offset, flaw }
    }
}

/// What is malformed, as a rule of XML 1.0 or Namespaces in XML 1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// A name that is no QName.
    Name,
    /// A tag with something in it that is neither an attribute nor its end.
    Tag,
    /// An attribute without `=`, without quotes, or not set off by white space.
    Attribute,
    /// Two attributes with one name, as written or after namespace resolution.
    DuplicateAttribute,
    /// A prefix that no declaration in scope binds.
    UnboundPrefix,
    /// A namespace declaration that is not allowed: an empty URI for a prefix, or a reserved name.
    NamespaceDeclaration,
    /// An end tag that does not match the open element.
    EndTag,
    /// `<!` that opens neither a comment nor a CDATA section.
    Markup,
    /// `--` inside a comment.
    Comment,
    /// A processing instruction without a name, or with a reserved one.
    ProcessingInstruction,
    /// An XML declaration that is not first, not complete, or of a version other than 1.0.
    XmlDeclaration,
    /// A reference that is not terminated, not to a character of XML, or to an undeclared entity.
    Reference,
    /// A character that XML does not allow, raw.
    Character,
    /// Bytes that are not UTF-8 although the document is.
    Utf8,
    /// Code units that are not UTF-16 although the document is.
    Utf16,
    /// `]]>` in text.
    CdataEnd,
    /// Text before or after the root element.
    TextOutsideRoot,
    /// A second root element.
    SecondRoot,
    /// `<` in an attribute value.
    LessThan,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "not a qualified name",
            Self::Tag => "not a tag",
            Self::Attribute => "not an attribute",
            Self::DuplicateAttribute => "attribute given twice",
            Self::UnboundPrefix => "prefix without a namespace declaration",
            Self::NamespaceDeclaration => "namespace declaration that is not allowed",
            Self::EndTag => "end tag does not match the open element",
            Self::Markup => "neither comment nor CDATA section",
            Self::Comment => "two hyphens inside a comment",
            Self::ProcessingInstruction => "not a processing instruction",
            Self::XmlDeclaration => "XML declaration not first, incomplete, or not of version 1.0",
            Self::Reference => "not a character reference or predefined entity",
            Self::Character => "character that XML does not allow",
            Self::Utf8 => "not UTF-8",
            Self::Utf16 => "not UTF-16",
            Self::CdataEnd => "end of a CDATA section outside of one",
            Self::TextOutsideRoot => "text outside of the root element",
            Self::SecondRoot => "second root element",
            Self::LessThan => "`<` in an attribute value",
        })
    }
}

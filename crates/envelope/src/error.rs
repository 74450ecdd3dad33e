//! Why an envelope was refused, with the offset at which that was seen.

/// An envelope that cannot be rewritten safely.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// SOAP forbids a document type declaration (SOAP 1.1 section 3, SOAP 1.2 part 1 section 5).
    #[error("document type declaration at byte {offset}")]
    Dtd {
        /// Byte offset of `<!DOCTYPE` in the input.
        offset: usize,
    },
}

impl Refusal {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Dtd { .. } => "envelope-dtd",
        }
    }

    /// Where in the input the reason stands, in bytes from its start.
    pub fn offset(&self) -> usize {
        match self {
            Self::Dtd { offset } => *offset,
        }
    }
}

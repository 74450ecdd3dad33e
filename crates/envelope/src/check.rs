//! Checks that a whole document is well-formed while it passes in chunks.
//!
//! XML 1.0 and Namespaces in XML 1.0 without document type declaration. What is held is bounded: the names
//! of the open elements, the declarations in scope, and a tag that the last chunk cut off.

mod decode;
mod inspection;
mod read;
mod stack;
mod text;

use crate::encoding::{Charset, Form};
use crate::error::Refusal;
use crate::policy::Policy;
use crate::report::{Finding, SoapVersion};
use decode::Decoder;
use inspection::Inspection;
use read::Reader;

/// How a document is written, and where its first markup behind the XML declaration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) form: Form,
    pub(crate) charset: Charset,
    pub(crate) at: usize,
}

/// Reads a document from its [`Start`] on.
pub(crate) struct Checker {
    decoder: Decoder,
    reader: Reader,
    /// Whether a flaw is a refusal, or else a finding.
    strict: bool,
    refused: Option<Refusal>,
}

impl Checker {
    /// None if the policy does not ask for more than the header.
    pub(crate) fn new(start: Start, soap: SoapVersion, policy: &Policy) -> Option<Self> {
        if !policy.reads_body() {
            return None;
        }
        let inspection = policy.inspect_body.then(|| Inspection::new(soap));
        Some(Self {
            decoder: Decoder::new(start.form, start.charset),
            reader: Reader::new(start, policy.limits.clone(), inspection),
            strict: policy.well_formed,
            refused: None,
        })
    }

    /// Reads on.
    ///
    /// # Errors
    /// A flaw, if the policy wants the document well-formed.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        if self.refused.is_none() {
            self.refused = self.decoder.push(chunk, &mut self.reader).err();
        }
        self.verdict()
    }

    /// Ends the document; what was found in it.
    ///
    /// # Errors
    /// As [`push`](Self::push), and a document that is not complete.
    pub(crate) fn finish(mut self) -> Result<Vec<Finding>, Refusal> {
        if self.refused.is_none() {
            self.refused = self.decoder.finish(&mut self.reader).err();
        }
        self.verdict()?;
        let mut findings = self.reader.findings();
        findings.extend(self.refused.map(|refusal| Finding::BodyUnreadable {
            offset: refusal.offset(),
        }));
        Ok(findings)
    }

    fn verdict(&self) -> Result<(), Refusal> {
        match &self.refused {
            Some(refusal) if self.strict => Err(refusal.clone()),
            _ => Ok(()),
        }
    }
}

//! The blocks of a PEM file (RFC 7468), wiped after use.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::KeyError;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One block: what its BEGIN line calls it, and its DER.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    body: &'a str,
}

impl Block<'_> {
    /// Whether the block is encrypted in the older way, by a header (RFC 1421).
    pub(super) fn is_encrypted_by_header(&self) -> bool {
        self.body.contains("ENCRYPTED")
    }

    pub(super) fn der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        // Room for all of it: a vector that grows leaves copies behind.
        let mut text = Zeroizing::new(Vec::with_capacity(self.body.len()));
        text.extend(self.body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
        let mut der = Zeroizing::new(vec![0; text.len()]);
        let length =
            BASE64
                .decode_slice(&text[..], &mut der)
                .map_err(|_| KeyError::Unreadable {
                    reason: "the lines between BEGIN and END are not base64",
                })?;
        der.truncate(length);
        Ok(der)
    }
}

/// All blocks of a file; text between them is skipped.
pub(super) fn blocks(file: &str) -> Result<Vec<Block<'_>>, KeyError> {
    let mut blocks = Vec::new();
    let mut rest = file;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, body) = after.split_once("-----").ok_or(KeyError::Unreadable {
            reason: "a BEGIN line is cut short",
        })?;
        let (body, after) = body.split_once("-----END ").ok_or(KeyError::Unreadable {
            reason: "a BEGIN line without its END line",
        })?;
        if !after.starts_with(label) {
            return Err(KeyError::Unreadable {
                reason: "a BEGIN line and its END line differ",
            });
        }
        blocks.push(Block { label, body });
        rest = after;
    }
    Ok(blocks)
}

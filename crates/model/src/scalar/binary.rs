//! Bytes carried as base64.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Scalar;
use crate::InvalidValue;
use crate::field::XML_SPACE;

/// An `xsd:base64Binary` (XSD 1.0 part 2, section 3.2.16), for example an image. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Base64(pub Vec<u8>);

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Scalar for Base64 {
    const NAME: &'static str = "Base64";

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        // Senders break long base64 into lines, which the type allows.
        let packed: Cow<'_, str> = match text.contains(XML_SPACE) {
            true => text
                .chars()
                .filter(|c| !XML_SPACE.contains(c))
                .collect::<String>()
                .into(),
            false => Cow::Borrowed(text),
        };
        let bytes = STANDARD.decode(&*packed);
        bytes.map(Self).map_err(|_| InvalidValue {
            kind: "xsd:base64Binary",
        })
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(STANDARD.encode(&self.0))
    }

    fn binary(&self) -> Option<&[u8]> {
        Some(&self.0)
    }
}

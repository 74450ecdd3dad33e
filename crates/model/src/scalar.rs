//! The simple types: how a value is read from text and written as text.

mod binary;
mod calendar;
#[cfg(feature = "jiff")]
mod civil;
#[cfg(feature = "rust_decimal")]
mod exact;
mod number;
mod text;

use std::borrow::Cow;

use crate::InvalidValue;
use crate::field::trim;

pub use binary::Base64;
pub use calendar::{Date, DateTime, Time};
pub use number::{Decimal, Integer};
pub use text::Str;

/// A type of simple content. Implemented by this crate for the built-in types of XSD that contracts use.
pub trait Scalar: Sized + Clone {
    /// What `Debug` calls it, for example `Decimal`.
    const NAME: &'static str;

    /// Whether white space is part of the value (XSD facet `whiteSpace="preserve"`).
    const KEEPS_SPACE: bool = false;

    /// Reads a text that is not empty.
    ///
    /// # Errors
    /// The text is not of this type.
    fn parse(text: &str) -> Result<Self, InvalidValue>;

    /// The text that [`parse`](Scalar::parse) reads back.
    fn text(&self) -> Cow<'_, str>;

    /// The bytes of a binary value, if it is one.
    fn binary(&self) -> Option<&[u8]> {
        None
    }
}

impl Scalar for bool {
    const NAME: &'static str = "Boolean";

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        match trim(text) {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(InvalidValue {
                kind: "xsd:boolean",
            }),
        }
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(if *self { "true" } else { "false" })
    }
}

/// A scalar that Rust parses and prints as XSD does.
macro_rules! machine_integer {
    ($type:ty, $name:literal, $kind:literal) => {
        impl Scalar for $type {
            const NAME: &'static str = $name;

            fn parse(text: &str) -> Result<Self, InvalidValue> {
                trim(text).parse().map_err(|_| InvalidValue { kind: $kind })
            }

            fn text(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }
    };
}

machine_integer!(i32, "Int", "xsd:int");
machine_integer!(i64, "Long", "xsd:long");

/// A scalar that keeps the text it was given, checked by a grammar.
macro_rules! lexical {
    ($(#[$doc:meta])* $type:ident, $kind:literal, $grammar:path) => {
        $(#[$doc])*
        ///
        /// Equality compares the text. `Debug` shows its length only, `Display` shows it.
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $type(pub(super) smol_str::SmolStr);

        impl $type {
            /// The text as it was given, without surrounding white space.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let text = $crate::field::trim(text);
                match $grammar(text) {
                    true => Ok(Self(text.into())),
                    false => Err($crate::InvalidValue { kind: $kind }),
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({} chars)"), self.0.len())
            }
        }

        impl $crate::scalar::Scalar for $type {
            const NAME: &'static str = stringify!($type);

            fn parse(text: &str) -> Result<Self, $crate::InvalidValue> {
                text.parse()
            }

            fn text(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Borrowed(&self.0)
            }
        }
    };
}

use lexical;

//! An element kept as the bytes it came in.

use std::fmt;

use crate::{DecodeError, Detail, EncodeError, Message, encode};

/// One element, or stray text, kept verbatim with the namespace declarations it needs from around it.
///
/// A signature over part of it stays valid, because nothing inside is ever written anew. Used for elements that
/// a contract does not know, and for `wsse:Security` with its SAML assertion inside a message.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Raw {
    xml: Box<str>,
    /// Declarations in scope that the slice may use and does not make itself.
    scope: Vec<(Box<str>, Box<str>)>,
}

impl Raw {
    pub(crate) fn new(xml: &str, scope: Vec<(Box<str>, Box<str>)>) -> Self {
        Self {
            xml: xml.into(),
            scope,
        }
    }

    /// The element exactly as it came. It may use prefixes of [`scope`](Raw::scope).
    pub fn as_str(&self) -> &str {
        &self.xml
    }

    /// Prefix and namespace of the declarations from around the element; the empty prefix is the default.
    pub fn scope(&self) -> impl Iterator<Item = (&str, &str)> {
        self.scope
            .iter()
            .map(|(prefix, namespace)| (&**prefix, &**namespace))
    }

    /// A message as an element of its own, for example for a header block.
    ///
    /// # Errors
    /// As [`encode`](crate::encode).
    pub fn of<T: Message>(message: &T) -> Result<Self, EncodeError> {
        Ok(Self::new(&encode(message)?, Vec::new()))
    }

    /// Reads the element as a message; `None` if it is another element.
    ///
    /// # Errors
    /// As [`decode`](crate::decode).
    pub fn read<T: Message>(&self) -> Result<Option<T>, DecodeError> {
        let scope = self.scope();
        let scope = scope.map(|(prefix, namespace)| (prefix.to_owned(), namespace.to_owned()));
        T::read_detail(self.xml.as_bytes(), &scope.collect())
    }

    /// The element with the declarations that it needs from around it, so that it can stand alone.
    pub fn to_xml(&self) -> String {
        let mut xml = String::new();
        self.write("", &mut xml);
        xml
    }

    /// Whether nothing was kept.
    pub fn is_empty(&self) -> bool {
        self.xml.is_empty()
    }

    /// Appends the slice, its declarations added to its start tag. `default` is the default namespace in force.
    pub(crate) fn write(&self, default: &str, out: &mut String) {
        let name_end = match self.xml.strip_prefix('<') {
            Some(tag) => {
                1 + tag
                    .find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>')
                    .unwrap_or(0)
            }
            None => 0,
        };
        out.push_str(&self.xml[..name_end]);
        if name_end > 0 {
            for (prefix, namespace) in self.scope() {
                if prefix.is_empty() && namespace == default {
                    continue;
                }
                out.push_str(if prefix.is_empty() {
                    " xmlns"
                } else {
                    " xmlns:"
                });
                out.push_str(prefix);
                out.push_str("=\"");
                crate::write::escape_attribute(namespace, out);
                out.push('"');
            }
        }
        out.push_str(&self.xml[name_end..]);
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.xml.len())
    }
}

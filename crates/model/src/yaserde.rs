//! Messages as members of the yaserde family, for programs that already speak it.
//!
//! The traits are implemented by the reader and the writer of this crate, not by yaserde's derive: version markers,
//! `JHANull` and `xsi:nil`, decimals of any size, repeated names and elements of newer contracts are what they are
//! everywhere else. What passes through yaserde's own reader and writer (the `xml` crate) is subject to them:
//!
//! - yaserde's reader cuts white space at both ends of a text, and leaves comments out;
//! - what is kept verbatim is read and written anew on the way: the same names, attributes and texts, not the same
//!   bytes, so that a signature over them is worth nothing any more;
//! - an element without a namespace cannot stand inside one with a default namespace;
//! - it is slower than [`encode`] and [`decode`], since it does their work and its own.

use std::io::{Read, Write};

use xml::reader::{EventReader, ParserConfig, XmlEvent};
use xml::writer::{EmitterConfig, EventWriter};

use crate::{Message, Scope, decode, encode};

#[doc(no_inline)]
pub use ::yaserde::{Error, Result, YaDeserialize, YaSerialize, de::Deserializer, ser::Serializer};
#[doc(no_inline)]
pub use xml::{attribute::OwnedAttribute, namespace::Namespace};

/// Implements yaserde's two traits for a message.
///
/// Generated code calls it where `castile generate --derive yaserde` asks for it.
#[macro_export]
macro_rules! yaserde_message {
    ($message:ty) => {
        impl $crate::yaserde::YaSerialize for $message {
            fn serialize<W: ::std::io::Write>(
                &self,
                writer: &mut $crate::yaserde::Serializer<W>,
            ) -> $crate::yaserde::Result<()> {
                $crate::yaserde::serialize(self, writer)
            }

            fn serialize_attributes(
                &self,
                attributes: ::std::vec::Vec<$crate::yaserde::OwnedAttribute>,
                namespace: $crate::yaserde::Namespace,
            ) -> $crate::yaserde::Result<(
                ::std::vec::Vec<$crate::yaserde::OwnedAttribute>,
                $crate::yaserde::Namespace,
            )> {
                ::std::result::Result::Ok((attributes, namespace))
            }
        }

        impl $crate::yaserde::YaDeserialize for $message {
            fn deserialize<R: ::std::io::Read>(
                reader: &mut $crate::yaserde::Deserializer<R>,
            ) -> $crate::yaserde::Result<Self> {
                $crate::yaserde::deserialize(reader)
            }
        }
    };
}

/// Writes a message to a yaserde serializer, under its own name.
///
/// # Errors
///
/// What XML cannot carry, or what the writer behind the serializer says.
pub fn serialize<T: Message, W: Write>(message: &T, writer: &mut Serializer<W>) -> Result<()> {
    let text = encode(message).map_err(Error::custom)?;
    // A message without element.
    if text.is_empty() {
        return Ok(());
    }
    let config = ParserConfig::new()
        .trim_whitespace(false)
        .whitespace_to_characters(true)
        .cdata_to_characters(true)
        .ignore_comments(false);
    let without_root = writer.skip_start_end();
    let mut depth = 0_usize;
    for event in EventReader::new_with_config(text.as_bytes(), config) {
        let event = event.map_err(Error::Reader)?;
        let is_root = match event {
            XmlEvent::StartDocument { .. } | XmlEvent::EndDocument => continue,
            XmlEvent::StartElement { .. } => {
                depth += 1;
                depth == 1
            }
            XmlEvent::EndElement { .. } => {
                depth -= 1;
                depth == 0
            }
            _ => false,
        };
        if let Some(event) = event
            .as_writer_event()
            .filter(|_| !(is_root && without_root))
        {
            writer.write(event)?;
        }
    }
    Ok(())
}

/// Reads a message from a yaserde deserializer that stands before its start tag.
///
/// As with the derived implementations, the end tag is left to the caller.
///
/// # Errors
///
/// What the reader behind the deserializer says; another element than the message, or a text that is not of its
/// type, as a [`DecodeError`](crate::DecodeError) in words.
pub fn deserialize<T: Message, R: Read>(reader: &mut Deserializer<R>) -> Result<T> {
    let config = EmitterConfig::new()
        .write_document_declaration(false)
        .normalize_empty_elements(true);
    let mut writer = EventWriter::new_with_config(Vec::new(), config);
    let outside = reader.depth();
    loop {
        let depth = reader.depth();
        match reader.peek()? {
            XmlEvent::EndElement { .. } if depth == outside + 1 => break,
            XmlEvent::EndDocument => return Err(Error::custom("the document ends too early")),
            _ => {}
        }
        let event = reader.next_event()?;
        if let Some(event) = event.as_writer_event() {
            writer.write(event)?;
        }
    }
    writer.write(xml::writer::XmlEvent::end_element())?;
    let text = writer.into_inner();
    let read = decode(&text, &Scope::new()).map_err(Error::custom)?;
    Ok(read.into_value())
}

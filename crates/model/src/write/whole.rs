//! Writes whole messages, or only looks at what they lack.

use super::Writer;
use crate::error::{Warning, WarningKind};
use crate::{EncodeError, Fill, Message};

/// Writes a message, its namespace as the default namespace of the root element.
///
/// A required field that was never given is left out, because an empty element would say something else.
/// A message without root element is the empty text.
///
/// # Errors
/// A text or attribute holds what XML cannot carry.
pub fn encode<T: Message>(message: &T) -> Result<String, EncodeError> {
    Writer::new(T::NAMES, T::NAMESPACE).message(message)
}

/// The same as [`encode`], with values for what the message leaves open.
///
/// # Errors
/// As [`encode`]; or a value finds no place in the message, or one that is taken.
pub fn encode_filled<T: Message>(message: &T, fill: &Fill) -> Result<String, EncodeError> {
    Writer {
        fill: Some(fill.clone()),
        ..Writer::new(T::NAMES, T::NAMESPACE)
    }
    .message(message)
}

/// The same as [`encode`], for a message that is what its contract asks for.
///
/// # Errors
/// As [`Message::validate`].
pub fn encode_valid<T: Message>(message: &T) -> Result<String, EncodeError> {
    encode_filled_valid(message, &Fill::default())
}

/// The same as [`encode_valid`], with values for what the message leaves open.
///
/// # Errors
/// As [`encode_valid`].
pub fn encode_filled_valid<T: Message>(message: &T, fill: &Fill) -> Result<String, EncodeError> {
    Writer {
        audit: Some(Vec::new()),
        fill: Some(fill.clone()),
        ..Writer::new(T::NAMES, T::NAMESPACE)
    }
    .message(message)
}

/// What a message lacks: required elements not given, and for one that was read, version markers not found.
pub(crate) fn audit<T: Message>(message: &T) -> Vec<Warning> {
    let mut w = Writer {
        audit: Some(Vec::new()),
        ..Writer::new(T::NAMES, T::NAMESPACE)
    };
    if !T::ELEMENT.is_empty() {
        message.write_root(&mut w);
    }
    w.audit.unwrap_or_default()
}

impl Writer {
    /// Writes nothing: looks for the first struct that is required and was not read.
    pub(crate) fn looker() -> Self {
        Self {
            look: Some(None),
            ..Self::new("", "")
        }
    }

    /// What it found.
    pub(crate) fn missing_struct(&self) -> Option<&'static str> {
        self.look.flatten()
    }

    fn message<T: Message>(mut self, message: &T) -> Result<String, EncodeError> {
        self.text(message)
    }

    /// Writes a message, once.
    pub(super) fn text<T: Message>(&mut self, message: &T) -> Result<String, EncodeError> {
        // A usual request fits into that.
        self.out.reserve(1024);
        self.path.reserve(8);
        if !T::ELEMENT.is_empty() {
            message.write_root(self);
        }
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let settled = self.fill.take().map_or(Ok(()), Fill::settle);
        settled.map_err(|misfit| EncodeError::misfit(format!("/{}", T::ELEMENT), misfit))?;
        // A marker that was not read is written all the same.
        let problems = self.audit.take().into_iter().flatten();
        let problems: Vec<Warning> = problems
            .filter(|problem| problem.kind != WarningKind::MissingMarker)
            .collect();
        match problems.is_empty() {
            true => Ok(std::mem::take(&mut self.out)),
            false => Err(EncodeError::Invalid { problems }),
        }
    }
}

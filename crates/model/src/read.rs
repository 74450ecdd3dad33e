//! Reads a message from XML: any prefix, any order of elements, nothing lost.

mod namespaces;
mod tokens;

use std::borrow::Cow;

use crate::error::{self, Warning, WarningKind};
use crate::{Attributes, DecodeError, Leaf, Limits, Message, Raw, Scope, Slot, Struct};
use tokens::{Tag, Token, Tokens};

/// A message that was read, and what was odd about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<T> {
    /// The message.
    pub value: T,
    warnings: Vec<Warning>,
}

impl<T> Decoded<T> {
    /// The message alone.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T: Message> Decoded<T> {
    /// All that the contract does not foresee: first what stands in the payload, then what is missing from it.
    ///
    /// What is missing is found by a walk over the value, so a caller who does not ask does not pay.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.warnings.clone();
        warnings.extend(crate::write::audit(&self.value));
        warnings
    }
}

/// Reads a message from the child element of a SOAP body (or fault detail).
///
/// `scope` holds the declarations that the payload inherits from its envelope. Elements may use any prefix and
/// come in any order; what the type does not know is kept in [`Ext`](crate::Ext).
///
/// # Errors
/// The payload is not well-formed, holds a DTD, exceeds the default [`Limits`], is another message, or has a text
/// that is not of its type.
pub fn decode<T: Message>(payload: &[u8], scope: &Scope) -> Result<Decoded<T>, DecodeError> {
    decode_within(payload, scope, &Limits::default())
}

/// The same as [`decode`] with limits of the caller's choice.
///
/// # Errors
/// As [`decode`].
pub fn decode_within<T: Message>(
    payload: &[u8],
    scope: &Scope,
    limits: &Limits,
) -> Result<Decoded<T>, DecodeError> {
    let mut value = T::default();
    let warnings = read_message(payload, scope, limits, T::NAMESPACE, T::ELEMENT, &mut value)?;
    Ok(Decoded { value, warnings })
}

impl Raw {
    /// Takes one element verbatim, for example a `wsse:Security` that another library signed.
    ///
    /// `scope` holds the declarations from around it that it may use.
    ///
    /// # Errors
    /// It is not one well-formed element, or holds a DTD.
    pub fn parse(xml: &str, scope: &Scope) -> Result<Self, DecodeError> {
        let tokens = Tokens::new(xml.as_bytes(), scope, &Limits::default(), "")?;
        let mut reader = Reader {
            tokens,
            path: Vec::new(),
            warnings: Vec::new(),
        };
        let tag = reader.prolog()?;
        reader.enter(&tag)?;
        reader.name(&tag)?;
        let (raw, _) = reader.capture(&tag)?;
        reader.epilog()?;
        Ok(raw)
    }
}

fn read_message(
    payload: &[u8],
    scope: &Scope,
    limits: &Limits,
    namespace: &'static str,
    element: &'static str,
    message: &mut dyn Struct,
) -> Result<Vec<Warning>, DecodeError> {
    let tokens = Tokens::new(payload, scope, limits, namespace)?;
    let mut reader = Reader {
        tokens,
        path: Vec::new(),
        warnings: Vec::new(),
    };
    let root = reader.prolog()?;
    reader.enter(&root)?;
    let found = reader.name(&root)?;
    if found != element {
        let expected = format!("{{{namespace}}}{element}");
        let found = if found.starts_with('{') {
            found.into_owned()
        } else {
            format!("{{{namespace}}}{found}")
        };
        return Err(DecodeError::Root {
            expected,
            found: error::clip(&found, 200).into_owned(),
        });
    }
    reader.path.push(element);
    reader.structure(&root, message)?;
    reader.epilog()?;
    Ok(reader.warnings)
}

struct Reader<'i> {
    tokens: Tokens<'i>,
    path: Vec<&'i str>,
    warnings: Vec<Warning>,
}

impl<'i> Reader<'i> {
    /// The start tag of the root element.
    fn prolog(&mut self) -> Result<Tag<'i>, DecodeError> {
        loop {
            match self.next()? {
                Token::Open(tag) => return Ok(tag),
                Token::Text(text, _) if is_blank(&text) => {}
                Token::Text(_, at) => return Err(self.syntax(at, "text before the root element")),
                Token::Close | Token::Eof => return Err(self.syntax(0, "no root element")),
            }
        }
    }

    /// What may follow the root element.
    fn epilog(&mut self) -> Result<(), DecodeError> {
        self.path.clear();
        loop {
            match self.next()? {
                Token::Eof => return Ok(()),
                Token::Text(text, _) if is_blank(&text) => {}
                Token::Text(_, at) | Token::Open(Tag { start: at, .. }) => {
                    return Err(self.syntax(at, "content after the root element"));
                }
                Token::Close => return Err(self.syntax(0, "an end tag without start tag")),
            }
        }
    }

    /// Reads the element whose start tag was read, its declarations in scope.
    fn structure(&mut self, tag: &Tag<'i>, s: &mut dyn Struct) -> Result<(), DecodeError> {
        s.ext_mut().mark_read();
        if !tag.is_plain() {
            let attributes = self.attributes(tag)?;
            if !attributes.is_empty() {
                if let Some(name) = attributes.xsi_type() {
                    s.derive(name);
                    s.ext_mut().mark_read();
                }
                *s.ext_mut().attributes_mut() = attributes;
            }
        }
        if tag.empty {
            return Ok(());
        }
        let mut version = 0;
        loop {
            match self.next()? {
                Token::Open(tag) => self.element(&tag, s, &mut version)?,
                Token::Close => return Ok(()),
                Token::Text(text, _) if is_blank(&text) => {}
                Token::Text(text, at) => {
                    self.verbatim_text(&text, at)?;
                    self.warn(WarningKind::StrayText, "", at);
                    let slice = self.tokens.since(at);
                    s.ext_mut().keep(Raw::new(slice, Vec::new()), version);
                }
                Token::Eof => return Err(self.unclosed(tag)),
            }
        }
    }

    /// Reads a child element of a struct, whatever it is.
    fn element(
        &mut self,
        tag: &Tag<'i>,
        parent: &mut dyn Struct,
        version: &mut u8,
    ) -> Result<(), DecodeError> {
        self.enter(tag)?;
        let name = self.name(tag)?;
        let kind = match parent.child(&name) {
            None => WarningKind::UnknownElement,
            Some(Slot::Taken) => match parent.child(&format!("{name}#2")) {
                None | Some(Slot::Taken) => WarningKind::RepeatedElement,
                Some(second) => return self.fill(tag, second),
            },
            Some(slot) => return self.fill(tag, slot),
        };
        let marker = match kind {
            WarningKind::UnknownElement => marker(&name),
            _ => None,
        };
        // The usual form of a marker, `<Ver_1/>`, needs no copy.
        let (raw, is_hollow) = match marker {
            Some(_) if tag.empty && tag.is_plain() => (Raw::default(), true),
            _ => self.capture(tag)?,
        };
        match marker {
            Some(n) if is_hollow => {
                parent.ext_mut().mark(n);
                *version = n;
            }
            _ => {
                self.warn(kind, tag.local(), tag.start);
                parent.ext_mut().keep(raw, *version);
            }
        }
        self.tokens.leave();
        Ok(())
    }

    /// Reads an entered element into its place, and leaves it.
    fn fill(&mut self, tag: &Tag<'i>, slot: Slot<'_>) -> Result<(), DecodeError> {
        self.path.push(tag.local());
        match slot {
            Slot::Struct(s) => self.structure(tag, s)?,
            Slot::Leaf(leaf) => self.leaf(tag, leaf)?,
            Slot::Raw(raw) => *raw = self.capture(tag)?.0,
            Slot::Taken => {}
        }
        self.path.pop();
        self.tokens.leave();
        Ok(())
    }

    fn leaf(&mut self, tag: &Tag<'i>, leaf: &mut dyn Leaf) -> Result<(), DecodeError> {
        if !tag.is_plain() {
            *leaf.attributes_mut() = self.attributes(tag)?;
        }
        let mut text = Cow::Borrowed("");
        let mut is_open = !tag.empty;
        while is_open {
            match self.next()? {
                Token::Text(more, _) if text.is_empty() => text = more,
                Token::Text(more, _) => text.to_mut().push_str(&more),
                Token::Close => is_open = false,
                Token::Open(inner) => {
                    return Err(DecodeError::ElementInValue {
                        path: self.here(),
                        offset: self.offset(inner.start),
                    });
                }
                Token::Eof => return Err(self.unclosed(tag)),
            }
            self.limit(
                "bytes of text",
                self.tokens.limits.text,
                text.len(),
                tag.start,
            )?;
        }
        match leaf.read(text) {
            Ok(true) => {}
            // An empty number with JHANull or xsi:nil says what it means; without, it is an empty box on a form.
            Ok(false) if leaf.attributes().is_nil() || leaf.attributes().is_null() => {}
            Ok(false) => self.warn(WarningKind::EmptyValue, "", tag.start),
            Err(invalid) => {
                let offset = self.offset(tag.start);
                return Err(DecodeError::Value {
                    path: self.here(),
                    offset,
                    kind: invalid.kind,
                });
            }
        }
        Ok(())
    }

    /// Takes the element verbatim; also tells whether it has neither attributes, nor elements, nor text.
    fn capture(&mut self, tag: &Tag<'i>) -> Result<(Raw, bool), DecodeError> {
        let mut is_hollow = self.attributes(tag)?.is_empty();
        let mut has_bare_names = tag.prefix().is_empty();
        let mut open = usize::from(!tag.empty);
        while open > 0 {
            match self.next()? {
                Token::Open(inner) => {
                    is_hollow = false;
                    has_bare_names |= inner.prefix().is_empty();
                    self.enter(&inner)?;
                    // Slices are written back as they are: only what is well-formed may come in.
                    self.name(&inner)?;
                    self.attributes(&inner)?;
                    if inner.empty {
                        self.tokens.leave();
                    } else {
                        open += 1;
                    }
                }
                Token::Close => {
                    open -= 1;
                    if open > 0 {
                        self.tokens.leave();
                    }
                }
                Token::Text(text, at) => {
                    is_hollow &= is_blank(&text);
                    self.verbatim_text(&text, at)?;
                }
                Token::Eof => return Err(self.unclosed(tag)),
            }
        }
        let slice = self.tokens.since(tag.start);
        let scope = self.tokens.namespaces.needed_by(slice, has_bare_names);
        Ok((Raw::new(slice, scope), is_hollow))
    }

    /// Checks a text that is written back as it came.
    fn verbatim_text(&self, text: &str, at: usize) -> Result<(), DecodeError> {
        if text.contains("]]>") {
            return Err(self.syntax(at, "`]]>` in a text"));
        }
        self.limit("bytes of text", self.tokens.limits.text, text.len(), at)
    }

    fn next(&mut self) -> Result<Token<'i>, DecodeError> {
        self.tokens.next().map_err(|error| self.placed(error))
    }

    fn enter(&mut self, tag: &Tag<'i>) -> Result<(), DecodeError> {
        self.tokens.enter(tag).map_err(|error| self.placed(error))
    }

    fn name(&self, tag: &Tag<'i>) -> Result<Cow<'i, str>, DecodeError> {
        self.tokens.name(tag).map_err(|error| self.placed(error))
    }

    fn attributes(&self, tag: &Tag<'i>) -> Result<Attributes, DecodeError> {
        self.tokens
            .attributes(tag)
            .map_err(|error| self.placed(error))
    }

    fn limit(
        &self,
        limit: &'static str,
        max: usize,
        is: usize,
        at: usize,
    ) -> Result<(), DecodeError> {
        match is > max {
            true => Err(DecodeError::Limit {
                path: self.here(),
                limit,
                max,
                offset: self.offset(at),
            }),
            false => Ok(()),
        }
    }

    fn syntax(&self, at: usize, rule: &'static str) -> DecodeError {
        DecodeError::Syntax {
            path: self.here(),
            offset: self.offset(at),
            rule,
        }
    }

    fn unclosed(&self, tag: &Tag<'i>) -> DecodeError {
        self.syntax(tag.start, "an element is not closed")
    }

    fn warn(&mut self, kind: WarningKind, name: &str, at: usize) {
        if self.warnings.len() < self.tokens.limits.warnings {
            let name = error::clip(name, 100);
            let names = self
                .path
                .iter()
                .copied()
                .chain((!name.is_empty()).then_some(&*name));
            let path = error::path(names);
            self.warnings.push(Warning {
                kind,
                path,
                offset: Some(self.offset(at)),
            });
        }
    }

    /// The tokeniser knows no path: adds it.
    fn placed(&self, mut error: DecodeError) -> DecodeError {
        use DecodeError::{Entity, Limit, Prefix, Syntax};
        if let Syntax { path, .. }
        | Entity { path, .. }
        | Prefix { path, .. }
        | Limit { path, .. } = &mut error
        {
            *path = self.here();
        }
        error
    }

    fn here(&self) -> String {
        error::path(self.path.iter().copied())
    }

    fn offset(&self, at: usize) -> usize {
        self.tokens.offset(at)
    }
}

#[inline]
fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}

/// The number of `Ver_N`, the empty elements that separate the versions of a type.
fn marker(name: &str) -> Option<u8> {
    let digits = name.strip_prefix("Ver_")?;
    let n = digits.parse().ok()?;
    // "+1" and "01" parse as well, but are other names.
    ((1..=63).contains(&n) && digits.starts_with(|c: char| c.is_ascii_digit() && c != '0'))
        .then_some(n)
}

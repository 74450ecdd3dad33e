//! A reply's Body as a tree of what counts in a comparison.

use std::borrow::Cow;

use super::LONGEST_NAME;
use crate::encoding::{Charset, Form, Prolog, Wide};
use crate::error::Refusal;
use crate::open::find_body;
use crate::policy::Limits;
use crate::scan::chars::{is_space, unescape};
use crate::scan::{Event, Ns, Scanner, Tag};

/// An element. Nested no deeper than the scanner's limit, so that walking it may recurse.
#[derive(Default)]
pub(super) struct Node<'i> {
    pub(super) name: Cow<'i, str>,
    pub(super) namespace: Cow<'i, [u8]>,
    pub(super) attributes: Vec<Attribute<'i>>,
    /// Without the white space between elements.
    pub(super) text: Vec<u8>,
    pub(super) children: Vec<Node<'i>>,
}

/// The text of a reply.
pub(super) struct Reply<'i> {
    /// UTF-16 as UTF-8, everything else as it came.
    text: Cow<'i, [u8]>,
    /// In which it came.
    form: Form,
}

impl<'i> Reply<'i> {
    pub(super) fn read(input: &'i [u8]) -> Result<Self, Refusal> {
        let form = Form::of(input, None)?;
        if form == Form::Bytes {
            let text = Cow::Borrowed(input);
            return Ok(Self { text, form });
        }
        let mut wide = Wide::new(form);
        wide.read(input);
        if let Some(flaw) = wide.flaw() {
            return Err(flaw);
        }
        if wide.end() != input.len() {
            let offset = wide.end();
            return Err(Refusal::Truncated { offset });
        }
        let text = Cow::Owned(wide.text().to_vec());
        Ok(Self { text, form })
    }
}

/// An attribute that is no declaration.
pub(super) struct Attribute<'i> {
    /// `@` and the local name.
    pub(super) name: String,
    pub(super) value: Cow<'i, [u8]>,
}

impl<'i> Node<'i> {
    /// What Body holds; none if that is more than `most` elements.
    pub(super) fn body(reply: &'i Reply<'_>, most: usize) -> Result<Option<Self>, Refusal> {
        let input = &*reply.text;
        let prolog = Prolog::read(input, reply.form, None)?;
        if prolog.charset == Charset::SingleByte && !input.is_ascii() {
            return Err(Refusal::Encoding { offset: 0 });
        }
        Charset::Utf8.check(input)?;
        let mut scanner = Scanner::new(input, prolog.end, &Limits::default());
        let (_, body) = find_body(&mut scanner, &mut Vec::new())?;
        let mut open = vec![Node::default()];
        let mut count = 0;
        let mut closed = body.empty;
        loop {
            match scanner.next()? {
                Event::Start(tag) if !closed => {
                    count += 1;
                    if count > most {
                        return Ok(None);
                    }
                    let node = Self::of(&scanner, &tag);
                    match open.last_mut() {
                        Some(parent) if tag.empty => parent.children.push(node),
                        _ => open.push(node),
                    }
                }
                Event::Text(text) if !closed => {
                    if let Some(node) = open.last_mut() {
                        let raw = scanner.bytes(text.span);
                        match text.cdata {
                            true => node.text.extend_from_slice(raw),
                            false => node.text.extend_from_slice(&unescape(raw)),
                        }
                    }
                }
                Event::End(_) if !closed => {
                    if let Some(mut node) = open.pop_if(|_| true) {
                        let blank = node.text.iter().all(|byte| is_space(*byte));
                        if blank && !node.children.is_empty() {
                            node.text.clear();
                        }
                        match open.last_mut() {
                            Some(parent) => parent.children.push(node),
                            None => {
                                closed = true;
                                open.push(node);
                            }
                        }
                    }
                }
                Event::Start(_) | Event::Text(_) | Event::End(_) => {}
                Event::Eof => return Ok(open.pop()),
            }
        }
    }

    fn of(scanner: &Scanner<'i>, tag: &Tag) -> Self {
        let attributes = scanner.attributes().iter().filter(|attribute| {
            let (prefix, local) = (attribute.name.prefix(), attribute.name.local());
            scanner.bytes(prefix) != b"xmlns"
                && !(scanner.bytes(prefix).is_empty() && scanner.bytes(local) == b"xmlns")
        });
        Self {
            name: name(scanner.bytes(tag.local)),
            namespace: match tag.ns {
                Ns::Other(span) => unescape(scanner.bytes(span)),
                Ns::None => Cow::Borrowed(b""),
                known => Cow::Owned(format!("{known:?}").into_bytes()),
            },
            attributes: attributes
                .map(|attribute| Attribute {
                    name: format!("@{}", name(scanner.bytes(attribute.name.local()))),
                    value: unescape(scanner.bytes(attribute.value)),
                })
                .collect(),
            text: Vec::new(),
            children: Vec::new(),
        }
    }
}

/// A name, cut where it is longer than any contract's.
fn name(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.get(..LONGEST_NAME).unwrap_or(bytes))
}

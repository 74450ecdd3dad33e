//! Finds the answer or the fault inside a reply's envelope.

mod fault;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::cut::envelope;
use crate::encoding::{Charset, Form, Prolog};
use crate::error::{Flaw, Refusal};
use crate::policy::Limits;
use crate::report::SoapVersion;
use crate::scan::chars::unescape;
use crate::scan::{Event, Outside, Scanner, Tag};
pub use fault::{Fault, FaultCode};

/// An envelope, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened {
    /// The version of SOAP.
    pub soap: SoapVersion,
    /// The blocks of Header, in order.
    pub headers: Vec<Part>,
    /// What Body holds.
    pub content: Content,
}

/// What Body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// No element.
    Empty,
    /// One element that is no SOAP fault.
    Payload(Part),
    /// A SOAP fault.
    Fault(Box<Fault>),
}

/// An element of the input, with what it needs to be read on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Its bytes in the input, from `<` of the start tag to behind `>` of the end tag.
    pub range: Range<usize>,
    /// Prefix and namespace name of the declarations it inherits; the empty prefix is the default namespace.
    ///
    /// What it declares itself is not among them. The elements of one detail share the list.
    pub namespaces: Arc<[(String, String)]>,
}

/// Opens a reply: checks that `input` is one well-formed SOAP envelope to its end, and finds what Body holds.
///
/// Takes UTF-8 (with or without byte order mark) and what is ASCII under another name, so that each
/// [`Part`] is UTF-8. Nesting, attributes and namespaces are bounded by
/// [`Limits::default()`]; the length is the caller's to bound.
///
/// # Errors
/// A [`Refusal`] for what is not a complete, well-formed SOAP envelope, and for a Body with more than one element.
///
/// ```
/// use castile_envelope::{Content, open};
///
/// let reply = br#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><PingResponse/></s:Body></s:Envelope>"#;
/// let Content::Payload(payload) = open(reply)?.content else { panic!("no answer") };
/// assert_eq!(&reply[payload.range], b"<PingResponse/>");
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
pub fn open(input: &[u8]) -> Result<Opened, Refusal> {
    let mut scanner = Scanner::new(input, prolog_end(input)?, &Limits::default());
    match read_front(&mut scanner)? {
        Read::Whole(opened) => Ok(opened),
        Read::Found(found) => {
            let payload = part(&mut scanner, found.tag, found.namespaces)?;
            end_of_body(&mut scanner)?;
            end_of_envelope(&mut scanner)?;
            Ok(Opened {
                soap: found.soap,
                headers: found.headers,
                content: Content::Payload(payload),
            })
        }
    }
}

/// Opens a reply as [`open`] does, up to the payload: whoever reads that tells where it ends.
///
/// A payload is long, and need not be read twice. What has none is opened whole.
///
/// # Errors
/// As [`open`], of what stands in front of the payload; of the rest [`Payload::close`] tells.
///
/// ```
/// use castile_envelope::{Front, open_front};
///
/// let reply = br#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><PingResponse/></s:Body></s:Envelope>"#;
/// let Front::Payload(payload) = open_front(reply)? else { panic!("no answer") };
/// let rest = &reply[payload.start()..];
/// assert!(rest.starts_with(b"<PingResponse/>"));
/// let end = payload.start() + "<PingResponse/>".len();
/// assert!(payload.close(end)?.is_empty());
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
pub fn open_front(input: &[u8]) -> Result<Front<'_>, Refusal> {
    let mut scanner = Scanner::new(input, prolog_end(input)?, &Limits::default());
    Ok(match read_front(&mut scanner)? {
        Read::Whole(opened) => Front::Whole(opened),
        Read::Found(found) => Front::Payload(Payload {
            outside: scanner.outside(),
            input,
            found,
        }),
    })
}

/// An envelope, opened up to its payload.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "there is one at a time, for a moment"
)]
pub enum Front<'i> {
    /// There is a payload, which was not read yet.
    Payload(Payload<'i>),
    /// There is none: nothing is left to read.
    Whole(Opened),
}

/// A payload that was not read yet, in its envelope.
///
/// `Debug` shows nothing of the message.
pub struct Payload<'i> {
    input: &'i [u8],
    found: Found,
    outside: Outside,
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("start", &self.start())
            .finish_non_exhaustive()
    }
}

impl Payload<'_> {
    /// Where `<` of its start tag stands in the input.
    pub fn start(&self) -> usize {
        self.found.tag.span.start
    }

    /// As [`Part::namespaces`].
    pub fn namespaces(&self) -> &Arc<[(String, String)]> {
        &self.found.namespaces
    }

    /// The blocks of Header, once the envelope is seen to be complete behind `end`, where the payload ends.
    ///
    /// # Errors
    /// As [`open`].
    pub fn close(self, end: usize) -> Result<Vec<Part>, Refusal> {
        let at = end.max(self.found.tag.span.end);
        if !self.outside.ends(self.input, at) {
            let mut scanner = Scanner::new(self.input, at, &Limits::default());
            scanner.go_outside(&self.outside);
            end_of_body(&mut scanner)?;
            end_of_envelope(&mut scanner)?;
        }
        Ok(self.found.headers)
    }
}

/// What stands in front of a payload.
enum Read {
    Whole(Opened),
    Found(Found),
}

/// A payload whose start tag was just read.
struct Found {
    soap: SoapVersion,
    headers: Vec<Part>,
    tag: Tag,
    namespaces: Arc<[(String, String)]>,
}

/// Where the prolog ends of what is in an encoding that we take.
fn prolog_end(input: &[u8]) -> Result<usize, Refusal> {
    if matches!(Form::of(input, None)?, Form::Wide { .. }) {
        return Err(Refusal::Utf16 { offset: 0 });
    }
    let prolog = Prolog::read(input, Form::Bytes, None)?;
    if prolog.charset == Charset::SingleByte && !input.is_ascii() {
        return Err(Refusal::Encoding {
            offset: prolog.named_at,
        });
    }
    Charset::Utf8.check(input)?;
    Ok(prolog.end)
}

/// Reads up to the payload, or to the end if there is none.
fn read_front(scanner: &mut Scanner<'_>) -> Result<Read, Refusal> {
    let mut headers = Vec::new();
    let (soap, body_tag) = find_body(scanner, &mut headers)?;
    let content = match first_element(scanner, &body_tag)? {
        None => Content::Empty,
        Some(tag) if tag.ns == soap.ns() && scanner.bytes(tag.local) == b"Fault" => {
            let fault = fault::read(scanner, tag)?;
            end_of_body(scanner)?;
            Content::Fault(Box::new(fault))
        }
        Some(tag) => {
            return Ok(Read::Found(Found {
                namespaces: inherits(scanner),
                soap,
                headers,
                tag,
            }));
        }
    };
    end_of_envelope(scanner)?;
    Ok(Read::Whole(Opened {
        soap,
        headers,
        content,
    }))
}

/// The start tag of Body; what Header holds goes to `headers`.
pub(crate) fn find_body(
    scanner: &mut Scanner<'_>,
    headers: &mut Vec<Part>,
) -> Result<(SoapVersion, Tag), Refusal> {
    match scanner.usual_opening() {
        Some(usual) => Ok(usual),
        None => find_body_in_any(scanner, headers),
    }
}

/// The same however the message opens.
pub(crate) fn find_body_in_any(
    scanner: &mut Scanner<'_>,
    headers: &mut Vec<Part>,
) -> Result<(SoapVersion, Tag), Refusal> {
    let (soap, _) = envelope(scanner)?;
    let mut expected = "Header or Body";
    loop {
        let (offset, tag) = match scanner.next()? {
            Event::Start(tag) => (tag.span.start, Some(tag)),
            Event::End(span) => (span.start, None),
            Event::Text(_) => continue,
            Event::Eof => (scanner.input().len(), None),
        };
        match tag.filter(|tag| tag.ns == soap.ns()) {
            Some(tag) if scanner.bytes(tag.local) == b"Body" => return Ok((soap, tag)),
            Some(tag) if expected != "Body" && scanner.bytes(tag.local) == b"Header" => {
                expected = "Body";
                if !tag.empty {
                    header(scanner, headers)?;
                }
            }
            _ => return Err(Refusal::BodyExpected { offset, expected }),
        }
    }
}

/// Reads the blocks of Header up to its end tag.
fn header(scanner: &mut Scanner<'_>, headers: &mut Vec<Part>) -> Result<(), Refusal> {
    loop {
        match scanner.next()? {
            Event::Start(tag) => {
                let namespaces = inherits(scanner);
                headers.push(part(scanner, tag, namespaces)?);
            }
            Event::Text(_) => {}
            Event::End(_) | Event::Eof => return Ok(()),
        }
    }
}

/// The start tag of the first element in Body.
fn first_element(scanner: &mut Scanner<'_>, body: &Tag) -> Result<Option<Tag>, Refusal> {
    if body.empty {
        return Ok(None);
    }
    loop {
        match scanner.next()? {
            Event::Start(tag) => return Ok(Some(tag)),
            Event::Text(_) => {}
            Event::End(_) | Event::Eof => return Ok(None),
        }
    }
}

/// Goes on behind the one element in Body to its end.
fn end_of_body(scanner: &mut Scanner<'_>) -> Result<(), Refusal> {
    loop {
        match scanner.next()? {
            Event::Start(tag) => {
                return Err(Refusal::SeveralPayloads {
                    offset: tag.span.start,
                });
            }
            Event::Text(_) => {}
            Event::End(_) | Event::Eof => return Ok(()),
        }
    }
}

/// What may follow Body (SOAP 1.1 section 4) is passed by, but must be well-formed.
fn end_of_envelope(scanner: &mut Scanner<'_>) -> Result<(), Refusal> {
    while !matches!(scanner.next()?, Event::Eof) {}
    Ok(())
}

/// Passes an element by and returns the offset behind it.
fn skip(scanner: &mut Scanner<'_>, tag: Tag) -> Result<usize, Refusal> {
    let mut end = tag.span.end;
    if !tag.empty {
        let depth = scanner.depth();
        while scanner.depth() >= depth {
            scanner.pass_usual(depth);
            if let Event::End(span) = scanner.next()? {
                end = span.end;
            }
        }
    }
    Ok(end)
}

/// What the element inherits whose start tag was just read.
fn inherits(scanner: &Scanner<'_>) -> Arc<[(String, String)]> {
    scanner
        .bindings()
        .visible(scanner.input(), scanner.outer_bindings())
        .map(|(prefix, uri)| (string(prefix), string(&unescape(uri))))
        .collect()
}

fn part(
    scanner: &mut Scanner<'_>,
    tag: Tag,
    namespaces: Arc<[(String, String)]>,
) -> Result<Part, Refusal> {
    let range = tag.span.start..skip(scanner, tag)?;
    Ok(Part { range, namespaces })
}

/// Bytes of the input, cut at markup; what is not UTF-8 is replaced, where that was not checked.
pub(crate) fn string(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Refuses what cannot stand inside Body.
pub(crate) fn no_declaration(payload: &[u8]) -> Result<(), Refusal> {
    match Prolog::read(payload, Form::Bytes, None) {
        Ok(prolog) if prolog.end == 0 => Ok(()),
        Ok(_)
        | Err(Refusal::Malformed {
            flaw: Flaw::XmlDeclaration,
            ..
        }) => Err(Refusal::PayloadDeclaration { offset: 0 }),
        Err(refusal) => Err(refusal),
    }
}

#[cfg(test)]
mod tests;

//! Finds the references of an envelope to its attachments (XOP 1.0 section 2.1).

use std::collections::BTreeMap;
use std::ops::Range;

use crate::encoding::{Form, Prolog};
use crate::error::Refusal;
use crate::policy;
use crate::scan::chars::unescape;
use crate::scan::{Event, Scanner, Span, Tag};

const NAMESPACE: &[u8] = b"http://www.w3.org/2004/08/xop/include";

/// An `xop:Include`.
pub(super) struct Include {
    pub(super) place: Range<usize>,
    /// The Content-ID that it refers to, if it is alone in its element and its reference is one.
    pub(super) id: Option<String>,
    /// All that is in the element that it stands in.
    within: Range<usize>,
    /// Whether that element has an attribute `href` itself.
    is_named: bool,
}

/// The references of an envelope, in their order.
pub(super) fn includes(input: &[u8]) -> Result<Vec<Include>, Refusal> {
    let mut found: Vec<Include> = Vec::new();
    if matches!(Form::of(input, None)?, Form::Wide { .. }) {
        return Err(Refusal::Utf16 { offset: 0 });
    }
    let prolog = Prolog::read(input, Form::Bytes, None)?;
    let mut scanner = Scanner::new(input, prolog.end, &policy::Limits::default());
    // Whether nothing but white space came since the last start tag; and whether a reference ended just now.
    let (mut is_first, mut is_behind) = (false, false);
    // Where the content of that start tag begins, and whether it has an `href`.
    let mut parent = (0, false);
    loop {
        match scanner.next()? {
            Event::Start(tag) => {
                if is_behind {
                    has_company(&mut found);
                }
                is_behind = is_include(&scanner, &tag);
                if is_behind {
                    let id = reference(&scanner).filter(|_| is_first);
                    let place = tag.span.start..end(&mut scanner, tag)?;
                    let (begin, is_named) = parent;
                    let within = begin..place.end;
                    found.push(Include {
                        place,
                        id,
                        within,
                        is_named,
                    });
                } else {
                    parent = (tag.span.end, href(&scanner).is_some());
                }
                is_first = !is_behind && !tag.empty;
            }
            Event::Text(text) if scanner.bytes(text.span).trim_ascii().is_empty() => {}
            Event::Text(_) => {
                if is_behind {
                    has_company(&mut found);
                }
                (is_first, is_behind) = (false, false);
            }
            Event::End(tag) => {
                if let Some(include) = found.last_mut().filter(|_| is_behind) {
                    include.within.end = tag.start;
                }
                (is_first, is_behind) = (false, false);
            }
            Event::Eof => return Ok(found),
        }
    }
}

/// The envelope with each reference as an attribute `href` of its element, which is empty then, and where in `input`
/// each Content-ID is referred to first.
///
/// # Errors
/// What is malformed; [`Refusal::Include`] for a reference that is none, has company, or finds an `href`.
pub(super) fn named(input: &[u8]) -> Result<(Vec<u8>, BTreeMap<String, usize>), Refusal> {
    let mut out = Vec::with_capacity(input.len());
    let mut referred = BTreeMap::new();
    let mut copied = 0;
    for include in includes(input)? {
        let offset = include.place.start;
        let id = include.id.filter(|_| !include.is_named);
        let id = id.ok_or(Refusal::Include { offset })?;
        // In front of the `>` that ends the start tag.
        out.extend_from_slice(&input[copied..include.within.start - 1]);
        out.extend_from_slice(b" href=\"cid:");
        for byte in id.bytes() {
            match byte {
                b'@' | b'-' | b'.' | b'_' | b'~' => out.push(byte),
                byte if byte.is_ascii_alphanumeric() => out.push(byte),
                byte => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            }
        }
        out.extend_from_slice(b"\">");
        copied = include.within.end;
        referred.entry(id).or_insert(offset);
    }
    out.extend_from_slice(&input[copied..]);
    Ok((out, referred))
}

/// Something stands behind the last reference in its element.
fn has_company(found: &mut [Include]) {
    if let Some(include) = found.last_mut() {
        include.id = None;
    }
}

fn is_include(scanner: &Scanner<'_>, tag: &Tag) -> bool {
    let name = scanner.bytes(tag.local);
    // The name as it stands begins behind `<`.
    let prefix = Span {
        start: tag.span.start + 1,
        end: tag.local.start.saturating_sub(1).max(tag.span.start + 1),
    };
    let prefix = scanner.bytes(prefix);
    let uri = scanner.bindings().uri(scanner.input(), prefix);
    name == b"Include" && uri.is_some_and(|uri| *unescape(uri) == *NAMESPACE)
}

/// The Content-ID that the `href` of the tag read last refers to.
fn reference(scanner: &Scanner<'_>) -> Option<String> {
    unescaped(&unescape(href(scanner)?))
}

/// The raw `href` of the tag read last.
fn href<'i>(scanner: &Scanner<'i>) -> Option<&'i [u8]> {
    let mut attributes = scanner.attributes().iter();
    let href = attributes.find(|attribute| scanner.bytes(attribute.name.whole()) == b"href")?;
    Some(scanner.bytes(href.value))
}

/// The Content-ID that a `cid:` URL refers to (RFC 2392); none if it is no such URL.
///
/// ```
/// use castile_envelope::content_id;
/// assert_eq!(content_id("cid:1%40x").as_deref(), Some("1@x"));
/// assert_eq!(content_id("http://x"), None);
/// ```
pub fn content_id(href: &str) -> Option<String> {
    unescaped(href.as_bytes())
}

fn unescaped(href: &[u8]) -> Option<String> {
    let (scheme, id) = href.split_at_checked(4)?;
    if !scheme.eq_ignore_ascii_case(b"cid:") {
        return None;
    }
    let mut bytes = Vec::with_capacity(id.len());
    let mut rest = id;
    while let [byte, after @ ..] = rest {
        rest = after;
        bytes.push(match byte {
            b'%' => {
                let (digits, after) = rest.split_at_checked(2)?;
                rest = after;
                let digits = std::str::from_utf8(digits).ok()?;
                let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?
            }
            byte => *byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|id| !id.is_empty())
}

/// The offset behind the element whose start tag was just read.
fn end(scanner: &mut Scanner<'_>, tag: Tag) -> Result<usize, Refusal> {
    let mut end = tag.span.end;
    if !tag.empty {
        let depth = scanner.depth();
        while scanner.depth() >= depth {
            if let Event::End(span) = scanner.next()? {
                end = span.end;
            }
        }
    }
    Ok(end)
}

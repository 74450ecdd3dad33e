//! Reads which institution a jXchange request is addressed to.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use crate::document::{Document, Located};
use crate::encoding::{Form, Named, Prolog, Wide};
use crate::error::Refusal;
use crate::open::{find_body, string};
use crate::policy::Limits;
use crate::scan::chars::{is_space, trim, unescape};
use crate::scan::{Event, Scanner, Tag};

const HEADER: &[u8] = b"jXchangeHdr";
const OVERRIDE: &[u8] = b"OvrrdInstRtId";
/// `MsgRqHdr` and `SrchMsgRqHdr`, the first element of a request, hold the header.
const PARENT: &[u8] = b"MsgRqHdr";

/// Which institution a request says it is for.
///
/// Elements and attributes count by their local names: a message that the gateway might read in another
/// way than we do is better judged once too often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// One for each `jXchangeHdr` in Body or behind it; a request has one, `Ping` has none.
    pub headers: Vec<HeaderAddress>,
    /// Each `OvrrdInstRtId` attribute in Body or behind it: an identifier that belongs to another institution.
    pub overrides: Vec<Said>,
    /// Up to where the message was read.
    pub end: usize,
}

/// What one `jXchangeHdr` says, as often as it says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderAddress {
    /// Where the header begins.
    pub offset: usize,
    /// `InstRtId`: routing number or another id; an element without text is left out.
    pub inst_rt_id: Vec<Said>,
    /// `InstEnv`; an element without text is left out. The gateway takes absence for PROD.
    pub inst_env: Vec<Said>,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said {
    /// Without the white space around it; `<` stands for an element inside, of which nothing is read.
    pub value: String,
    /// Of its tag; in a UTF-16 message the offset in its text as UTF-8.
    pub offset: usize,
}

impl Document {
    /// Reads the whole message.
    ///
    /// Behind the first `jXchangeHdr`, Body is read only if it holds another one or an override.
    ///
    /// # Errors
    /// What is no SOAP message, and what is malformed or over a limit before the last thing that counts.
    ///
    /// ```
    /// use castile_envelope::Document;
    ///
    /// let message = br#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
    ///   <AcctInq><MsgRqHdr><jXchangeHdr><InstRtId>011001276</InstRtId></jXchangeHdr></MsgRqHdr></AcctInq>
    ///   </s:Body></s:Envelope>"#;
    /// let address = Document::of(None)?.address(message)?;
    /// assert_eq!(address.headers[0].inst_rt_id[0].value, "011001276");
    /// assert!(address.headers[0].inst_env.is_empty());
    /// # Ok::<(), castile_envelope::Refusal>(())
    /// ```
    pub fn address(&self, input: &[u8]) -> Result<Address, Refusal> {
        of_located(&self.envelope_in(input)?, Reach::Whole)
    }

    /// Reads the beginning of a message, up to the end of its `jXchangeHdr`; if its first element is no
    /// `MsgRqHdr` or `SrchMsgRqHdr`, up to there. `None` if that takes more input.
    ///
    /// What comes behind is to be watched with [`mentions_address`].
    ///
    /// # Errors
    /// As [`address`](Self::address).
    pub fn address_of_start(&self, input: &[u8]) -> Result<Option<Address>, Refusal> {
        let located = self.envelope_in(input);
        let read = located.and_then(|located| of_located(&located, Reach::Start));
        match read {
            Ok(address) => Ok(Some(address)),
            // A root part that has not come yet looks like one that is missing.
            Err(Refusal::RootMissing { .. } | Refusal::Boundary { .. }) => Ok(None),
            Err(refusal) if refusal.is_undecided(input.len()) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }
}

impl Address {
    /// The same address seen from `by` bytes further to the front.
    fn shifted(mut self, by: usize) -> Self {
        if by == 0 {
            return self;
        }
        let headers = self.headers.iter_mut();
        let said = headers.flat_map(|header| {
            header.offset += by;
            header.inst_rt_id.iter_mut().chain(&mut header.inst_env)
        });
        for said in said.chain(&mut self.overrides) {
            said.offset += by;
        }
        self.end += by;
        self
    }
}

/// Whether bytes behind [`Address::end`] may say more about the institution.
///
/// For messages that pass by in chunks: put the last [`ADDRESS_OVERLAP`] bytes of one in front of the next.
pub fn mentions_address(bytes: &[u8]) -> bool {
    let wide = |name: &[u8], first: usize| -> Vec<u8> {
        let mut units = vec![0; 2 * name.len()];
        for (at, byte) in name.iter().enumerate() {
            units[2 * at + first] = *byte;
        }
        units
    };
    let found = |name: &[u8], first| memmem::find(bytes, &wide(name, first)).is_some();
    let wide_found = |name| found(name, 0) || found(name, 1);
    names_address(bytes) || wide_found(HEADER) || wide_found(OVERRIDE)
}

fn names_address(text: &[u8]) -> bool {
    // Made once: that takes as long as the search.
    static NAMES: LazyLock<[Finder<'_>; 2]> = LazyLock::new(|| [HEADER, OVERRIDE].map(Finder::new));
    NAMES.iter().any(|name| name.find(text).is_some())
}

/// How many bytes of one chunk [`mentions_address`] wants in front of the next.
pub const ADDRESS_OVERLAP: usize = 2 * OVERRIDE.len() - 1;

/// How far a message is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To the end of the first header, or to where it would stand.
    Start,
    /// To the last header or override.
    Whole,
}

fn of_located(located: &Located<'_>, reach: Reach) -> Result<Address, Refusal> {
    of_envelope(located.envelope, located.charset.as_deref(), reach)
        .map(|address| address.shifted(located.start))
        .map_err(|refusal| refusal.shifted(located.start))
}

fn of_envelope(input: &[u8], charset: Option<&str>, reach: Reach) -> Result<Address, Refusal> {
    let beside = match charset {
        Some(name) => Some(Named::of(name.as_bytes()).ok_or(Refusal::Encoding { offset: 0 })?),
        None => None,
    };
    let form = Form::of(input, beside)?;
    if form == Form::Bytes {
        return of_text(input, form, beside, reach);
    }
    let mut wide = Wide::new(form);
    wide.read(input);
    if reach == Reach::Whole
        && let Some(flaw) = wide.flaw()
    {
        return Err(flaw);
    }
    let mut address = of_text(wide.text(), form, beside, reach)?;
    address.end = wide.offsets().original(address.end);
    Ok(address)
}

fn of_text(
    text: &[u8],
    form: Form,
    beside: Option<Named>,
    reach: Reach,
) -> Result<Address, Refusal> {
    let prolog = Prolog::read(text, form, beside)?;
    let mut scanner = Scanner::new(text, prolog.end, &Limits::default());
    let (_, body) = find_body(&mut scanner, &mut Vec::new())?;
    let mut address = Address {
        end: body.span.end,
        ..Address::default()
    };
    // Of a beginning, what comes behind Body is watched; of a whole message it is read.
    if body.empty && reach == Reach::Start {
        return Ok(address);
    }
    let depth = scanner.depth() + usize::from(body.empty);
    let silent = |from: usize| !names_address(text.get(from..).unwrap_or_default());
    if reach == Reach::Whole && silent(address.end) {
        return Ok(address);
    }
    loop {
        match scanner.next()? {
            Event::Start(tag) => {
                note_overrides(&scanner, &tag, &mut address);
                address.end = tag.span.end;
                if scanner.bytes(tag.local) == HEADER {
                    header(&mut scanner, &tag, &mut address)?;
                    // Asked once only: a message of nothing but headers must not cost their number squared.
                    let first = address.headers.len() == 1;
                    if reach == Reach::Start || (first && silent(address.end)) {
                        return Ok(address);
                    }
                }
                // An empty element is not among the open ones.
                let level = scanner.depth() + usize::from(tag.empty);
                let may_hold_header = !tag.empty && scanner.bytes(tag.local).ends_with(PARENT);
                if reach == Reach::Start && level == depth + 2 && !may_hold_header {
                    return Ok(address);
                }
            }
            Event::End(span) => {
                address.end = span.end;
                // Its first element, or Body itself. A second Body is for the whole message only.
                if reach == Reach::Start && scanner.depth() <= depth + 1 {
                    return Ok(address);
                }
            }
            Event::Text(text) => address.end = text.span.end,
            Event::Eof => return Ok(address),
        }
    }
}

fn note_overrides(scanner: &Scanner<'_>, tag: &Tag, address: &mut Address) {
    for attribute in scanner.attributes() {
        if scanner.bytes(attribute.name.local()) == OVERRIDE {
            address.overrides.push(Said {
                value: string(trim(&unescape(scanner.bytes(attribute.value)))),
                offset: tag.span.start,
            });
        }
    }
}

/// Reads the header whose start tag was read last.
fn header(scanner: &mut Scanner<'_>, tag: &Tag, address: &mut Address) -> Result<(), Refusal> {
    let mut header = HeaderAddress {
        offset: tag.span.start,
        ..HeaderAddress::default()
    };
    let depth = scanner.depth();
    // The name, the value so far, and how deep the element is that says it.
    let mut open: Option<(&[u8], Said, usize)> = None;
    while !tag.empty && scanner.depth() >= depth {
        if open.is_none() {
            // Without attributes there are no overrides.
            while let Some(leaf) = scanner.usual_leaf() {
                if let Some(values) = header.values(scanner.bytes(leaf.local)) {
                    let text = trim(scanner.bytes(leaf.text));
                    if !text.is_empty() {
                        let (value, offset) = (string(text), leaf.start);
                        values.push(Said { value, offset });
                    }
                }
            }
        }
        match scanner.next()? {
            Event::Start(child) => {
                note_overrides(scanner, &child, address);
                let name = scanner.bytes(child.local);
                if let Some((_, said, _)) = &mut open {
                    said.value.push(ELEMENT);
                } else if header.values(name).is_some() && !child.empty {
                    let offset = child.span.start;
                    let value = String::new();
                    open = Some((name, Said { value, offset }, scanner.depth()));
                }
            }
            Event::Text(text) => {
                if let Some((_, said, _)) = &mut open {
                    let raw = scanner.bytes(text.span);
                    let value = if text.cdata {
                        raw.into()
                    } else {
                        unescape(raw)
                    };
                    said.value.push_str(&String::from_utf8_lossy(&value));
                }
            }
            Event::End(span) => {
                address.end = span.end;
                let closed = open.take_if(|(_, _, depth)| scanner.depth() < *depth);
                if let Some((name, mut said, _)) = closed
                    && let Some(values) = header.values(name)
                {
                    if said.value.starts_with(is_blank) || said.value.ends_with(is_blank) {
                        said.value = said.value.trim_matches(is_blank).to_owned();
                    }
                    values.extend(Some(said).filter(|said| !said.value.is_empty()));
                }
            }
            Event::Eof => break,
        }
    }
    address.headers.push(header);
    Ok(())
}

impl HeaderAddress {
    /// What elements of that local name say.
    fn values(&mut self, name: &[u8]) -> Option<&mut Vec<Said>> {
        match name {
            b"InstRtId" => Some(&mut self.inst_rt_id),
            b"InstEnv" => Some(&mut self.inst_env),
            _ => None,
        }
    }
}

/// Stands in a value for an element inside of it, such as an `xop:Include`: what a server makes of that is not known,
/// and no institution is called so.
const ELEMENT: char = '<';

fn is_blank(c: char) -> bool {
    u8::try_from(c).is_ok_and(is_space)
}

#[cfg(test)]
mod tests;

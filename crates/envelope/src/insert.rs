//! Puts a security header into an envelope that has none.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::cut::envelope;
use crate::document::Document;
use crate::encoding::{Form, Named, Prolog};
use crate::error::Refusal;
use crate::multipart::Correction;
use crate::policy::Limits;
use crate::report::SoapVersion;
use crate::scan::{Event, Ns, Scanner, Tag};
use crate::wrap::{UsernameToken, escaped, pieces};

/// What the beginning of a message says of its security header.
#[derive(Debug)]
pub enum Security<'t> {
    /// It has one of its own, well-formed or not, for whomever.
    Own,
    /// It has none: what adds it.
    Missing(Box<Insertion<'t>>),
    /// Body does not begin in what was seen.
    Undecided,
}

/// What adds a security header to a message. `Debug` shows where, not what.
pub struct Insertion<'t> {
    /// The new Content-Length of a multipart message's root part, which stands before its envelope.
    correction: Option<Correction>,
    /// What goes, and what comes before and behind the block in its place.
    gone: Range<usize>,
    before: String,
    block: [(Cow<'t, str>, &'t str); 7],
    after: String,
}

impl Insertion<'_> {
    /// By how many bytes the message grows.
    pub fn growth(&self) -> usize {
        let digits = self.correction.as_ref();
        let digits = digits.map_or(0, |correction| {
            correction.digits.len() - correction.range.len()
        });
        self.growth_of_envelope() + digits
    }

    fn growth_of_envelope(&self) -> usize {
        let mut block = 0;
        self.each_piece(|text| block += text.len());
        self.before.len() + block + self.after.len() - self.gone.len()
    }

    /// `input`, the bytes that were looked at or more of the same message, with the header in it. A secret as a whole.
    ///
    /// The buffer is allocated once and to size, so that no second copy of a password stays behind.
    pub fn apply(&self, input: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(input.len() + self.growth());
        let mut from = 0;
        if let Some(correction) = &self.correction {
            out.extend_from_slice(input.get(..correction.range.start).unwrap_or_default());
            out.extend_from_slice(correction.digits.as_bytes());
            from = correction.range.end;
        }
        out.extend_from_slice(input.get(from..self.gone.start).unwrap_or_default());
        out.extend_from_slice(self.before.as_bytes());
        self.each_piece(|text| out.extend_from_slice(text.as_bytes()));
        out.extend_from_slice(self.after.as_bytes());
        out.extend_from_slice(input.get(self.gone.end..).unwrap_or_default());
        out
    }

    /// The block in ASCII: any superset of it may stand around.
    fn each_piece(&self, mut write: impl FnMut(&str)) {
        for (markup, value) in &self.block {
            write(markup);
            for piece in escaped(value) {
                if piece.is_ascii() {
                    write(piece);
                } else {
                    for c in piece.chars() {
                        if c.is_ascii() {
                            write(c.encode_utf8(&mut [0; 4]));
                        } else {
                            write(&format!("&#x{:X};", u32::from(c)));
                        }
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Insertion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Insertion")
            .field("gone", &self.gone)
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Looks for a security header in a message, or in its beginning, and says how `token` is added if there is none.
    ///
    /// Any `Security` block in Header counts as one, whatever it holds and for whom it is: what the caller made is
    /// left alone. What is added is ASCII and declares its own prefixes, so that it fits wherever it stands; the
    /// rest of the message stays as it is, but for the Content-Length of a multipart message's root part.
    ///
    /// # Errors
    /// What is no SOAP envelope up to Body, UTF-16 without a security header, a digest over the root part, and
    /// [`Refusal::Unwritable`].
    ///
    /// ```
    /// use castile_envelope::{Document, Security, UsernameToken};
    ///
    /// let message = b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/><s:Body/></s:Envelope>";
    /// let token = UsernameToken { username: "me", password: "secret", created: None, must_understand: false };
    /// let Security::Missing(insertion) = Document::of(None)?.security(message, &token)? else { panic!() };
    /// let out = String::from_utf8(insertion.apply(message)).unwrap();
    /// assert!(out.contains("<s:Header><wsse:Security ") && out.contains("</wsse:Security></s:Header><s:Body/>"));
    /// # Ok::<(), castile_envelope::Refusal>(())
    /// ```
    pub fn security<'t>(
        &self,
        input: &[u8],
        token: &UsernameToken<'t>,
    ) -> Result<Security<'t>, Refusal> {
        match self.seek(input, token) {
            // A root part that has not come yet looks like one that is missing.
            Err(Refusal::RootMissing { .. } | Refusal::Boundary { .. }) => Ok(Security::Undecided),
            Err(refusal) if refusal.is_undecided(input.len()) => Ok(Security::Undecided),
            sought => sought,
        }
    }

    fn seek<'t>(&self, input: &[u8], token: &UsernameToken<'t>) -> Result<Security<'t>, Refusal> {
        let located = self.envelope_in(input)?;
        let found = place(located.envelope, located.charset.as_deref())
            .map_err(|refusal| refusal.shifted(located.start))?;
        let Some((soap, place)) = found else {
            return Ok(Security::Own);
        };
        let (gone, before, after) = place.around(soap, located.envelope);
        let mut insertion = Insertion {
            correction: None,
            gone: gone.start + located.start..gone.end + located.start,
            before,
            block: block(token, soap)?,
            after,
        };
        insertion.correction = self.longer_root(input, insertion.growth_of_envelope())?;
        Ok(Security::Missing(Box::new(insertion)))
    }
}

/// Where the block goes.
enum Place {
    /// Behind Header's start tag.
    Header(usize),
    /// Into an empty Header.
    EmptyHeader(Tag),
    /// Before Body's start tag, in a Header of its own.
    NoHeader(usize),
}

impl Place {
    /// What goes, and what comes before and behind the block in its place.
    fn around(&self, soap: SoapVersion, envelope: &[u8]) -> (Range<usize>, String, String) {
        match self {
            Self::Header(at) => (*at..*at, String::new(), String::new()),
            Self::EmptyHeader(tag) => {
                let name = envelope.get(tag.span.start + 1..tag.local.end);
                let name = String::from_utf8_lossy(name.unwrap_or_default());
                let slash = tag.span.end - 2..tag.span.end;
                (slash, ">".to_owned(), format!("</{name}>"))
            }
            Self::NoHeader(at) => {
                let before = format!("<soap:Header xmlns:soap=\"{}\">", uri(soap));
                (*at..*at, before, "</soap:Header>".to_owned())
            }
        }
    }
}

/// Where a security header goes; none if there is one.
fn place(input: &[u8], charset: Option<&str>) -> Result<Option<(SoapVersion, Place)>, Refusal> {
    let beside = match charset {
        Some(name) => Some(Named::of(name.as_bytes()).ok_or(Refusal::Encoding { offset: 0 })?),
        None => None,
    };
    let form = Form::of(input, beside)?;
    if form != Form::Bytes {
        return Err(Refusal::Utf16 { offset: 0 });
    }
    let prolog = Prolog::read(input, form, beside)?;
    let mut scanner = Scanner::new(input, prolog.end, &Limits::default());
    let (soap, _) = envelope(&mut scanner)?;
    let mut place = None;
    loop {
        let (offset, tag) = match scanner.next()? {
            Event::Start(tag) => (tag.span.start, Some(tag)),
            Event::End(span) => (span.start, None),
            Event::Text(_) => continue,
            Event::Eof => (input.len(), None),
        };
        let expected = if place.is_some() {
            "Body"
        } else {
            "Header or Body"
        };
        match tag.filter(|tag| tag.ns == soap.ns()) {
            Some(tag) if scanner.bytes(tag.local) == b"Body" => {
                let place = place.unwrap_or(Place::NoHeader(tag.span.start));
                return Ok(Some((soap, place)));
            }
            Some(tag) if place.is_none() && scanner.bytes(tag.local) == b"Header" => {
                if tag.empty {
                    place = Some(Place::EmptyHeader(tag));
                } else if has_security(&mut scanner)? {
                    return Ok(None);
                } else {
                    place = Some(Place::Header(tag.span.end));
                }
            }
            _ => return Err(Refusal::BodyExpected { offset, expected }),
        }
    }
}

/// Whether a block of Header is a security header; reads up to that block, or to Header's end tag.
fn has_security(scanner: &mut Scanner<'_>) -> Result<bool, Refusal> {
    let inside = scanner.depth();
    loop {
        match scanner.next()? {
            Event::Start(tag) => {
                let level = scanner.depth() - usize::from(!tag.empty);
                if level == inside && tag.ns == Ns::Wsse && scanner.bytes(tag.local) == b"Security"
                {
                    return Ok(true);
                }
            }
            Event::End(_) if scanner.depth() < inside => return Ok(false),
            Event::End(_) | Event::Text(_) => {}
            Event::Eof => return Ok(false),
        }
    }
}

/// Markup, each with the value that follows it.
fn block<'t>(
    token: &UsernameToken<'t>,
    soap: SoapVersion,
) -> Result<[(Cow<'t, str>, &'t str); 7], Refusal> {
    let plain = UsernameToken {
        must_understand: false,
        ..*token
    };
    let mut block = pieces(&plain)?.map(|(markup, value)| (Cow::Borrowed(markup), value));
    if token.must_understand {
        // The second piece is the attribute, with a prefix that is bound in an envelope of our own only.
        let mark = format!(r#" xmlns:soap="{}" soap:mustUnderstand="1""#, uri(soap));
        block[1].0 = Cow::Owned(mark);
    }
    Ok(block)
}

fn uri(soap: SoapVersion) -> &'static str {
    match soap {
        SoapVersion::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
        SoapVersion::V12 => "http://www.w3.org/2003/05/soap-envelope",
    }
}

#[cfg(test)]
mod tests;

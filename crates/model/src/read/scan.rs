//! Finds tags, texts and references in a payload, the usual forms first.

use super::tag::Tag;

/// The markup of a payload, read from front to back.
///
/// Names of end tags are compared here; what stands inside a start tag is left to others.
pub(super) struct Scanner<'i> {
    input: &'i str,
    at: usize,
    /// Names of the elements that are open.
    open: Vec<&'i str>,
}

/// What comes next. Comments and processing instructions are no data and are passed over.
pub(super) enum Event<'i> {
    Open(Tag<'i>),
    Close,
    /// Text as it stands, without reference.
    Text(&'i str),
    CData(&'i str),
    /// What stands between `&` and `;`.
    Reference(&'i str),
    DocType,
    Eof,
}

/// A rule of XML 1.0 that is broken, and where.
pub(super) struct Flaw {
    pub(super) at: usize,
    pub(super) rule: &'static str,
}

impl<'i> Scanner<'i> {
    pub(super) fn new(input: &'i str) -> Self {
        Self {
            input,
            at: 0,
            open: Vec::with_capacity(8),
        }
    }

    /// Where reading stands.
    #[inline]
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The next event, and where it starts.
    #[inline]
    pub(super) fn next(&mut self) -> Result<(Event<'i>, usize), Flaw> {
        loop {
            let start = self.at;
            let bytes = self.input.as_bytes();
            let event = match (bytes.get(start), bytes.get(start + 1)) {
                (None, _) => Event::Eof,
                (Some(b'<'), Some(b'/')) => self.end_tag()?,
                (Some(b'<'), Some(b'!')) => match self.declaration()? {
                    Some(event) => event,
                    None => continue,
                },
                (Some(b'<'), Some(b'?')) => {
                    self.instruction()?;
                    continue;
                }
                (Some(b'<'), _) => self.start_tag()?,
                (Some(b'&'), _) => self.reference()?,
                _ => {
                    self.at = markup(bytes, start);
                    Event::Text(&self.input[start..self.at])
                }
            };
            return Ok((event, start));
        }
    }

    /// Goes into an element, of which the start tag was passed: its end tag is expected from here on.
    #[inline]
    pub(super) fn go_in(&mut self, tag: &Tag<'i>) {
        if !tag.empty {
            self.open.push(tag.name());
        }
    }

    /// The start tag that comes next, if it is the usual one: a name and nothing more.
    #[inline(always)]
    pub(super) fn plain_start(&mut self) -> Option<Tag<'i>> {
        let start = self.at;
        let rest = self.input.as_bytes().get(start..)?;
        let [b'<', first, ..] = rest else {
            return None;
        };
        if !starts_name(*first) {
            return None;
        }
        let (mut local_at, mut end) = (1, name_end(rest, 1));
        let mut behind = *rest.get(end)?;
        if behind == b':' {
            local_at = end + 1;
            if !starts_name(*rest.get(local_at)?) {
                return None;
            }
            end = name_end(rest, local_at);
            behind = *rest.get(end)?;
        }
        let empty = behind == b'/' && rest.get(end + 1) == Some(&b'>');
        if behind != b'>' && !empty {
            return None;
        }
        let name = part(self.input, start + 1, start + end)?;
        self.at = start + end + 1 + usize::from(empty);
        Some(Tag::new(name, local_at - 1, "", empty, start))
    }

    /// Goes behind the end tag that comes next, if it is the one expected and has no white space.
    #[inline]
    pub(super) fn plain_end(&mut self) -> bool {
        let Some(name) = self.open.last() else {
            return false;
        };
        let rest = self.input.as_bytes().get(self.at..);
        let is_end = rest.is_some_and(|rest| is_end_tag(rest, name));
        if is_end {
            self.at += name.len() + 3;
            self.open.pop();
        }
        is_end
    }

    /// The content of an element that nothing was read of, if it is text without references, and where its end tag
    /// ends.
    #[inline(always)]
    pub(super) fn plain_content(&self, tag: &Tag<'i>) -> Option<(&'i str, usize)> {
        let bytes = self.input.as_bytes();
        let end = markup(bytes, self.at);
        match is_end_tag(bytes.get(end..)?, tag.name()) {
            true => Some((part(self.input, self.at, end)?, end + tag.name().len() + 3)),
            false => None,
        }
    }

    /// Goes on at a place behind.
    #[inline]
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    #[inline]
    fn start_tag(&mut self) -> Result<Event<'i>, Flaw> {
        let (start, bytes) = (self.at, self.input.as_bytes());
        let name_at = start + 1;
        let mut end = name_end(bytes, name_at);
        let mut local_at = name_at;
        if bytes.get(end) == Some(&b':') && end > name_at {
            local_at = end + 1;
            end = name_end(bytes, local_at);
        }
        // `{namespace}local` means something to `Struct::read`: no payload may say it.
        let is_name = |at: usize| bytes.get(at).is_some_and(|b| starts_name(*b));
        if !is_name(name_at) || !is_name(local_at) {
            return Err(Flaw {
                at: start,
                rule: NAME,
            });
        }
        let (close, empty) = match bytes.get(end) {
            Some(b'>') => (end, false),
            Some(b'/') if bytes.get(end + 1) == Some(&b'>') => (end, true),
            Some(b' ' | b'\t' | b'\n' | b'\r') => tag_end(bytes, end).ok_or(Flaw {
                at: start,
                rule: UNENDED,
            })?,
            Some(_) => {
                return Err(Flaw {
                    at: start,
                    rule: NAME,
                });
            }
            None => {
                return Err(Flaw {
                    at: start,
                    rule: UNENDED,
                });
            }
        };
        self.at = close + 1 + usize::from(empty);
        let (name, rest) = (&self.input[name_at..end], &self.input[end..close]);
        let tag = Tag::new(name, local_at - name_at, rest, empty, start);
        Ok(Event::Open(tag))
    }

    #[inline]
    fn end_tag(&mut self) -> Result<Event<'i>, Flaw> {
        let flaw = |at, rule| Err(Flaw { at, rule });
        let (start, bytes) = (self.at, self.input.as_bytes());
        let Some(name) = self.open.pop() else {
            return flaw(start, "an end tag without start tag");
        };
        let rest = &bytes[start + 2..];
        let Some(rest) = rest.strip_prefix(name.as_bytes()) else {
            return flaw(start, OTHER_NAME);
        };
        let space = rest.iter().take_while(|b| is_space(**b)).count();
        match rest.get(space) {
            Some(b'>') => {
                self.at = start + 2 + name.len() + space + 1;
                Ok(Event::Close)
            }
            Some(_) => flaw(start, OTHER_NAME),
            None => flaw(start, UNENDED),
        }
    }

    /// `<!…`: a comment gives nothing.
    fn declaration(&mut self) -> Result<Option<Event<'i>>, Flaw> {
        let start = self.at;
        let rest = &self.input[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            let Some(end) = comment.find("--") else {
                return Err(Flaw {
                    at: start,
                    rule: UNENDED,
                });
            };
            if comment.as_bytes().get(end + 2) != Some(&b'>') {
                let rule = "`--` in a comment";
                return Err(Flaw { at: start, rule });
            }
            self.at = start + 4 + end + 3;
            return Ok(None);
        }
        if let Some(text) = rest.strip_prefix("<![CDATA[") {
            let end = text.find("]]>").ok_or(Flaw {
                at: start,
                rule: UNENDED,
            })?;
            self.at = start + 9 + end + 3;
            return Ok(Some(Event::CData(&text[..end])));
        }
        if rest.len() > 9 && rest.as_bytes()[2..9].eq_ignore_ascii_case(b"DOCTYPE") {
            return Ok(Some(Event::DocType));
        }
        Err(Flaw {
            at: start,
            rule: "malformed markup",
        })
    }

    /// `<?…?>`, the XML declaration included.
    fn instruction(&mut self) -> Result<(), Flaw> {
        let start = self.at;
        let flaw = |rule| Err(Flaw { at: start, rule });
        let content = &self.input[start + 2..];
        let Some(end) = content.find("?>") else {
            return flaw(UNENDED);
        };
        let content = &content[..end];
        // Without a colon (Namespaces in XML 1.0, section 7).
        let target = name_end(content.as_bytes(), 0);
        let is_target = content.bytes().next().is_some_and(starts_name);
        let is_ended = content[target..].is_empty() || is_space(content.as_bytes()[target]);
        if !is_target || !is_ended {
            return flaw(TARGET);
        }
        if start > 0 && &content[..target] == "xml" {
            return flaw("an XML declaration inside");
        }
        self.at = start + 2 + end + 2;
        Ok(())
    }

    fn reference(&mut self) -> Result<Event<'i>, Flaw> {
        let start = self.at + 1;
        let rest = &self.input.as_bytes()[start..];
        match memchr::memchr3(b';', b'<', b'&', rest) {
            Some(end) if rest[end] == b';' => {
                self.at = start + end + 1;
                Ok(Event::Reference(&self.input[start..start + end]))
            }
            _ => Err(Flaw {
                at: self.at,
                rule: "a `&` that starts no reference",
            }),
        }
    }
}

/// XML 1.0, section 2.6.
const TARGET: &str = "a processing instruction without a name";
const NAME: &str = "a name with characters that names cannot have";
const OTHER_NAME: &str = "an end tag of another name";
const UNENDED: &str = "markup that does not end";

/// A part of the input.
///
/// As `input.get(from..to)`, which is a call of a function.
#[inline(always)]
fn part(input: &str, from: usize, to: usize) -> Option<&str> {
    let (_, rest) = input.split_at_checked(from)?;
    let (part, _) = rest.split_at_checked(to.checked_sub(from)?)?;
    Some(part)
}

/// Whether the end tag of this name comes first, without white space.
#[inline(always)]
fn is_end_tag(rest: &[u8], name: &str) -> bool {
    let [b'<', b'/', rest @ ..] = rest else {
        return false;
    };
    match rest.split_at_checked(name.len()) {
        Some((first, [b'>', ..])) => is_same(first, name.as_bytes()),
        _ => false,
    }
}

/// Whether two names of one length are the same.
///
/// As `==`, which is a call of a function; that takes longer than to compare names of the usual length.
#[inline(always)]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    match one.len() {
        8.. => {
            let (eights, others) = (one.as_chunks::<8>().0, other.as_chunks::<8>().0);
            let mut pairs = eights.iter().zip(others);
            pairs.all(|(one, other)| one == other) && one.last_chunk::<8>() == other.last_chunk()
        }
        4.. => {
            one.first_chunk::<4>() == other.first_chunk()
                && one.last_chunk::<4>() == other.last_chunk()
        }
        _ => one.iter().eq(other),
    }
}

#[inline]
fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

/// Which bytes may stand in a name without colon. Outside ASCII all characters pass: none of them is markup.
const IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        table[b] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80;
        b += 1;
    }
    table
};

/// Which of them may stand first.
const STARTS_NAME: [bool; 256] = {
    let mut table = IN_NAME;
    let mut b = 0;
    while b < 256 {
        table[b] &= !matches!(b as u8, b'0'..=b'9' | b'-' | b'.');
        b += 1;
    }
    table
};

#[inline]
fn starts_name(b: u8) -> bool {
    STARTS_NAME[usize::from(b)]
}

#[inline(always)]
fn name_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    // Eight in a row, which is as long as most names are, without a look at where the input ends.
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        match eight.iter().position(|b| !IN_NAME[usize::from(*b)]) {
            Some(more) => return at + more,
            None => at += 8,
        }
    }
    while bytes.get(at).is_some_and(|b| IN_NAME[usize::from(*b)]) {
        at += 1;
    }
    at
}

/// Where the tag's own part ends (before `>` or `/>`), and whether it is an empty element.
fn tag_end(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    let mut at = from;
    loop {
        at += memchr::memchr3(b'>', b'"', b'\'', &bytes[at..])?;
        let quote = bytes[at];
        if quote == b'>' {
            let empty = bytes[at - 1] == b'/';
            return Some((at - usize::from(empty), empty));
        }
        at += 1;
        at += memchr::memchr(quote, &bytes[at..])? + 1;
    }
}

/// Where the next `<` or `&` stands, or the end.
#[inline(always)]
fn markup(bytes: &[u8], from: usize) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES << 7;
    // Most texts are short: a call costs more than these few steps.
    let mut at = from;
    let mut words = bytes[from..].chunks_exact(8);
    for word in words.by_ref().take(4) {
        let word = u64::from_le_bytes([
            word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7],
        ]);
        let (less, and) = (
            word ^ (ONES * u64::from(b'<')),
            word ^ (ONES * u64::from(b'&')),
        );
        let hits = ((less.wrapping_sub(ONES) & !less) | (and.wrapping_sub(ONES) & !and)) & HIGH;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    memchr::memchr2(b'<', b'&', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}

#[cfg(test)]
mod tests;

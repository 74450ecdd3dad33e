//! Passes by what most of a message is: tags without attributes, texts without references.

use super::{Open, Outside, Scanner, Span, Tag, chars};

/// An element of nothing but a name and a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaf {
    /// Where its tag begins.
    pub(crate) start: usize,
    pub(crate) local: Span,
    /// Without references; nothing if it is an empty-element tag.
    pub(crate) text: Span,
}

/// A start tag or an empty-element tag of nothing but a name.
struct UsualTag {
    name: Span,
    local: Span,
    /// Bound, if there is one.
    prefix: Span,
    empty: bool,
    /// Behind `>`.
    end: usize,
}

impl Scanner<'_> {
    /// Goes on as long as the usual forms come, and no further than to the end tag of the element at `depth`.
    ///
    /// What is malformed or exceeds a limit is none of them: [`next`](Self::next) tells of it.
    pub(crate) fn pass_usual(&mut self, depth: usize) {
        self.end_empty();
        while let Some(at) = self.usual(depth) {
            self.at = at;
        }
    }

    /// Passes the element that comes next, if it is of nothing but a name and a text.
    #[inline]
    pub(crate) fn usual_leaf(&mut self) -> Option<Leaf> {
        self.end_empty();
        if *self.input.get(self.at)? != b'<' {
            return None;
        }
        let tag = self.usual_tag()?;
        let (text, end) = match tag.empty {
            true => (tag.end, tag.end),
            false => {
                let text = chars::text_end(self.input, tag.end);
                (text, end_of(self.input, tag.name, text)?)
            }
        };
        let leaf = Leaf {
            start: self.at,
            local: tag.local,
            text: Span {
                start: tag.end,
                end: text,
            },
        };
        self.at = end;
        Some(leaf)
    }

    /// The offset behind the usual tag or text that comes next.
    #[inline]
    fn usual(&mut self, depth: usize) -> Option<usize> {
        let at = self.at;
        if *self.input.get(at)? != b'<' {
            let end = chars::text_end(self.input, at);
            return (self.input.get(end) == Some(&b'<')).then_some(end);
        }
        if self.input.get(at + 1) == Some(&b'/') && self.open.len() > depth {
            let open = self.open.last()?;
            let end = end_of(self.input, open.name, at)?;
            self.bindings.truncate(open.bindings);
            self.open.pop();
            return Some(end);
        }
        let tag = self.usual_tag()?;
        if !tag.empty {
            self.open.push(Open {
                name: tag.name,
                bindings: self.bindings.len(),
            });
        }
        Some(tag.end)
    }

    /// Goes behind the start tag that comes next, if it is of nothing but a name.
    #[inline]
    pub(super) fn usual_start(&mut self) -> Option<Tag> {
        let UsualTag {
            name,
            local,
            prefix,
            empty,
            end,
        } = self.usual_tag()?;
        let ns = self.bindings.resolve(self.input, self.bytes(prefix))?;
        let bindings = self.bindings.len();
        if empty {
            self.ended = Some(bindings);
        } else {
            self.open.push(Open { name, bindings });
        }
        self.attributes.clear();
        let start = std::mem::replace(&mut self.at, end);
        let span = Span { start, end };
        Some(Tag {
            span,
            ns,
            local,
            empty,
        })
    }

    /// The tag that comes next, if it is not that of the root.
    #[inline(always)]
    fn usual_tag(&self) -> Option<UsualTag> {
        let start = self.at + 1;
        if self.open.is_empty() || self.open.len() >= self.limits.depth {
            return None;
        }
        if !chars::is_name_start(*self.input.get(start)?) {
            return None;
        }
        let mut local = start;
        let mut end = chars::part_end(self.input, start);
        let mut prefix = Span::default();
        if self.input.get(end) == Some(&b':') {
            prefix = Span { start, end };
            self.bindings.resolve(self.input, self.bytes(prefix))?;
            local = end + 1;
            if !chars::is_name_start(*self.input.get(local)?) {
                return None;
            }
            end = chars::part_end(self.input, local);
        }
        let empty = match self.input.get(end)? {
            b'>' => false,
            b'/' if self.input.get(end + 1) == Some(&b'>') => true,
            _ => return None,
        };
        Some(UsualTag {
            name: Span { start, end },
            local: Span { start: local, end },
            prefix,
            empty,
            end: end + 1 + usize::from(empty),
        })
    }
}

impl Outside {
    /// Whether the usual end tags of these elements are all that stands from `at` on.
    pub(crate) fn ends(&self, input: &[u8], at: usize) -> bool {
        let mut innermost_first = self.open.iter().rev();
        let end = innermost_first.try_fold(at, |at, open| end_of(input, open.name, at));
        end == Some(input.len())
    }
}

/// The offset behind the end tag of `name` that is at `at`, if it is without white space.
#[inline]
fn end_of(input: &[u8], name: Span, at: usize) -> Option<usize> {
    let rest = input.get(at..)?.strip_prefix(b"</")?;
    let rest = rest.strip_prefix(name.of(input))?.strip_prefix(b">")?;
    Some(input.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Limits;
    use crate::scan::Event;

    /// Where each element and each text begins and what it is, up to the end or the refusal.
    fn walk(input: &[u8], pass: impl Fn(&mut Scanner<'_>) -> Option<Leaf>) -> Vec<(usize, String)> {
        let limits = Limits {
            depth: 4,
            ..Limits::default()
        };
        let mut scanner = Scanner::new(input, 0, &limits);
        let mut seen = Vec::new();
        loop {
            let shown = |span: Span| String::from_utf8_lossy(span.of(input)).into_owned();
            if let Some(leaf) = pass(&mut scanner) {
                seen.push((leaf.start, shown(leaf.local)));
                if leaf.text.start < leaf.text.end {
                    seen.push((leaf.text.start, shown(leaf.text)));
                }
                continue;
            }
            match scanner.next() {
                Ok(Event::Start(tag)) => seen.push((tag.span.start, shown(tag.local))),
                Ok(Event::Text(text)) => seen.push((text.span.start, shown(text.span))),
                Ok(Event::End(_)) => {}
                Ok(Event::Eof) => return seen,
                Err(refusal) => {
                    seen.push((refusal.offset(), format!("{refusal:?}")));
                    return seen;
                }
            }
        }
    }

    #[test]
    fn leaves_are_what_the_events_tell() {
        for (content, leaves) in [
            ("<a>b</a><c/><d></d>\n <x:e>f</x:e><g-1.2>\u{e9}</g-1.2>", 5),
            ("<a b='c'>d</a><e><f>g</f></e><h><h></h></h>", 2),
            ("<c xmlns:z='u'/><z:a>b</z:a>", 0),
            (
                "<a>&amp;</a><b>c<!-- d --></b><e><![CDATA[f]]></e><g ></g><h />",
                0,
            ),
            ("<a>]]></a>", 0),
            ("<a>]</a>", 0),
            ("<a>\u{1}</a>", 0),
            ("<a></ab>", 0),
            ("<a></a >", 0),
            ("<-a/>", 0),
            ("<x:1/>", 0),
            ("<:a/>", 0),
            ("<a:/>", 0),
            ("<x:a:b/>", 0),
            ("<y:a/>", 0),
            ("<a><b><c><d/></c></b></a>", 0),
            ("<a><b><c/></b></a>", 1),
        ] {
            let whole = format!("<r xmlns:x='u'>{content}</r>");
            let found = std::cell::Cell::new(0);
            let expected = walk(whole.as_bytes(), |_| None);
            let by_leaf = walk(whole.as_bytes(), |scanner| {
                let leaf = scanner.usual_leaf();
                found.set(found.get() + usize::from(leaf.is_some()));
                leaf
            });
            assert_eq!(by_leaf, expected, "{whole}");
            assert_eq!(found.get(), leaves, "{whole}");
            for end in 0..whole.len() {
                let cut = &whole.as_bytes()[..end];
                let by_leaf = walk(cut, |scanner| scanner.usual_leaf());
                assert_eq!(by_leaf, walk(cut, |_| None), "{whole} to {end}");
                // What is passed without a look ends in the same.
                let passed = walk(cut, |scanner| {
                    scanner.pass_usual(0);
                    None
                });
                assert_eq!(passed.last(), by_leaf.last(), "{whole} to {end}");
            }
        }
    }
}

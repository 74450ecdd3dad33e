//! Passes by what most of a message is: tags without attributes, texts without references.

use super::{Open, Scanner, Span, Tag, chars};

impl Scanner<'_> {
    /// Goes on as long as the usual forms come, and no further than to the end tag of the element at `depth`.
    ///
    /// What is malformed or exceeds a limit is none of them: [`next`](Self::next) tells of it.
    pub(crate) fn pass_usual(&mut self, depth: usize) {
        self.pass_usual_but(depth, |_| false);
    }

    /// The same up to the next element whose local name `stops` it.
    pub(crate) fn pass_usual_but(&mut self, depth: usize, stops: impl Fn(&[u8]) -> bool) {
        if let Some(len) = self.ended.take() {
            self.bindings.truncate(len);
        }
        while let Some(at) = self.usual(depth, &stops) {
            self.at = at;
        }
    }

    /// The offset behind the usual tag or text that comes next.
    #[inline]
    fn usual(&mut self, depth: usize, stops: &impl Fn(&[u8]) -> bool) -> Option<usize> {
        let at = self.at;
        if *self.input.get(at)? != b'<' {
            let end = chars::text_end(self.input, at);
            return (self.input.get(end) == Some(&b'<')).then_some(end);
        }
        match *self.input.get(at + 1)? {
            b'/' if self.open.len() > depth => self.usual_end(at + 2),
            _ => {
                let tag = self.usual_start_but(stops)?;
                // It declares nothing that would have to end.
                self.ended = None;
                Some(tag.span.end)
            }
        }
    }

    /// The start tag that comes next, if it is of nothing but a name, and not that of the root.
    pub(super) fn usual_start(&mut self) -> Option<Tag> {
        self.usual_start_but(&|_| false)
    }

    #[inline]
    fn usual_start_but(&mut self, stops: &impl Fn(&[u8]) -> bool) -> Option<Tag> {
        let (at, start) = (self.at, self.at + 1);
        if self.open.is_empty() || self.open.len() >= self.limits.depth {
            return None;
        }
        if !chars::is_name_start(*self.input.get(start)?) {
            return None;
        }
        let mut prefix: &[u8] = b"";
        let mut local = start;
        let mut end = chars::part_end(self.input, start);
        if self.input.get(end) == Some(&b':') {
            (prefix, local) = (&self.input[start..end], end + 1);
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
        if stops(&self.input[local..end]) {
            return None;
        }
        let ns = self.bindings.resolve(self.input, prefix)?;
        self.attributes.clear();
        self.at = end + 1 + usize::from(empty);
        let bindings = self.bindings.len();
        if empty {
            self.ended = Some(bindings);
        } else {
            let name = Span { start, end };
            self.open.push(Open { name, bindings });
        }
        Some(Tag {
            span: Span {
                start: at,
                end: self.at,
            },
            ns,
            local: Span { start: local, end },
            empty,
        })
    }

    #[inline]
    fn usual_end(&mut self, start: usize) -> Option<usize> {
        let open = self.open.last()?;
        let end = start + open.name.end - open.name.start;
        let is_name = self.input.get(start..end)? == open.name.of(self.input);
        if !is_name || self.input.get(end) != Some(&b'>') {
            return None;
        }
        self.bindings.truncate(open.bindings);
        self.open.pop();
        Some(end + 1)
    }
}

//! Reads Envelope up to Body's start tag and judges each block of Header.

use smallvec::SmallVec;

use super::edges::Edges;
use super::{Cuts, envelope};
use crate::error::Refusal;
use crate::policy::{OtherActor, Policy};
use crate::report::{Contents, Finding, PasswordKind, Removed, Target};
use crate::scan::chars::{space_end, trim, unescape};
use crate::scan::{Event, Ns, Scanner, Span, Tag, Text};

/// The cuts, and the offset behind Body's start tag.
pub(super) fn plan(
    scanner: &mut Scanner<'_>,
    policy: &Policy,
    input_length: usize,
) -> Result<(Cuts, usize), Refusal> {
    let (soap, _) = envelope(scanner)?;
    let mut header = Header {
        policy,
        soap: soap.ns(),
        targets: SmallVec::new(),
        edges: Edges::default(),
        bearer: false,
        cuts: Cuts {
            soap,
            input_length,
            ranges: SmallVec::new(),
            report_only: policy.report_only,
            dropped_header: None,
            removed: SmallVec::new(),
            findings: SmallVec::new(),
        },
    };
    let mut expected = "Header or Body";
    loop {
        let (offset, tag) = match scanner.next()? {
            Event::Start(tag) => (tag.span.start, Some(tag)),
            Event::End(span) => (span.start, None),
            Event::Text(_) => continue,
            Event::Eof => (input_length, None),
        };
        match tag.filter(|tag| tag.ns == header.soap) {
            Some(tag) if scanner.bytes(tag.local) == b"Body" => {
                header.settle(scanner)?;
                return Ok((header.cuts, tag.span.end));
            }
            Some(tag) if expected != "Body" && scanner.bytes(tag.local) == b"Header" => {
                expected = "Body";
                if !tag.empty {
                    let end = header.blocks(scanner)?;
                    header.drop_empty(scanner, tag.span, end);
                }
            }
            _ => return Err(Refusal::BodyExpected { offset, expected }),
        }
    }
}

struct Header<'p> {
    policy: &'p Policy,
    soap: Ns,
    /// The Security headers so far: for whom, under which raw name, from where.
    targets: SmallVec<[(Target, Span, usize); 2]>,
    edges: Edges,
    /// Whether this block has shown a bearer token already: one finding a block is enough.
    bearer: bool,
    cuts: Cuts,
}

impl Header<'_> {
    /// Judges each block; the end tag of Header.
    fn blocks(&mut self, scanner: &mut Scanner<'_>) -> Result<Span, Refusal> {
        loop {
            match scanner.next()? {
                Event::Start(tag) => self.block(scanner, tag)?,
                Event::Text(text) => self.text(scanner, text),
                Event::End(span) => return Ok(span),
                Event::Eof => return Ok(Span::default()),
            }
        }
    }

    /// Lets Header go with what goes, if the policy has it and nothing but white space is left.
    fn drop_empty(&mut self, scanner: &Scanner<'_>, start: Span, end: Span) {
        if !self.policy.drop_empty_header || self.cuts.ranges.is_empty() {
            return;
        }
        let mut from = start.end;
        let ends = self
            .cuts
            .ranges
            .iter()
            .map(|range| (range.start, range.end));
        let left = ends.chain([(end.start, end.end)]).any(|(until, next)| {
            let piece = Span {
                start: from,
                end: until,
            };
            from = next;
            !trim(scanner.bytes(piece)).is_empty()
        });
        if !left {
            self.cuts.ranges.clear();
            self.cuts.ranges.push(start.start..end.end);
            self.cuts.dropped_header = Some(start.start..end.end);
        }
    }

    fn block(&mut self, scanner: &mut Scanner<'_>, tag: Tag) -> Result<(), Refusal> {
        self.bearer = false;
        let must_understand = self.must_understand(scanner);
        let start = tag.span.start;
        let target = if tag.ns == Ns::Wsse && scanner.bytes(tag.local) == b"Security" {
            self.target(scanner, start)?
        } else {
            None
        };
        if target.is_none() && must_understand {
            self.cuts
                .findings
                .push(Finding::MustUnderstandLeft { offset: start });
        }
        let mut contents = Contents::default();
        let cut = target.is_some();
        self.element(scanner, tag, cut, &mut contents)?;
        let mut end = tag.span.end;
        if !tag.empty {
            let depth = scanner.depth();
            while scanner.depth() >= depth {
                match scanner.next()? {
                    Event::Start(tag) => self.element(scanner, tag, cut, &mut contents)?,
                    Event::Text(text) => self.text(scanner, text),
                    Event::End(span) => end = span.end,
                    Event::Eof => break,
                }
            }
        }
        if let Some(target) = target {
            self.cuts.ranges.push(start..end);
            self.cuts.removed.push(Removed {
                range: start..end,
                length: end - start,
                target,
                must_understand,
                contents,
            });
        }
        Ok(())
    }

    /// For whom the Security header is that begins at `offset`; none if it stays.
    fn target(&mut self, scanner: &Scanner<'_>, offset: usize) -> Result<Option<Target>, Refusal> {
        let attribute = match self.soap {
            Ns::Soap11 => scanner.attribute(Ns::Soap11, b"actor"),
            _ => scanner.attribute(Ns::Soap12, b"role"),
        };
        let name = attribute.unwrap_or_default();
        let uri = unescape(scanner.bytes(name));
        let uri = trim(&uri);
        let target = match (self.soap, uri) {
            (_, b"") => Target::UltimateReceiver,
            (Ns::Soap11, b"http://schemas.xmlsoap.org/soap/actor/next")
            | (Ns::Soap12, b"http://www.w3.org/2003/05/soap-envelope/role/next") => Target::Next,
            (Ns::Soap12, b"http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver") => {
                Target::UltimateReceiver
            }
            _ => Target::Named,
        };
        let given = self.policy.actor.as_deref();
        let given = given.is_some_and(|actor| trim(actor.as_bytes()) == uri);
        if target == Target::Named && !given {
            match self.policy.other_actor {
                OtherActor::Refuse => return Err(Refusal::OtherActor { offset }),
                OtherActor::Keep => {
                    self.cuts.findings.push(Finding::OtherActorLeft { offset });
                    return Ok(None);
                }
                OtherActor::Cut => {}
            }
        }
        let same = self.targets.iter().find(|(earlier, other, _)| {
            *earlier == target
                && (target != Target::Named || trim(&unescape(scanner.bytes(*other))) == uri)
        });
        match same {
            Some(&(_, _, first)) if !self.policy.allow_second_block => {
                return Err(Refusal::SecondBlock { offset, first });
            }
            // One entry a target, so that many blocks cost no more than many targets.
            Some(_) => {}
            None => self.targets.push((target, name, offset)),
        }
        Ok(Some(target))
    }

    fn must_understand(&self, scanner: &Scanner<'_>) -> bool {
        scanner
            .attribute(self.soap, b"mustUnderstand")
            .is_some_and(|value| matches!(trim(&unescape(scanner.bytes(value))), b"1" | b"true"))
    }

    /// Takes note of one element of a header block, the block itself included.
    fn element(
        &mut self,
        scanner: &Scanner<'_>,
        tag: Tag,
        cut: bool,
        contents: &mut Contents,
    ) -> Result<(), Refusal> {
        self.edges.element(scanner, tag, cut);
        let local = scanner.bytes(tag.local);
        if tag.ns == Ns::Wsse && local == b"BinarySecurityToken" {
            // `urn:ietf:params:oauth:token-type:jwt` and what people write instead.
            let jwt = scanner
                .attribute(Ns::None, b"ValueType")
                .is_some_and(|kind| scanner.bytes(kind).to_ascii_lowercase().ends_with(b"jwt"));
            if jwt {
                self.found_bearer(tag.span.start);
            }
        }
        if !cut {
            return Ok(());
        }
        match (tag.ns, local) {
            (Ns::Xenc, b"EncryptedKey" | b"EncryptedData" | b"ReferenceList") => {
                return Err(Refusal::Encrypted {
                    offset: tag.span.start,
                });
            }
            (Ns::Wsse, b"UsernameToken") => {
                contents.username_token.get_or_insert(PasswordKind::None);
            }
            (Ns::Wsse, b"Password") if contents.username_token.is_some() => {
                let digest = scanner
                    .attribute(Ns::None, b"Type")
                    .is_some_and(|kind| unescape(scanner.bytes(kind)).ends_with(b"PasswordDigest"));
                contents.username_token = Some(if digest {
                    PasswordKind::Digest
                } else {
                    PasswordKind::Text
                });
            }
            (Ns::Wsse, b"BinarySecurityToken") => contents.binary_security_token = true,
            (Ns::Saml, b"Assertion" | b"EncryptedAssertion") => contents.saml = true,
            (Ns::Dsig, b"Signature") => contents.signature = true,
            (Ns::Wsu, b"Timestamp") => contents.timestamp = true,
            _ => {}
        }
        Ok(())
    }

    /// Notices a token of the new kind in the old place: people move it there and wonder about the 401.
    fn text(&mut self, scanner: &Scanner<'_>, text: Text) {
        let raw = scanner.bytes(text.span);
        let begins = raw.get(space_end(raw, 0)).copied();
        if !matches!(begins, Some(b'B' | b'b' | b'e')) {
            return;
        }
        let shown = trim(raw);
        let bearer = shown.len() > 7 && shown[..7].eq_ignore_ascii_case(b"Bearer ");
        // `{"` in base64url, as every JOSE header begins.
        let jwt = shown.starts_with(b"eyJ") && shown.contains(&b'.');
        if bearer || jwt {
            self.found_bearer(text.span.start);
        }
    }

    fn found_bearer(&mut self, offset: usize) {
        if !self.bearer {
            self.bearer = true;
            self.cuts.findings.push(Finding::BearerInHeader { offset });
        }
    }

    /// Judges what can only be judged when the whole Header is known.
    fn settle(&mut self, scanner: &Scanner<'_>) -> Result<(), Refusal> {
        if self.cuts.ranges.is_empty() {
            return Ok(());
        }
        if self.policy.report_only {
            self.cuts.ranges.clear();
        }
        if let Some(offset) = self.edges.crossing(scanner) {
            if !self.policy.allow_signed {
                return Err(Refusal::Signed { offset });
            }
            self.cuts.findings.push(Finding::SignatureBroken { offset });
            self.cuts.findings.sort_by_key(Finding::offset);
        }
        Ok(())
    }
}

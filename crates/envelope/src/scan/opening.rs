//! Passes by how most messages open: an Envelope that declares its own prefix, and a Header without blocks, or none.

use super::namespaces::{SOAP_11, SOAP_12};
use super::{Open, Scanner, Span, Tag, chars};
use crate::policy::Limits;
use crate::report::SoapVersion;

impl Scanner<'_> {
    /// Goes to behind the start tag of Body, if all up to there is the usual, and does not move if not.
    pub(crate) fn usual_opening(&mut self) -> Option<(SoapVersion, Tag)> {
        if self.root_seen || self.limits != Limits::default() {
            return None;
        }
        let input = self.input;
        let offset = |rest: &[u8]| input.len() - rest.len();
        let envelope = self.at + 1;
        if !chars::is_name_start(*input.get(envelope)?) {
            return None;
        }
        let prefix = input.get(envelope..chars::part_end(input, envelope))?;
        let rest = input.get(self.at..)?.strip_prefix(b"<")?;
        let rest = behind(rest, prefix, b":Envelope xmlns:")?;
        let declared = Span {
            start: offset(rest),
            end: offset(rest) + prefix.len(),
        };
        let rest = behind(rest, prefix, b"=\"")?;
        let start = offset(rest);
        let (soap, rest) = match rest.strip_prefix(SOAP_11) {
            Some(rest) => (SoapVersion::V11, rest),
            None => (SoapVersion::V12, rest.strip_prefix(SOAP_12)?),
        };
        let value = Span {
            start,
            end: offset(rest),
        };
        let rest = rest.strip_prefix(b"\">")?.strip_prefix(b"<")?;
        let header = behind(rest, prefix, b":Header></");
        let header = header.and_then(|rest| behind(rest, prefix, b":Header><"));
        let body = header.unwrap_or(rest);
        let span = Span {
            start: offset(body) - 1,
            end: offset(behind(body, prefix, b":Body>")?),
        };
        // These may not be declared so.
        if matches!(prefix, b"xml" | b"xmlns") {
            return None;
        }
        self.bindings.push(declared, value, soap.ns());
        self.open.push(Open {
            name: Span {
                start: envelope,
                end: envelope + prefix.len() + b":Envelope".len(),
            },
            bindings: 0,
        });
        self.open.push(Open {
            name: Span {
                start: span.start + 1,
                end: span.end - 1,
            },
            bindings: 1,
        });
        self.root_seen = true;
        self.at = span.end;
        let tag = Tag {
            span,
            ns: soap.ns(),
            local: Span {
                start: span.end - b"Body>".len(),
                end: span.end - 1,
            },
            empty: false,
        };
        Some((soap, tag))
    }
}

#[inline(always)]
fn behind<'i>(rest: &'i [u8], prefix: &[u8], name: &[u8]) -> Option<&'i [u8]> {
    rest.strip_prefix(prefix)?.strip_prefix(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::find_body_in_any;

    /// The scanner behind Body's start tag, and what was found.
    fn read(
        input: &[u8],
        find: impl Fn(&mut Scanner<'_>) -> Option<(SoapVersion, Tag)>,
    ) -> Option<String> {
        let mut scanner = Scanner::new(input, 0, &Limits::default());
        let before = format!("{scanner:?}");
        let found = find(&mut scanner);
        scanner.attributes.clear();
        let after = format!("{scanner:?}");
        match found {
            Some(found) => Some(format!("{found:?} {after}")),
            None => {
                assert_eq!(after, before);
                None
            }
        }
    }

    #[test]
    fn the_usual_opening_is_read_as_any_is() {
        let bytes = b"<>/:= \"'sabxml-1.\n&\x00\xc3";
        for (opening, is_usual) in [
            (
                "<s:Envelope xmlns:s=\"11\"><s:Header></s:Header><s:Body>",
                true,
            ),
            ("<s-1:Envelope xmlns:s-1=\"12\"><s-1:Body>", true),
            (
                "<soap:Envelope xmlns:soap=\"11\"><soap:Header/><soap:Body>",
                false,
            ),
            ("<s:Envelope xmlns:s='11'><s:Body>", false),
            ("<s:Envelope xmlns:s=\"11\"><s:Body/>", false),
            (
                "<s:Envelope xmlns:s=\"11\"><s:Header><s:Header></s:Header><s:Body>",
                false,
            ),
            ("<Envelope xmlns=\"11\"><Body>", false),
            ("<xml:Envelope xmlns:xml=\"11\"><xml:Body>", false),
            ("<xmlns:Envelope xmlns:xmlns=\"11\"><xmlns:Body>", false),
            ("<1:Envelope xmlns:1=\"11\"><1:Body>", false),
            ("<:Envelope xmlns:=\"11\"><:Body>", false),
        ] {
            let text = opening
                .replace("11", "http://schemas.xmlsoap.org/soap/envelope/")
                .replace("12", "http://www.w3.org/2003/05/soap-envelope");
            let whole = format!("{text}<a>").into_bytes();
            assert_eq!(
                read(&whole, |scanner| scanner.usual_opening()).is_some(),
                is_usual,
                "{text}"
            );
            let mut variants = vec![whole.clone()];
            for at in 0..whole.len() {
                variants.push(whole[..at].to_vec());
                variants.push([&whole[..at], &whole[at + 1..]].concat());
                for byte in bytes {
                    variants.push([&whole[..at], &[*byte], &whole[at..]].concat());
                    variants.push([&whole[..at], &[*byte], &whole[at + 1..]].concat());
                }
            }
            for variant in variants {
                let shown = String::from_utf8_lossy(&variant);
                if let Some(usual) = read(&variant, |scanner| scanner.usual_opening()) {
                    let any = read(&variant, |scanner| {
                        find_body_in_any(scanner, &mut Vec::new()).ok()
                    });
                    assert_eq!(any, Some(usual), "{shown}");
                }
            }
        }
    }
}

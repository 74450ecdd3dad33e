//! Reads what a jXchange request says it is about to do.

use crate::document::Document;
use crate::encoding::{Form, Named, Prolog};
use crate::error::Refusal;
use crate::open::find_body;
use crate::policy::Limits;
use crate::scan::chars::{is_space, unescape};
use crate::scan::{Event, Scanner};

const ACT_INTENT: &[u8] = b"ActIntent";

/// What a request says it is about to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Intent {
    /// The local name of Body's element; empty where Body is.
    pub payload: String,
    /// Whether an inquiry reserves what it reads for a change to come: an `ActIntent`, wherever it stands, that is
    /// neither empty nor `ReadOnly`, which is what the contract takes its absence for.
    pub reserves: bool,
}

impl Document {
    /// Reads the whole message.
    ///
    /// Elements count by their local names: a message that the gateway might read in another way than we do is better
    /// taken for one that does more than it does.
    ///
    /// # Errors
    /// What is no complete, well-formed SOAP envelope in bytes that are a superset of ASCII, and
    /// [`Refusal::SeveralPayloads`].
    ///
    /// ```
    /// use castile_envelope::Document;
    ///
    /// let message = br#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
    ///   <AcctInq><ActIntent>Upd</ActIntent></AcctInq></s:Body></s:Envelope>"#;
    /// let intent = Document::of(None)?.intent(message)?;
    /// assert_eq!(intent.payload, "AcctInq");
    /// assert!(intent.reserves);
    /// # Ok::<(), castile_envelope::Refusal>(())
    /// ```
    pub fn intent(&self, input: &[u8]) -> Result<Intent, Refusal> {
        let located = self.envelope_in(input)?;
        of_envelope(located.envelope, located.charset.as_deref())
            .map_err(|refusal| refusal.shifted(located.start))
    }
}

fn of_envelope(input: &[u8], charset: Option<&str>) -> Result<Intent, Refusal> {
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
    let (_, body) = find_body(&mut scanner, &mut Vec::new())?;
    let inside = scanner.depth();
    let mut intent = Intent::default();
    let mut seen = body.empty;
    // The text of the ActIntent that is open, and how deep it is.
    let mut open: Option<(Vec<u8>, usize)> = None;
    loop {
        match scanner.next()? {
            Event::Start(tag) => {
                let name = scanner.bytes(tag.local);
                let level = scanner.depth() - usize::from(!tag.empty);
                if level <= inside {
                    // Behind Body nothing may follow that a server could take for another payload.
                    if seen {
                        return Err(Refusal::SeveralPayloads {
                            offset: tag.span.start,
                        });
                    }
                    seen = true;
                    intent.payload = String::from_utf8_lossy(name).into_owned();
                }
                if open.is_some() {
                    // What an element inside of it means is not known.
                    intent.reserves = true;
                } else if name == ACT_INTENT && !tag.empty {
                    open = Some((Vec::new(), scanner.depth()));
                }
            }
            Event::Text(text) => {
                if let Some((value, _)) = &mut open {
                    let raw = scanner.bytes(text.span);
                    match text.cdata {
                        true => value.extend_from_slice(raw),
                        false => value.extend_from_slice(&unescape(raw)),
                    }
                }
            }
            Event::End(_) => {
                if let Some((value, _)) = open.take_if(|(_, depth)| scanner.depth() < *depth) {
                    intent.reserves |= !matches!(trim(&value), b"" | b"ReadOnly");
                }
            }
            Event::Eof => return Ok(intent),
        }
    }
}

fn trim(mut value: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = value
        && is_space(*first)
    {
        value = rest;
    }
    while let [rest @ .., last] = value
        && is_space(*last)
    {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(body: &str) -> Result<Intent, Refusal> {
        let message = format!(
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><ActIntent>Upd</ActIntent></s:Header>{body}</s:Envelope>"
        );
        Document::of(None).unwrap().intent(message.as_bytes())
    }

    #[test]
    fn only_absence_and_read_only_reserve_nothing() {
        for (inner, reserves) in [
            ("", false),
            ("<ActIntent/>", false),
            ("<ActIntent> </ActIntent>", false),
            (
                "<a><x:ActIntent xmlns:x='y'>\n ReadOnly </x:ActIntent></a>",
                false,
            ),
            ("<ActIntent>Read<![CDATA[Only]]></ActIntent>", false),
            ("<ActIntentKey>Upd</ActIntentKey>", false),
            ("<ActIntent>readonly</ActIntent>", true),
            ("<ActIntent>Upd</ActIntent>", true),
            (
                "<a><ActIntent>ReadOnly</ActIntent><ActIntent>Dlt</ActIntent></a>",
                true,
            ),
            ("<ActIntent>Read<b/>Only</ActIntent>", true),
            ("<ActIntent>&#x55;pd</ActIntent>", true),
        ] {
            let found = intent(&format!(
                "<s:Body><p:AcctInq xmlns:p='t'>{inner}</p:AcctInq></s:Body>"
            ))
            .unwrap();
            assert_eq!(
                (found.payload.as_str(), found.reserves),
                ("AcctInq", reserves),
                "{inner}"
            );
        }
    }

    #[test]
    fn a_second_payload_is_refused_wherever_it_stands() {
        for body in [
            "<s:Body><AcctInq/><XferAdd/></s:Body>",
            "<s:Body><AcctInq/></s:Body><s:Body><XferAdd/></s:Body>",
            "<s:Body/><XferAdd/>",
            "<s:Body><AcctInq/></s:Body><XferAdd/>",
        ] {
            let refusal = intent(body).unwrap_err();
            assert!(
                matches!(refusal, Refusal::SeveralPayloads { .. }),
                "{body}: {refusal}"
            );
        }
        assert_eq!(intent("<s:Body/>").unwrap(), Intent::default());
        assert_eq!(intent("<s:Body></s:Body>").unwrap().payload, "");
    }
}

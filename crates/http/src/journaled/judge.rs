//! Tells by the answer to a write whether it was carried out.

use castile_envelope::{Content, Fault};
use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::journal::Outcome;
use crate::{Answer, Effect};

pub(super) type Judgement = (Outcome, Option<&'static str>);

/// What of an answer's head counts.
pub(super) struct Judge {
    status: StatusCode,
    headers: HeaderMap,
    effect: Effect,
}

impl Judge {
    pub(super) fn new(head: &Parts, effect: Effect) -> Self {
        let media_type = head.headers.get(CONTENT_TYPE).cloned();
        let media_type = media_type.map(|value: HeaderValue| (CONTENT_TYPE, value));
        Self {
            status: head.status,
            headers: media_type.into_iter().collect(),
            effect,
        }
    }

    /// By all of it.
    pub(super) fn whole(&self, body: &[u8]) -> Judgement {
        match Answer::classify(self.status, &self.headers, body) {
            Answer::Soap if self.is_multipart() => self.long(body),
            Answer::Soap => self.envelope(body),
            answer => {
                let outcome = match answer.outcome_unknown(self.effect) {
                    true => Outcome::Open,
                    false => Outcome::NotDone,
                };
                (outcome, answer.code())
            }
        }
    }

    /// By its head, as it is too long to be looked into: it is no fault, if `start` names none.
    pub(super) fn long(&self, start: &[u8]) -> Judgement {
        let answer = Answer::classify(self.status, &self.headers, b"?");
        if answer == Answer::Soap && self.status.is_success() && !names_fault(start) {
            (Outcome::Done, None)
        } else {
            (Outcome::Open, answer.code().or(Some("gateway-fault")))
        }
    }

    /// By its head, as nobody read the rest.
    pub(super) fn unread(&self) -> Option<Judgement> {
        let is_refused = self.status == StatusCode::UNAUTHORIZED;
        is_refused.then_some((Outcome::NotDone, Some("gateway-unauthorized")))
    }

    fn is_multipart(&self) -> bool {
        let media_type = self.headers.get(CONTENT_TYPE);
        let media_type = media_type.map(HeaderValue::as_bytes).unwrap_or_default();
        let begin = media_type.get(..b"multipart/".len()).unwrap_or_default();
        begin.eq_ignore_ascii_case(b"multipart/")
    }

    fn envelope(&self, body: &[u8]) -> Judgement {
        match castile_envelope::open(body) {
            Ok(opened) => match opened.content {
                Content::Payload(_) => (Outcome::Done, None),
                Content::Fault(fault) => (fault_outcome(&fault, body), Some("gateway-fault")),
                Content::Empty => (Outcome::Open, Some("gateway-empty")),
            },
            Err(refusal) => (Outcome::Open, Some(refusal.code())),
        }
    }
}

/// A declared fault of jXchange is the provider's own word that it refused, unless it is about a connection (100).
fn fault_outcome(fault: &Fault, body: &[u8]) -> Outcome {
    let details = || {
        let parts = fault.detail.iter();
        parts.filter_map(|part| body.get(part.range.clone()))
    };
    let is_refused = fault.code.as_ref().is_some_and(|code| code.is_not_taken())
        || details().any(|detail| tag(detail) == b"HdrFault");
    if is_refused && !details().any(is_communication) {
        Outcome::NotDone
    } else {
        Outcome::Open
    }
}

/// Whether a tag in it may be that of a fault; in doubt, yes.
fn names_fault(start: &[u8]) -> bool {
    const NAME: &[u8] = b"Fault";
    memchr::memmem::find_iter(start, NAME).any(|at| {
        let before = at.checked_sub(1).map(|before| start[before]);
        let behind = start.get(at + NAME.len());
        matches!(before, Some(b'<' | b':'))
            && behind.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
    })
}

/// The local name of an element.
fn tag(element: &[u8]) -> &[u8] {
    let name = element.strip_prefix(b"<").unwrap_or_default();
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let end = name.iter().position(is_end).unwrap_or(name.len());
    match name[..end].iter().position(|byte| *byte == b':') {
        Some(colon) => &name[colon + 1..end],
        None => &name[..end],
    }
}

/// Whether an `ErrCode` in it is 100; in doubt, yes.
fn is_communication(detail: &[u8]) -> bool {
    const NAME: &[u8] = b"ErrCode";
    memchr::memmem::find_iter(detail, NAME).any(|at| {
        let open = detail[..at].iter().rposition(|byte| *byte == b'<');
        let is_tag = open.is_some_and(|open| match &detail[open + 1..at] {
            [] => true,
            [first, .., b':'] => *first != b'/',
            _ => false,
        });
        let rest = &detail[at + NAME.len()..];
        let begins = rest
            .first()
            .is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'>');
        if !(is_tag && begins) {
            return false;
        }
        let Some(open) = rest.iter().position(|byte| *byte == b'>') else {
            return true;
        };
        let text = &rest[open + 1..];
        let end = text.iter().position(|byte| *byte == b'<');
        let text = text[..end.unwrap_or(text.len())].trim_ascii();
        // A reference or a section may spell anything.
        text == b"100" || text.contains(&b'&') || text.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    fn judged(status: u16, media_type: &str, body: &str) -> Outcome {
        let answer = Response::builder()
            .status(status)
            .header(CONTENT_TYPE, media_type)
            .body(())
            .unwrap();
        Judge::new(&answer.into_parts().0, Effect::Write)
            .whole(body.as_bytes())
            .0
    }

    fn fault(code: &str, detail: &str) -> String {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:j=\"u\"><s:Body><s:Fault>\
             <faultcode>{code}</faultcode><faultstring>x</faultstring><detail>{detail}</detail>\
             </s:Fault></s:Body></s:Envelope>"
        )
    }

    #[test]
    fn only_what_leaves_no_doubt_settles_a_write() {
        let payload = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><R/></s:Body></s:Envelope>";
        let record = |code: &str| {
            format!(
                "<j:HdrFault><j:FaultRecInfoArray><j:FaultMsgRec><j:ErrCode>{code}</j:ErrCode>\
                </j:FaultMsgRec></j:FaultRecInfoArray></j:HdrFault>"
            )
        };
        use Outcome::{Done, NotDone, Open};
        for (status, media_type, body, outcome) in [
            (200, "text/xml", payload.to_owned(), Done),
            (500, "text/xml", fault("s:Server", ""), Open),
            (500, "text/xml", fault("s:Client", ""), NotDone),
            (500, "text/xml", fault("s:Client.Bad", ""), NotDone),
            (500, "text/xml", fault("FailedAuthentication", ""), NotDone),
            (
                500,
                "text/xml",
                fault("s:Server", &record("300040")),
                NotDone,
            ),
            (500, "text/xml", fault("s:Server", &record(" 100 ")), Open),
            (500, "text/xml", fault("s:Client", &record("100")), Open),
            (500, "text/xml", fault("s:Server", &record("&#49;00")), Open),
            (500, "text/xml", fault("s:Server", "<j:Other/>"), Open),
            (401, "text/html", "<html/>".to_owned(), NotDone),
            (403, "text/plain", "no".to_owned(), NotDone),
            (404, "text/html", "<html/>".to_owned(), NotDone),
            (502, "text/html", "<html/>".to_owned(), Open),
            (200, "text/html", "<html/>".to_owned(), Open),
            (200, "text/xml", "<s:Envelope".to_owned(), Open),
            (200, "text/xml", String::new(), Open),
            (303, "text/html", String::new(), Open),
            (200, "multipart/related", payload.to_owned(), Done),
            (200, "multipart/related", fault("s:Server", ""), Open),
        ] {
            assert_eq!(
                judged(status, media_type, &body),
                outcome,
                "{status} {body}"
            );
        }
    }
}

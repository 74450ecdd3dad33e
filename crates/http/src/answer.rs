//! Tells what a gateway's answer is when it is not what was hoped for.

use castile_auth::Blame;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use crate::Effect;

/// What came back, judged by status, media type and the first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answer {
    /// A SOAP message, whatever its status: a response, or a fault to decode.
    Soap,
    /// 401: the gateway does not take the token.
    Unauthorized,
    /// 403: the token is good, but not for this.
    Forbidden,
    /// 502: the gateway's answer to callers from a country that is not on Jack Henry's list, among other causes.
    BadGateway,
    /// A redirect; none is followed.
    Redirect(StatusCode),
    /// A page for people: a firewall, a proxy or a wrong address answered.
    Html(StatusCode),
    /// Nothing.
    Empty(StatusCode),
    /// Something that is neither SOAP nor a page.
    NotSoap(StatusCode),
}

impl Answer {
    /// Judges an answer; `body` may be its beginning only.
    pub fn classify(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let media_type = headers.get(CONTENT_TYPE);
        // As nearly all answers are; the rest is looked through.
        let usual = media_type.is_some_and(|value| {
            matches!(value.as_bytes(), b"text/xml" | b"text/xml; charset=utf-8")
        });
        let is_of = |word: &str| {
            let text = media_type.and_then(|value| value.to_str().ok());
            let mut places = text.unwrap_or_default().as_bytes().windows(word.len());
            places.any(|place| place.eq_ignore_ascii_case(word.as_bytes()))
        };
        let html = (!usual && is_of("html")) || starts_as_html(body);
        let xml = !html && (usual || is_of("xml") || is_of("multipart/related"));
        match status {
            _ if xml && !body.is_empty() => Self::Soap,
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::BAD_GATEWAY => Self::BadGateway,
            status if status.is_redirection() => Self::Redirect(status),
            status if body.is_empty() => Self::Empty(status),
            status if html => Self::Html(status),
            status => Self::NotSoap(status),
        }
    }

    /// The stable code that `castile explain` knows; `None` for a SOAP message.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Soap => None,
            Self::Unauthorized => Some("gateway-unauthorized"),
            Self::Forbidden => Some("gateway-forbidden"),
            Self::BadGateway => Some("gateway-country-list"),
            Self::Redirect(_) => Some("gateway-redirect"),
            Self::Html(_) => Some("gateway-html"),
            Self::Empty(_) => Some("gateway-empty"),
            Self::NotSoap(_) => Some("gateway-not-soap"),
        }
    }

    /// Who must act; meaningless for a SOAP message, which speaks for itself.
    pub fn blame(self) -> Blame {
        match self {
            Self::Soap | Self::Unauthorized | Self::Forbidden | Self::BadGateway => {
                Blame::JackHenry
            }
            Self::Empty(_) | Self::NotSoap(_) => Blame::JackHenry,
            Self::Redirect(_) | Self::Html(_) => Blame::Caller,
        }
    }

    /// Whether an operation of this effect may have been carried out although the answer does not say so.
    ///
    /// 401, 403 and other 4xx refuse; whatever else is no SOAP message leaves it open, a redirect too (303 is what
    /// servers say after the work is done).
    pub fn outcome_unknown(self, effect: Effect) -> bool {
        let open = match self {
            Self::Soap | Self::Unauthorized | Self::Forbidden => false,
            Self::BadGateway | Self::Redirect(_) => true,
            Self::Html(status) | Self::Empty(status) | Self::NotSoap(status) => {
                !status.is_client_error()
            }
        };
        open && effect != Effect::Read
    }
}

fn starts_as_html(body: &[u8]) -> bool {
    let body = body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(body)
        .trim_ascii_start();
    ["<!doctype html", "<html"].iter().any(|start| {
        body.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_answer_has_its_own_judgement() {
        let soap = "<s:Envelope/>";
        for (status, media_type, body, code) in [
            (200, "text/xml; charset=utf-8", soap, None),
            (500, "text/xml", soap, None),
            (401, "text/xml", soap, None),
            (
                200,
                "multipart/related; type=\"application/xop+xml\"",
                "--b",
                None,
            ),
            (401, "text/html", "<html/>", Some("gateway-unauthorized")),
            (401, "text/xml", "", Some("gateway-unauthorized")),
            (403, "text/plain", "no", Some("gateway-forbidden")),
            (502, "text/html", "<html/>", Some("gateway-country-list")),
            (302, "text/html", "<html/>", Some("gateway-redirect")),
            (200, "text/html", "<p>", Some("gateway-html")),
            (
                200,
                "text/xml",
                "\u{feff} <!DOCTYPE HTML><html>",
                Some("gateway-html"),
            ),
            (503, "application/json", "{}", Some("gateway-not-soap")),
            (202, "text/xml", "", Some("gateway-empty")),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, media_type.parse().unwrap())]);
            let status = StatusCode::from_u16(status).unwrap();
            let answer = Answer::classify(status, &headers, body.as_bytes());
            assert_eq!(answer.code(), code, "{status} {media_type} {body}");
        }
    }

    #[test]
    fn only_a_refusal_settles_the_outcome_of_a_write() {
        let html = Answer::Html(StatusCode::OK);
        assert!(html.outcome_unknown(Effect::Write));
        assert!(html.outcome_unknown(Effect::Unknown));
        assert!(!html.outcome_unknown(Effect::Read));
        assert!(Answer::BadGateway.outcome_unknown(Effect::Write));
        assert!(Answer::Redirect(StatusCode::SEE_OTHER).outcome_unknown(Effect::Write));
        assert!(!Answer::Unauthorized.outcome_unknown(Effect::Write));
        assert!(!Answer::NotSoap(StatusCode::NOT_FOUND).outcome_unknown(Effect::Write));
    }
}

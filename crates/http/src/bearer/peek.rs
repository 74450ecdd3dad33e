//! Judges whether a 401 proves that the request was refused before it was processed.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Response};

use super::challenge::asks_for_token;
use crate::Body;
use crate::body::{Start, start};

/// How much of a 401 answer is read for the judgement: 64 KiB.
const PEEK_LIMIT: usize = 64 * 1024;

/// The answer unchanged, and whether it is no SOAP message and asks for a token.
pub(super) async fn refused_unprocessed(answer: Response<Body>) -> (Response<Body>, bool) {
    if !asks_for_token(answer.headers()) {
        return (answer, false);
    }
    let (parts, body) = answer.into_parts();
    let (body, proven) = match start(body, PEEK_LIMIT).await {
        Start::Whole(bytes) => {
            let proven = !may_be_soap(&parts.headers, &bytes);
            (Body::whole(bytes), proven)
        }
        // Too long, or broken: what it is cannot be told.
        Start::Part(body) | Start::Broken(body) => (body, false),
    };
    (Response::from_parts(parts, body), proven)
}

/// In doubt, yes: only an answer that certainly is no SOAP message proves anything.
fn may_be_soap(headers: &HeaderMap, body: &[u8]) -> bool {
    if body.is_empty() {
        return false;
    }
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text(CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return true;
    }
    let media_type = text(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    if media_type.contains("xml") || media_type.contains("multipart") || media_type.contains('?') {
        return !media_type.contains("xhtml");
    }
    // UTF-16 puts a zero byte between the letters.
    let letters: Vec<u8> = body.iter().copied().filter(|byte| *byte != 0).collect();
    letters.windows(8).any(|window| window == b"Envelope")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(content_type: Option<&str>, body: &str) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        }
        may_be_soap(&headers, body.as_bytes())
    }

    #[test]
    fn only_what_is_certainly_no_soap_message_counts_as_none() {
        assert!(!judged(None, ""));
        assert!(!judged(Some("text/xml"), ""));
        assert!(!judged(Some("text/html; charset=utf-8"), "<html/>"));
        assert!(!judged(Some("application/json"), "{}"));
        assert!(!judged(None, "Unauthorized"));
        assert!(judged(Some("text/xml; charset=utf-8"), "<x/>"));
        assert!(judged(Some("application/soap+xml"), "?"));
        assert!(judged(Some("multipart/related"), "--b"));
        assert!(judged(Some("text/plain"), "<s:Envelope/>"));
        assert!(judged(None, "E\0n\0v\0e\0l\0o\0p\0e\0"));
    }

    #[test]
    fn a_compressed_answer_cannot_be_judged() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, "gzip".parse().unwrap());
        assert!(may_be_soap(&headers, b"\x1f\x8b"));
    }
}

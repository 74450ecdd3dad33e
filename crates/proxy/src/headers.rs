//! Which headers pass through, in either direction.

use http::HeaderMap;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST,
    HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};

/// What belongs to one connection and not to the message (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Leaves in a request what the gateway should see.
pub(crate) fn to_gateway(headers: &mut HeaderMap) {
    remove_hop_by_hop(headers);
    // What came as credentials was for the old model, or for this proxy. The rest is made anew.
    for name in [AUTHORIZATION, HOST, CONTENT_LENGTH, EXPECT] {
        headers.remove(name);
    }
    // An answer in a coding could not be told from SOAP after a 401, and old clients may not know it.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
}

/// Leaves in an answer what the client should see.
pub(crate) fn to_client(headers: &mut HeaderMap) {
    // Beside a transfer coding a length means nothing (RFC 9112 section 6.3), but would once the coding is gone.
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    remove_hop_by_hop(headers);
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse::<HeaderName>().ok())
        // Nobody can have the proxy drop what makes the message a SOAP message.
        .filter(|name| *name != CONTENT_TYPE && name.as_str() != "soapaction")
        .collect();
    for name in HOP_BY_HOP.into_iter().chain(named) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn credentials_and_what_belongs_to_the_connection_stay_behind() {
        let mut request = headers(&[
            ("authorization", "Basic canary"),
            ("proxy-authorization", "Basic canary"),
            ("connection", "close, X-Own, Content-Type, SOAPAction"),
            ("x-own", "canary"),
            ("keep-alive", "1"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("host", "127.0.0.1"),
            ("expect", "100-continue"),
            ("content-length", "1"),
            ("accept-encoding", "gzip"),
            ("content-type", "text/xml"),
            ("soapaction", "x"),
            ("x-else", "y"),
        ]);
        to_gateway(&mut request);
        let expected = headers(&[
            ("accept-encoding", "identity"),
            ("content-type", "text/xml"),
            ("soapaction", "x"),
            ("x-else", "y"),
        ]);
        assert_eq!(request, expected);
    }

    #[test]
    fn an_answer_keeps_its_own_headers() {
        let mut answer = headers(&[
            ("connection", "keep-alive"),
            ("content-type", "text/xml"),
            ("content-length", "3"),
            ("www-authenticate", "Bearer"),
        ]);
        to_client(&mut answer);
        let expected = headers(&[
            ("content-type", "text/xml"),
            ("content-length", "3"),
            ("www-authenticate", "Bearer"),
        ]);
        assert_eq!(answer, expected);
    }

    #[test]
    fn a_length_beside_a_transfer_coding_goes_with_it() {
        let mut answer = headers(&[("transfer-encoding", "chunked"), ("content-length", "3")]);
        to_client(&mut answer);
        assert_eq!(answer, HeaderMap::new());
    }
}

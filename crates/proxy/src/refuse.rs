//! Refuses requests that are no SOAP call of a local client, before anything is read of them.

use castile_http::Blame;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};

use crate::fault::{Fault, Party};

/// The reason to refuse, if there is one.
///
/// A web page in a browser on the same machine can send requests here. It cannot hide its `Origin`, cannot send
/// XML to another origin without asking first, and after DNS rebinding its `Host` is not ours.
pub(crate) fn reason(parts: &Parts, allow_remote: bool) -> Option<Fault> {
    let headers = &parts.headers;
    if parts.method != Method::POST {
        let text = "this is a proxy for SOAP calls: POST only, no ?wsdl";
        return Some(fault(StatusCode::METHOD_NOT_ALLOWED, "proxy-method", text));
    }
    if headers.contains_key(ORIGIN) || !(allow_remote || host_is_local(parts)) {
        let text = "requests of web pages are refused, and so are other host names than localhost";
        return Some(fault(StatusCode::FORBIDDEN, "proxy-origin", text));
    }
    if parts.uri.query().is_some() {
        let text = "the profile's address is used: a query would be lost";
        return Some(fault(StatusCode::NOT_FOUND, "proxy-query", text));
    }
    if !is_soap(headers) || headers.contains_key(CONTENT_ENCODING) {
        let text = "expected text/xml or application/soap+xml without content coding";
        return Some(fault(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "proxy-media-type",
            text,
        ));
    }
    None
}

fn fault(status: StatusCode, code: &'static str, text: &str) -> Fault {
    Fault {
        status,
        party: Party::Client,
        code,
        blame: Blame::Caller,
        text: text.to_owned(),
        cause: None,
        outcome_unknown: false,
    }
}

fn is_soap(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    ["text/xml", "application/soap+xml", "multipart/related"]
        .iter()
        .any(|known| media_type.trim().eq_ignore_ascii_case(known))
}

fn host_is_local(parts: &Parts) -> bool {
    let host = parts
        .headers
        .get(HOST)
        .and_then(|value| value.to_str().ok());
    // Old clients set to use a proxy send the whole URL in the request line.
    let authority = parts
        .uri
        .authority()
        .map(http::uri::Authority::as_str)
        .or(host);
    let Some(Ok(authority)) = authority.map(str::parse::<http::uri::Authority>) else {
        return false;
    };
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn code(request: http::request::Builder) -> Option<(u16, &'static str)> {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        reason(&parts, false).map(|fault| (fault.status.as_u16(), fault.code))
    }

    fn post(uri: &str) -> http::request::Builder {
        Request::post(uri).header("content-type", "text/xml; charset=utf-8")
    }

    #[test]
    fn a_soap_call_of_a_local_client_is_served() {
        for host in [
            "127.0.0.1:8080",
            "localhost",
            "LOCALHOST:1",
            "[::1]:8080",
            "127.1.2.3",
        ] {
            assert_eq!(
                code(post("/any/path.svc").header("host", host)),
                None,
                "{host}"
            );
        }
    }

    #[test]
    fn all_else_is_refused_with_a_code() {
        let local = |builder: http::request::Builder| builder.header("host", "127.0.0.1");
        for (request, expected) in [
            (local(Request::get("/x?wsdl")), (405, "proxy-method")),
            (local(Request::options("/")), (405, "proxy-method")),
            (
                local(post("/").header("origin", "https://evil.example")),
                (403, "proxy-origin"),
            ),
            (
                post("/").header("host", "evil.example:8080"),
                (403, "proxy-origin"),
            ),
            (
                post("/").header("host", "localhost.evil.example"),
                (403, "proxy-origin"),
            ),
            (post("/").header("host", ""), (403, "proxy-origin")),
            (post("/"), (403, "proxy-origin")),
            (local(post("/x?y=1")), (404, "proxy-query")),
            (
                local(Request::post("/").header("content-type", "text/plain")),
                (415, "proxy-media-type"),
            ),
            (local(Request::post("/")), (415, "proxy-media-type")),
            (
                local(post("/").header("content-encoding", "gzip")),
                (415, "proxy-media-type"),
            ),
        ] {
            assert_eq!(code(request), Some(expected));
        }
    }
}

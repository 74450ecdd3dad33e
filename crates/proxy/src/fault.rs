//! Says what went wrong as a SOAP fault that an old client can read.

use castile_http::{Blame, Body};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Response, StatusCode};

/// The namespace of the element in a fault's detail.
pub(crate) const NAMESPACE: &str = "urn:castile:proxy:1";

/// Which SOAP the client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Soap11,
    Soap12,
}

impl Version {
    /// By the media type of the request: SOAP 1.2 has its own (RFC 3902).
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let media_type = headers
            .get(CONTENT_TYPE)
            .map_or(&b""[..], HeaderValue::as_bytes);
        let media_type = media_type.to_ascii_lowercase();
        if media_type
            .windows(20)
            .any(|window| window == b"application/soap+xml")
        {
            Self::Soap12
        } else {
            Self::Soap11
        }
    }
}

/// Whose fault it is, in SOAP's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    /// The message as it came cannot be served.
    Client,
    /// The way behind the proxy failed.
    Server,
}

/// A fault that the proxy makes itself.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    pub(crate) party: Party,
    pub(crate) code: &'static str,
    pub(crate) blame: Blame,
    pub(crate) text: String,
    /// What lies below, for the log alone: names of hosts are no business of the client.
    pub(crate) cause: Option<String>,
    pub(crate) outcome_unknown: bool,
}

impl Fault {
    /// The whole answer.
    pub(crate) fn answer(&self, version: Version) -> Response<Body> {
        let (media_type, envelope) = match version {
            Version::Soap11 => ("text/xml; charset=utf-8", self.soap11()),
            Version::Soap12 => ("application/soap+xml; charset=utf-8", self.soap12()),
        };
        let mut response = Response::new(Body::whole(envelope));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    }

    /// SOAP 1.1 section 4.4.
    fn soap11(&self) -> String {
        let code = match self.party {
            Party::Client => "Client",
            Party::Server => "Server",
        };
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
             <faultcode>s:{code}</faultcode><faultstring>{}</faultstring><detail>{}</detail>\
             </s:Fault></s:Body></s:Envelope>",
            escape(&self.text),
            self.detail()
        )
    }

    /// SOAP 1.2 part 1 section 5.4.
    fn soap12(&self) -> String {
        let code = match self.party {
            Party::Client => "Sender",
            Party::Server => "Receiver",
        };
        format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><s:Fault>\
             <s:Code><s:Value>s:{code}</s:Value></s:Code>\
             <s:Reason><s:Text xml:lang=\"en\">{}</s:Text></s:Reason><s:Detail>{}</s:Detail>\
             </s:Fault></s:Body></s:Envelope>",
            escape(&self.text),
            self.detail()
        )
    }

    fn detail(&self) -> String {
        let who = match self.blame {
            Blame::Caller => "caller",
            Blame::Bank => "bank",
            Blame::JackHenry => "jack-henry",
            Blame::Network => "network",
            _ => "castile",
        };
        format!(
            "<c:Error xmlns:c=\"{NAMESPACE}\"><c:Code>{}</c:Code><c:Who>{who}</c:Who>\
             <c:OutcomeUnknown>{}</c:OutcomeUnknown></c:Error>",
            self.code, self.outcome_unknown
        )
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // XML 1.0 has no way to write these.
            c if c.is_control() && !matches!(c, '\t' | '\n') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use castile_http::Effect;

    use super::*;

    fn fault() -> Fault {
        Fault {
            status: StatusCode::BAD_GATEWAY,
            party: Party::Server,
            code: "gateway-unreachable",
            blame: Blame::Network,
            text: "a < b & \u{1}".to_owned(),
            cause: Some("not shown".to_owned()),
            outcome_unknown: false,
        }
    }

    #[tokio::test]
    async fn a_fault_is_written_in_the_clients_soap() {
        let answer = fault().answer(Version::Soap11);
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/xml; charset=utf-8");
        assert_eq!(
            answer.into_body().bytes(Effect::Read).await.unwrap(),
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
             <faultcode>s:Server</faultcode><faultstring>a &lt; b &amp; \u{fffd}</faultstring><detail>\
             <c:Error xmlns:c=\"urn:castile:proxy:1\"><c:Code>gateway-unreachable</c:Code>\
             <c:Who>network</c:Who><c:OutcomeUnknown>false</c:OutcomeUnknown></c:Error></detail>\
             </s:Fault></s:Body></s:Envelope>"
        );
        let answer = fault().answer(Version::Soap12);
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
        assert_eq!(
            answer.headers()[CONTENT_TYPE],
            "application/soap+xml; charset=utf-8"
        );
        let body = answer.into_body().bytes(Effect::Read).await.unwrap();
        assert!(
            body.starts_with(b"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">")
        );
    }

    #[test]
    fn the_media_type_tells_the_version() {
        for (media_type, version) in [
            ("text/xml", Version::Soap11),
            ("Application/SOAP+XML; action=\"x\"", Version::Soap12),
            (
                "multipart/related; type=\"application/xop+xml\"; start-info=\"application/soap+xml\"",
                Version::Soap12,
            ),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, media_type.parse().unwrap())]);
            assert_eq!(Version::of(&headers), version, "{media_type}");
        }
        assert_eq!(Version::of(&HeaderMap::new()), Version::Soap11);
    }
}

//! Which operation a request belongs to, as a request extension or by its headers.

use std::borrow::Cow;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request};

use crate::Progress;

/// The operation of a request: its name, and the service that has it where that is known.
///
/// The typed client sets it from the contract; elsewhere it is what `SOAPAction`, or the media type's `action`, says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OperationName {
    service: Option<Cow<'static, str>>,
    name: Cow<'static, str>,
}

/// No operation has a longer name.
const LONGEST: usize = 128;

impl OperationName {
    /// The operation `name` of `service`.
    pub fn new(service: &'static str, name: &'static str) -> Self {
        Self {
            service: Some(Cow::Borrowed(service)),
            name: Cow::Borrowed(name),
        }
    }

    /// The operation that travels with `request`, or the one that its headers name.
    pub fn of<B>(request: &Request<B>) -> Option<Self> {
        let known = Self::known(request).cloned();
        known.or_else(|| Self::of_headers(request.headers()))
    }

    fn known<B>(request: &Request<B>) -> Option<&Self> {
        let extensions = request.extensions();
        let of_progress = || extensions.get::<Progress>()?.operation();
        extensions.get().or_else(of_progress)
    }

    /// The same, which travels with `request` from here on.
    pub(crate) fn carried<B>(request: &mut Request<B>) -> Option<Self> {
        if let Some(known) = Self::known(request) {
            return Some(known.clone());
        }
        let named = Self::of_headers(request.headers())?;
        request.extensions_mut().insert(named.clone());
        Some(named)
    }

    /// The one operation that the headers name; none where they name several, or what cannot be a name.
    pub fn of_headers(headers: &HeaderMap) -> Option<Self> {
        let mut named = actions(headers).map(|action| Self::of_action(&action));
        let first = named.next()??;
        named
            .all(|other| other.as_ref() == Some(&first))
            .then_some(first)
    }

    /// The last part of an action, if it can be a name.
    fn of_action(action: &str) -> Option<Self> {
        Self::of_payload(action.rsplit('/').next()?)
    }

    /// The name of Body's element, if it can be one of an operation: letters and digits, `_`, `-` and `.`.
    pub(crate) fn of_payload(name: &str) -> Option<Self> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let is_name = (1..=LONGEST).contains(&name.len())
            && name.chars().all(is_part)
            && name.starts_with(|c: char| c.is_ascii_alphabetic());
        is_name.then(|| Self {
            service: None,
            name: Cow::Owned(name.to_owned()),
        })
    }

    /// The service, where it is known.
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// The operation's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What a message says it calls, by `SOAPAction` (SOAP 1.1) and the media type's `action` (SOAP 1.2), without quotes.
pub fn actions(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let parameters = headers
        .get_all(CONTENT_TYPE)
        .iter()
        .map(text)
        .flat_map(|value| {
            let parts = value.split(';').filter_map(|part| part.split_once('='));
            parts
                .filter(|(name, _)| name.trim().eq_ignore_ascii_case("action"))
                .map(|(_, action)| action.to_owned())
                .collect::<Vec<_>>()
        });
    headers
        .get_all("soapaction")
        .iter()
        .map(text)
        .chain(parameters)
        .map(|action| action.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_one_operation_or_none() {
        let named = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::from_static(value));
            }
            OperationName::of_headers(&headers).map(|operation| operation.name().to_owned())
        };
        let add = Some("XferAdd".to_owned());
        assert_eq!(named(&[("soapaction", "\"http://x/ws/XferAdd\"")]), add);
        assert_eq!(named(&[("soapaction", "XferAdd")]), add);
        let soap12 = "application/soap+xml; charset=utf-8; action=\"urn:x/XferAdd\"";
        assert_eq!(named(&[("content-type", soap12)]), add);
        let both = [("content-type", soap12), ("soapaction", "XferAdd")];
        assert_eq!(named(&both), add);
        for nothing in ["", "\"\"", "a b", "http://x/123456789", "http://x/a,b"] {
            assert_eq!(named(&[("soapaction", nothing)]), None, "{nothing}");
        }
        let other = [("content-type", soap12), ("soapaction", "AcctInq")];
        assert_eq!(named(&other), None);
        assert_eq!(named(&[]), None);
    }
}

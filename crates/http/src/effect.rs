//! What a request does to the books, as a request extension.

use crate::Progress;
use crate::confirmed::ByHeaders;

/// Decides what may be repeated; [`Effect::Unknown`] when no one said.
///
/// The typed client sets it from the contract, the proxy from a table by `SOAPAction`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing: may be repeated.
    Read,
    /// Changes something: is never repeated once it may have been processed.
    Write,
    /// Not known: treated as [`Effect::Write`].
    #[default]
    Unknown,
}

impl Effect {
    /// The effect that travels with `request`.
    pub fn of<B>(request: &http::Request<B>) -> Self {
        let extensions = request.extensions();
        let of_progress = || extensions.get::<Progress>()?.effect();
        let known = extensions.get().copied().or_else(of_progress);
        known.unwrap_or_default()
    }

    /// What the headers of `request` say; it travels with the request from here on, as their word alone.
    ///
    /// A read by that word stays one only where the element in its Body says so too ([`Confirm`](crate::Confirm), in
    /// the stacks for untyped callers), and is sent again only where its `ActIntent` does.
    pub fn told_by_headers<B>(request: &mut http::Request<B>) -> Self {
        let effect = Self::of_headers(request.headers());
        let extensions = request.extensions_mut();
        extensions.insert(effect);
        extensions.insert(ByHeaders);
        effect
    }

    /// What the headers of a message say; unknown where they name several operations, for which of them the gateway
    /// goes by is not known.
    pub fn of_headers(headers: &http::HeaderMap) -> Self {
        let mut actions = crate::actions(headers);
        let Some(first) = actions.next() else {
            return Self::Unknown;
        };
        if actions.all(|action| name_of(&action) == name_of(&first)) {
            Self::from_soap_action(&first)
        } else {
            Self::Unknown
        }
    }

    /// What jXchange's names say: `…Inq`, `…Srch`, `…Validate` and `Ping` read, `…Add` and `…Mod`
    /// write; any other name is unknown.
    ///
    /// Takes the value of the `SOAPAction` header, with or without its quotes.
    pub fn from_soap_action(action: &str) -> Self {
        let name = name_of(action);
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if name == "Ping" || ends(&["Inq", "Srch", "Validate"]) {
            Self::Read
        } else if ends(&["Add", "Mod"]) {
            Self::Write
        } else {
            Self::Unknown
        }
    }
}

/// The last part of an action, without its quotes.
fn name_of(action: &str) -> &str {
    let action = action.trim().trim_matches('"');
    action.rsplit('/').next().unwrap_or(action)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn headers_that_name_two_operations_tell_nothing() {
        let effect = |soap_action, action: &str| {
            let media_type = format!("application/soap+xml; action=\"urn:x/{action}\"");
            let mut headers = HeaderMap::new();
            headers.insert("soapaction", HeaderValue::from_static(soap_action));
            headers.insert("content-type", media_type.parse().unwrap());
            Effect::of_headers(&headers)
        };
        assert_eq!(effect("AcctInq", "AcctInq"), Effect::Read);
        assert_eq!(effect("\"http://x/AcctInq\"", "AcctInq"), Effect::Read);
        // Either may be set to something else by `[effects]`.
        assert_eq!(effect("AcctInq", "CustInq"), Effect::Unknown);
        assert_eq!(effect("AcctInq", "XferAdd"), Effect::Unknown);
        assert_eq!(effect("XferAdd", "XferAdd"), Effect::Write);
        assert_eq!(Effect::of_headers(&HeaderMap::new()), Effect::Unknown);
    }

    #[test]
    fn names_tell_reads_from_writes_and_the_rest_is_unknown() {
        for (action, effect) in [
            ("http://jackhenry.com/ws/AcctInq", Effect::Read),
            ("\"http://jackhenry.com/ws/AcctSrch\"", Effect::Read),
            ("http://jackhenry.com/ws/XferAddValidate", Effect::Read),
            (" Ping ", Effect::Read),
            ("http://jackhenry.com/ws/XferAdd", Effect::Write),
            ("http://jackhenry.com/ws/CustMod", Effect::Write),
            ("http://jackhenry.com/ws/SvcDictSrch/x", Effect::Unknown),
            ("http://jackhenry.com/ws/XferCancel", Effect::Unknown),
            ("\"\"", Effect::Unknown),
            ("", Effect::Unknown),
        ] {
            assert_eq!(Effect::from_soap_action(action), effect, "{action}");
        }
    }
}

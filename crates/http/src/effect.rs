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

    /// What the headers of a message say: by all the actions that they name, for which of several words the gateway
    /// goes by is not known.
    pub fn of_headers(headers: &http::HeaderMap) -> Self {
        let mut effects = crate::actions(headers).map(|action| Self::from_soap_action(&action));
        let first = effects.next().unwrap_or_default();
        if effects.all(|effect| effect == first) {
            first
        } else {
            Self::Unknown
        }
    }

    /// What jXchange's names say: `…Inq`, `…Srch`, `…Validate` and `Ping` read, `…Add` and `…Mod`
    /// write; any other name is unknown.
    ///
    /// Takes the value of the `SOAPAction` header, with or without its quotes.
    pub fn from_soap_action(action: &str) -> Self {
        let action = action.trim().trim_matches('"');
        let name = action.rsplit('/').next().unwrap_or(action);
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

#[cfg(test)]
mod tests {
    use super::*;

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

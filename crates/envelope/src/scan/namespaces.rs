//! Namespace names in scope, the ones we know told apart.

use smallvec::SmallVec;

use super::Span;
use super::chars::unescape;
use crate::error::{Flaw, Refusal};

pub(super) const SOAP_11: &[u8] = b"http://schemas.xmlsoap.org/soap/envelope/";
pub(super) const SOAP_12: &[u8] = b"http://www.w3.org/2003/05/soap-envelope";
const XML: &[u8] = b"http://www.w3.org/XML/1998/namespace";
const XMLNS: &[u8] = b"http://www.w3.org/2000/xmlns/";

/// A namespace: one of those that mean something in a SOAP header, or where its name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ns {
    /// No namespace.
    None,
    /// The reserved namespace of the prefix `xmlns`, which nothing may be bound to.
    Xmlns,
    /// The reserved namespace of the prefix `xml`.
    Xml,
    Soap11,
    Soap12,
    /// WS-Security, OASIS 2004 or one of the drafts before it.
    Wsse,
    /// WS-Security utility (`Id`, `Timestamp`), OASIS 2004 or one of the drafts before it.
    Wsu,
    Dsig,
    Xenc,
    /// SAML assertions, 1.x and 2.0.
    Saml,
    /// Any other; the span is the raw attribute value.
    Other(Span),
}

impl Ns {
    fn of(input: &[u8], value: Span) -> Self {
        let raw = value.of(input);
        let escaped = || {
            let referring = memchr::memchr(b'&', raw).is_some();
            referring.then(|| known(&unescape(raw))).flatten()
        };
        known(raw).or_else(escaped).unwrap_or(Self::Other(value))
    }

    /// Whether two resolved names are the same namespace, by the characters of the URI.
    pub(crate) fn same(self, other: Self, input: &[u8]) -> bool {
        match (self, other) {
            (Self::Other(a), Self::Other(b)) => {
                a == b || unescape(a.of(input)) == unescape(b.of(input))
            }
            _ => self == other,
        }
    }
}

fn known(uri: &[u8]) -> Option<Ns> {
    Some(match uri {
        b"" => Ns::None,
        SOAP_11 => Ns::Soap11,
        SOAP_12 => Ns::Soap12,
        b"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
        | b"http://schemas.xmlsoap.org/ws/2002/04/secext"
        | b"http://schemas.xmlsoap.org/ws/2002/07/secext"
        | b"http://schemas.xmlsoap.org/ws/2002/12/secext"
        | b"http://schemas.xmlsoap.org/ws/2003/06/secext" => Ns::Wsse,
        b"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
        | b"http://schemas.xmlsoap.org/ws/2002/07/utility"
        | b"http://schemas.xmlsoap.org/ws/2003/06/utility" => Ns::Wsu,
        b"http://www.w3.org/2000/09/xmldsig#" => Ns::Dsig,
        b"http://www.w3.org/2001/04/xmlenc#" | b"http://www.w3.org/2009/xmlenc11#" => Ns::Xenc,
        b"urn:oasis:names:tc:SAML:1.0:assertion" | b"urn:oasis:names:tc:SAML:2.0:assertion" => {
            Ns::Saml
        }
        XML => Ns::Xml,
        XMLNS => Ns::Xmlns,
        _ => return None,
    })
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Binding {
    prefix: Span,
    value: Span,
    ns: Ns,
}

/// The declarations in scope, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    list: SmallVec<[Binding; 16]>,
}

impl Bindings {
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.list.truncate(len);
    }

    /// The first `len` declarations.
    pub(super) fn first(&self, len: usize) -> SmallVec<[Binding; 2]> {
        SmallVec::from_slice(&self.list[..len.min(self.list.len())])
    }

    pub(super) fn extend(&mut self, bindings: &[Binding]) {
        self.list.extend_from_slice(bindings);
    }

    /// Takes up `xmlns="…"` (empty prefix) or `xmlns:p="…"`.
    ///
    /// # Errors
    /// [`Flaw::NamespaceDeclaration`] where Namespaces in XML 1.0 (sections 2.2 and 3) forbids it.
    pub(crate) fn declare(
        &mut self,
        input: &[u8],
        prefix: Span,
        value: Span,
    ) -> Result<(), Refusal> {
        let ns = Ns::of(input, value);
        let name = prefix.of(input);
        let allowed = match name {
            b"" => !matches!(ns, Ns::Xml | Ns::Xmlns),
            b"xml" => ns == Ns::Xml,
            b"xmlns" => false,
            _ => !matches!(ns, Ns::None | Ns::Xml | Ns::Xmlns),
        };
        if !allowed {
            return Err(Refusal::malformed(prefix.start, Flaw::NamespaceDeclaration));
        }
        self.push(prefix, value, ns);
        Ok(())
    }

    /// The same where it is known which namespace that is, and that it may be bound.
    pub(super) fn push(&mut self, prefix: Span, value: Span, ns: Ns) {
        self.list.push(Binding { prefix, value, ns });
    }

    /// What `prefix` is bound to; the empty prefix asks for the default namespace.
    pub(crate) fn resolve(&self, input: &[u8], prefix: &[u8]) -> Option<Ns> {
        match self.find(input, prefix) {
            Some(binding) => Some(binding.ns),
            None if prefix.is_empty() => Some(Ns::None),
            None if prefix == b"xml" => Some(Ns::Xml),
            None => None,
        }
    }

    /// The raw URI that `prefix` is bound to.
    pub(crate) fn uri<'i>(&self, input: &'i [u8], prefix: &[u8]) -> Option<&'i [u8]> {
        self.find(input, prefix)
            .map(|binding| binding.value.of(input))
    }

    #[inline]
    fn find(&self, input: &[u8], prefix: &[u8]) -> Option<&Binding> {
        let mut bindings = self.list.iter().rev();
        // Most names are without a prefix.
        if prefix.is_empty() {
            return bindings.find(|binding| binding.prefix.start == binding.prefix.end);
        }
        bindings.find(|binding| binding.prefix.of(input) == prefix)
    }

    /// Prefix and raw URI of each of the first `len` declarations that no later one of them hides.
    pub(crate) fn visible<'i>(
        &self,
        input: &'i [u8],
        len: usize,
    ) -> impl Iterator<Item = (&'i [u8], &'i [u8])> {
        let list = &self.list[..len.min(self.list.len())];
        list.iter().enumerate().filter_map(move |(at, binding)| {
            let prefix = binding.prefix.of(input);
            let hidden = list[at + 1..]
                .iter()
                .any(|later| later.prefix.of(input) == prefix);
            (!hidden && binding.ns != Ns::None).then(|| (prefix, binding.value.of(input)))
        })
    }
}

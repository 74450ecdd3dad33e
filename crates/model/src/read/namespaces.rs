//! Which namespace a prefix means at a place.

use std::borrow::Cow;

use quick_xml::events::attributes::Attributes;
use quick_xml::name::PrefixDeclaration;

use crate::Scope;

/// The namespace declarations in scope, innermost last.
pub(super) struct Namespaces<'i> {
    /// Those around the payload.
    scope: Scope,
    bindings: Vec<Binding<'i>>,
    /// Namespace of the message.
    ours: &'static str,
    /// A prefix that means the namespace of the message here, if one was asked for.
    known: Option<&'i str>,
}

struct Binding<'i> {
    prefix: Cow<'i, str>,
    namespace: Cow<'i, str>,
    /// Whether it is the namespace of the message.
    is_ours: bool,
    /// Depth of the element that declares it.
    depth: usize,
}

/// A namespace as a name is compared with it.
pub(super) enum Namespace<'n> {
    /// That of the message.
    Ours,
    /// Another one; empty for none.
    Other(&'n str),
}

impl<'i> Namespaces<'i> {
    pub(super) fn new(scope: &Scope, ours: &'static str) -> Self {
        Self {
            scope: scope.clone(),
            bindings: Vec::new(),
            ours,
            known: None,
        }
    }

    pub(super) fn bind(&mut self, prefix: Cow<'i, str>, namespace: Cow<'i, str>, depth: usize) {
        let is_ours = namespace == self.ours;
        self.known = None;
        self.bindings.push(Binding {
            prefix,
            namespace,
            is_ours,
            depth,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.scope.bindings().count() + self.bindings.len()
    }

    /// Forgets what was declared at this depth.
    #[inline]
    pub(super) fn leave(&mut self, depth: usize) {
        let last = self.bindings.last();
        if last.is_some_and(|binding| binding.depth >= depth) {
            self.forget(depth);
        }
    }

    #[cold]
    fn forget(&mut self, depth: usize) {
        self.known = None;
        self.bindings.retain(|binding| binding.depth < depth);
    }

    /// Whether a prefix is known to mean the namespace of the message.
    #[inline]
    pub(super) fn is_known(&self, prefix: &str) -> bool {
        self.known.is_some_and(|known| is_same(known, prefix))
    }

    /// Whether a prefix means the namespace of the message, remembered for the next element.
    pub(super) fn is_ours(&mut self, prefix: &'i str) -> bool {
        let is_ours = matches!(self.resolve(prefix), Some(Namespace::Ours));
        if is_ours {
            self.known = Some(prefix);
        }
        is_ours
    }

    /// The namespace of a prefix; the empty prefix is the default namespace. `None`: it is not declared.
    #[inline]
    pub(super) fn resolve(&self, prefix: &str) -> Option<Namespace<'_>> {
        match self
            .bindings
            .iter()
            .rev()
            .find(|binding| is_same(&binding.prefix, prefix))
        {
            Some(Binding { is_ours: true, .. }) => Some(Namespace::Ours),
            Some(binding) => Some(Namespace::Other(&binding.namespace)),
            None => self.resolve_around(prefix),
        }
    }

    /// The same for a prefix that is not declared inside the payload.
    fn resolve_around(&self, prefix: &str) -> Option<Namespace<'_>> {
        let mut around = self.scope.bindings().rev();
        match around.find(|(known, _)| is_same(known, prefix)) {
            Some((_, namespace)) if namespace == self.ours => Some(Namespace::Ours),
            Some((_, namespace)) => Some(Namespace::Other(namespace)),
            None if prefix.is_empty() && self.ours.is_empty() => Some(Namespace::Ours),
            None if prefix.is_empty() => Some(Namespace::Other("")),
            None if prefix == "xml" => {
                Some(Namespace::Other("http://www.w3.org/XML/1998/namespace"))
            }
            None => None,
        }
    }

    /// The namespace of a prefix as text.
    pub(super) fn text(&self, prefix: &str) -> Option<&str> {
        self.resolve(prefix).map(|namespace| match namespace {
            Namespace::Ours => self.ours,
            Namespace::Other(text) => text,
        })
    }

    /// The declarations from around the current element that a slice of it needs.
    ///
    /// A prefix counts as used wherever it stands before a colon: values such as `xsi:type="xs:string"` use
    /// prefixes too, and a declaration too many does no harm.
    pub(super) fn needed_by(&self, slice: &str, has_bare_names: bool) -> Vec<(Box<str>, Box<str>)> {
        let mut needed: Vec<(Box<str>, Box<str>)> = Vec::new();
        let inside = self.bindings.iter().rev();
        let inside = inside.map(|binding| (&*binding.prefix, &*binding.namespace));
        let all = inside.chain(self.scope.bindings().rev());
        for (prefix, namespace) in all.filter(|(prefix, _)| !prefix.is_empty()) {
            let is_known = needed.iter().any(|(known, _)| **known == *prefix);
            if !is_known && uses(slice, prefix) && !declares(slice, prefix) {
                needed.push((prefix.into(), namespace.into()));
            }
        }
        if has_bare_names && !declares(slice, "") {
            needed.push(("".into(), self.text("").unwrap_or("").into()));
        }
        needed
    }
}

/// Equality without a call of memcmp, which takes longer than to compare prefixes: they are short, and mostly empty.
#[inline]
fn is_same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| a == b)
}

/// Whether `prefix:` stands in the slice.
fn uses(slice: &str, prefix: &str) -> bool {
    slice
        .match_indices(prefix)
        .any(|(at, _)| slice[at + prefix.len()..].starts_with(':'))
}

/// Whether the start tag of the slice declares the prefix itself.
fn declares(slice: &str, prefix: &str) -> bool {
    let tag = &slice[..tag_len(slice)];
    let name_len = tag
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(tag.len());
    Attributes::new(tag, name_len).flatten().any(|attribute| {
        match attribute.key.as_namespace_binding() {
            Some(PrefixDeclaration::Default) => prefix.is_empty(),
            Some(PrefixDeclaration::Named(name)) => name == prefix,
            None => false,
        }
    })
}

/// Length of the start tag without its end (`>` or `/>`).
fn tag_len(slice: &str) -> usize {
    let mut quote = None;
    for (at, byte) in slice.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at - usize::from(slice[..at].ends_with('/')),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    slice.len()
}

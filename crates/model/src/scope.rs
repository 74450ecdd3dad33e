//! The namespace declarations that a payload inherits from the envelope around it.

use std::sync::Arc;

/// Prefix to namespace bindings in scope where a payload starts.
///
/// A payload cut out of an envelope may use prefixes that are declared on the envelope.
/// The empty prefix is the default namespace; the empty namespace means none.
///
/// ```
/// use castile_model::Scope;
/// let scope: Scope = [("jx", "http://jackhenry.com/jxchange/TPG/2008")].into_iter().collect();
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    bindings: Arc<[(String, String)]>,
}

impl Scope {
    /// No declarations: the payload stands alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a binding; a later one for the same prefix wins.
    #[must_use]
    pub fn bind(self, prefix: impl Into<String>, namespace: impl Into<String>) -> Self {
        let more = (prefix.into(), namespace.into());
        let all = self.bindings.iter().cloned().chain([more]);
        Self {
            bindings: all.collect(),
        }
    }

    /// The bindings, outermost first.
    pub fn bindings(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        self.bindings
            .iter()
            .map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()))
    }
}

/// Shares the list.
impl From<Arc<[(String, String)]>> for Scope {
    fn from(bindings: Arc<[(String, String)]>) -> Self {
        Self { bindings }
    }
}

impl<P: Into<String>, N: Into<String>> FromIterator<(P, N)> for Scope {
    fn from_iter<I: IntoIterator<Item = (P, N)>>(bindings: I) -> Self {
        Self {
            bindings: bindings
                .into_iter()
                .map(|(p, n)| (p.into(), n.into()))
                .collect(),
        }
    }
}

//! The values that a contract lists for a type.

use super::{Body, Builtin, Type, TypeRef};

impl Type {
    /// The documented values (`CanonicalVal`), then those of `enumeration` facets; for texts only.
    pub(crate) fn known_values(&self) -> Vec<&str> {
        let Body::Scalar(scalar) = &self.body else {
            return Vec::new();
        };
        if scalar.base != TypeRef::Builtin(Builtin::Text) {
            return Vec::new();
        }
        let mut known: Vec<&str> = Vec::new();
        for value in self.doc.values.iter().chain(&scalar.values) {
            if !known.contains(&value.as_str()) {
                known.push(value);
            }
        }
        known
    }
}

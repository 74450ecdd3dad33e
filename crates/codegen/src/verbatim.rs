//! The namespaces whose elements are carried as they came.
//!
//! A signed assertion is valid byte by byte, so the elements of the security standards are never taken
//! apart, and their schemas are not needed.

use crate::qname::QName;
use crate::schema::XSD;

const NAMESPACES: [&str; 7] = [
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    "http://www.w3.org/2000/09/xmldsig#",
    "http://www.w3.org/2001/04/xmlenc#",
    "urn:oasis:names:tc:SAML:1.0:assertion",
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "http://www.w3.org/XML/1998/namespace",
];

/// Whether an element is carried as it came: one of such a namespace, or a schema in a message, as a DataSet of
/// .NET sends one.
pub(crate) fn is_element(name: &QName) -> bool {
    is_verbatim(name.namespace()) || (name.namespace() == XSD && name.local() == "schema")
}

/// Whether elements of this namespace are carried verbatim.
pub(crate) fn is_verbatim(namespace: &str) -> bool {
    NAMESPACES.contains(&namespace)
}

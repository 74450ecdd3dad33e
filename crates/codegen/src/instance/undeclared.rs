//! Writes what a schema would say of the elements that SOAP makes of messages.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::ir::{Undeclared, UndeclaredContent};
use crate::qname::QName;
use crate::schema::XSD;

/// The declaration of the element: a wrapper holds its parts as elements without namespace (WSDL 1.1, section 3.5).
pub(super) fn declaration(of: &Undeclared) -> String {
    let name = escape(of.wire.local());
    let mut text = format!("<x:element xmlns:x='{XSD}' name='{name}'");
    match &of.content {
        UndeclaredContent::Type(ty) => {
            let _ = write!(text, "{}/>", typed(ty));
        }
        UndeclaredContent::Parts(parts) => {
            text.push_str("><x:complexType><x:sequence>");
            for (name, ty) in parts {
                let _ = write!(text, "<x:element name='{}'{}/>", escape(name), typed(ty));
            }
            text.push_str("</x:sequence></x:complexType></x:element>");
        }
    }
    text
}

/// The attribute that names a type.
fn typed(ty: &QName) -> String {
    let local = escape(ty.local());
    match ty.namespace() {
        "" => format!(" type='{local}'"),
        namespace => format!(" xmlns:t='{}' type='t:{local}'", escape(namespace)),
    }
}

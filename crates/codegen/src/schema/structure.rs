//! Finds what stands in a schema where XML Schema has no place for it.

use super::XSD;
use crate::diagnostic::Diagnostic;
use crate::xml::Element;

const ATTRIBUTES: [&str; 3] = ["attribute", "attributeGroup", "anyAttribute"];
const MODELS: [&str; 4] = ["all", "choice", "group", "sequence"];
const PARTICLES: [&str; 5] = ["any", "choice", "element", "group", "sequence"];
/// Told where they are met.
const XSD_1_1: [&str; 6] = [
    "alternative",
    "assert",
    "assertion",
    "defaultOpenContent",
    "openContent",
    "override",
];

/// Whether an element of the schema namespace may stand in another (XML Schema part 1, appendix A).
fn may_stand(parent: &str, child: &str) -> bool {
    let is_one_of = |lists: &[&[&str]]| lists.iter().any(|list| list.contains(&child));
    if child == "annotation" || XSD_1_1.contains(&child) {
        return true;
    }
    match parent {
        "schema" => is_one_of(&[&[
            "attribute",
            "attributeGroup",
            "complexType",
            "element",
            "group",
            "import",
            "include",
            "notation",
            "redefine",
            "simpleType",
        ]]),
        "redefine" => is_one_of(&[&["attributeGroup", "complexType", "group", "simpleType"]]),
        "element" => is_one_of(&[&["complexType", "key", "keyref", "simpleType", "unique"]]),
        "complexType" => is_one_of(&[&MODELS, &ATTRIBUTES, &["complexContent", "simpleContent"]]),
        "complexContent" | "simpleContent" => is_one_of(&[&["extension", "restriction"]]),
        "extension" => is_one_of(&[&MODELS, &ATTRIBUTES]),
        "group" => is_one_of(&[&["all", "choice", "sequence"]]),
        "all" => is_one_of(&[&["any", "element", "group"]]),
        "choice" | "sequence" => is_one_of(&[&PARTICLES]),
        "attributeGroup" => is_one_of(&[&ATTRIBUTES]),
        "attribute" | "list" | "union" => is_one_of(&[&["simpleType"]]),
        "simpleType" => is_one_of(&[&["list", "restriction", "union"]]),
        // Facets are told in the documentation, those that nobody knows among them.
        _ => true,
    }
}

/// Remarks on what is read over, or read as if it stood elsewhere.
pub(super) fn misplaced(root: &Element, remarks: &mut Vec<Diagnostic>) {
    let parent = root.name.local();
    if root.name.namespace() != XSD || matches!(parent, "appinfo" | "documentation") {
        return;
    }
    for child in root.elements() {
        let is_schema = child.name.namespace() == XSD;
        if !is_schema || !may_stand(parent, child.name.local()) {
            let message = format!(
                "`{}` has no place in `{parent}`; messages may hold more, or other, than the types know",
                child.name.local()
            );
            remarks.push(Diagnostic::new("schema-misplaced", &child.place, message));
        }
        misplaced(child, remarks);
    }
}

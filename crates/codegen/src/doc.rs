//! The documentation of a schema component, taken apart by the vendor's own marks.

use crate::xml::{Child, Element};

/// What an annotation says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Doc {
    /// Prose, one entry a paragraph, white space normalised.
    pub text: Vec<String>,
    /// The documented values of an open enumeration (`CanonicalVal`).
    pub values: Vec<String>,
    /// Further marks with their text: rules, usage, default, canonical type.
    pub notes: Vec<(String, String)>,
    /// Since when, and why, the component should not be used any more.
    pub deprecated: Option<Deprecation>,
}

/// A `Deprecate` mark.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deprecation {
    /// The date as written, `YYYY-MM-DD`; empty when there is none.
    pub date: String,
    /// What to use instead, or why.
    pub note: String,
}

impl Doc {
    /// Reads all `documentation` children of all `annotation` children, and a WSDL `documentation` child.
    pub(crate) fn of(element: &Element) -> Self {
        let mut doc = Self::default();
        for child in element.elements() {
            match child.name.local() {
                "annotation" => {
                    for documentation in child
                        .elements()
                        .filter(|e| e.name.local() == "documentation")
                    {
                        doc.read(documentation);
                    }
                }
                "documentation" => doc.read(child),
                _ => {}
            }
        }
        doc
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn read(&mut self, element: &Element) {
        for child in &element.children {
            match child {
                Child::Text(text) => self.push_text(text),
                Child::Element(mark) => self.read_mark(mark),
            }
        }
    }

    fn read_mark(&mut self, mark: &Element) {
        let text = || normalised(&mark.text());
        match mark.name.local() {
            // Mere brackets around the marks; spelt both ways.
            "Jx" | "jx" | "jX" => self.read(mark),
            "ElemDesc" | "ElemDef" | "Definition" => self.push_text(&mark.text()),
            "CanonicalVal" | "CanonVal" => {
                for value in mark
                    .text()
                    .split(',')
                    .map(normalised)
                    .filter(|value| !value.is_empty())
                {
                    if !self.values.contains(&value) {
                        self.values.push(value);
                    }
                }
            }
            "Deprecate" => {
                let mut deprecation = Deprecation::default();
                for part in mark.elements() {
                    match part.name.local() {
                        "Dt" => deprecation.date = normalised(&part.text()),
                        _ => push_sentence(&mut deprecation.note, &normalised(&part.text())),
                    }
                }
                for child in &mark.children {
                    if let Child::Text(text) = child {
                        push_sentence(&mut deprecation.note, &normalised(text));
                    }
                }
                self.deprecated = Some(deprecation);
            }
            "ElemRules" => self.push_note("Rules", text()),
            "ElemUsage" => self.push_note("Usage", text()),
            "ElemDft" | "ElemDefault" => self.push_note("Default", text()),
            "ElemCanocType" | "ElemCanonType" => self.push_note("Canonical type", text()),
            other => self.push_note(other, text()),
        }
    }

    fn push_text(&mut self, text: &str) {
        let text = normalised(text);
        if !text.is_empty() {
            self.text.push(text);
        }
    }

    fn push_note(&mut self, mark: &str, text: String) {
        if !text.is_empty() {
            self.notes.push((mark.to_owned(), text));
        }
    }
}

fn push_sentence(text: &mut String, more: &str) {
    if !more.is_empty() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(more);
    }
}

/// Words with one blank between them.
fn normalised(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn marks_are_told_from_prose() {
        let text = b"<t><annotation><documentation> An <Jx><ElemDesc>Account\n  number</ElemDesc>
            <CanonicalVal>D, L ,D</CanonicalVal><ElemRules>Not <x>alone</x></ElemRules></Jx>
            <Deprecate><Dt>2012-01-01</Dt><Cmnt>Use B</Cmnt></Deprecate></documentation></annotation></t>";
        let doc = Doc::of(&crate::xml::parse(&Arc::from("a"), text).unwrap());
        assert_eq!(doc.text, ["An", "Account number"]);
        assert_eq!(doc.values, ["D", "L"]);
        assert_eq!(doc.notes, [("Rules".to_owned(), "Not alone".to_owned())]);
        let deprecated = Deprecation {
            date: "2012-01-01".into(),
            note: "Use B".into(),
        };
        assert_eq!(doc.deprecated, Some(deprecated));
    }
}

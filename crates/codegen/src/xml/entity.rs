//! The internal general entities of a document type declaration; external ones are never read.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::limits;

/// How deep entities may stand in each other.
pub(crate) const NESTING: usize = 8;

/// The entities of one file, with what is left of its expansion budget.
#[derive(Debug)]
pub(crate) struct Entities {
    values: BTreeMap<String, String>,
    budget: Cell<usize>,
    exhausted: Cell<bool>,
}

impl Default for Entities {
    fn default() -> Self {
        Self {
            values: BTreeMap::new(),
            budget: Cell::new(limits::ENTITY_BYTES),
            exhausted: Cell::new(false),
        }
    }
}

impl Entities {
    /// Reads the `<!ENTITY name "value">` declarations of a document type declaration.
    ///
    /// Parameter entities, external entities, attribute lists and the external subset are passed over: a
    /// reference to what they would define is an undefined entity, and an error where it is used.
    pub(crate) fn declare(&mut self, doctype: &str) {
        let mut rest = doctype;
        while let Some(start) = rest.find("<!") {
            rest = &rest[start..];
            if let Some(body) = rest.strip_prefix("<!--") {
                rest = body.find("-->").map_or("", |end| &body[end + 3..]);
                continue;
            }
            let body = &rest[2..];
            let end = declaration_end(body);
            if let Some(declaration) = body[..end].strip_prefix("ENTITY")
                && let Some((name, value)) = internal_entity(declaration)
            {
                // The first declaration binds (XML 1.0, section 4.2).
                self.values
                    .entry(name.to_owned())
                    .or_insert_with(|| value.to_owned());
            }
            rest = &body[end..];
        }
    }

    /// The value of an entity, charged to the budget; `None` when undefined or when the budget is spent.
    pub(crate) fn expand(&self, name: &str) -> Option<&str> {
        if let Some(value) = quick_xml::escape::resolve_xml_entity(name) {
            return Some(value);
        }
        let value = self.values.get(name)?;
        // Mark-up in an entity would need parsing of its own; as text it would be wrong.
        if value.contains('<') {
            return None;
        }
        match self.budget.get().checked_sub(value.len().max(1)) {
            Some(left) => {
                self.budget.set(left);
                Some(value)
            }
            None => {
                self.exhausted.set(true);
                None
            }
        }
    }

    /// Whether an entity was refused because the budget is spent.
    pub(crate) fn exhausted(&self) -> bool {
        self.exhausted.get()
    }
}

/// The offset of the `>` that closes a declaration, quoted ones passed over.
fn declaration_end(body: &str) -> usize {
    let mut quote = None;
    for (offset, character) in body.char_indices() {
        match (quote, character) {
            (None, '>') => return offset,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    body.len()
}

fn internal_entity(declaration: &str) -> Option<(&str, &str)> {
    let declaration = declaration.strip_prefix(char::is_whitespace)?.trim();
    let (name, rest) = declaration.split_once(char::is_whitespace)?;
    let rest = rest.trim();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest[1..].strip_suffix(quote)?;
    (name != "%").then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_internal_general_entities_are_declared() {
        let mut entities = Entities::default();
        entities.declare(
            "schema SYSTEM \"x.dtd\" [ <!ATTLIST schema a CDATA #FIXED \"b>\"> <!-- <!ENTITY no 'x'> -->
             <!ENTITY dsig 'http://w3'> <!ENTITY % p ''> <!ENTITY ext SYSTEM \"file:///etc/passwd\">
             <!ENTITY dsig 'second'> ]",
        );
        assert_eq!(entities.expand("dsig"), Some("http://w3"));
        assert_eq!(entities.expand("amp"), Some("&"));
        for undefined in ["p", "ext", "no"] {
            assert_eq!(entities.expand(undefined), None, "{undefined}");
        }
    }

    #[test]
    fn the_budget_ends() {
        let mut entities = Entities::default();
        entities.declare(&format!(
            "s [<!ENTITY big '{}'>]",
            "x".repeat(limits::ENTITY_BYTES)
        ));
        assert!(entities.expand("big").is_some());
        assert!(!entities.exhausted());
        assert_eq!(entities.expand("big"), None);
        assert!(entities.exhausted());
    }
}

//! Finds the namespaces that a document uses without saying where they come from.

use std::collections::BTreeMap;

use super::catalog;
use crate::error::Place;
use crate::xml::Element;

/// What a document takes for known.
#[derive(Debug, Default)]
pub(super) struct Borrowed {
    /// The well-known namespaces of names in it, each with its first use.
    pub(super) namespaces: BTreeMap<String, Place>,
    /// Where a draft of XML Schema is named in place of the recommendation.
    pub(super) draft: Option<Place>,
}

/// The attributes whose values are names of components.
const NAMING: [&str; 7] = [
    "base",
    "element",
    "itemType",
    "memberTypes",
    "ref",
    "substitutionGroup",
    "type",
];

impl Borrowed {
    /// Looks at the root of a document, without what is inside.
    pub(super) fn of(root: &Element) -> Self {
        Self {
            draft: root.names_draft().then(|| root.place.clone()),
            ..Self::default()
        }
    }

    /// Looks at an element with all that is inside.
    pub(super) fn add(&mut self, element: &Element) {
        if self.draft.is_none() && element.names_draft() {
            self.draft = Some(element.place.clone());
        }
        for value in NAMING.iter().filter_map(|name| element.attribute(name)) {
            for name in value.split_ascii_whitespace() {
                let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
                if let Some(namespace) = element.namespace_of(prefix)
                    && catalog::bundled(&namespace).is_some()
                    && !self.namespaces.contains_key(&*namespace)
                {
                    let place = element.place.clone();
                    self.namespaces.insert(namespace.to_string(), place);
                }
            }
        }
        element.elements().for_each(|child| self.add(child));
    }
}

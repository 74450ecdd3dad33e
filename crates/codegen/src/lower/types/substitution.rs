//! References to global elements, with those that may stand in for them.

use std::collections::BTreeMap;

use super::{Lowering, dangling, field, group_of};
use crate::doc::Doc;
use crate::error::{Error, Place};
use crate::ir::{self, Member, ScopeKind, TypeRef};
use crate::qname::QName;
use crate::schema::{Element, Occurs};
use crate::verbatim;

impl<'a> Lowering<'a> {
    /// A reference to a global element: that element, or one of those that may stand in for it.
    pub(super) fn referenced(
        &mut self,
        name: &QName,
        place: &Place,
        occurs: Occurs,
    ) -> Result<Vec<Member>, Error> {
        if verbatim::is_element(name) {
            let (place, doc, rust) = (place.clone(), Doc::default(), String::new());
            let element = ir::Element {
                wire: ir::Wire::Own,
                place,
                doc,
                ty: TypeRef::Raw,
                nillable: false,
                unsupported: None,
                rust,
            };
            return Ok(vec![Member::Field(field(name, element, occurs))]);
        }
        let head = match self.components.first.elements.get(name) {
            Some(element) => *element,
            None => return Err(dangling(place, "element", name)),
        };
        let mut members = Vec::new();
        for element in self.substitutes(head) {
            self.spend(place)?;
            let lowered = self.global(element)?;
            members.push(Member::Field(field(&element.name, lowered, Occurs::ONCE)));
        }
        Ok(match members.as_slice() {
            // Only what the contract does not know may stand there.
            [] => vec![Member::Any("##any".to_owned())],
            [Member::Field(only)] => {
                let occurs = match head.is_abstract {
                    // The one that is known is not the only one there may be.
                    true => Occurs { min: 0, ..occurs },
                    false => occurs,
                };
                vec![Member::Field(ir::Field {
                    occurs,
                    ..only.clone()
                })]
            }
            _ => {
                let name = QName::new(name.namespace(), format!("{}//element", name.local()));
                group_of(ScopeKind::Choice, name, occurs, members)
            }
        })
    }

    /// An element and those of its substitution group, without the abstract ones.
    fn substitutes(&self, head: &Element) -> Vec<&'a Element> {
        let mut found = BTreeMap::new();
        let mut open = vec![&head.name];
        while let Some(name) = open.pop() {
            let Some(element) = self.components.first.elements.get(name) else {
                continue;
            };
            if found.insert(name.clone(), *element).is_none() {
                let members = self.components.substitutes.get(name);
                open.extend(members.into_iter().flatten().copied());
            }
        }
        let first = found.remove(&head.name);
        let all = first.into_iter().chain(found.into_values());
        all.filter(|element| !element.is_abstract).collect()
    }
}

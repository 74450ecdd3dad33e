//! Attributes, with attribute groups put in place.

use super::{Lowering, anonymous, dangling};
use crate::error::Error;
use crate::ir::{self, Builtin, TypeRef};
use crate::limits;
use crate::qname::QName;
use crate::schema::AttributeUse;
use crate::verbatim;

impl Lowering<'_> {
    /// Adds the attributes that a type lists; a later one of a name takes the place of an earlier.
    pub(super) fn attributes(
        &mut self,
        owner: &QName,
        uses: &[AttributeUse],
        into: &mut Vec<ir::Attribute>,
        depth: usize,
    ) -> Result<(), Error> {
        for use_ in uses {
            let mut used = None;
            let attribute = match use_ {
                AttributeUse::Any => continue,
                AttributeUse::Local(attribute) => attribute,
                AttributeUse::Prohibited(name) => {
                    into.retain(|attribute| attribute.name != *name);
                    continue;
                }
                AttributeUse::Ref(reference) => {
                    let name = &reference.name;
                    used = Some(reference);
                    match self.components.attributes.get(name) {
                        Some(attribute) => attribute,
                        None if verbatim::is_verbatim(name.namespace()) => {
                            into.retain(|known| known.name != *name);
                            into.push(ir::Attribute {
                                name: name.clone(),
                                ty: TypeRef::Builtin(Builtin::Text),
                                required: reference.required,
                                doc: reference.doc.clone(),
                            });
                            continue;
                        }
                        None => return Err(dangling(&reference.place, "attribute", name)),
                    }
                }
                AttributeUse::GroupRef(place, name) => {
                    let Some(group) = self.components.attribute_groups.get(name) else {
                        return Err(dangling(place, "attribute group", name));
                    };
                    if depth > limits::CHAIN {
                        let (place, limit) = (place.clone(), limits::CHAIN);
                        return Err(Error::Limit {
                            place,
                            what: "attribute groups inside each other",
                            limit,
                        });
                    }
                    self.attributes(owner, &group.attributes, into, depth + 1)?;
                    continue;
                }
            };
            self.spend(&attribute.place)?;
            let inner = anonymous(owner, &format!("@{}", attribute.name.local()));
            let ty = self.type_use(&attribute.ty, &attribute.place, inner)?;
            into.retain(|known| known.name != attribute.name);
            let doc = match used.map(|used| &used.doc) {
                Some(doc) if !doc.is_empty() => doc,
                _ => &attribute.doc,
            };
            into.push(ir::Attribute {
                name: attribute.name.clone(),
                ty,
                required: attribute.required || used.is_some_and(|used| used.required),
                doc: doc.clone(),
            });
        }
        Ok(())
    }
}

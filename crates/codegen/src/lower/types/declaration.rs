//! Which type a declaration has.

use super::{Lowering, anonymous};
use crate::error::{Error, Place};
use crate::ir::{self, TypeRef};
use crate::limits;
use crate::qname::QName;
use crate::schema::{ComplexType, Element, SimpleType, TypeUse};

impl<'a> Lowering<'a> {
    /// A global element, its type by name only: the chain of elements that refer to each other may be long.
    pub(super) fn global(&mut self, element: &Element) -> Result<ir::Element, Error> {
        let typed = self.typed(element);
        let ty = match &typed.ty {
            TypeUse::Complex(_) | TypeUse::Simple(_) => TypeRef::Named(anonymous(&typed.name, "")),
            TypeUse::Named(name) => self.reference(name, &element.place, "type")?,
            TypeUse::Anything => TypeRef::Raw,
        };
        Ok(self.element(element, ty))
    }

    /// The element that says the type of a global element: itself, or the head of its substitution group where it says
    /// nothing (XML Schema part 1, section 3.3.2).
    pub(super) fn typed<'e>(&self, element: &'e Element) -> &'e Element
    where
        'a: 'e,
    {
        let mut typed = element;
        for _ in 0..limits::CHAIN {
            let head = match (&typed.ty, &typed.substitutes) {
                (TypeUse::Anything, Some(head)) => self.components.first.elements.get(head),
                _ => None,
            };
            match head {
                Some(head) => typed = head,
                None => break,
            }
        }
        typed
    }

    pub(super) fn element(&self, element: &Element, ty: TypeRef) -> ir::Element {
        ir::Element {
            wire: ir::Wire::Own,
            place: element.place.clone(),
            doc: element.doc.clone(),
            ty,
            nillable: element.nillable,
            unsupported: element.is_abstract.then_some("an abstract element"),
            rust: String::new(),
        }
    }

    /// The type that a declaration names, or the anonymous one inside it under the name given.
    pub(super) fn type_use(
        &mut self,
        ty: &TypeUse,
        place: &Place,
        name: QName,
    ) -> Result<TypeRef, Error> {
        match ty {
            TypeUse::Named(name) => self.reference(name, place, "type"),
            TypeUse::Anything => Ok(TypeRef::Raw),
            TypeUse::Complex(ty) => {
                let name = self.own_name(name, std::ptr::from_ref::<ComplexType>(ty).addr());
                // A group may lead back to a type that stands in it.
                if self.open.insert(name.clone()) {
                    let lowered = self.complex_type(&name, ty);
                    self.open.remove(&name);
                    lowered?;
                }
                Ok(TypeRef::Named(name))
            }
            TypeUse::Simple(ty) => {
                let name = self.own_name(name, std::ptr::from_ref::<SimpleType>(ty).addr());
                self.simple_type(&name, ty)?;
                Ok(TypeRef::Named(name))
            }
        }
    }

    /// The name of an anonymous type, told apart from another that stands in a namesake: a type and an element may
    /// share a name, and so may what stands inside them.
    fn own_name(&mut self, name: QName, definition: usize) -> QName {
        let mut free = name.clone();
        let mut number = 1;
        while *self.anonymous.entry(free.clone()).or_insert(definition) != definition {
            number += 1;
            free = QName::new(name.namespace(), format!("{}/{number}", name.local()));
        }
        free
    }
}

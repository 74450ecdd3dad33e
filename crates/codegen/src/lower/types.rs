//! Types, with groups put in place and anonymous types given names.

use super::{Components, Layer};
use crate::doc::Doc;
use crate::error::{Error, Place};
use crate::ir::{self, Body, Builtin, Ir, Member, ScopeKind, Struct, Type, TypeRef};
use crate::limits;
use crate::qname::QName;
use crate::schema::{
    AttributeUse, ComplexType, Content, Element, Occurs, Particle, SimpleType, Term, TypeUse,
    Variety, XSD,
};
use crate::verbatim;

/// Makes all types and global elements of a layer; references lead to the first.
pub(super) fn lower(components: &Components<'_>, layer: &Layer<'_>) -> Result<Ir, Error> {
    let mut lowering = Lowering {
        components,
        ir: Ir::default(),
        spent: 0,
    };
    for (name, ty) in &layer.simple_types {
        lowering.simple_type(name, ty)?;
    }
    for (name, ty) in &layer.complex_types {
        lowering.complex_type(name, ty)?;
    }
    for (name, element) in &layer.elements {
        let ty = lowering.type_use(&element.ty, &element.place, anonymous(name, ""))?;
        let lowered = lowering.element(element, ty);
        lowering.ir.elements.insert((*name).clone(), lowered);
    }
    Ok(lowering.ir)
}

struct Lowering<'a> {
    components: &'a Components<'a>,
    ir: Ir,
    spent: usize,
}

/// What the content of a type comes to.
type Lowered<T> = Result<Result<T, (Place, &'static str)>, Error>;

impl Lowering<'_> {
    fn add(&mut self, name: &QName, place: &Place, doc: &Doc, body: Body) {
        let ty = Type {
            place: place.clone(),
            doc: doc.clone(),
            body,
            rust: String::new(),
        };
        self.ir.types.insert(name.clone(), ty);
    }

    fn simple_type(&mut self, name: &QName, ty: &SimpleType) -> Result<(), Error> {
        let base = match &ty.variety {
            Variety::Restriction(base) => self.reference(base, &ty.place, "type")?,
            Variety::Text => TypeRef::Builtin(Builtin::Text),
        };
        let scalar = ir::Scalar {
            base,
            attributes: Vec::new(),
            values: ty.values.clone(),
        };
        self.add(name, &ty.place, &ty.doc, Body::Scalar(scalar));
        Ok(())
    }

    fn complex_type(&mut self, name: &QName, ty: &ComplexType) -> Result<(), Error> {
        let body = match self.structure(name, ty, 0)? {
            Ok(structure) => Body::Struct(structure),
            Err((place, construct)) => Body::Unsupported(place, construct),
        };
        self.add(name, &ty.place, &ty.doc, body);
        Ok(())
    }

    /// The members and attributes of a type, those of its bases first.
    fn structure(&mut self, name: &QName, ty: &ComplexType, depth: usize) -> Lowered<Struct> {
        if depth > limits::CHAIN {
            let place = ty.place.clone();
            return Err(Error::Limit {
                place,
                what: "types extending each other",
                limit: limits::CHAIN,
            });
        }
        if let Some(unsupported) = &ty.unsupported {
            return Ok(Err(unsupported.clone()));
        }
        let mut structure = Struct::default();
        let children = match &ty.content {
            Content::Empty => None,
            Content::Children(particle) => Some(particle),
            Content::Text(base) => {
                structure.text = Some(self.reference(base, &ty.place, "type")?);
                None
            }
            Content::Extension(base, children) => {
                let any = base.namespace() == XSD && base.local() == "anyType";
                match self.components.first.complex_types.get(base) {
                    Some(base_type) => match self.structure(base, base_type, depth + 1)? {
                        Ok(base) => structure = base,
                        Err(unsupported) => return Ok(Err(unsupported)),
                    },
                    None if any => {}
                    None => return Err(dangling(&ty.place, "type", base)),
                }
                children.as_ref()
            }
        };
        if let Some(particle) = children {
            match self.members(name, particle, 0)? {
                Ok(members) => structure.members.extend(members),
                Err(unsupported) => return Ok(Err(unsupported)),
            }
        }
        self.attributes(name, &ty.attributes, &mut structure.attributes, 0)?;
        Ok(Ok(structure))
    }

    /// What a particle contributes to its surroundings.
    fn members(
        &mut self,
        owner: &QName,
        particle: &Particle,
        depth: usize,
    ) -> Lowered<Vec<Member>> {
        if depth > limits::CHAIN {
            let place = particle.place.clone();
            return Err(Error::Limit {
                place,
                what: "groups inside each other",
                limit: limits::CHAIN,
            });
        }
        self.spend(&particle.place)?;
        let occurs = particle.occurs;
        if occurs.max == Some(0) {
            return Ok(Ok(Vec::new()));
        }
        let (kind, inner) = match &particle.term {
            Term::Any(namespace) => return Ok(Ok(vec![Member::Any(namespace.clone())])),
            Term::Element(element) => {
                return Ok(Ok(vec![Member::Field(
                    self.local_field(owner, element, occurs)?,
                )]));
            }
            Term::ElementRef(name) => {
                return Ok(
                    match self.referenced_field(name, &particle.place, occurs)? {
                        Ok(field) => Ok(vec![Member::Field(field)]),
                        Err(unsupported) => Err(unsupported),
                    },
                );
            }
            Term::GroupRef(name) => {
                let Some(group) = self.components.groups.get(name) else {
                    return Err(dangling(&particle.place, "group", name));
                };
                (ScopeKind::Sequence, std::slice::from_ref(&group.content))
            }
            Term::Sequence(inner) | Term::All(inner) => (ScopeKind::Sequence, inner.as_slice()),
            Term::Choice(inner) => (ScopeKind::Choice, inner.as_slice()),
        };
        let mut members = Vec::new();
        for particle in inner {
            match self.members(owner, particle, depth + 1)? {
                Ok(more) => members.extend(more),
                Err(unsupported) => return Ok(Err(unsupported)),
            }
        }
        Ok(group(particle, kind, members))
    }

    fn local_field(
        &mut self,
        owner: &QName,
        element: &Element,
        occurs: Occurs,
    ) -> Result<ir::Field, Error> {
        let inner = anonymous(owner, element.name.local());
        let ty = self.type_use(&element.ty, &element.place, inner)?;
        Ok(field(&element.name, self.element(element, ty), occurs))
    }

    fn referenced_field(
        &mut self,
        name: &QName,
        place: &Place,
        occurs: Occurs,
    ) -> Lowered<ir::Field> {
        let lowered = if verbatim::is_verbatim(name.namespace()) {
            let (place, doc, rust) = (place.clone(), Doc::default(), String::new());
            ir::Element {
                wire: ir::Wire::Own,
                place,
                doc,
                ty: TypeRef::Raw,
                nillable: false,
                unsupported: None,
                rust,
            }
        } else {
            match self.components.first.elements.get(name) {
                Some(element) => self.global(element)?,
                None => return Err(dangling(place, "element", name)),
            }
        };
        if let Some(construct) = lowered.unsupported {
            return Ok(Err((lowered.place, construct)));
        }
        Ok(Ok(field(name, lowered, occurs)))
    }

    /// A global element, its type by name only: the chain of elements that refer to each other may be long.
    fn global(&mut self, element: &Element) -> Result<ir::Element, Error> {
        let ty = match &element.ty {
            TypeUse::Complex(_) | TypeUse::Simple(_) => {
                TypeRef::Named(anonymous(&element.name, ""))
            }
            TypeUse::Named(name) => self.reference(name, &element.place, "type")?,
            TypeUse::Anything => TypeRef::Raw,
        };
        Ok(self.element(element, ty))
    }

    fn element(&self, element: &Element, ty: TypeRef) -> ir::Element {
        ir::Element {
            wire: ir::Wire::Own,
            place: element.place.clone(),
            doc: element.doc.clone(),
            ty,
            nillable: element.nillable,
            unsupported: self.unsupported(element),
            rust: String::new(),
        }
    }

    /// Why no code can be made for uses of an element.
    fn unsupported(&self, element: &Element) -> Option<&'static str> {
        if element.is_abstract {
            Some("an abstract element")
        } else if self.components.heads.contains(&element.name) {
            Some("an element that a substitution group replaces")
        } else {
            None
        }
    }

    /// Counts what comes out, so that groups of groups of groups cannot fill the memory.
    fn spend(&mut self, place: &Place) -> Result<(), Error> {
        self.spent += 1;
        if self.spent > limits::MEMBERS {
            let (place, limit) = (place.clone(), limits::MEMBERS);
            return Err(Error::Limit {
                place,
                what: "elements in all types together",
                limit,
            });
        }
        Ok(())
    }

    /// The type that a declaration names, or the anonymous one inside it under the name given.
    fn type_use(&mut self, ty: &TypeUse, place: &Place, name: QName) -> Result<TypeRef, Error> {
        match ty {
            TypeUse::Named(name) => return self.reference(name, place, "type"),
            TypeUse::Anything => return Ok(TypeRef::Raw),
            TypeUse::Complex(ty) => self.complex_type(&name, ty)?,
            TypeUse::Simple(ty) => self.simple_type(&name, ty)?,
        }
        Ok(TypeRef::Named(name))
    }

    fn reference(&self, name: &QName, place: &Place, kind: &'static str) -> Result<TypeRef, Error> {
        reference(self.components, name, place, kind)
    }

    fn attributes(
        &mut self,
        owner: &QName,
        uses: &[AttributeUse],
        into: &mut Vec<ir::Attribute>,
        depth: usize,
    ) -> Result<(), Error> {
        for use_ in uses {
            let attribute = match use_ {
                AttributeUse::Any => continue,
                AttributeUse::Local(attribute) => attribute,
                AttributeUse::Ref(_, name) if verbatim::is_verbatim(name.namespace()) => continue,
                AttributeUse::Ref(place, name) => match self.components.attributes.get(name) {
                    Some(attribute) => attribute,
                    None => return Err(dangling(place, "attribute", name)),
                },
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
            let inner = anonymous(owner, attribute.name.local());
            let ty = self.type_use(&attribute.ty, &attribute.place, inner)?;
            into.push(ir::Attribute {
                name: attribute.name.clone(),
                ty,
                required: attribute.required,
                doc: attribute.doc.clone(),
            });
        }
        Ok(())
    }
}

/// The type of a name.
pub(super) fn reference(
    components: &Components<'_>,
    name: &QName,
    place: &Place,
    kind: &'static str,
) -> Result<TypeRef, Error> {
    if name.namespace() == XSD {
        return match name.local() {
            "anyType" => Ok(TypeRef::Raw),
            local => Builtin::of(local)
                .map(TypeRef::Builtin)
                .ok_or_else(|| dangling(place, kind, name)),
        };
    }
    if verbatim::is_verbatim(name.namespace()) {
        return Ok(TypeRef::Raw);
    }
    let first = &components.first;
    if first.complex_types.contains_key(name) || first.simple_types.contains_key(name) {
        return Ok(TypeRef::Named(name.clone()));
    }
    Err(dangling(place, kind, name))
}

/// The members of a group, as a scope of their own where that means something.
fn group(
    particle: &Particle,
    kind: ScopeKind,
    mut members: Vec<Member>,
) -> Result<Vec<Member>, (Place, &'static str)> {
    let occurs = particle.occurs;
    if occurs.max != Some(1) {
        // A repeated group of one element is that element, repeated; of several, their order would be lost.
        return match members.as_mut_slice() {
            [] | [Member::Any(_)] => Ok(members),
            [Member::Field(field)] => {
                field.occurs = Occurs {
                    min: field.occurs.min.saturating_mul(occurs.min),
                    max: field
                        .occurs
                        .max
                        .zip(occurs.max)
                        .map(|(inner, outer)| inner.saturating_mul(outer)),
                };
                Ok(members)
            }
            _ => Err((
                particle.place.clone(),
                "a repeated group of several elements",
            )),
        };
    }
    if members.is_empty() {
        return Ok(members);
    }
    Ok(vec![Member::Scope(ir::Scope {
        kind,
        optional: occurs.min == 0,
        marker: None,
        members,
    })])
}

fn field(name: &QName, element: ir::Element, occurs: Occurs) -> ir::Field {
    let ir::Element {
        place,
        doc,
        ty,
        nillable,
        ..
    } = element;
    ir::Field {
        place,
        name: name.clone(),
        doc,
        ty,
        occurs,
        nillable,
        rust: String::new(),
    }
}

/// The name of an anonymous type, by what it stands in; a slash stands in no XML name, so it cannot clash.
fn anonymous(owner: &QName, inner: &str) -> QName {
    let stem = owner.local().trim_end_matches('/');
    QName::new(owner.namespace(), format!("{stem}/{inner}"))
}

fn dangling(place: &Place, kind: &'static str, name: &QName) -> Error {
    Error::Dangling {
        place: place.clone(),
        kind,
        name: name.to_string(),
    }
}

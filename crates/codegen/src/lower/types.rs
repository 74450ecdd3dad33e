//! Types, with groups put in place and anonymous types given names.

mod attributes;
mod declaration;
mod substitution;

use std::collections::{BTreeMap, BTreeSet};

use super::{Components, Layer};
use crate::doc::Doc;
use crate::error::{Error, Place};
use crate::ir::{self, Body, Builtin, Ir, Member, ScopeKind, Struct, Type, TypeRef};
use crate::limits;
use crate::qname::QName;
use crate::schema::{
    ComplexType, Content, Element, Occurs, Particle, SimpleType, Term, Variety, XSD,
};
use crate::verbatim;

/// Makes all types and global elements of a layer; references lead to the first.
pub(super) fn lower(components: &Components<'_>, layer: &Layer<'_>) -> Result<Ir, Error> {
    let mut lowering = Lowering {
        components,
        ir: Ir::default(),
        spent: 0,
        groups: BTreeMap::new(),
        anonymous: BTreeMap::new(),
        open: BTreeSet::new(),
        inside: 0,
    };
    for (name, ty) in &layer.simple_types {
        let lowered = lowering.simple_type(name, ty);
        lowering.or_dangling(lowered, name)?;
    }
    for (name, ty) in &layer.complex_types {
        let lowered = lowering.complex_type(name, ty);
        lowering.or_dangling(lowered, name)?;
    }
    for (name, element) in &layer.elements {
        let inner = anonymous(name, "");
        let lowered = match lowering.typed(element) {
            typed if std::ptr::eq(typed, *element) => {
                lowering.type_use(&element.ty, &element.place, inner.clone())
            }
            head => lowering.global(head).map(|head| head.ty),
        };
        let ty = lowering.or_dangling(lowered, &inner)?;
        let ty = ty.unwrap_or(TypeRef::Named(inner));
        let lowered = lowering.element(element, ty);
        lowering.ir.elements.insert((*name).clone(), lowered);
    }
    Ok(lowering.ir)
}

/// What types made for groups are called.
const CHOICE: &str = "choice";
const SEQUENCE: &str = "group";

struct Lowering<'a> {
    components: &'a Components<'a>,
    ir: Ir,
    spent: usize,
    /// How many groups of each definition were named.
    groups: BTreeMap<(QName, &'static str), usize>,
    /// The definition behind each name of an anonymous type.
    anonymous: BTreeMap<QName, usize>,
    /// The anonymous types that are being read, each inside the one before.
    open: BTreeSet<QName>,
    /// How many particles stand around the one that is being read.
    inside: usize,
}

/// Content that is not taken apart.
enum Kept {
    /// Text stands between the children, or may.
    Mixed,
}

impl<'a> Lowering<'a> {
    fn add(&mut self, name: &QName, place: &Place, doc: &Doc, body: Body) {
        let ty = Type {
            place: place.clone(),
            doc: doc.clone(),
            body,
            rust: String::new(),
        };
        self.ir.types.insert(name.clone(), ty);
    }

    /// Notes a reference that leads nowhere as the type: a contract may hold more than its operations need.
    fn or_dangling<T>(
        &mut self,
        lowered: Result<T, Error>,
        name: &QName,
    ) -> Result<Option<T>, Error> {
        let (place, kind, missing) = match lowered {
            Ok(lowered) => return Ok(Some(lowered)),
            Err(Error::Dangling { place, kind, name }) => (place, kind, name),
            Err(error) => return Err(error),
        };
        let at = place.clone();
        self.add(
            name,
            &at,
            &Doc::default(),
            Body::Dangling(place, kind, missing),
        );
        Ok(None)
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
            module: String::new(),
        };
        self.add(name, &ty.place, &ty.doc, Body::Scalar(scalar));
        Ok(())
    }

    fn complex_type(&mut self, name: &QName, ty: &ComplexType) -> Result<(), Error> {
        let body = match self.structure(name, ty, 0)? {
            Ok(structure) => Body::Struct(structure),
            Err(Kept::Mixed) => Body::Mixed,
        };
        self.add(name, &ty.place, &ty.doc, body);
        Ok(())
    }

    /// The members and attributes of a type, those of its bases first; nothing for mixed content.
    fn structure(
        &mut self,
        name: &QName,
        ty: &ComplexType,
        depth: usize,
    ) -> Result<Result<Struct, Kept>, Error> {
        if depth > limits::CHAIN {
            let place = ty.place.clone();
            return Err(Error::Limit {
                place,
                what: "types extending each other",
                limit: limits::CHAIN,
            });
        }
        if ty.is_mixed {
            return Ok(Err(Kept::Mixed));
        }
        let mut structure = Struct::default();
        let mut derived_from = None;
        let children = match &ty.content {
            Content::Empty => None,
            Content::Children(particle) => Some(particle),
            Content::Text(base) => {
                structure.text = Some(self.reference(base, &ty.place, "type")?);
                None
            }
            Content::Extension(base, children) | Content::Restriction(base, children) => {
                let any = base.namespace() == XSD && base.local() == "anyType";
                match self.components.first.complex_types.get(base) {
                    Some(base_type) => match self.structure(base, base_type, depth + 1)? {
                        Ok(base) => structure = base,
                        Err(kept) => return Ok(Err(kept)),
                    },
                    None if any => {}
                    None if verbatim::is_verbatim(base.namespace()) => return Ok(Err(Kept::Mixed)),
                    None => return Err(dangling(&ty.place, "type", base)),
                }
                derived_from = (!any).then(|| base.clone());
                if matches!(ty.content, Content::Restriction(..)) {
                    structure.members.clear();
                }
                children.as_ref()
            }
        };
        structure.base = derived_from;
        structure.is_abstract = ty.is_abstract;
        self.count_anew(name);
        if let Some(particle) = children {
            let members = self.members(name, particle, 0)?;
            structure.members.extend(members);
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
    ) -> Result<Vec<Member>, Error> {
        // Groups may lead from one anonymous type to the next, without end.
        self.inside += 1;
        let members = if self.inside > limits::NESTING {
            Err(Error::Limit {
                place: particle.place.clone(),
                what: "particles inside each other",
                limit: limits::NESTING,
            })
        } else {
            self.particle(owner, particle, depth)
        };
        self.inside -= 1;
        members
    }

    fn particle(
        &mut self,
        owner: &QName,
        particle: &Particle,
        depth: usize,
    ) -> Result<Vec<Member>, Error> {
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
            return Ok(Vec::new());
        }
        let (kind, inner) = match &particle.term {
            Term::Any(namespace) => return Ok(vec![Member::Any(namespace.clone())]),
            Term::Element(element) => {
                return Ok(vec![Member::Field(
                    self.local_field(owner, element, occurs)?,
                )]);
            }
            Term::ElementRef(name) => return self.referenced(name, &particle.place, occurs),
            Term::GroupRef(name) => {
                let Some(group) = self.components.groups.get(name) else {
                    return Err(dangling(&particle.place, "group", name));
                };
                // Its types are called after it, whoever uses it.
                let owner = QName::new(name.namespace(), format!("{}/group", name.local()));
                self.count_anew(&owner);
                let members = self.members(&owner, &group.content, depth + 1)?;
                let name = self.group_name(&owner, "");
                return Ok(group_of(ScopeKind::Sequence, name, occurs, members));
            }
            Term::Sequence(inner) | Term::All(inner) => (ScopeKind::Sequence, inner.as_slice()),
            Term::Choice(inner) => (ScopeKind::Choice, inner.as_slice()),
        };
        let name = self.group_name(
            owner,
            match kind {
                ScopeKind::Choice => CHOICE,
                ScopeKind::Sequence => SEQUENCE,
            },
        );
        let mut members = Vec::new();
        for particle in inner {
            members.extend(self.members(owner, particle, depth + 1)?);
        }
        Ok(group_of(kind, name, occurs, members))
    }

    /// Forgets how many groups a definition has, which is read once more.
    fn count_anew(&mut self, owner: &QName) {
        for what in ["", CHOICE, SEQUENCE] {
            self.groups.remove(&(owner.clone(), what));
        }
    }

    /// The name of a type for a group, by its number in the definition.
    fn group_name(&mut self, owner: &QName, what: &'static str) -> QName {
        let count = self.groups.entry((owner.clone(), what)).or_default();
        *count += 1;
        anonymous(owner, &format!("{what}/{count}"))
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

    fn reference(&self, name: &QName, place: &Place, kind: &'static str) -> Result<TypeRef, Error> {
        reference(self.components, name, place, kind)
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

/// The members of a group, as a scope of their own.
fn group_of(kind: ScopeKind, name: QName, occurs: Occurs, members: Vec<Member>) -> Vec<Member> {
    if members.is_empty() {
        return members;
    }
    vec![Member::Scope(ir::Scope {
        name,
        kind,
        occurs,
        marker: None,
        members,
    })]
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

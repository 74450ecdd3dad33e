//! Flattens nested groups; only those behind a version marker stay, as a tree of scopes.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::error::Place;
use crate::ir::{Body, Field, Ir, Member, Scope, ScopeKind, Struct, TypeRef};
use crate::qname::QName;

/// The largest marker that the model's writer can note.
const LAST_MARKER: u32 = 63;

/// Flattens all structs. Remarks come with the type they are about, so that only those on reached types count.
pub(crate) fn flatten(ir: &mut Ir) -> Vec<(QName, Diagnostic)> {
    let empty = ir.types.iter().filter(|(_, ty)| match &ty.body {
        Body::Struct(structure) => structure.is_empty(),
        _ => false,
    });
    let empty: BTreeSet<QName> = empty.map(|(name, _)| name.clone()).collect();
    let mut remarks = Vec::new();
    for (name, ty) in &mut ir.types {
        if let Body::Struct(structure) = &mut ty.body {
            let mut flattener = Flattener {
                empty: &empty,
                has_choice: false,
            };
            structure.members = flattener.members(std::mem::take(&mut structure.members), false);
            if let Some(place) = third_place(structure) {
                ty.body = Body::Unsupported(place, "an element at more than two places of a type");
            } else if flattener.has_choice {
                let message = format!(
                    "`{}` holds a choice; its elements become optional fields, and which of them may stand \
                     together is for the caller to observe",
                    name.local()
                );
                remarks.push((
                    name.clone(),
                    Diagnostic::new("choice-as-optional", &ty.place, message),
                ));
            }
        }
    }
    remarks
}

/// Where an element stands for the third time; the model tells two places apart.
fn third_place(structure: &Struct) -> Option<Place> {
    let mut places = BTreeMap::new();
    for field in structure.fields() {
        let count = places.entry(&field.name).or_insert(0);
        *count += 1;
        if *count > 2 {
            return Some(field.place.clone());
        }
    }
    None
}

/// The number of a version marker.
pub(crate) fn marker_number(local: &str) -> Option<u32> {
    let number = local.strip_prefix("Ver_")?;
    let plain = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    number
        .parse()
        .ok()
        .filter(|number| plain && (1..=LAST_MARKER).contains(number))
}

struct Flattener<'a> {
    /// Types with nothing in them.
    empty: &'a BTreeSet<QName>,
    has_choice: bool,
}

impl Flattener<'_> {
    /// The members with their groups dissolved; `optional` when a group around them may be absent.
    fn members(&mut self, members: Vec<Member>, optional: bool) -> Vec<Member> {
        let mut flat = Vec::with_capacity(members.len());
        for member in members {
            match member {
                // A marker that always stands is no field either.
                Member::Field(field)
                    if !optional && field.occurs.min > 0 && self.is_marker(&field) =>
                {
                    flat.push(Member::Scope(Scope {
                        kind: ScopeKind::Sequence,
                        optional: false,
                        marker: Some(field.name),
                        members: Vec::new(),
                    }));
                }
                Member::Field(mut field) => {
                    if optional {
                        field.occurs.min = 0;
                    }
                    flat.push(Member::Field(field));
                }
                Member::Any(namespace) => flat.push(Member::Any(namespace)),
                Member::Scope(scope) => self.scope(scope, optional, &mut flat),
            }
        }
        flat
    }

    fn scope(&mut self, scope: Scope, optional: bool, flat: &mut Vec<Member>) {
        let Scope {
            kind,
            optional: may_be_absent,
            mut members,
            ..
        } = scope;
        // A choice of one is no choice.
        if kind == ScopeKind::Choice && members.len() > 1 {
            self.has_choice = true;
            flat.extend(self.members(members, true));
            return;
        }
        let marker = match members.first() {
            Some(Member::Field(field)) if may_be_absent && self.is_marker(field) => {
                field.name.clone()
            }
            _ => {
                flat.extend(self.members(members, optional || may_be_absent));
                return;
            }
        };
        members.remove(0);
        let members = self.members(members, true);
        flat.push(Member::Scope(Scope {
            kind,
            optional: true,
            marker: Some(marker),
            members,
        }));
    }

    /// Whether a field is a bare `Ver_N`, there to say that what follows may be there.
    fn is_marker(&self, field: &Field) -> bool {
        let bare = matches!(&field.ty, TypeRef::Named(name) if self.empty.contains(name));
        bare && field.occurs.max == Some(1) && marker_number(field.name.local()).is_some()
    }
}

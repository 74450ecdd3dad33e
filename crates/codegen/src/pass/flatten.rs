//! Flattens nested groups; only those behind a version marker stay, as a tree of scopes.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::ir::{Body, Field, Ir, Member, Scope, ScopeKind, TypeRef};
use crate::qname::QName;
use crate::schema::Occurs;

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
            if flattener.has_choice {
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
                        name: field.name.clone(),
                        occurs: Occurs::ONCE,
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
                Member::Scope(scope) => self.scope(scope, optional, &mut flat),
                // Grouped members have their occurrence already.
                other => flat.push(other),
            }
        }
        flat
    }

    fn scope(&mut self, scope: Scope, optional: bool, flat: &mut Vec<Member>) {
        let may_be_absent = scope.is_optional();
        let Scope {
            name,
            kind,
            occurs,
            mut members,
            ..
        } = scope;
        // A choice of one is no choice.
        if kind == ScopeKind::Choice && members.len() > 1 {
            self.has_choice = true;
            flat.extend(repeated(self.members(members, true), occurs));
            return;
        }
        let marker = match members.first() {
            Some(Member::Field(field)) if may_be_absent && self.is_marker(field) => {
                field.name.clone()
            }
            _ => {
                let members = self.members(members, optional || may_be_absent);
                flat.extend(repeated(members, occurs));
                return;
            }
        };
        members.remove(0);
        let members = self.members(members, true);
        flat.push(Member::Scope(Scope {
            name,
            kind,
            occurs: Occurs { min: 0, ..occurs },
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

/// The members of a group that may repeat.
fn repeated(mut members: Vec<Member>, group: Occurs) -> Vec<Member> {
    for member in &mut members {
        if let Member::Field(Field { occurs, .. }) = member {
            *occurs = occurs.times(group);
        }
    }
    members
}

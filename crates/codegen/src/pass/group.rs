//! Makes types of choices and of sequences that repeat, so that their order is kept.

mod places;

use std::collections::{BTreeMap, BTreeSet};

use crate::doc::Doc;
use crate::error::Place;
use crate::ir::{Body, Choice, Field, Group, Ir, Member, Scope, ScopeKind, Struct, Type};
use crate::qname::QName;
use crate::schema::Occurs;
use places::{
    can_lack, dissolved, has_marker, has_twins, is_clear, is_plain, make_optional, name_wildcard,
    names, unclear,
};

const REPEATED: Occurs = Occurs { min: 0, max: None };

/// Groups the members of all structs.
///
/// A choice becomes an enum, a repeated sequence a struct of its own. Where elements of one name stand in several
/// of them, or wildcards follow each other, places cannot be told apart: there the content becomes one list of
/// elements, in the order in which they come.
pub(crate) fn group(ir: &mut Ir) {
    let mut made = BTreeMap::new();
    for (name, ty) in &mut ir.types {
        if let Body::Struct(structure) = &mut ty.body {
            let members = std::mem::take(&mut structure.members);
            let mut grouper = Grouper {
                place: &ty.place,
                made: &mut made,
            };
            if has_marker(&members) {
                structure.members = grouper.beside_markers(members, false);
                if let Some(construct) = unclear(&structure.members) {
                    ty.body = Body::Unsupported(ty.place.clone(), construct);
                }
                continue;
            }
            structure.members = grouper.content(name, members);
        }
    }
    ir.types.append(&mut made);
}

struct Grouper<'a> {
    /// Of the type around.
    place: &'a Place,
    made: &'a mut BTreeMap<QName, Type>,
}

impl Grouper<'_> {
    /// The content of a type.
    fn content(&mut self, owner: &QName, members: Vec<Member>) -> Vec<Member> {
        let before = members.clone();
        let mut members = self.in_a_row(members);
        if is_plain(&members) || is_clear(&members) {
            name_wildcard(&mut members);
            return members;
        }
        let name = QName::new(owner.namespace(), format!("{}/content/1", owner.local()));
        self.list(name, before, REPEATED)
    }

    /// The content of a type with version markers, which tell places apart in their own way: only what repeats
    /// becomes groups, all else stays where it is. `optional` when something around it may be absent.
    fn beside_markers(&mut self, members: Vec<Member>, optional: bool) -> Vec<Member> {
        let mut grouped = Vec::new();
        for member in members {
            let scope = match member {
                Member::Scope(scope) => scope,
                other => {
                    grouped.push(other);
                    continue;
                }
            };
            let repeats = scope.occurs.max != Some(1) && scope.members.len() > 1;
            if !repeats || has_marker(&scope.members) {
                let optional = optional || scope.is_optional();
                let members = self.beside_markers(scope.members, optional);
                grouped.push(Member::Scope(Scope { members, ..scope }));
                continue;
            }
            let mut made = match scope.kind {
                ScopeKind::Choice => self.choice(scope.name, scope.members, scope.occurs),
                ScopeKind::Sequence => self.repeated(scope),
            };
            if optional {
                made.iter_mut().for_each(make_optional);
            }
            grouped.extend(made);
        }
        grouped
    }

    /// Members that follow each other.
    fn in_a_row(&mut self, members: Vec<Member>) -> Vec<Member> {
        let mut grouped = Vec::new();
        for member in members {
            match member {
                Member::Scope(scope) => grouped.extend(self.scope(scope)),
                other => grouped.push(other),
            }
        }
        grouped
    }

    fn scope(&mut self, scope: Scope) -> Vec<Member> {
        let is_single = scope.occurs.max == Some(1);
        match scope.kind {
            // A choice of one is no choice.
            ScopeKind::Choice if scope.members.len() > 1 => {
                self.choice(scope.name, scope.members, scope.occurs)
            }
            _ if is_single => {
                let mut members = self.in_a_row(scope.members);
                if members
                    .iter()
                    .any(|member| matches!(member, Member::Group(_)))
                {
                    // Groups stand in no scope: what the scope says is said of each member.
                    if scope.occurs.min == 0 {
                        members.iter_mut().for_each(make_optional);
                    }
                    return dissolved(members);
                }
                vec![Member::Scope(Scope { members, ..scope })]
            }
            _ => self.repeated(scope),
        }
    }

    /// A sequence that repeats.
    fn repeated(&mut self, scope: Scope) -> Vec<Member> {
        let Scope {
            name,
            occurs,
            members,
            ..
        } = scope;
        let before = members.clone();
        let mut members = dissolved(self.in_a_row(members));
        match members.as_mut_slice() {
            [] | [Member::Any(_)] => members,
            [
                Member::Field(Field { occurs: inner, .. })
                | Member::Group(Group { occurs: inner, .. }),
            ] => {
                *inner = inner.times(occurs);
                members
            }
            _ => match self.sequence(&name, members) {
                Some((names, place)) => vec![Member::Group(Group {
                    label: label(&name),
                    place,
                    ty: name,
                    occurs,
                    names,
                    is_open: false,
                    rust: String::new(),
                })],
                None => self.list(name, before, occurs),
            },
        }
    }

    /// Makes a sequence type, unless its places could not be told apart; gives the names in it.
    fn sequence(&mut self, name: &QName, members: Vec<Member>) -> Option<(Vec<QName>, Place)> {
        let names = names(&members);
        let is_closed = members.iter().all(|member| match member {
            Member::Any(_) | Member::Wildcard(_) => false,
            Member::Group(group) => !group.is_open,
            Member::Field(_) | Member::Scope(_) => true,
        });
        if !is_closed || has_twins(&names) {
            return None;
        }
        let structure = Struct {
            members,
            ..Struct::default()
        };
        let place = self.make(name, Body::Sequence(structure));
        Some((names, place))
    }

    /// A choice, as a field; of a choice with a part that repeats, the parts become a list.
    fn choice(&mut self, name: QName, members: Vec<Member>, occurs: Occurs) -> Vec<Member> {
        let before = members.clone();
        let mut parts = Parts {
            choice: Choice::default(),
            repeats: occurs.max != Some(1),
            may_be_empty: false,
        };
        if !self.parts(members, &mut parts) {
            return self.list(name, before, occurs);
        }
        let Parts {
            mut choice,
            repeats,
            may_be_empty,
        } = parts;
        let mut seen = BTreeSet::new();
        choice
            .elements
            .retain(|field| seen.insert(field.name.clone()));
        if repeats {
            for field in &mut choice.elements {
                field.occurs = Occurs::ONCE;
            }
        }
        let occurs = Occurs {
            min: if may_be_empty { 0 } else { occurs.min },
            max: if repeats { None } else { Some(1) },
        };
        vec![self.use_of(name, choice, occurs)]
    }

    /// Gathers the parts of a choice; `false` when the places in one of them could not be told apart.
    fn parts(&mut self, members: Vec<Member>, parts: &mut Parts) -> bool {
        for member in members {
            match member {
                Member::Field(mut field) => {
                    parts.may_be_empty |= field.occurs.min == 0;
                    field.occurs.min = 1;
                    parts.choice.elements.push(field);
                }
                Member::Any(_) | Member::Wildcard(_) => parts.choice.is_open = true,
                Member::Group(_) => return false,
                Member::Scope(scope) => {
                    parts.may_be_empty |= scope.is_optional();
                    let is_single = scope.occurs.max == Some(1);
                    if scope.kind == ScopeKind::Choice {
                        parts.repeats |= !is_single;
                        if !self.parts(scope.members, parts) {
                            return false;
                        }
                        continue;
                    }
                    let mut members = dissolved(self.in_a_row(scope.members));
                    match members.as_mut_slice() {
                        [] => parts.may_be_empty = true,
                        [Member::Field(field)] => {
                            field.occurs = field.occurs.times(scope.occurs);
                            let only = members.swap_remove(0);
                            self.parts(vec![only], parts);
                        }
                        [Member::Any(_)] => parts.choice.is_open = true,
                        _ => {
                            parts.repeats |= !is_single;
                            parts.may_be_empty |= members.iter().all(can_lack);
                            let Some((names, place)) = self.sequence(&scope.name, members) else {
                                return false;
                            };
                            parts.choice.sequences.push(Group {
                                label: label(&scope.name),
                                place,
                                ty: scope.name,
                                occurs: Occurs::ONCE,
                                names,
                                is_open: false,
                                rust: String::new(),
                            });
                        }
                    }
                }
            }
        }
        true
    }

    /// All elements in one list, in the order in which they come.
    fn list(&mut self, name: QName, members: Vec<Member>, occurs: Occurs) -> Vec<Member> {
        fn gather(members: Vec<Member>, choice: &mut Choice) {
            for member in members {
                match member {
                    Member::Field(field) => {
                        if !choice.elements.iter().any(|known| known.name == field.name) {
                            let occurs = Occurs::ONCE;
                            choice.elements.push(Field { occurs, ..field });
                        }
                    }
                    Member::Scope(scope) => gather(scope.members, choice),
                    Member::Any(_) | Member::Wildcard(_) => choice.is_open = true,
                    // Taken before anything was grouped.
                    Member::Group(_) => {}
                }
            }
        }
        let mut choice = Choice::default();
        gather(members, &mut choice);
        let occurs = Occurs {
            min: occurs.min.min(1),
            max: None,
        };
        vec![self.use_of(name, choice, occurs)]
    }

    /// Makes a choice type and its use.
    fn use_of(&mut self, name: QName, choice: Choice, occurs: Occurs) -> Member {
        let mut names: Vec<QName> = choice
            .elements
            .iter()
            .map(|field| field.name.clone())
            .collect();
        for sequence in &choice.sequences {
            names.extend(sequence.names.iter().cloned());
        }
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        let is_open = choice.is_open;
        let place = self.make(&name, Body::Choice(choice));
        Member::Group(Group {
            label: label(&name),
            place,
            ty: name,
            occurs,
            names,
            is_open,
            rust: String::new(),
        })
    }

    fn make(&mut self, name: &QName, body: Body) -> Place {
        let ty = Type {
            place: self.place.clone(),
            doc: Doc::default(),
            body,
            rust: String::new(),
        };
        self.made.insert(name.clone(), ty);
        self.place.clone()
    }
}

struct Parts {
    choice: Choice,
    /// A part may follow another.
    repeats: bool,
    /// A part may be of no element.
    may_be_empty: bool,
}

/// The word for a field of the group.
fn label(name: &QName) -> String {
    let local = name.local();
    let words = ["//element", "/group//"];
    match words.iter().find_map(|word| local.split_once(word)) {
        Some((before, _)) => before.to_owned(),
        None => {
            let mut parts = local.rsplit('/');
            parts.nth(1).unwrap_or(local).to_owned()
        }
    }
}

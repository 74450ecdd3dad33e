//! Which places of a type can be told apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::Member;
use crate::pass::flatten::marker_number;
use crate::qname::QName;

/// Whether a struct holds a version marker, which tells places apart in its own way.
pub(super) fn has_marker(members: &[Member]) -> bool {
    members.iter().any(|member| match member {
        Member::Field(field) => marker_number(field.name.local()).is_some(),
        Member::Scope(scope) => has_marker(&scope.members),
        _ => false,
    })
}

/// What the members of a type with version markers hold that the markers cannot tell apart.
pub(super) fn unclear(members: &[Member]) -> Option<&'static str> {
    fn repeats(members: &[Member]) -> bool {
        members.iter().any(|member| match member {
            Member::Scope(scope) => {
                let is_single = scope.occurs.max == Some(1) || scope.members.len() == 1;
                !is_single || repeats(&scope.members)
            }
            _ => false,
        })
    }
    if repeats(members) {
        return Some("a group that repeats around version markers");
    }
    let mut flat = Vec::new();
    flatten(members, &mut flat);
    let all = names(members);
    for member in flat {
        let Member::Group(group) = member else {
            continue;
        };
        if group.is_open {
            return Some("a wildcard that repeats in a group beside version markers");
        }
        let is_twin = |name| all.iter().filter(|other| *other == name).count() > 1;
        if group.names.iter().any(is_twin) {
            return Some(
                "a group that repeats beside version markers and a namesake of its elements",
            );
        }
    }
    None
}

/// Whether there is nothing to tell apart but fields, at two places at most, before a wildcard.
pub(super) fn is_plain(members: &[Member]) -> bool {
    let has_groups = members
        .iter()
        .any(|member| matches!(member, Member::Group(_)));
    let mut places: BTreeMap<QName, usize> = BTreeMap::new();
    for name in names(members) {
        *places.entry(name).or_default() += 1;
    }
    !has_groups && places.values().all(|count| *count <= 2) && inner_wildcards(members) == 0
}

/// Whether each element has one place, and what is unknown one at most.
pub(super) fn is_clear(members: &[Member]) -> bool {
    let open = members
        .iter()
        .filter(|member| matches!(member, Member::Group(group) if group.is_open));
    let mut flat = Vec::new();
    flatten(members, &mut flat);
    let wildcards = flat
        .iter()
        .filter(|member| matches!(member, Member::Any(_)))
        .count();
    let is_tail_only = inner_wildcards(members) == 0;
    let open = open.count();
    let is_sure = match (open, wildcards) {
        (0, _) if is_tail_only => true,
        (open, wildcards) => open + wildcards <= 1,
    };
    is_sure && !has_twins(&names(members))
}

/// How many wildcards have an element or group behind them.
pub(super) fn inner_wildcards(members: &[Member]) -> usize {
    let mut flat = Vec::new();
    flatten(members, &mut flat);
    let tail = flat
        .iter()
        .rev()
        .take_while(|member| matches!(member, Member::Any(_)))
        .count();
    let all = flat
        .iter()
        .filter(|member| matches!(member, Member::Any(_)))
        .count();
    all - tail
}

pub(super) fn flatten<'a>(members: &'a [Member], flat: &mut Vec<&'a Member>) {
    for member in members {
        match member {
            Member::Scope(scope) => flatten(&scope.members, flat),
            other => flat.push(other),
        }
    }
}

/// Gives a wildcard with elements behind it a field.
pub(super) fn name_wildcard(members: &mut Vec<Member>) {
    if inner_wildcards(members) == 0 {
        return;
    }
    *members = dissolved(std::mem::take(members));
    for member in members {
        if matches!(member, Member::Any(_)) {
            *member = Member::Wildcard(String::new());
        }
    }
}

pub(super) fn names(members: &[Member]) -> Vec<QName> {
    let mut flat = Vec::new();
    flatten(members, &mut flat);
    let mut names = Vec::new();
    for member in flat {
        match member {
            Member::Field(field) => names.push(field.name.clone()),
            Member::Group(group) => names.extend(group.names.iter().cloned()),
            _ => {}
        }
    }
    names
}

pub(super) fn has_twins(names: &[QName]) -> bool {
    names.iter().collect::<BTreeSet<_>>().len() < names.len()
}

/// The members without the sequences around them.
pub(super) fn dissolved(members: Vec<Member>) -> Vec<Member> {
    let mut flat = Vec::new();
    for member in members {
        match member {
            Member::Scope(scope) => {
                let is_optional = scope.is_optional();
                let mut inner = dissolved(scope.members);
                if is_optional {
                    inner.iter_mut().for_each(make_optional);
                }
                flat.extend(inner);
            }
            other => flat.push(other),
        }
    }
    flat
}

pub(super) fn make_optional(member: &mut Member) {
    match member {
        Member::Field(field) => field.occurs.min = 0,
        Member::Group(group) => group.occurs.min = 0,
        Member::Scope(scope) => scope.occurs.min = 0,
        Member::Any(_) | Member::Wildcard(_) => {}
    }
}

pub(super) fn can_lack(member: &Member) -> bool {
    match member {
        Member::Field(field) => field.occurs.min == 0,
        Member::Group(group) => group.occurs.min == 0,
        Member::Scope(scope) => scope.is_optional() || scope.members.iter().all(can_lack),
        Member::Any(_) | Member::Wildcard(_) => true,
    }
}

//! Compares the types and elements of two releases.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, ChangeKind};
use crate::contract::Contract;
use crate::contract::model::{
    ContractAttribute, ContractField, ContractType, TypeContent, TypeName,
};
use crate::contract::reach::Uses;
use crate::doc::Doc;
use crate::qname::QName;

/// Compares all types and elements; `uses_of` says who uses one.
pub(super) fn compare<'a>(
    old: &Contract,
    new: &Contract,
    uses_of: impl Fn(&QName) -> &'a Uses,
    changes: &mut Vec<Change>,
) {
    for (name, element) in &old.elements {
        let Some(newer) = new.elements.get(name) else {
            continue;
        };
        let mut comparison = Comparison::of(name, uses_of(name), old, new, changes);
        if element.ty != newer.ty && !comparison.is_same_text(&element.ty, &newer.ty) {
            let detail = format!("type {} becomes {}", element.ty, newer.ty);
            comparison.push(ChangeKind::FieldType, "", detail, true);
        }
        comparison.nillable("", element.nillable, newer.nillable);
        comparison.doc("", &element.doc, &newer.doc);
    }
    for (name, ty) in &old.types {
        let mut comparison = Comparison::of(name, uses_of(name), old, new, changes);
        match new.types.get(name) {
            Some(newer) => comparison.ty(ty, newer),
            // Whether that breaks anybody is told by the fields of the type.
            None => comparison.push(ChangeKind::TypeRemoved, "", String::new(), false),
        }
    }
    for (name, ty) in &new.types {
        if !old.types.contains_key(name) {
            let detail = ty.doc.text.first().cloned().unwrap_or_default();
            let mut comparison = Comparison::of(name, uses_of(name), old, new, changes);
            comparison.push(ChangeKind::TypeAdded, "", detail, false);
        }
    }
}

/// One type or element, old and new.
struct Comparison<'a> {
    name: &'a QName,
    sent: bool,
    read: bool,
    operations: Vec<String>,
    old: &'a Contract,
    new: &'a Contract,
    changes: &'a mut Vec<Change>,
}

impl<'a> Comparison<'a> {
    fn of(
        name: &'a QName,
        uses: &Uses,
        old: &'a Contract,
        new: &'a Contract,
        changes: &'a mut Vec<Change>,
    ) -> Self {
        Self {
            name,
            sent: !uses.requests.is_empty(),
            read: !uses.responses.is_empty(),
            operations: uses.operations().into_iter().collect(),
            old,
            new,
            changes,
        }
    }

    /// Adds a change; one that nobody in use can see breaks nothing.
    fn push(&mut self, kind: ChangeKind, part: &str, detail: String, breaking: bool) {
        let name = self.name.local().trim_end_matches('/');
        let subject = match part {
            "" => name.to_owned(),
            part => format!("{name}/{part}"),
        };
        self.changes.push(Change {
            kind,
            subject,
            detail,
            breaking: breaking && (self.sent || self.read),
            operations: self.operations.clone(),
        });
    }

    fn ty(&mut self, old: &ContractType, new: &ContractType) {
        match (&old.content, &new.content) {
            (TypeContent::Fields(old), TypeContent::Fields(new)) => self.fields(old, new),
            (
                TypeContent::Text { base, values },
                TypeContent::Text {
                    base: new_base,
                    values: new_values,
                },
            ) => {
                if base != new_base {
                    let detail = format!("{base} becomes {new_base}");
                    self.push(ChangeKind::TypeContent, "", detail, true);
                }
                self.values(values, new_values);
            }
            (old, new) if old == new => {}
            (old, new) => {
                let detail = format!("{} becomes {}", kind_of(old), kind_of(new));
                self.push(ChangeKind::TypeContent, "", detail, true);
            }
        }
        self.attributes(&old.attributes, &new.attributes);
        self.doc("", &old.doc, &new.doc);
    }

    /// The values of an enumeration: fewer hurt who sends, more hurt who reads; none at all means any.
    fn values(&mut self, old: &[String], new: &[String]) {
        let (gone, come) = (without(old, new), without(new, old));
        if gone.is_empty() && come.is_empty() {
            return;
        }
        let narrower = !new.is_empty() && (old.is_empty() || !gone.is_empty());
        let wider = !old.is_empty() && (new.is_empty() || !come.is_empty());
        let breaking = self.sent && narrower || self.read && wider;
        self.push(ChangeKind::Values, "", difference(&gone, &come), breaking);
    }

    fn fields(&mut self, old: &[ContractField], new: &[ContractField]) {
        let (old_at, new_at) = (numbered(old), numbered(new));
        for (name, field) in &old_at {
            match new_at.get(name) {
                Some(newer) => self.field(name.1, field, newer),
                None => {
                    let detail = described(field);
                    self.push(ChangeKind::FieldRemoved, name.1, detail, true);
                }
            }
        }
        for (name, field) in &new_at {
            if !old_at.contains_key(name) {
                // A reader passes over what it does not know.
                let breaking = field.min > 0 && self.sent;
                self.push(ChangeKind::FieldAdded, name.1, described(field), breaking);
            }
        }
        let order = |fields: &[ContractField], others: &[ContractField]| {
            let known: BTreeSet<&QName> = others.iter().map(|field| &field.name).collect();
            let names = fields.iter().map(|field| field.name.clone());
            names
                .filter(|name| known.contains(name))
                .collect::<Vec<_>>()
        };
        let (was, is) = (order(old, new), order(new, old));
        if was.len() == is.len() && was != is {
            let at = was.iter().zip(&is).position(|(a, b)| a != b);
            let moved = at.map_or("", |at| is[at].local());
            // Readers take any order; the schema of requests does not.
            let detail = format!("`{moved}` stands elsewhere");
            let breaking = self.sent;
            self.push(ChangeKind::FieldOrder, "", detail, breaking);
        }
    }

    fn field(&mut self, part: &str, old: &ContractField, new: &ContractField) {
        if old.ty != new.ty {
            let breaking = !self.is_same_text(&old.ty, &new.ty);
            let detail = format!("{} becomes {}", old.ty, new.ty);
            self.push(ChangeKind::FieldType, part, detail, breaking);
        }
        if (old.min, old.max) != (new.min, new.max) {
            let most = |max: Option<u32>| max.unwrap_or(u32::MAX);
            let narrower = new.min > old.min || most(new.max) < most(old.max);
            let wider = new.min < old.min || most(new.max) > most(old.max);
            let breaking = self.sent && narrower || self.read && wider;
            let detail = format!("{} becomes {}", old.occurrence(), new.occurrence());
            self.push(ChangeKind::FieldOccurrence, part, detail, breaking);
        }
        self.nillable(part, old.nillable, new.nillable);
        self.doc(part, &old.doc, &new.doc);
    }

    fn nillable(&mut self, part: &str, old: bool, new: bool) {
        if old != new {
            let breaking = if new { self.read } else { self.sent };
            let detail = if new {
                "may be null"
            } else {
                "may not be null"
            };
            self.push(ChangeKind::FieldNillable, part, detail.to_owned(), breaking);
        }
    }

    fn attributes(&mut self, old: &[ContractAttribute], new: &[ContractAttribute]) {
        for attribute in old {
            let part = format!("@{}", attribute.name.local());
            match new.iter().find(|newer| newer.name == attribute.name) {
                None => {
                    let detail = attribute.ty.to_string();
                    self.push(ChangeKind::AttributeRemoved, &part, detail, true);
                }
                Some(newer) => {
                    let same =
                        attribute.ty == newer.ty || self.is_same_text(&attribute.ty, &newer.ty);
                    if !same {
                        let detail = format!("{} becomes {}", attribute.ty, newer.ty);
                        self.push(ChangeKind::AttributeChanged, &part, detail, true);
                    }
                    if attribute.required != newer.required {
                        let (breaking, detail) = if newer.required {
                            (self.sent, "becomes required")
                        } else {
                            (self.read, "becomes optional")
                        };
                        let detail = detail.to_owned();
                        self.push(ChangeKind::AttributeChanged, &part, detail, breaking);
                    }
                    self.doc(&part, &attribute.doc, &newer.doc);
                }
            }
        }
        for attribute in new {
            if !old.iter().any(|older| older.name == attribute.name) {
                let part = format!("@{}", attribute.name.local());
                let breaking = attribute.required && self.sent;
                let detail = attribute.ty.to_string();
                self.push(ChangeKind::AttributeAdded, &part, detail, breaking);
            }
        }
    }

    fn doc(&mut self, part: &str, old: &Doc, new: &Doc) {
        for change in doc(old, new) {
            self.push(change.kind, part, change.detail, false);
        }
    }

    /// Whether two types are the same kind of text without bounds, whatever their names.
    fn is_same_text(&self, old: &TypeName, new: &TypeName) -> bool {
        let text = |contract: &Contract, ty: &TypeName| match ty {
            TypeName::Text(kind) => Some((TypeName::Text(kind), Vec::new())),
            TypeName::Named(name) => match contract.types.get(name).map(|ty| &ty.content) {
                Some(TypeContent::Text { base, values }) => Some((base.clone(), values.clone())),
                _ => None,
            },
            TypeName::Anything => None,
        };
        let old = text(self.old, old);
        old.is_some() && old == text(self.new, new)
    }
}

/// The changes of a documentation; the subject is the caller's to say.
pub(super) fn doc(old: &Doc, new: &Doc) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut push = |kind, detail| {
        changes.push(Change {
            kind,
            subject: String::new(),
            detail,
            breaking: false,
            operations: Vec::new(),
        });
    };
    if old.deprecated != new.deprecated {
        push(
            ChangeKind::Deprecated,
            match &new.deprecated {
                Some(now) => format!("{} {}", now.date, now.note).trim().to_owned(),
                None => "no longer deprecated".to_owned(),
            },
        );
    }
    let (gone, come) = (
        without(&old.values, &new.values),
        without(&new.values, &old.values),
    );
    if !gone.is_empty() || !come.is_empty() {
        let detail = format!("documented values: {}", difference(&gone, &come));
        push(ChangeKind::Documentation, detail);
    }
    if (&old.text, &old.notes) != (&new.text, &new.notes) {
        let text = new.text.first().map_or("", String::as_str);
        push(ChangeKind::Documentation, format!("now: {text}"));
    }
    changes
}

/// The fields by name, those of one name by their number among them.
fn numbered(fields: &[ContractField]) -> BTreeMap<(usize, &str, &str), &ContractField> {
    let mut seen: BTreeMap<&QName, usize> = BTreeMap::new();
    let mut numbered = BTreeMap::new();
    for field in fields {
        let count = seen.entry(&field.name).or_default();
        let name = &field.name;
        numbered.insert((*count, name.local(), name.namespace()), field);
        *count += 1;
    }
    numbered
}

fn described(field: &ContractField) -> String {
    format!("{}, {}", field.ty, field.occurrence())
}

fn kind_of(content: &TypeContent) -> String {
    match content {
        TypeContent::Fields(_) => "a type with children".to_owned(),
        TypeContent::Text { base, .. } => base.to_string(),
        TypeContent::Unsupported(construct) => construct.clone(),
    }
}

fn without(from: &[String], others: &[String]) -> Vec<String> {
    let rest = from.iter().filter(|value| !others.contains(value));
    rest.cloned().collect()
}

fn difference(gone: &[String], come: &[String]) -> String {
    let part = |word: &str, values: &[String]| {
        (!values.is_empty()).then(|| format!("{word} {}", values.join(", ")))
    };
    let parts: Vec<String> = part("without", gone)
        .into_iter()
        .chain(part("with", come))
        .collect();
    parts.join("; ")
}

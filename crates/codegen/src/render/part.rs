//! Parts: a constant of a request for each part of its answer that comes only when it is named.

use std::collections::BTreeSet;

use super::text::{Source, literal};
use super::{Context, structure};
use crate::ir::{Body, Field, Item, Operation, TypeRef};
use crate::names::{Taken, constant_name};
use crate::pass::select::{self, Root};
use crate::qname::QName;

/// The list in which a request of jXchange names them.
const LIST: &str = "IncXtendElemArray";
/// What their names begin with.
const PREFIX: &str = "x_";

/// Adds the constants, if there are any.
pub(super) fn push(source: &mut Source, context: &Context<'_>, operation: &Operation) {
    let parts = parts(context, operation);
    if parts.is_empty() {
        return;
    }
    source.line("/// Parts of the answer that are left out unless the request names them.");
    source.line(&format!("impl {} {{", operation.rust));
    let mut taken = Taken::default();
    for (index, field) in parts.iter().enumerate() {
        if index > 0 {
            source.blank();
        }
        structure::push_field_doc(source, context, field);
        let name = taken.take(&[constant_name(field.name.local())]);
        source.pair(
            4,
            &format!("pub const {name}: castile_model::Part<Self> ="),
            &format!("castile_model::Part::new({});", literal(field.name.local())),
        );
    }
    source.line("}");
    source.blank();
}

/// The elements of the answer that the request can name, in the order of the answer.
fn parts<'a>(context: &'a Context<'_>, operation: &Operation) -> Vec<&'a Field> {
    let root = |name: &QName| match select::root(context.ir, name) {
        Ok(Root::Struct(root)) => Some(root),
        _ => None,
    };
    let request = operation.input.as_ref().and_then(root);
    let has_list = request.is_some_and(|request| {
        let fields = request.fields();
        fields.iter().any(|field| field.name.local() == LIST)
    });
    let Some(answer) = operation.output.as_ref().and_then(root) else {
        return Vec::new();
    };
    let mut found = Found {
        context,
        parts: Vec::new(),
        names: BTreeSet::new(),
        types: BTreeSet::new(),
    };
    if has_list {
        found.items(answer.items());
    }
    found.parts
}

struct Found<'a> {
    context: &'a Context<'a>,
    parts: Vec<&'a Field>,
    names: BTreeSet<&'a QName>,
    types: BTreeSet<&'a QName>,
}

impl<'a> Found<'a> {
    fn items(&mut self, items: Vec<Item<'a>>) {
        for item in items {
            match item {
                Item::Field(field) => self.field(field),
                Item::Group(group) => self.named(&group.ty),
                Item::Wildcard(_) => {}
            }
        }
    }

    fn field(&mut self, field: &'a Field) {
        if field.name.local().starts_with(PREFIX) && self.names.insert(&field.name) {
            self.parts.push(field);
        }
        if let TypeRef::Named(name) = &field.ty {
            self.named(name);
        }
    }

    fn named(&mut self, name: &'a QName) {
        if !self.types.insert(name) {
            return;
        }
        match self.context.ir.types.get(name).map(|ty| &ty.body) {
            Some(Body::Struct(inner) | Body::Sequence(inner)) => self.items(inner.items()),
            Some(Body::Choice(choice)) => {
                choice.elements.iter().for_each(|field| self.field(field));
                let groups = choice.sequences.iter();
                groups.for_each(|group| self.named(&group.ty));
            }
            Some(Body::Derived(derived)) => {
                derived.variants.iter().for_each(|name| self.named(name));
            }
            _ => {}
        }
    }
}

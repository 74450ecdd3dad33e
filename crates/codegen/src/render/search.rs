//! Searches: where a request says where its page begins, and where an answer holds its records.

use super::Context;
use super::text::{Source, literal};
use crate::ir::{Body, Builtin, Field, Operation, Scalar, Struct, TypeRef};
use crate::pass::select::{self, Root};

/// The names that jXchange gives to the parts of a search, in each of its searches.
const REQUEST_HEAD: &str = "SrchMsgRqHdr";
const ANSWER_HEAD: &str = "SrchMsgRsHdr";
const CURSOR: &str = "Cursor";
const MORE: &str = "MoreRec";

/// The parts of a search, by the fields that lead to them.
pub(super) struct Search<'a> {
    /// The request's head, and the cursor in it.
    request: [&'a Field; 2],
    /// The answer's head, and what it says of further pages.
    answer: [&'a Field; 3],
    array: &'a Field,
    pub(super) record: &'a Field,
}

impl<'a> Search<'a> {
    /// The parts of an operation, if it is a search whose answers hold one array of records.
    ///
    /// An array that the request has too repeats what was asked for. Where two are left, it is for the caller to say
    /// what a record is.
    pub(super) fn of(context: &'a Context<'_>, operation: &Operation) -> Option<Self> {
        let root = |name| match select::root(context.ir, name) {
            Ok(Root::Struct(root)) => Some(root),
            _ => None,
        };
        let request = root(operation.input.as_ref()?)?;
        let answer = root(operation.output.as_ref()?)?;
        let (asked, asked_in) = head(context, request, REQUEST_HEAD)?;
        let (told, told_in) = head(context, answer, ANSWER_HEAD)?;
        let mut arrays = answer
            .fields()
            .into_iter()
            .filter(|field| field.occurs.max == Some(1) && !has(request, field))
            .filter_map(|field| Some((field, only_record(context, structure(context, field)?)?)));
        let (Some((array, record)), None) = (arrays.next(), arrays.next()) else {
            return None;
        };
        Some(Self {
            request: [asked, text(context, asked_in, CURSOR)?],
            answer: [
                told,
                text(context, told_in, MORE)?,
                text(context, told_in, CURSOR)?,
            ],
            array,
            record,
        })
    }

    /// Adds the `Search` implementation of a request.
    pub(super) fn push(&self, source: &mut Source, context: &Context<'_>, operation: &Operation) {
        let record = context.single(&self.record.ty);
        let names = [self.array, self.record].map(|field| literal(&context.wire_name(&field.name)));
        let [asked, asked_cursor] = self.request.map(|field| &field.rust);
        let [told, more, told_cursor] = self.answer.map(|field| &field.rust);
        source.line(&format!("impl Search for {} {{", operation.rust));
        source.pair(4, "type Record =", &format!("{record};"));
        let names = format!("[{}, {}];", names[0], names[1]);
        source.pair(4, "const RECORDS: [&'static str; 2] =", &names);
        source.blank();
        source.line("    fn cursor(&mut self) -> &mut Option<Text> {");
        source.line(&format!("        &mut self.{asked}.{asked_cursor}"));
        source.line("    }");
        source.blank();
        source.line(
            "    fn next_page(response: &Self::Response) -> (Option<&Text>, Option<&Text>) {",
        );
        source.line(&format!("        let head = &response.{told};"));
        source.line(&format!(
            "        (head.{more}.as_ref(), head.{told_cursor}.as_ref())"
        ));
        source.line("    }");
        source.line("}");
    }
}

/// The required head of that name, and what is in it.
fn head<'a>(
    context: &'a Context<'_>,
    root: &'a Struct,
    name: &str,
) -> Option<(&'a Field, &'a Struct)> {
    let field = only(root, name)?;
    let is_required = (field.occurs.min, field.occurs.max) == (1, Some(1));
    is_required.then_some((field, structure(context, field)?))
}

/// The optional text of that name.
fn text<'a>(context: &Context<'_>, of: &'a Struct, name: &str) -> Option<&'a Field> {
    let field = only(of, name)?;
    let is_optional = (field.occurs.min, field.occurs.max) == (0, Some(1));
    (is_optional && is_text(context, &field.ty)).then_some(field)
}

/// The record that an array holds any number of, if there is one kind.
fn only_record<'a>(context: &Context<'_>, array: &'a Struct) -> Option<&'a Field> {
    let fields = array.fields();
    let mut repeated = fields
        .into_iter()
        .filter(|field| field.occurs.max != Some(1));
    match (repeated.next(), repeated.next()) {
        (Some(record), None) if context.is_struct(&record.ty) => Some(record),
        _ => None,
    }
}

/// The field of that name, if there is one.
fn only<'a>(structure: &'a Struct, name: &str) -> Option<&'a Field> {
    let fields = structure.fields();
    let mut found = fields
        .into_iter()
        .filter(|field| field.name.local() == name);
    match (found.next(), found.next()) {
        (Some(field), None) => Some(field),
        _ => None,
    }
}

fn has(structure: &Struct, field: &Field) -> bool {
    let fields = structure.fields();
    fields.iter().any(|other| other.name == field.name)
}

/// The struct that a field holds; none for one that others are derived from.
fn structure<'a>(context: &'a Context<'_>, field: &Field) -> Option<&'a Struct> {
    match &context.ir.named(&field.ty)?.body {
        Body::Struct(structure) => Some(structure),
        _ => None,
    }
}

/// Whether the Rust type is the model's text, under whatever name.
fn is_text(context: &Context<'_>, ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Builtin(builtin) => *builtin == Builtin::Text,
        TypeRef::Raw => false,
        TypeRef::Named(_) => match context.ir.named(ty).map(|ty| &ty.body) {
            Some(Body::Scalar(Scalar { base, .. })) => is_text(context, base),
            _ => false,
        },
    }
}

//! Modules: which file holds what, and what it imports.

use std::collections::BTreeSet;

use super::search::Search;
use super::text::{Source, order};
use super::{Context, MARK, comment, group, message, operation, part, structure, value};
use crate::ir::{Body, Builtin, Group, Item, Operation, Scalar, Service, Struct, Type, TypeRef};
use crate::pass::partition::Home;
use crate::pass::select::{self, Root};
use crate::qname::QName;
use crate::wsdl::SoapVersion;

/// The files of all modules.
pub(super) fn render(context: &Context<'_>) -> Vec<(String, String)> {
    let mut files = Vec::new();
    folder(context, &Home::Shared, "shared", None, &mut files);
    for service in &context.ir.services {
        let home = Home::Service(service.module.clone());
        folder(context, &home, &service.module, Some(service), &mut files);
    }
    files
}

/// Whether anything is shared.
pub(super) fn has_shared(context: &Context<'_>) -> bool {
    let partition = context.partition;
    partition
        .types
        .values()
        .chain(partition.messages.values())
        .any(|home| *home == Home::Shared)
}

/// One module with its parts.
fn folder(
    context: &Context<'_>,
    home: &Home,
    module: &str,
    service: Option<&Service>,
    files: &mut Vec<(String, String)>,
) {
    let mut parts = Vec::new();
    let values = types_in(context, home, true);
    if !values.is_empty() {
        parts.push("values".to_owned());
        files.push((
            format!("src/{module}/values.rs"),
            values_file(context, home, &values),
        ));
    }
    let structs = types_in(context, home, false);
    let messages = messages_in(context, home);
    if !structs.is_empty() || !messages.is_empty() {
        parts.push("types".to_owned());
        let mut file = File::new(context, home.clone());
        let title = format!("Types that several {} use.", used_by(service));
        file.messages(&messages);
        file.structs(&structs);
        files.push((format!("src/{module}/types.rs"), file.finish(&title)));
    }
    for operation in service.iter().flat_map(|service| &service.operations) {
        parts.push(operation.module.clone());
        if let Some(service) = service {
            let text = operation_file(context, service, operation);
            files.push((format!("src/{module}/{}.rs", operation.module), text));
        }
    }
    if !parts.is_empty() {
        files.push((
            format!("src/{module}.rs"),
            module_file(context, service, parts),
        ));
    }
}

fn used_by(service: Option<&Service>) -> &'static str {
    if service.is_some() {
        "operations of the service"
    } else {
        "services"
    }
}

/// The file that names the parts of a module and exports what is in them.
fn module_file(context: &Context<'_>, service: Option<&Service>, mut parts: Vec<String>) -> String {
    parts.sort_by(|a, b| order(a, b));
    let mut source = Source::default();
    source.line(&format!("// {MARK}; do not edit."));
    source.blank();
    let mut paragraphs = Vec::new();
    match service {
        Some(service) => {
            let count = service.operations.len();
            let plural = if count == 1 { "" } else { "s" };
            let name = comment::code(&service.name);
            paragraphs.push(format!("The service {name}: {count} operation{plural}."));
            paragraphs.extend(comment::paragraphs(&service.doc));
            paragraphs.extend(ports(service));
        }
        None => paragraphs.push("What several services use.".to_owned()),
    }
    comment::push_paragraphs(&mut source, 0, "//!", &paragraphs);
    source.blank();
    for part in &parts {
        source.line(&format!("mod {part};"));
    }
    source.blank();
    for part in &parts {
        source.line(&format!("pub use {part}::*;"));
    }
    if service.is_some() && has_shared(context) {
        source.blank();
        source.line("#[doc(no_inline)]");
        source.line("pub use crate::shared::*;");
    }
    source.text
}

/// Which port the operations use, where there is a choice or the version is not the usual one.
fn ports(service: &Service) -> Option<String> {
    let [port, others @ ..] = service.ports.as_slice() else {
        return None;
    };
    if others.is_empty() && port.soap == SoapVersion::V1_1 {
        return None;
    }
    let mut text = format!(
        "Called by the port {}, {}",
        comment::code(&port.name),
        port.soap
    );
    if !port.address.is_empty() {
        text.push_str(&format!(", at {}", comment::code(&port.address)));
    }
    for other in others {
        let (name, soap) = (comment::code(&other.name), other.soap);
        text.push_str(&format!("; {name}, {soap}, offers the same"));
    }
    text.push('.');
    Some(text)
}

fn operation_file(context: &Context<'_>, service: &Service, operation: &Operation) -> String {
    let home = Home::Operation(service.module.clone(), operation.module.clone());
    let mut file = File::new(context, home.clone());
    if let Some(input) = &operation.input {
        file.message(input, &operation.rust, "Request");
        file.model(&["Effect", "Operation"]);
        operation::push(&mut file.body, context, service, operation);
        file.body.blank();
        part::push(&mut file.body, context, operation);
        if let Some(search) = Search::of(context, operation) {
            file.model(&["Search", "Text"]);
            file.use_type(&search.record.ty);
            search.push(&mut file.body, context, operation);
            file.body.blank();
        }
        if operation.faults.is_empty() {
            file.model(&["NoFault"]);
        }
        if operation.output.is_none() {
            file.model(&["EmptyBody"]);
        }
        if operation.soap == SoapVersion::V1_2 {
            file.model(&["Soap"]);
        }
        if operation.faults.len() > 1 {
            file.model(&["DecodeError", "Detail", "Raw", "Scope"]);
            operation::push_faults(&mut file.body, context, operation);
            file.body.blank();
        }
        for name in operation.output.iter().chain(&operation.faults) {
            file.use_message(name);
        }
    }
    file.messages(&messages_in(context, &home));
    file.structs(&types_in(context, &home, false));
    let mut title = format!("The operation {}", comment::code(&operation.name));
    match operation.doc.text.first() {
        Some(text) => title.push_str(&format!(": {}", comment::escape(text))),
        None => title.push('.'),
    }
    file.finish(&title)
}

fn values_file(context: &Context<'_>, home: &Home, values: &[(&QName, &Type)]) -> String {
    let mut file = File::new(context, home.clone());
    for (name, ty) in values {
        if let Body::Scalar(scalar) = &ty.body {
            file.use_scalar(scalar);
            value::push(&mut file.body, name.local(), ty, scalar);
            file.body.blank();
        }
    }
    file.finish("Values: text, numbers and dates, each with its attributes.")
}

/// The types of a home by Rust name, values or structs.
fn types_in<'a>(context: &'a Context<'_>, home: &Home, values: bool) -> Vec<(&'a QName, &'a Type)> {
    let here = context.partition.types.iter().filter(|(_, at)| *at == home);
    let mut types: Vec<_> = here
        .filter_map(|(name, _)| context.ir.types.get_key_value(name))
        .filter(|(_, ty)| matches!(ty.body, Body::Scalar(_)) == values)
        .collect();
    types.sort_by(|(_, a), (_, b)| a.rust.cmp(&b.rust));
    types
}

fn messages_in<'a>(context: &'a Context<'_>, home: &Home) -> Vec<&'a QName> {
    let here = context
        .partition
        .messages
        .iter()
        .filter(|(_, at)| *at == home);
    here.map(|(name, _)| name).collect()
}

/// A source file that grows, with what it will import.
struct File<'a> {
    context: &'a Context<'a>,
    home: Home,
    body: Source,
    model: BTreeSet<String>,
    near: BTreeSet<String>,
    shared: BTreeSet<String>,
}

impl<'a> File<'a> {
    fn new(context: &'a Context<'a>, home: Home) -> Self {
        let (model, near, shared) = Default::default();
        Self {
            context,
            home,
            body: Source::default(),
            model,
            near,
            shared,
        }
    }

    fn model(&mut self, names: &[&str]) {
        self.model
            .extend(names.iter().map(|name| (*name).to_owned()));
    }

    fn messages(&mut self, names: &[&QName]) {
        for name in names {
            let services = self.context.ir.services.iter();
            let mut operations = services.flat_map(|service| &service.operations);
            let role = operations.find_map(|operation| {
                let is_header = operation
                    .headers
                    .iter()
                    .any(|header| header.element == **name);
                match operation.faults.contains(name) {
                    true => Some("Fault"),
                    false => is_header.then_some("Header block"),
                }
            });
            let element = self.context.ir.elements.get(name);
            let rust = element.map_or("", |element| element.rust.as_str());
            self.message(name, rust, role.unwrap_or("Response"));
        }
    }

    fn message(&mut self, name: &QName, rust: &str, role: &str) {
        match select::root(self.context.ir, name) {
            Ok(Root::Struct(root)) => self.use_struct(root),
            Ok(Root::Value(ty)) => {
                self.model(&["Ext", "Particle", "Reader", "Writer", "elements"]);
                self.use_type(ty);
            }
            Err(_) => {}
        }
        self.model(&["Message"]);
        message::push(&mut self.body, self.context, name, rust, role);
        self.body.blank();
    }

    fn structs(&mut self, types: &[(&QName, &Type)]) {
        for (name, ty) in types {
            let fallback = format!(
                "A type of element: {}.",
                comment::code(name.local().trim_end_matches('/'))
            );
            match &ty.body {
                Body::Struct(structure) => {
                    self.use_struct(structure);
                    let names = (&*ty.rust, name.local());
                    let doc = &ty.doc;
                    structure::push(
                        &mut self.body,
                        self.context,
                        names,
                        doc,
                        &fallback,
                        structure,
                    );
                }
                Body::Sequence(structure) => {
                    self.use_items(structure);
                    group::push_sequence(&mut self.body, self.context, &ty.rust, structure);
                }
                Body::Choice(choice) => {
                    choice
                        .elements
                        .iter()
                        .for_each(|field| self.use_type(&field.ty));
                    choice
                        .sequences
                        .iter()
                        .for_each(|group| self.use_group(group));
                    if choice.is_open {
                        self.model(&["Raw"]);
                    }
                    group::push_choice(&mut self.body, self.context, &ty.rust, choice);
                }
                Body::Derived(derived) => {
                    for name in &derived.variants {
                        self.use_type(&TypeRef::Named(name.clone()));
                    }
                    group::push_derived(&mut self.body, self.context, &ty.rust, derived);
                }
                Body::Scalar(_) | Body::Mixed | Body::Dangling(..) | Body::Unsupported(..) => {
                    continue;
                }
            }
            self.body.blank();
        }
    }

    fn use_items(&mut self, structure: &Struct) {
        for item in structure.items() {
            match item {
                Item::Field(field) => self.use_type(&field.ty),
                Item::Group(group) => self.use_group(group),
                Item::Wildcard(_) => self.model(&["Raw"]),
            }
        }
    }

    fn use_group(&mut self, group: &Group) {
        self.use_type(&TypeRef::Named(group.ty.clone()));
    }

    fn use_struct(&mut self, structure: &Struct) {
        self.model(&["Ext", "elements"]);
        self.use_items(structure);
    }

    fn use_type(&mut self, ty: &TypeRef) {
        match ty {
            TypeRef::Raw => self.model(&["Raw"]),
            TypeRef::Builtin(builtin) => self.use_builtin(*builtin),
            TypeRef::Named(name) => {
                let home = self.context.partition.types.get(name).cloned();
                let is_value = self.context.is_value(ty);
                if let (Some(home), Some(ty)) = (home, self.context.ir.types.get(name)) {
                    self.import(&home, is_value, &ty.rust);
                }
            }
        }
    }

    fn use_message(&mut self, name: &QName) {
        let home = self.context.partition.messages.get(name).cloned();
        if let (Some(home), Some(element)) = (home, self.context.ir.elements.get(name)) {
            self.import(&home, false, &element.rust);
        }
    }

    /// Notes a name from another file.
    fn import(&mut self, from: &Home, is_value: bool, rust: &str) {
        let names = match (from, &self.home) {
            // Structs of one home stand in one file, its values in the one beside it.
            (from, home) if from == home && !is_value => return,
            (Home::Shared, home) if *home != Home::Shared => &mut self.shared,
            _ => &mut self.near,
        };
        names.insert(rust.to_owned());
    }

    fn use_scalar(&mut self, scalar: &Scalar) {
        if let TypeRef::Builtin(builtin) = scalar.base {
            self.use_builtin(builtin);
        }
    }

    fn use_builtin(&mut self, builtin: Builtin) {
        let names: &[&str] = match builtin {
            Builtin::Text => &["Text"],
            Builtin::Boolean | Builtin::Int | Builtin::Long => &["Field"],
            Builtin::Decimal => &["Decimal", "Field"],
            Builtin::Integer => &["Field", "Integer"],
            Builtin::Date => &["Date", "Field"],
            Builtin::Time => &["Field", "Time"],
            Builtin::DateTime => &["DateTime", "Field"],
            Builtin::Base64 => &["Base64", "Field"],
        };
        self.model(names);
    }

    fn finish(self, title: &str) -> String {
        let mut source = Source::default();
        source.line(&format!("// {MARK}; do not edit."));
        source.blank();
        comment::push_paragraphs(&mut source, 0, "//!", &[title.to_owned()]);
        source.blank();
        let names = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>();
        source.import("", "castile_model", &names(self.model));
        if !self.near.is_empty() || !self.shared.is_empty() {
            source.blank();
            source.import("", "super", &names(self.near));
            source.import("", "crate::shared", &names(self.shared));
        }
        source.blank();
        source.text.push_str(self.body.text.trim_end_matches('\n'));
        source.blank();
        source.text
    }
}

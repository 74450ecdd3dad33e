//! The parts of a contract as JSON.

use castile_codegen::{
    Contract, ContractAttribute, ContractField, ContractOperation, ContractService, Deprecation,
    Doc, QName, TypeContent, TypeName,
};
use serde::Serialize;

/// The version of what is printed as JSON.
pub(super) const SCHEMA_VERSION: u32 = 1;

#[derive(Debug, Serialize)]
pub(super) struct Service<'a> {
    name: &'a str,
    service: &'a str,
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    documentation: Option<Documentation<'a>>,
    operations: Vec<Operation<'a>>,
}

impl<'a> Service<'a> {
    pub(super) fn of(service: &'a ContractService) -> Self {
        Self {
            name: &service.short_name,
            service: &service.name,
            address: &service.address,
            documentation: Documentation::of(&service.doc),
            operations: service.operations.iter().map(Operation::of).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Operation<'a> {
    name: &'a str,
    action: &'a str,
    request: Option<String>,
    response: Option<String>,
    faults: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documentation: Option<Documentation<'a>>,
}

impl<'a> Operation<'a> {
    pub(super) fn of(operation: &'a ContractOperation) -> Self {
        Self {
            name: &operation.name,
            action: &operation.action,
            request: operation.request.as_ref().map(QName::to_string),
            response: operation.response.as_ref().map(QName::to_string),
            faults: operation.faults.iter().map(QName::to_string).collect(),
            documentation: Documentation::of(&operation.doc),
        }
    }
}

/// An element, attribute or type with what stands inside.
#[derive(Debug, Serialize)]
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: &'a str,
    #[serde(rename = "type")]
    pub(super) ty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<u32>,
    /// Absent when unbounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) nillable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) documentation: Option<Documentation<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attributes: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) children: Vec<Part<'a>>,
}

impl<'a> Part<'a> {
    pub(super) fn new(
        contract: &'a Contract,
        name: &'a QName,
        ty: &'a TypeName,
        doc: &'a Doc,
    ) -> Self {
        let content = content(contract, ty);
        let (text, values) = match content {
            Some(TypeContent::Text { base, values }) => (
                Some(base.to_string()),
                values.iter().map(String::as_str).collect(),
            ),
            _ => (None, Vec::new()),
        };
        let own = match ty {
            TypeName::Named(name) => contract.types.get(name),
            _ => None,
        };
        let doc = own
            .map(|ty| &ty.doc)
            .filter(|_| doc.is_empty())
            .unwrap_or(doc);
        let attributes = own.map_or(&[][..], |ty| &ty.attributes);
        Self {
            name: name.local(),
            namespace: name.namespace(),
            ty: ty.to_string(),
            min: None,
            max: None,
            nillable: false,
            text,
            values,
            documentation: Documentation::of(doc),
            attributes: attributes
                .iter()
                .map(|attribute| Self::of_attribute(contract, attribute))
                .collect(),
            children: Vec::new(),
        }
    }

    pub(super) fn of_field(contract: &'a Contract, field: &'a ContractField) -> Self {
        Self {
            min: Some(field.min),
            max: field.max,
            nillable: field.nillable,
            ..Self::new(contract, &field.name, &field.ty, &field.doc)
        }
    }

    pub(super) fn of_attribute(contract: &'a Contract, attribute: &'a ContractAttribute) -> Self {
        Self {
            min: Some(u32::from(attribute.required)),
            max: Some(1),
            ..Self::new(contract, &attribute.name, &attribute.ty, &attribute.doc)
        }
    }

    /// `1`, `0..1`, `1..*`; empty for what does not stand in anything.
    pub(super) fn occurrence(&self) -> String {
        match (self.min, self.max) {
            (None, _) => String::new(),
            (Some(min), Some(max)) if min == max => min.to_string(),
            (Some(min), Some(max)) => format!("{min}..{max}"),
            (Some(min), None) => format!("{min}..*"),
        }
    }

    /// The type, and what kind of text it is.
    pub(super) fn kind(&self) -> String {
        let anonymous = self.ty.contains('/');
        match &self.text {
            Some(text) if anonymous => text.clone(),
            Some(text) => format!("{} ({text})", self.ty),
            None if anonymous => String::new(),
            None => self.ty.clone(),
        }
    }
}

/// What stands inside a type.
pub(super) fn content<'a>(contract: &'a Contract, ty: &TypeName) -> Option<&'a TypeContent> {
    match ty {
        TypeName::Named(name) => contract.types.get(name).map(|ty| &ty.content),
        _ => None,
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Documentation<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    text: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    values: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<Note<'a>>,
}

#[derive(Debug, Serialize)]
struct Note<'a> {
    /// What the note is, or the date of a deprecation.
    about: &'a str,
    text: &'a str,
}

impl<'a> Documentation<'a> {
    /// `None` when nothing is said.
    pub(super) fn of(doc: &'a Doc) -> Option<Self> {
        if doc.is_empty() {
            return None;
        }
        let note = |(about, text): &'a (String, String)| Note { about, text };
        let deprecated = |deprecation: &'a Deprecation| Note {
            about: &deprecation.date,
            text: &deprecation.note,
        };
        Some(Self {
            text: &doc.text,
            values: &doc.values,
            notes: doc.notes.iter().map(note).collect(),
            deprecated: doc.deprecated.as_ref().map(deprecated),
        })
    }

    /// All of it in one paragraph.
    pub(super) fn words(&self) -> String {
        let mut words = self.text.join(" ");
        let mut add = |more: String| {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(&more);
        };
        if !self.values.is_empty() {
            add(format!("Values: {}.", self.values.join(", ")));
        }
        for note in &self.notes {
            add(format!("{}: {}", note.about, note.text));
        }
        if let Some(note) = &self.deprecated {
            add(format!("Deprecated {} {}", note.about, note.text));
        }
        words.trim().to_owned()
    }
}

/// All that a documentation says in one paragraph; empty when it says nothing.
pub(super) fn words(doc: &Doc) -> String {
    Documentation::of(doc).map_or_else(String::new, |doc| doc.words())
}

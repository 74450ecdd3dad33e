//! From WSDL files to the files of a crate.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::ir::{Body, Ir};
use crate::output::{Counts, Output};
use crate::pass::{collapse, cycle, derive, flatten, group, name, partition, select, services};
use crate::qname::QName;
use crate::reading::{self, Progress, Reading};
use crate::render::{self, Context, Manifest, ModelDependency};

/// Makes a typed client from WSDL files.
///
/// ```no_run
/// use castile_codegen::Generator;
///
/// let output = Generator::new().wsdl("contracts/TPG_Inquiry.wsdl").ops(["AcctInq"]).generate()?;
/// output.write_to("client")?;
/// # Ok::<(), castile_codegen::Error>(())
/// ```
///
/// The output depends on the content of the files only: neither the folder nor the time nor the machine
/// changes a byte.
#[derive(Debug, Clone)]
pub struct Generator {
    paths: Vec<PathBuf>,
    operations: Vec<String>,
    services: Vec<String>,
    crate_name: String,
    model: ModelDependency,
    strict: bool,
    catalogs: Vec<PathBuf>,
    yaserde: bool,
}

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}

impl Generator {
    /// A generator without input.
    #[must_use]
    pub fn new() -> Self {
        Self {
            paths: Vec::new(),
            operations: Vec::new(),
            services: Vec::new(),
            crate_name: "soap-client".to_owned(),
            model: ModelDependency::Version(env!("CARGO_PKG_VERSION").to_owned()),
            strict: false,
            catalogs: Vec::new(),
            yaserde: false,
        }
    }

    /// Adds a WSDL file, a folder that holds some, itself or in its folders, or a zip archive as it was published.
    ///
    /// Archives are unpacked into memory, within bounds.
    #[must_use]
    pub fn wsdl(mut self, path: impl Into<PathBuf>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// Keeps only these operations and what they reach; `Inquiry.Ping` names one of several of a name.
    #[must_use]
    pub fn ops(mut self, operations: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.operations
            .extend(operations.into_iter().map(Into::into));
        self
    }

    /// Keeps only these services and what they reach; `Inquiry` or `InquiryService`.
    #[must_use]
    pub fn services(mut self, services: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.services.extend(services.into_iter().map(Into::into));
        self
    }

    /// Names the crate; `soap-client` otherwise.
    #[must_use]
    pub fn crate_name(mut self, name: impl Into<String>) -> Self {
        self.crate_name = name.into();
        self
    }

    /// Adds an XML Catalog (OASIS) that names local files for addresses and namespaces of imports.
    ///
    /// The well-known schemas of SOAP, addressing and notification come along; those of the security standards are
    /// not needed, since their elements are carried as they come.
    #[must_use]
    pub fn catalog(mut self, path: impl Into<PathBuf>) -> Self {
        self.catalogs.push(path.into());
        self
    }

    /// Makes an error of the first remark: nothing is left out, and nothing decided, that was not seen to.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Says where the crate finds `castile-model`; in the registry otherwise.
    #[must_use]
    pub fn model_dependency(mut self, model: ModelDependency) -> Self {
        self.model = model;
        self
    }

    /// The input.
    pub(crate) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Implements yaserde's `YaSerialize` and `YaDeserialize` for all messages, beside what they have anyway.
    #[must_use]
    pub fn yaserde(mut self, wanted: bool) -> Self {
        self.yaserde = wanted;
        self
    }

    /// Reads the contract and renders the crate, in memory.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but those of writing.
    pub fn generate(&self) -> Result<Output, Error> {
        self.generate_with(|_| {})
    }

    /// The same, telling before each contract how far it has come.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate).
    pub fn generate_with(&self, mut progress: impl FnMut(Progress<'_>)) -> Result<Output, Error> {
        let Reading {
            mut ir,
            mut diagnostics,
            digest,
        } = reading::read(&self.paths, &self.catalogs, &mut progress)?;
        let definitions = ir.types.len();
        let version = ir.version.clone();
        group::group(&mut ir);
        collapse::collapse(&mut ir)?;
        derive::keep_mixed(&mut ir);
        derive::derive(&mut ir);
        let remarks = flatten::flatten(&mut ir);
        let is_selective = !(self.operations.is_empty() && self.services.is_empty());
        let whole = is_selective.then(|| ir.clone());
        services::select(&mut ir, &self.services)?;
        select::select(&mut ir, &self.operations, &mut diagnostics)?;
        something_to_call(&ir, &diagnostics)?;
        cycle::open(&mut ir)?;
        diagnostics.extend(
            remarks
                .into_iter()
                .filter(|(ty, _)| ir.types.contains_key(ty))
                .map(|(_, d)| d),
        );
        if self.strict
            && let Some(remark) = diagnostics.first()
        {
            return Err(Error::Remark(Box::new(remark.clone())));
        }
        let (files, counts) = self.rendered(ir, definitions, &digest)?;
        // A whole that cannot be rendered has no size; the selection stands without it.
        let whole = whole.and_then(|mut whole| {
            select::select(&mut whole, &[], &mut Vec::new()).ok()?;
            self.rendered(whole, definitions, &digest).ok()
        });
        Ok(Output {
            files,
            diagnostics,
            counts,
            whole: whole.map(|(_, counts)| counts),
            version,
            digest,
        })
    }

    /// The files of the crate, and what they come to.
    fn rendered(
        &self,
        mut ir: Ir,
        definitions: usize,
        digest: &str,
    ) -> Result<(Vec<(String, String)>, Counts), Error> {
        name::name(&mut ir);
        let partition = partition::partition(&ir)?;
        let context = Context {
            ir: &ir,
            partition: &partition,
            namespace: &namespace(&ir),
            digest,
            yaserde: self.yaserde,
        };
        let mut files = render::sources(&context);
        let manifest = Manifest {
            crate_name: &self.crate_name,
            model: &self.model,
        };
        files.push((
            "Cargo.toml".to_owned(),
            render::manifest(&context, &manifest),
        ));
        files.sort();
        let rendered = partition.types.keys().collect::<Vec<_>>();
        let mut counts = counts(&ir, definitions, &rendered);
        counts.lines = files.iter().map(|(_, text)| text.lines().count()).sum();
        Ok((files, counts))
    }
}

/// Refuses a contract of which nothing is left, with the first reason.
fn something_to_call(ir: &Ir, diagnostics: &[Diagnostic]) -> Result<(), Error> {
    const REASONS: [&str; 3] = ["service-left-out", "port-left-out", "no-service"];
    let is_reason = |remark: &&Diagnostic| REASONS.contains(&remark.code);
    match diagnostics.iter().find(is_reason) {
        Some(remark) if ir.services.is_empty() => Err(Error::NoOperation {
            place: remark.place.clone(),
            reason: remark.message.clone(),
        }),
        _ => Ok(()),
    }
}

/// The namespace of most child elements, the first of several; without any, that of most messages.
///
/// Names of this one are written without namespace.
fn namespace(ir: &Ir) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for ty in ir.types.values() {
        let fields = match &ty.body {
            Body::Struct(structure) | Body::Sequence(structure) => structure.fields(),
            Body::Choice(choice) => choice.elements.iter().collect(),
            _ => Vec::new(),
        };
        for field in fields {
            *counts.entry(field.name.namespace()).or_default() += 1;
        }
    }
    if counts.is_empty() {
        let elements = ir.elements.iter();
        for name in elements.filter_map(|(name, element)| element.wire(name)) {
            *counts.entry(name.namespace()).or_default() += 1;
        }
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map_or_else(String::new, |(namespace, _)| namespace.to_owned())
}

fn counts(ir: &Ir, definitions: usize, rendered: &[&QName]) -> Counts {
    let mut counts = Counts {
        definitions,
        reached: ir.types.len(),
        services: ir.services.len(),
        ..Counts::default()
    };
    counts.operations = ir
        .services
        .iter()
        .map(|service| service.operations.len())
        .sum();
    counts.structs = ir.elements.len();
    let types = rendered.iter().filter_map(|name| ir.types.get(*name));
    let messages = ir
        .elements
        .values()
        .filter_map(|element| ir.named(&element.ty));
    for body in types.clone().map(|ty| &ty.body) {
        match body {
            Body::Scalar(_) => counts.values += 1,
            _ => counts.structs += 1,
        }
    }
    for body in types.chain(messages).map(|ty| &ty.body) {
        if let Body::Struct(structure) | Body::Sequence(structure) = body {
            counts.fields += structure.items().len();
        }
    }
    counts
}

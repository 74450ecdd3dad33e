//! From WSDL files to the files of a crate.

use std::path::PathBuf;

use crate::error::Error;
use crate::ir::{Body, Ir};
use crate::output::{Counts, Output};
use crate::pass::{collapse, cycle, flatten, name, partition, select};
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
    crate_name: String,
    model: ModelDependency,
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
            crate_name: "soap-client".to_owned(),
            model: ModelDependency::Version(env!("CARGO_PKG_VERSION").to_owned()),
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

    /// Names the crate; `soap-client` otherwise.
    #[must_use]
    pub fn crate_name(mut self, name: impl Into<String>) -> Self {
        self.crate_name = name.into();
        self
    }

    /// Says where the crate finds `castile-model`; in the registry otherwise.
    #[must_use]
    pub fn model_dependency(mut self, model: ModelDependency) -> Self {
        self.model = model;
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
        } = reading::read(&self.paths, &mut progress)?;
        let definitions = ir.types.len();
        collapse::collapse(&mut ir)?;
        let remarks = flatten::flatten(&mut ir);
        select::select(&mut ir, &self.operations)?;
        cycle::refuse(&ir)?;
        diagnostics.extend(
            remarks
                .into_iter()
                .filter(|(ty, _)| ir.types.contains_key(ty))
                .map(|(_, d)| d),
        );
        name::name(&mut ir);
        let partition = partition::partition(&ir)?;
        let context = Context {
            ir: &ir,
            partition: &partition,
            namespace: namespace(&ir)?,
            digest: &digest,
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
        let counts = counts(
            &ir,
            definitions,
            &partition.types.keys().collect::<Vec<_>>(),
        );
        Ok(Output {
            files,
            diagnostics,
            counts,
        })
    }
}

/// The namespace that all messages share.
fn namespace(ir: &Ir) -> Result<&str, Error> {
    let mut elements = ir.elements.iter();
    let Some((first, _)) = elements.next() else {
        return Ok("");
    };
    match elements.find(|(name, _)| name.namespace() != first.namespace()) {
        None => Ok(first.namespace()),
        Some((_, element)) => {
            let construct = "a contract whose messages are of several namespaces".to_owned();
            Err(Error::Unsupported {
                place: element.place.clone(),
                construct,
            })
        }
    }
}

fn counts(ir: &Ir, definitions: usize, rendered: &[&QName]) -> Counts {
    let mut counts = Counts {
        definitions,
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
            Body::Struct(_) => counts.structs += 1,
            _ => counts.values += 1,
        }
    }
    for body in types.chain(messages).map(|ty| &ty.body) {
        if let Body::Struct(structure) = body {
            counts.fields += structure.fields().len();
        }
    }
    counts
}

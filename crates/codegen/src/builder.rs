//! Generates from a build script, for those who want no generated code in their repository.

mod bundle;

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::generator::Generator;

/// Generates one file for `include!`, from a build script.
///
/// Code that is generated once and checked in, by `castile generate`, needs no build script, shows in reviews what a
/// new release of the contract changes, and is compiled by service; this is for those who want it otherwise.
///
/// ```no_run
/// // build.rs
/// use std::path::Path;
///
/// use castile_codegen::{Builder, Generator};
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let generator = Generator::new().wsdl("contracts/TPG_R2026.0.00_XSD.zip").ops(["AcctInq"]);
///     let out = std::env::var("OUT_DIR")?;
///     let built = Builder::new(generator).build(Path::new(&out).join("bank.rs"))?;
///     built.instructions().for_each(|line| println!("{line}"));
///     Ok(())
/// }
/// ```
///
/// The crate depends on `castile-model` and has, at any place:
///
/// ```text
/// #[allow(deprecated)]
/// pub mod bank {
///     include!(concat!(env!("OUT_DIR"), "/bank.rs"));
/// }
/// ```
///
/// All services are compiled: there are no features.
#[derive(Debug, Clone)]
pub struct Builder {
    generator: Generator,
}

/// What a build came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Built {
    /// What the user should know.
    pub diagnostics: Vec<Diagnostic>,
    inputs: Vec<PathBuf>,
}

impl Builder {
    /// A builder of what the generator makes; the name of the crate and the way to the model are of no use here.
    #[must_use]
    pub fn new(generator: Generator) -> Self {
        Self { generator }
    }

    /// Generates and writes the file, unless it is there already with the same content.
    ///
    /// # Errors
    ///
    /// As [`Generator::generate`], and [`Error::Unwritable`].
    pub fn build(&self, file: impl AsRef<Path>) -> Result<Built, Error> {
        let file = file.as_ref();
        let output = self.generator.generate()?;
        let text = bundle::bundle(&output.files);
        if std::fs::read(file).ok().as_deref() != Some(text.as_bytes()) {
            std::fs::write(file, text).map_err(|source| Error::Unwritable {
                path: file.to_owned(),
                source,
            })?;
        }
        Ok(Built {
            diagnostics: output.diagnostics,
            inputs: self.generator.paths().to_vec(),
        })
    }
}

impl Built {
    /// The lines to print for Cargo: what to watch, and remarks as warnings.
    pub fn instructions(&self) -> impl Iterator<Item = String> {
        let watch = self
            .inputs
            .iter()
            .map(|path| format!("cargo::rerun-if-changed={}", path.display()));
        // One line each: an instruction ends where its line ends.
        let one_line = |text: String| text.replace(|c: char| c.is_control(), " ");
        let remarks = self
            .diagnostics
            .iter()
            .map(move |remark| format!("cargo::warning={}", one_line(remark.to_string())));
        watch.chain(remarks)
    }
}

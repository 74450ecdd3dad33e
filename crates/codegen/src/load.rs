//! Loads a contract: the WSDL, what it imports, and the schemas, from local files only.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::error::{Error, Place};
use crate::input::Input;
use crate::limits;
use crate::schema::{self, Reference, ReferenceKind, Schema, XSD};
use crate::verbatim;
use crate::wsdl::{self, Definitions, WSDL};
use crate::xml::{self, Element};

/// One WSDL file with everything it leads to.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The WSDL file.
    pub(crate) file: Arc<str>,
    /// The WSDL itself first, then its imports.
    pub(crate) definitions: Vec<Definitions>,
    pub(crate) schemas: Vec<Schema>,
    /// The SHA-256 of each file read.
    pub(crate) digests: BTreeSet<[u8; 32]>,
    /// The schemas as they are written, when they are asked for.
    pub(crate) trees: Vec<Tree>,
}

/// A schema document.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: Element,
    /// The namespace that it describes, which an including schema may lend it.
    pub(crate) namespace: String,
}

/// Reads a WSDL file and all that it imports and includes.
///
/// # Errors
///
/// Any [`Error`] of reading; a missing file names the element that asks for it.
pub(crate) fn load(input: &Input, path: &Path) -> Result<Document, Error> {
    load_as(input, path, false)
}

/// As [`load`], and keeps the schemas as they are written.
pub(crate) fn load_with_trees(input: &Input, path: &Path) -> Result<Document, Error> {
    load_as(input, path, true)
}

fn load_as(input: &Input, path: &Path, with_trees: bool) -> Result<Document, Error> {
    let mut loader = Loader {
        input,
        document: Document {
            file: Arc::from(path.display().to_string()),
            ..Document::default()
        },
        seen: BTreeSet::new(),
        root: path,
        with_trees,
    };
    let root = loader.read(path)?;
    loader.seen.insert((path.to_owned(), String::new()));
    loader.definitions(path, &root)?;
    Ok(loader.document)
}

struct Loader<'a> {
    input: &'a Input,
    document: Document,
    /// Files already read, with the namespace that an including schema lends them.
    seen: BTreeSet<(PathBuf, String)>,
    root: &'a Path,
    with_trees: bool,
}

impl Loader<'_> {
    fn read(&mut self, path: &Path) -> Result<Element, Error> {
        let bytes = self.input.read(path)?;
        self.document.digests.insert(Sha256::digest(&bytes).into());
        xml::parse(&Arc::from(path.display().to_string()), &bytes)
    }

    /// The file that an include or import means.
    fn local(&self, from: &Path, place: &Place, location: &str) -> Result<PathBuf, Error> {
        let found = self.input.local(self.root, from, place, location)?;
        found.ok_or_else(|| Error::MissingFile {
            place: place.clone(),
            location: location.to_owned(),
        })
    }

    /// Whether the file is new; remembers it.
    fn is_new(&mut self, place: &Place, path: &Path, lent: &str) -> Result<bool, Error> {
        if self.seen.len() >= limits::FILES {
            return Err(Error::Limit {
                place: place.clone(),
                what: "files",
                limit: limits::FILES,
            });
        }
        Ok(self.seen.insert((path.to_owned(), lent.to_owned())))
    }

    fn definitions(&mut self, path: &Path, root: &Element) -> Result<(), Error> {
        let definitions = wsdl::read(root)?;
        let imports = definitions.imports.clone();
        self.document.definitions.push(definitions);
        for types in root.named(WSDL, "types") {
            for schema in types.named(XSD, "schema") {
                self.schema(path, schema, None)?;
            }
        }
        for (place, location) in imports {
            let imported = self.local(path, &place, &location)?;
            if self.is_new(&place, &imported, "")? {
                let root = self.read(&imported)?;
                // Some contracts import a schema with the import element of WSDL.
                if root.is(XSD, "schema") {
                    self.schema(&imported, &root, None)?;
                } else {
                    self.definitions(&imported, &root)?;
                }
            }
        }
        Ok(())
    }

    fn schema(&mut self, path: &Path, root: &Element, lent: Option<&str>) -> Result<(), Error> {
        let mut schema = schema::read(root, lent)?;
        let own = root
            .attribute("targetNamespace")
            .or(lent)
            .unwrap_or_default();
        if self.with_trees {
            self.document.trees.push(Tree {
                root: root.clone(),
                namespace: own.to_owned(),
            });
        }
        let references = std::mem::take(&mut schema.references);
        self.document.schemas.push(schema);
        references
            .iter()
            .try_for_each(|reference| self.follow(path, own, reference))
    }

    fn follow(&mut self, path: &Path, own: &str, reference: &Reference) -> Result<(), Error> {
        let place = &reference.place;
        if reference.kind == ReferenceKind::Redefine {
            let construct = "`redefine`".to_owned();
            return Err(Error::Unsupported {
                place: place.clone(),
                construct,
            });
        }
        let imported = match &reference.kind {
            ReferenceKind::Import(namespace) => Some(namespace.as_str()),
            _ => None,
        };
        // What is carried verbatim needs no schema.
        if imported.is_some_and(verbatim::is_verbatim) {
            return Ok(());
        }
        // An import without location relies on a schema that something else brings.
        let Some(location) = &reference.location else {
            return Ok(());
        };
        let file = self.local(path, place, location)?;
        let lent = if imported.is_none() { own } else { "" };
        if self.is_new(place, &file, lent)? {
            let root = self.read(&file)?;
            let lent = imported.is_none().then_some(own);
            self.schema(&file, &root, lent)?;
        }
        Ok(())
    }
}

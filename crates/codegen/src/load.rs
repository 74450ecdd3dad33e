//! Loads a contract: the WSDL, what it imports, and the schemas, from local files only.

mod borrow;
mod catalog;
mod redefine;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diagnostic::Diagnostic;
use crate::error::{Error, Place};
use crate::input::Input;
use crate::limits;
use crate::schema::{self, Reference, ReferenceKind, Schema, XSD};
use crate::verbatim;
use crate::wsdl::{self, Definitions, WSDL};
use crate::xml::{self, Element};

use borrow::Borrowed;
use catalog::Bundled;
pub(crate) use catalog::Catalog;

/// One WSDL file with everything it leads to.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The WSDL itself first, then its imports.
    pub(crate) definitions: Vec<Definitions>,
    pub(crate) schemas: Vec<Schema>,
    /// The SHA-256 of each file read.
    pub(crate) digests: BTreeSet<[u8; 32]>,
    /// What was read over.
    pub(crate) remarks: Vec<Diagnostic>,
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
pub(crate) fn load(input: &Input, catalog: &Catalog, path: &Path) -> Result<Document, Error> {
    load_as(input, catalog, path, false)
}

/// As [`load`], and keeps the schemas as they are written.
pub(crate) fn load_with_trees(
    input: &Input,
    catalog: &Catalog,
    path: &Path,
) -> Result<Document, Error> {
    load_as(input, catalog, path, true)
}

fn load_as(
    input: &Input,
    catalog: &Catalog,
    path: &Path,
    with_trees: bool,
) -> Result<Document, Error> {
    let mut loader = Loader {
        input,
        catalog,
        document: Document::default(),
        seen: BTreeSet::new(),
        namespaces: BTreeSet::new(),
        unlocated: Vec::new(),
        root: path,
        with_trees,
    };
    let root = loader.read(path)?;
    loader.seen.insert((identity(path), String::new()));
    loader.definitions(path, &root)?;
    loader.settle()?;
    Ok(loader.document)
}

/// An import that names no file that is there: something else may bring its namespace.
struct Unlocated {
    place: Place,
    namespace: String,
    location: Option<String>,
    /// There is no import at all.
    is_implied: bool,
}

/// What an import or include leads to.
enum Source {
    File(PathBuf),
    Bundled(&'static Bundled),
}

impl Source {
    /// The name by which it is remembered, and from which its own references count.
    fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Bundled(bundled) => PathBuf::from(&*bundled.file()),
        }
    }
}

/// One name for a file, by whatever way it is reached; what stands in an archive has one already.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

struct Loader<'a> {
    input: &'a Input,
    catalog: &'a Catalog,
    document: Document,
    /// Files already read, with the namespace that an including schema lends them.
    seen: BTreeSet<(PathBuf, String)>,
    /// The target namespaces of the schemas read.
    namespaces: BTreeSet<String>,
    unlocated: Vec<Unlocated>,
    root: &'a Path,
    with_trees: bool,
}

impl Loader<'_> {
    fn read(&mut self, path: &Path) -> Result<Element, Error> {
        let bytes = self.input.read(path)?;
        self.document.digests.insert(Sha256::digest(&bytes).into());
        xml::parse(&Arc::from(path.display().to_string()), &bytes)
    }

    fn open(&mut self, source: &Source) -> Result<Element, Error> {
        match source {
            Source::File(path) => self.read(path),
            Source::Bundled(bundled) => xml::parse(&bundled.file(), bundled.text.as_bytes()),
        }
    }

    /// The file that an import means: what a catalogue of the user says of its address, a file that is there, what
    /// a catalogue says of its namespace, a schema that comes along.
    ///
    /// # Errors
    ///
    /// [`Error::Ambiguous`].
    fn find(
        &self,
        from: &Path,
        place: &Place,
        namespace: &str,
        location: Option<&str>,
    ) -> Result<Option<Source>, Error> {
        if let Some(location) = location {
            let file = match self.catalog.find(location) {
                Some(file) => Some(file),
                None => self.input.local(self.root, from, place, location)?,
            };
            if let Some(file) = file {
                return Ok(Some(Source::File(file)));
            }
        }
        if let Some(file) = self.catalog.find(namespace) {
            return Ok(Some(Source::File(file)));
        }
        let bundled = catalog::bundled(namespace).or_else(|| location.and_then(catalog::bundled));
        Ok(bundled.map(Source::Bundled))
    }

    /// Brings what imports without a file need and nothing brought.
    fn settle(&mut self) -> Result<(), Error> {
        while let Some(import) = self.unlocated.pop() {
            let Unlocated {
                place,
                namespace,
                location,
                is_implied,
            } = import;
            if self.namespaces.contains(&namespace) {
                if let Some(location) = location {
                    let message = format!(
                        "`{}` is not there; the namespace is defined elsewhere in the contract",
                        location.escape_debug()
                    );
                    let remark = Diagnostic::new("schema-location-unread", &place, message);
                    self.document.remarks.push(remark);
                }
                continue;
            }
            match (
                self.find(Path::new(""), &place, &namespace, None)?,
                location,
            ) {
                (Some(source), _) => {
                    if is_implied {
                        let message = format!(
                            "names of `{namespace}` are used without an import; the schema that comes along is read"
                        );
                        let remark = Diagnostic::new("import-missing", &place, message);
                        self.document.remarks.push(remark);
                    }
                    self.import(&place, &source, None)?;
                }
                (None, Some(location)) => return Err(Error::MissingFile { place, location }),
                // Whether something is amiss shows where a name of the namespace is used.
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// Reads a schema, unless it was read before.
    fn import(&mut self, place: &Place, source: &Source, lent: Option<&str>) -> Result<(), Error> {
        let path = source.path();
        if self.is_new(place, &path, lent.unwrap_or_default())? {
            let root = self.open(source)?;
            self.schema(&path, &root, lent)?;
        }
        Ok(())
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
        Ok(self.seen.insert((identity(path), lent.to_owned())))
    }

    fn definitions(&mut self, path: &Path, root: &Element) -> Result<(), Error> {
        let definitions = wsdl::read(root)?;
        let imports = definitions.imports.clone();
        self.document.definitions.push(definitions);
        let mut borrowed = Borrowed::of(root);
        root.named(WSDL, "message")
            .for_each(|message| borrowed.add(message));
        self.lend(borrowed);
        for types in root.named(WSDL, "types") {
            for schema in types.named(XSD, "schema") {
                self.schema(path, schema, None)?;
            }
        }
        for wsdl::Import {
            place,
            namespace,
            location,
        } in imports
        {
            let Some(source) = self.find(path, &place, &namespace, Some(&location))? else {
                return Err(Error::MissingFile { place, location });
            };
            let imported = source.path();
            if self.is_new(&place, &imported, "")? {
                let root = self.open(&source)?;
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

    /// Remembers what a document takes for known.
    fn lend(&mut self, borrowed: Borrowed) {
        for (namespace, place) in borrowed.namespaces {
            // The first to be settled is the last: an import goes before.
            let implied = Unlocated {
                place,
                namespace,
                location: None,
                is_implied: true,
            };
            self.unlocated.insert(0, implied);
        }
        let mut remarks = self.document.remarks.iter();
        let is_told = |remark: &Diagnostic, place: &Place| {
            remark.code == "schema-draft" && remark.place.file == place.file
        };
        if let Some(place) = borrowed.draft
            && !remarks.any(|remark| is_told(remark, &place))
        {
            let message = "a draft of XML Schema is read as the recommendation of 2001".to_owned();
            let remark = Diagnostic::new("schema-draft", &place, message);
            self.document.remarks.push(remark);
        }
    }

    fn schema(&mut self, path: &Path, root: &Element, lent: Option<&str>) -> Result<(), Error> {
        let mut schema = schema::read(root, lent)?;
        let mut borrowed = Borrowed::of(root);
        borrowed.add(root);
        self.lend(borrowed);
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
        let redefinitions = std::mem::take(&mut schema.redefinitions);
        let is_empty = root
            .elements()
            .all(|child| child.is(XSD, "import") || child.is(XSD, "annotation"));
        if !is_empty {
            self.namespaces.insert(own.to_owned());
        }
        self.document.schemas.push(schema);
        references
            .iter()
            .try_for_each(|reference| self.follow(path, own, reference))?;
        for redefinition in redefinitions {
            self.follow(path, own, &redefinition.location)?;
            redefine::redefine(&mut self.document.schemas, redefinition)?;
        }
        Ok(())
    }

    fn follow(&mut self, path: &Path, own: &str, reference: &Reference) -> Result<(), Error> {
        let place = &reference.place;
        let imported = match &reference.kind {
            ReferenceKind::Import(namespace) => Some(namespace.as_str()),
            _ => None,
        };
        // What is carried verbatim needs no schema, nor do the built-in types.
        if imported.is_some_and(|namespace| verbatim::is_verbatim(namespace) || namespace == XSD) {
            return Ok(());
        }
        let location = reference.location.as_deref();
        let Some(namespace) = imported else {
            // Includes have a location; what they lead to takes our namespace when it has none.
            let location = location.unwrap_or_default();
            let source = self.find(path, place, "", Some(location))?;
            let source = source.ok_or_else(|| Error::MissingFile {
                place: place.clone(),
                location: location.to_owned(),
            })?;
            return self.import(place, &source, Some(own));
        };
        // Without a file of its own an import relies on what something else brings: it waits.
        let by_location = match location {
            Some(_) => self.find(path, place, "", location)?,
            None => None,
        };
        match by_location {
            Some(source) => self.import(place, &source, None),
            None => {
                self.unlocated.push(Unlocated {
                    place: place.clone(),
                    namespace: namespace.to_owned(),
                    location: location.map(str::to_owned),
                    is_implied: false,
                });
                Ok(())
            }
        }
    }
}

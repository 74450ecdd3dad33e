//! Which local file stands for an address or a namespace: by catalogues of the user, or from those that come along.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Error;
use crate::xml;

/// The namespace of XML Catalogs 1.1 (OASIS).
const CATALOG: &str = "urn:oasis:names:tc:entity:xmlns:xml:catalog";

/// What the catalogues of the user say.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    files: BTreeMap<String, PathBuf>,
    /// Beginnings of addresses, and what stands in their place.
    rewrites: Vec<(String, PathBuf)>,
}

impl Catalog {
    /// Reads XML Catalogs: their entries `uri`, `system`, `public`, `rewriteURI` and `rewriteSystem`, in groups too.
    ///
    /// Names lead to files relative to the catalogue. The first entry for a name counts.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is no catalogue, an entry without its attributes.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut catalog = Self::default();
        for path in paths {
            let bytes = std::fs::read(path).map_err(|source| Error::Unreadable {
                path: path.clone(),
                source,
            })?;
            let root = xml::parse(&Arc::from(path.display().to_string()), &bytes)?;
            if !root.is(CATALOG, "catalog") {
                return Err(Error::WrongRoot {
                    place: root.place.clone(),
                    expected: "an XML catalogue",
                    found: root.name.local().to_owned(),
                });
            }
            catalog.add(path, &root)?;
        }
        Ok(catalog)
    }

    fn add(&mut self, path: &Path, from: &xml::Element) -> Result<(), Error> {
        let base = path.parent().unwrap_or(Path::new(""));
        for entry in from
            .elements()
            .filter(|entry| entry.name.namespace() == CATALOG)
        {
            let (key, target) = match entry.name.local() {
                "group" => {
                    self.add(path, entry)?;
                    continue;
                }
                "uri" => ("name", "uri"),
                "system" => ("systemId", "uri"),
                "public" => ("publicId", "uri"),
                "rewriteURI" => ("uriStartString", "rewritePrefix"),
                "rewriteSystem" => ("systemIdStartString", "rewritePrefix"),
                _ => continue,
            };
            let (key, target) = (entry.required(key)?.trim(), entry.required(target)?.trim());
            let target = target.strip_prefix("file://").unwrap_or(target);
            let file = base.join(target);
            if entry.name.local().starts_with("rewrite") {
                self.rewrites.push((key.to_owned(), file));
            } else {
                self.files.entry(key.to_owned()).or_insert(file);
            }
        }
        Ok(())
    }

    /// The file for an address or a namespace.
    pub(super) fn find(&self, name: &str) -> Option<PathBuf> {
        let name = name.trim();
        if let Some(file) = self.files.get(name) {
            return Some(file.clone());
        }
        let rewrites = self.rewrites.iter();
        let (start, folder) = rewrites
            .filter(|(start, _)| name.starts_with(start.as_str()))
            .max_by_key(|(start, _)| start.len())?;
        let rest = name[start.len()..].trim_start_matches('/');
        // An address may not lead out of the folder that stands for it.
        let inside = Path::new(rest)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        inside.then(|| folder.join(rest))
    }
}

/// A schema that comes with the generator: written for it, true to the published names.
#[derive(Debug)]
pub(super) struct Bundled {
    pub(super) name: &'static str,
    namespace: &'static str,
    pub(super) text: &'static str,
}

macro_rules! bundled {
    ($($name:literal $namespace:literal)*) => {
        [$(Bundled {
            name: $name,
            namespace: $namespace,
            text: include_str!(concat!("../../catalog/", $name)),
        }),*]
    };
}

static BUNDLED: [Bundled; 18] = bundled! {
    "b-2.xsd" "http://docs.oasis-open.org/wsn/b-2"
    "bf-2.xsd" "http://docs.oasis-open.org/wsrf/bf-2"
    "br-2.xsd" "http://docs.oasis-open.org/wsn/br-2"
    "bw-2.wsdl" "http://docs.oasis-open.org/wsn/bw-2"
    "r-2.xsd" "http://docs.oasis-open.org/wsrf/r-2"
    "rp-2.xsd" "http://docs.oasis-open.org/wsrf/rp-2"
    "rw-2.wsdl" "http://docs.oasis-open.org/wsrf/rw-2"
    "serialization.xsd" "http://schemas.microsoft.com/2003/10/Serialization/"
    "soap-encoding.xsd" "http://schemas.xmlsoap.org/soap/encoding/"
    "soap-envelope.xsd" "http://schemas.xmlsoap.org/soap/envelope/"
    "soap12-encoding.xsd" "http://www.w3.org/2003/05/soap-encoding"
    "soap12-envelope.xsd" "http://www.w3.org/2003/05/soap-envelope"
    "t-1.xsd" "http://docs.oasis-open.org/wsn/t-1"
    "ws-addr-2004-08.xsd" "http://schemas.xmlsoap.org/ws/2004/08/addressing"
    "ws-addr.xsd" "http://www.w3.org/2005/08/addressing"
    "xlink.xsd" "http://www.w3.org/1999/xlink"
    "xmlmime.xsd" "http://www.w3.org/2005/05/xmlmime"
    "xop-include.xsd" "http://www.w3.org/2004/08/xop/include"
};

/// The schema that comes along for a namespace.
pub(super) fn bundled(namespace: &str) -> Option<&'static Bundled> {
    BUNDLED
        .iter()
        .find(|bundled| bundled.namespace == namespace.trim())
}

impl Bundled {
    /// What stands for its file in places.
    pub(super) fn file(&self) -> Arc<str> {
        Arc::from(format!("castile-catalog/{}", self.name))
    }
}

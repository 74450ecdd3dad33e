//! Writes a message as XML: names, version markers, escapes.

mod attach;
mod escape;
mod fill;
mod structure;
mod whole;

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::attributes::XSI;
use crate::error::{self, Warning, WarningKind};
use crate::fill::Place;
use crate::name::local_start;
use crate::{Attributes, EncodeError, Ext, Fill, Groups, Leaf, Particle, Raw};

pub use attach::{Attach, Attachments, encode_attached};
pub(crate) use escape::escape_attribute;
use escape::{escape, type_name};
use structure::Outer;
pub(crate) use whole::audit;
pub use whole::{encode, encode_filled, encode_filled_valid, encode_valid};

/// Takes the elements of a struct in schema order. Made by [`encode`]; errors are kept until its end.
pub struct Writer {
    out: String,
    /// Namespace of all names without one.
    namespace: &'static str,
    /// That of the root element, until it is written.
    root: Option<&'static str>,
    /// Default namespace in force.
    default: &'static str,
    path: Vec<&'static str>,
    /// Version markers whose part is open, in all structs around.
    versions: Vec<u8>,
    /// How many of the last of them are not written yet.
    pending: usize,
    level: Level,
    /// What to go back to behind the structs that are open.
    outer: Vec<Outer>,
    error: Option<EncodeError>,
    audit: Option<Vec<Warning>>,
    /// Nothing is written; the first required struct that was not read is looked for.
    look: Option<Option<&'static str>>,
    /// How often the next element may stand.
    bounds: Option<(u32, u32)>,
    /// What is written where the message has nothing.
    fill: Option<Fill>,
    /// Where large binary values go, if not into the message.
    attached: Option<Box<attach::Attached>>,
}

/// The struct that is being written.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Length of `versions` at its start.
    base: usize,
    /// Whether it was read from a payload.
    was_read: bool,
    /// Whether required structs inside may be missing, because they were missing in the payload.
    may_lack: bool,
    /// Whether it is `xsi:nil`, so that nothing inside is required.
    is_nil: bool,
    /// Markers that were read, as bits.
    read: u64,
    /// Markers that are written, as bits.
    written: u64,
    /// What is written in it where the message has nothing.
    place: Place,
}

impl Writer {
    fn new(namespace: &'static str, root: &'static str) -> Self {
        Self {
            out: String::new(),
            namespace,
            // The same memory, so that telling them apart costs nothing.
            root: Some(if root == namespace { namespace } else { root }),
            default: "",
            path: Vec::new(),
            versions: Vec::new(),
            pending: 0,
            level: Level::default(),
            outer: Vec::new(),
            error: None,
            audit: None,
            look: None,
            bounds: None,
            fill: None,
            attached: None,
        }
    }

    /// Writes an element, if it is there.
    #[inline(never)]
    pub fn put<P: Particle>(&mut self, name: &'static str, particle: &P) {
        let before = self.out.len();
        particle.write_as(name, self);
        if self.level.place.is_open() {
            self.filled(name, before);
        }
    }

    /// Writes an element with a value, given or not: the root element of a message that is one.
    pub fn value(&mut self, name: &'static str, leaf: &dyn Leaf) {
        self.leaf(name, leaf);
    }

    /// Starts the part of the schema that the marker `Ver_n` guards (n from 1 to 63).
    ///
    /// The part lasts until [`end_version`](Self::end_version) or the end of the struct. Markers of all open parts
    /// are written before the first element inside that is really there.
    pub fn version(&mut self, n: u8) {
        self.versions.push(n);
        self.pending += 1;
        // What came with a marker goes with it, even if nothing stands behind it.
        if self.level.read != 0 && self.level.read & bit(n) != 0 {
            self.write_markers();
        }
    }

    /// Ends the part of the last [`version`](Self::version): what follows stands beside it, not inside.
    pub fn end_version(&mut self) {
        if self.versions.len() > self.level.base {
            self.versions.pop();
            self.pending = self.pending.saturating_sub(1);
        }
    }

    /// Writes `xsi:type` into the start tag that was just written, unless it came with the attributes.
    ///
    /// `name` is `{namespace}local`. Called by [`derived!`](crate::derived) before anything else.
    pub fn derived(&mut self, name: &'static str, ext: &Ext) {
        let is_there = ext.attributes().is_some_and(|a| a.xsi_type().is_some());
        if !is_there && self.out.pop().is_some() {
            let mut attributes = Attributes::default();
            let prefix = self.free_prefix("xsi");
            attributes.set_in(XSI, &format!("{prefix}:type"), name);
            self.attributes(&attributes);
            self.out.push('>');
        }
    }

    /// Writes the marker `Ver_n`, which stands here always, unless the struct is nil.
    pub fn marker(&mut self, n: u8) {
        if self.look.is_none() && !self.level.is_nil {
            self.write_markers();
            self.write_marker(n);
        }
    }

    /// How often the next element may stand; a `max` of 0 is no bound.
    pub fn occurs(&mut self, min: u32, max: u32) {
        self.bounds = Some((min, max));
    }

    /// The next element has a namesake behind another marker: it stands where it is written.
    #[inline]
    pub fn twin(&mut self) {}

    /// The last element was the one with the namesake.
    #[inline]
    pub fn end_twin(&mut self) {}

    /// Writes groups, of which at least so many must be there.
    pub fn group<G: Groups>(&mut self, min: u32, groups: &G) {
        if groups.count() < min as usize {
            self.note(WarningKind::NoneChosen, "");
        }
        groups.write(self);
    }

    /// An element that stands so many times comes.
    #[inline]
    pub(crate) fn counted(&mut self, name: &'static str, count: usize) {
        if let Some((min, max)) = self.bounds.take() {
            if count < min as usize {
                self.note(WarningKind::TooFew, local_of(name));
            } else if max > 0 && count > max as usize {
                self.note(WarningKind::TooMany, local_of(name));
            }
        }
    }

    pub(crate) fn leaf(&mut self, name: &'static str, leaf: &dyn Leaf) {
        if self.look.is_some() {
            return;
        }
        self.write_markers();
        let (text, attributes) = (leaf.text(), leaf.attributes());
        // Nothing but a text, in the namespace in force: the usual one.
        let is_text = attributes.is_empty() && !text.is_empty();
        if is_text && self.is_plain(name) && escape::is_plain(&text) {
            self.out.push('<');
            self.out.push_str(name);
            self.out.push('>');
            self.out.push_str(&text);
            return self.close(name);
        }
        let outer_default = self.default;
        let local = self.open(name, Some(attributes));
        if self.attached.is_some() && self.attach(leaf) {
            self.close(local);
        } else if !text.is_empty() {
            self.text_and_end(local, &text);
        } else {
            self.out.push_str("/>");
            if leaf.is_blank() {
                self.fail(|path| EncodeError::Blank { path });
            }
        }
        self.path.pop();
        self.default = outer_default;
    }

    /// Whether an element of that name needs no declaration and stays in the message.
    #[inline]
    fn is_plain(&self, name: &str) -> bool {
        let is_own = self.root.is_none() && !name.starts_with('{');
        is_own && is_same(self.namespace, self.default) && self.attached.is_none()
    }

    /// Writes what stands behind name and attributes of an element with a text.
    #[inline]
    fn text_and_end(&mut self, local: &str, text: &str) {
        self.out.push('>');
        if escape::is_plain(text) {
            self.out.push_str(text);
        } else if let Err(index) = escape(text, false, &mut self.out) {
            self.fail(|path| EncodeError::Character { path, index });
        }
        self.close(local);
    }

    pub(crate) fn raw(&mut self, raw: &Raw) {
        if self.look.is_some() {
            return;
        }
        self.write_markers();
        raw.write(self.default, &mut self.out);
    }

    /// A required element that is not there.
    pub(crate) fn missing(&mut self, name: &'static str) {
        self.note(WarningKind::MissingElement, local_of(name));
    }

    /// The markers of all open parts that are not written yet.
    #[inline]
    fn write_markers(&mut self) {
        if self.pending > 0 {
            for at in self.versions.len() - self.pending..self.versions.len() {
                self.write_marker(self.versions[at]);
            }
            self.pending = 0;
        }
    }

    fn write_marker(&mut self, n: u8) {
        if self.level.was_read && self.level.read & bit(n) == 0 {
            self.note(WarningKind::MissingMarker, &format!("Ver_{n}"));
        }
        self.level.written |= bit(n);
        // Writing to a String cannot fail.
        let _ = match is_same(self.default, self.namespace) {
            true if n < 10 => {
                self.out.push_str("<Ver_");
                self.out.push(char::from(b'0' + n));
                self.out.push_str("/>");
                Ok(())
            }
            true => write!(self.out, "<Ver_{n}/>"),
            false => write!(self.out, "<Ver_{n} xmlns=\"{}\"/>", self.namespace),
        };
    }

    /// Unknown elements, behind the markers that they came behind, or behind all when they came behind none.
    ///
    /// Two services may define one type of different length: what came behind the last marker of the shorter one
    /// must not be moved behind a marker that its receiver does not know.
    fn tail(&mut self, ext: &Ext) {
        for (raw, after) in ext.tail() {
            if after == 0 {
                self.write_markers();
            } else {
                self.write_markers_to(after);
            }
            self.newer_markers(after);
            if self.look.is_none() {
                raw.write(self.default, &mut self.out);
            }
        }
        self.newer_markers(63);
    }

    /// The markers of open parts that are not written yet, up to this one.
    fn write_markers_to(&mut self, last: u8) {
        while let Some(&next) = self.versions.get(self.versions.len() - self.pending) {
            if next > last {
                break;
            }
            self.write_marker(next);
            self.pending -= 1;
        }
    }

    /// Markers up to this one that were read and that the type does not know.
    fn newer_markers(&mut self, last: u8) {
        let mut rest = self.level.read & !self.level.written;
        while rest != 0 && rest.trailing_zeros() <= u32::from(last) {
            self.write_markers();
            self.write_marker(rest.trailing_zeros() as u8);
            rest &= rest - 1;
        }
    }

    /// Writes `<name` and attributes, enters the element; gives its local name.
    fn open(&mut self, name: &'static str, attributes: Option<&Attributes>) -> &'static str {
        let (namespace, local) = match name.strip_prefix('{').and_then(|n| n.split_once('}')) {
            Some(other) => other,
            None => (self.root.take().unwrap_or(self.namespace), name),
        };
        self.path.push(local);
        self.out.push('<');
        self.out.push_str(local);
        if !is_same(namespace, self.default) {
            self.default = namespace;
            self.out.push_str(" xmlns=\"");
            escape_attribute(namespace, &mut self.out);
            self.out.push('"');
        }
        if let Some(attributes) = attributes.filter(|a| !a.is_empty()) {
            self.attributes(attributes);
        }
        local
    }

    fn attributes(&mut self, attributes: &Attributes) {
        let mut declared: Vec<(Cow<'_, str>, &str)> = Vec::new();
        for attribute in attributes.iter() {
            let (name, namespace) = (attribute.name(), attribute.namespace());
            let is_declaration = name == "xmlns" || name.starts_with("xmlns:");
            if is_declaration || local_start(name.as_bytes()).is_none() {
                return self.fail(|path| EncodeError::Attribute { path });
            }
            let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
            if namespace.is_empty() || prefix == "xml" {
                if prefix != "xml" && !prefix.is_empty() {
                    return self.fail(|path| EncodeError::Attribute { path });
                }
                let _ = write!(self.out, " {name}=\"");
            } else {
                let prefix = match declared
                    .iter()
                    .find(|(p, n)| *n == namespace || *p == prefix)
                {
                    Some((known, n)) if *n == namespace => known.clone(),
                    other => {
                        let prefix: Cow<'_, str> = match other {
                            Some(_) => format!("ns{}", declared.len()).into(),
                            None => prefix.into(),
                        };
                        let _ = write!(self.out, " xmlns:{prefix}=\"");
                        escape_attribute(namespace, &mut self.out);
                        self.out.push('"');
                        declared.push((prefix.clone(), namespace));
                        prefix
                    }
                };
                let _ = write!(self.out, " {prefix}:{}=\"", attribute.local_name());
            }
            // A qualified name as value needs a prefix that means its namespace here.
            if let Some((namespace, local)) = type_name(attribute) {
                if namespace.is_empty() {
                    let _ = write!(self.out, "{local}\"");
                    continue;
                }
                let prefix = self.free_prefix("t");
                let _ = write!(self.out, "{prefix}:{local}\" xmlns:{prefix}=\"");
                escape_attribute(namespace, &mut self.out);
                self.out.push('"');
                declared.push((prefix.into(), namespace));
                continue;
            }
            if let Err(index) = escape(attribute.value(), true, &mut self.out) {
                self.fail(|path| EncodeError::Character { path, index });
            }
            self.out.push('"');
        }
    }

    /// A prefix that the start tag being written does not declare.
    fn free_prefix(&self, stem: &str) -> String {
        let tag = &self.out[self.out.rfind('<').unwrap_or(0)..];
        let numbered = (1..).map(|number| format!("{stem}{number}"));
        let mut prefixes = std::iter::once(stem.to_owned()).chain(numbered);
        let is_free = |prefix: &String| !tag.contains(&format!(" xmlns:{prefix}="));
        prefixes.find(is_free).unwrap_or_default()
    }

    fn close(&mut self, local: &str) {
        self.out.push_str("</");
        self.out.push_str(local);
        self.out.push('>');
    }

    fn fail(&mut self, error: impl FnOnce(String) -> EncodeError) {
        if self.error.is_none() {
            self.error = Some(error(error::path(self.path.iter().copied())));
        }
    }

    fn note(&mut self, kind: WarningKind, name: &str) {
        if let Some(audit) = self.audit.as_mut().filter(|_| !self.level.is_nil) {
            let names = self.path.iter().copied();
            let path = error::path(names.chain((!name.is_empty()).then_some(name)));
            audit.push(Warning {
                kind,
                path,
                offset: None,
            });
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} bytes)", self.out.len())
    }
}

/// Whether two namespaces are the same: mostly they are the same text in memory.
#[inline]
fn is_same(one: &'static str, other: &'static str) -> bool {
    std::ptr::eq(one, other) || one == other
}

/// The marker as a bit; none for a number that is no marker's.
fn bit(n: u8) -> u64 {
    1_u64.checked_shl(n.into()).unwrap_or(0)
}

/// The local part of `{namespace}local`.
fn local_of(name: &'static str) -> &'static str {
    name.rsplit_once('}').map_or(name, |(_, local)| local)
}

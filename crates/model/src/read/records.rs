//! Reads the records of a search's answer one by one, out of chunks.

use std::marker::PhantomData;

use quick_xml::XmlVersion;
use quick_xml::events::attributes;
use quick_xml::name::PrefixDeclaration;

use super::markup::{Markup, Odd, Piece};
use super::{Reader, at_part};
use crate::{DecodeError, Limits, Message, Scope, Search, Struct};

/// Takes an answer in chunks and gives its records, each decoded as soon as it is there.
///
/// The whole envelope goes in. What is no record stays as the [`rest`](Self::finish): an answer without records, to be
/// opened and read as any other; there a fault shows, and whether the envelope was whole. So the memory is that of a
/// chunk, a record and the rest.
///
/// How the answer is cut into chunks changes nothing, and the records are those that [`decode`](crate::decode) finds.
///
/// ```
/// # use castile_model::*;
/// # #[derive(Debug, Clone, Default, PartialEq)]
/// # pub struct Srch { pub cursor: Option<Text>, pub ext: Ext }
/// # elements! { Srch: "Cursor" => cursor, }
/// # impl Message for Srch { const NAMESPACE: &'static str = "urn:x"; const ELEMENT: &'static str = "Srch"; }
/// # impl Operation for Srch {
/// #     const NAME: &'static str = ""; const ACTION: &'static str = ""; const SERVICE: &'static str = "";
/// #     const EFFECT: Effect = Effect::Read; type Response = SrchResponse; type Fault = NoFault;
/// # }
/// # #[derive(Debug, Clone, Default, PartialEq)]
/// # pub struct SrchResponse { pub more: Option<Text>, pub ext: Ext }
/// # elements! { SrchResponse: "MoreRec" => more, }
/// # impl Message for SrchResponse { const NAMESPACE: &'static str = "urn:x"; const ELEMENT: &'static str = "SrchResponse"; }
/// # #[derive(Debug, Clone, Default, PartialEq)]
/// # pub struct Row { pub id: Text, pub ext: Ext }
/// # elements! { Row: "Id" => id, }
/// # impl Search for Srch {
/// #     type Record = Row;
/// #     const RECORDS: [&'static str; 2] = ["Rows", "Row"];
/// #     fn cursor(&mut self) -> &mut Option<Text> { &mut self.cursor }
/// #     fn next_page(response: &SrchResponse) -> (Option<&Text>, Option<&Text>) { (response.more.as_ref(), None) }
/// # }
/// let mut reader = RecordReader::<Srch>::new(RecordLimits::default());
/// reader.push(b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns='urn:x'><s:Body>");
/// reader.push(b"<SrchResponse><Rows><Row><Id>1</Id></Row><Row><I");
/// assert_eq!(reader.record()?.expect("a record").id.as_str(), "1");
/// assert!(reader.record()?.is_none());
/// reader.push(b"d>2</Id></Row></Rows><MoreRec>false</MoreRec></SrchResponse></s:Body></s:Envelope>");
/// assert_eq!(reader.record()?.expect("a record").id.as_str(), "2");
/// assert!(reader.record()?.is_none());
/// let rest = String::from_utf8(reader.finish()?)?;
/// assert!(rest.ends_with("<Rows></Rows><MoreRec>false</MoreRec></SrchResponse></s:Body></s:Envelope>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RecordReader<S> {
    splitter: Splitter,
    search: PhantomData<fn() -> S>,
}

/// Bounds on an answer that is read record by record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordLimits {
    /// Bytes of one record. Default 16 MiB.
    pub record: usize,
    /// Bytes of all that is no record, faults included. Default 1 MiB.
    pub rest: usize,
    /// What holds of each record; its depth counts from the response.
    pub inside: Limits,
}

impl Default for RecordLimits {
    fn default() -> Self {
        Self {
            record: 16 << 20,
            rest: 1 << 20,
            inside: Limits::default(),
        }
    }
}

impl<S: Search> RecordReader<S> {
    /// A reader at the beginning of an answer.
    pub fn new(limits: RecordLimits) -> Self {
        let names = <S::Response as Message>::NAMES;
        let root = Name {
            namespace: <S::Response as Message>::NAMESPACE,
            local: <S::Response as Message>::ELEMENT,
        };
        let [array, record] = S::RECORDS.map(|name| Name::of(name, names));
        Self {
            splitter: Splitter {
                limits,
                names,
                path: [root, array, record],
                buffer: Vec::new(),
                before: 0,
                at: 0,
                piece: 0,
                markup: Markup::default(),
                depth: 0,
                matched: 0,
                is_done: false,
                record: None,
                scope: Vec::new(),
                open: Vec::new(),
                rest: Vec::new(),
            },
            search: PhantomData,
        }
    }

    /// Takes the next bytes of the answer; ask for the records in them before the next ones.
    pub fn push(&mut self, chunk: &[u8]) {
        self.splitter.push(chunk);
    }

    /// The next record, as soon as all of it is there.
    ///
    /// # Errors
    /// What [`decode`](crate::decode) says of a record; a DTD; a limit. Offsets count from the start of the answer.
    /// There are no records after an error.
    pub fn record(&mut self) -> Result<Option<S::Record>, DecodeError> {
        let Some((start, end)) = self.splitter.record()? else {
            return Ok(None);
        };
        let mut record = S::Record::default();
        self.splitter.decode(start..end, &mut record)?;
        Ok(Some(record))
    }

    /// While records are read: the answer as it would be if they were none and nothing came behind them.
    ///
    /// What stands in front of the records can be read out of it, before they are all there. None unless it
    /// is between two of them.
    pub fn front(&self) -> Option<Vec<u8>> {
        self.splitter.front()
    }

    /// The answer without the records that were given.
    ///
    /// Whether it is whole is for who opens it to see.
    ///
    /// # Errors
    /// The answer ends inside of a record.
    pub fn finish(self) -> Result<Vec<u8>, DecodeError> {
        self.splitter.finish()
    }
}

impl<S> std::fmt::Debug for RecordReader<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordReader({} bytes held)", self.splitter.held())
    }
}

const SOAP: [&str; 2] = [
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
];

/// Elements around a record: Envelope, Body, the response, the array.
const AROUND: usize = 4;

/// Cuts the records out of an answer.
struct Splitter {
    limits: RecordLimits,
    names: &'static str,
    /// The response, the array in it, the record in that.
    path: [Name; 3],
    buffer: Vec<u8>,
    /// Bytes of the answer in front of `buffer`.
    before: usize,
    /// How far `buffer` was looked at.
    at: usize,
    /// Where the piece of markup at hand begins.
    piece: usize,
    markup: Markup,
    depth: usize,
    /// How many of the elements around it are those around records, from the outermost on.
    matched: usize,
    /// Whether the array is over: a second one is for nobody.
    is_done: bool,
    /// The record at hand, or the last one.
    record: Option<Record>,
    /// The names of the elements around records, as they are written.
    open: Vec<String>,
    /// What the elements around records declare, with their depth.
    scope: Vec<(usize, String, String)>,
    rest: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Record {
    /// Where it begins in the answer.
    offset: usize,
    is_open: bool,
}

#[derive(Clone, Copy)]
struct Name {
    namespace: &'static str,
    local: &'static str,
}

impl Name {
    /// A name as [`elements!`](crate::elements) has it.
    fn of(name: &'static str, ours: &'static str) -> Self {
        let (namespace, local) = match name.strip_prefix('{') {
            Some(name) => name.split_once('}').unwrap_or((ours, name)),
            None => (ours, name),
        };
        Self { namespace, local }
    }
}

impl Splitter {
    fn push(&mut self, chunk: &[u8]) {
        let keep = match self.open_record() {
            Some(record) => record.offset - self.before,
            None => self.piece,
        };
        self.buffer.drain(..keep);
        self.before += keep;
        self.at -= keep;
        self.piece = self.piece.saturating_sub(keep);
        self.buffer.extend_from_slice(chunk);
    }

    fn held(&self) -> usize {
        self.buffer.len() + self.rest.len()
    }

    fn open_record(&self) -> Option<Record> {
        self.record.filter(|record| record.is_open)
    }

    /// The place of the next record in the buffer.
    fn record(&mut self) -> Result<Option<(usize, usize)>, DecodeError> {
        loop {
            let piece = match self.markup.piece(&self.buffer, &mut self.at) {
                Ok(piece) => piece,
                Err(odd) => return Err(self.odd(odd)),
            };
            let Some(piece) = piece else {
                self.bounded()?;
                return Ok(None);
            };
            let start = std::mem::replace(&mut self.piece, self.at);
            if self.element(piece, start)? {
                let record = self.record.map_or(0, |record| record.offset);
                return Ok(Some((record - self.before, self.at)));
            }
        }
    }

    /// Takes a piece of markup; tells whether it ends a record.
    fn element(&mut self, piece: Piece, start: usize) -> Result<bool, DecodeError> {
        match piece {
            Piece::Start { empty } => {
                let is_record = self.open_record().is_none() && self.start_tag(start, empty)?;
                if is_record {
                    self.record = Some(Record {
                        offset: self.before + start,
                        is_open: true,
                    });
                }
                self.depth += usize::from(!empty);
                if empty && is_record {
                    return self.close_record();
                }
            }
            Piece::End => {
                self.depth = self.depth.saturating_sub(1);
                if self.open_record().is_some() {
                    return match self.depth {
                        AROUND => self.close_record(),
                        _ => Ok(false),
                    };
                }
                if self.depth < self.matched {
                    // Only the first response counts, and its first array.
                    self.is_done |= self.matched > 2;
                    self.matched = self.depth;
                    self.open.truncate(self.matched);
                    self.scope.retain(|(depth, ..)| *depth < self.depth);
                }
            }
            // Between records it says nothing, and there may be as much of it as there are records.
            Piece::Text if self.is_in_array() && is_blank(&self.buffer[start..self.at]) => {
                return Ok(false);
            }
            Piece::Text | Piece::Other => {}
        }
        if self.open_record().is_none() {
            self.rest.extend_from_slice(&self.buffer[start..self.at]);
            self.bounded()?;
        }
        Ok(false)
    }

    /// The record at hand is all there.
    fn close_record(&mut self) -> Result<bool, DecodeError> {
        self.bounded()?;
        if let Some(record) = &mut self.record {
            record.is_open = false;
        }
        Ok(true)
    }

    fn is_in_array(&self) -> bool {
        self.matched == AROUND && self.depth == AROUND && self.open_record().is_none()
    }

    /// Takes a start tag outside of records; tells whether it starts one.
    fn start_tag(&mut self, start: usize, empty: bool) -> Result<bool, DecodeError> {
        if self.depth > AROUND || self.matched != self.depth || self.is_done {
            return Ok(false);
        }
        let end = self.at - 1 - usize::from(empty);
        // What is not UTF-8 is told by who opens the rest.
        let Ok(tag) = std::str::from_utf8(&self.buffer[start + 1..end]) else {
            return Ok(false);
        };
        let name_len = tag.find([' ', '\t', '\n', '\r']).unwrap_or(tag.len());
        let (prefix, local) = tag[..name_len]
            .split_once(':')
            .unwrap_or(("", &tag[..name_len]));
        let declared = declarations(tag, name_len);
        let namespace = declared
            .iter()
            .rev()
            .find(|(known, _)| known == prefix)
            .map(|(_, namespace)| namespace.as_str())
            .or_else(|| self.namespace(prefix))
            .unwrap_or_default();
        let is_ours = match self.depth {
            0 => local == "Envelope" && SOAP.contains(&namespace),
            1 => local == "Body" && SOAP.contains(&namespace),
            depth => {
                let name = self.path[depth - 2];
                (name.namespace, name.local) == (namespace, local)
            }
        };
        if is_ours && self.depth == AROUND {
            return Ok(true);
        }
        if is_ours && !empty {
            self.matched += 1;
            self.open.push(tag[..name_len].to_owned());
            let declared = declared.into_iter();
            let depth = self.depth;
            self.scope
                .extend(declared.map(|(prefix, namespace)| (depth, prefix, namespace)));
            self.scope_is_bounded(start)?;
        } else if is_ours && self.depth > 1 {
            // An empty response or array is the first one, too.
            self.is_done = true;
        }
        Ok(false)
    }

    fn namespace(&self, prefix: &str) -> Option<&str> {
        let mut declared = self.scope.iter().rev();
        let (.., namespace) = declared.find(|(_, known, _)| known == prefix)?;
        Some(namespace)
    }

    fn decode<S: Struct>(
        &self,
        place: std::ops::Range<usize>,
        record: &mut S,
    ) -> Result<(), DecodeError> {
        let offset = self.before + place.start;
        let reader = self.reader(place);
        let read = reader.and_then(|mut reader| {
            reader.structure(record);
            reader.finish()
        });
        read.map(drop).map_err(|error| error.shifted(offset))
    }

    fn reader(&self, place: std::ops::Range<usize>) -> Result<Reader<'_>, DecodeError> {
        let scope = self.scope.iter();
        let scope: Scope = scope
            .map(|(_, prefix, namespace)| (prefix.as_str(), namespace.as_str()))
            .collect();
        let mut limits = self.limits.inside;
        limits.depth = limits.depth.saturating_sub(2);
        let [root, array, _] = self.path;
        let around = [root.local, array.local];
        at_part(&self.buffer[place], &scope, &limits, self.names, &around)
    }

    fn front(&self) -> Option<Vec<u8>> {
        self.is_in_array().then(|| {
            let mut front = self.rest.clone();
            for name in self.open.iter().rev() {
                front.extend_from_slice(format!("</{name}>").as_bytes());
            }
            front
        })
    }

    fn finish(mut self) -> Result<Vec<u8>, DecodeError> {
        if let Some(record) = self.open_record() {
            let path = self.path.map(|name| name.local);
            return Err(DecodeError::Syntax {
                path: crate::error::path(path),
                offset: record.offset,
                rule: "the answer ends inside of a record",
            });
        }
        if !self.markup.is_between() {
            self.rest.extend_from_slice(&self.buffer[self.piece..]);
        }
        Ok(self.rest)
    }

    fn bounded(&self) -> Result<(), DecodeError> {
        let (limit, max, is) = match self.open_record() {
            Some(record) => {
                let is = self.before + self.at - record.offset;
                ("bytes of a record", self.limits.record, is)
            }
            None => {
                let is = self.rest.len() + self.at - self.piece;
                ("bytes beside the records", self.limits.rest, is)
            }
        };
        match is > max {
            true => Err(self.limit(limit, max, self.at)),
            false => Ok(()),
        }
    }

    fn scope_is_bounded(&self, start: usize) -> Result<(), DecodeError> {
        let max = self.limits.inside.namespaces;
        match self.scope.len() > max {
            true => Err(self.limit("namespaces in scope", max, start)),
            false => Ok(()),
        }
    }

    fn limit(&self, limit: &'static str, max: usize, at: usize) -> DecodeError {
        DecodeError::Limit {
            path: crate::error::path([]),
            limit,
            max,
            offset: self.before + at,
        }
    }

    fn odd(&self, odd: Odd) -> DecodeError {
        let offset = self.before + self.piece;
        match odd {
            Odd::DocType => DecodeError::Dtd { offset },
            Odd::Malformed => DecodeError::Syntax {
                path: crate::error::path([]),
                offset,
                rule: "malformed markup",
            },
        }
    }
}

/// The namespace declarations of a start tag; what is none is told by who opens the rest.
fn declarations(tag: &str, name_len: usize) -> Vec<(String, String)> {
    let attributes = attributes::Attributes::new(tag, name_len).flatten();
    let declared = attributes.filter_map(|attribute| {
        let prefix = match attribute.key.as_namespace_binding()? {
            PrefixDeclaration::Default => "",
            PrefixDeclaration::Named(prefix) => prefix,
        };
        let namespace = attribute.normalized_value(XmlVersion::Explicit1_0).ok()?;
        Some((prefix.to_owned(), namespace.into_owned()))
    });
    declared.collect()
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests;

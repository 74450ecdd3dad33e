//! Reads the parts of a SOAP fault, 1.1 and 1.2.

use std::fmt;
use std::sync::Arc;

use super::{Part, inherits, part, string};
use crate::error::Refusal;
use crate::scan::chars::{trim, unescape};
use crate::scan::{Event, Ns, Scanner, Tag, Text};

/// A SOAP fault (SOAP 1.1 section 4.4, SOAP 1.2 part 1 section 5.4).
///
/// `Debug` shows neither reason nor actor: services put account numbers there.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// `faultcode` or `Code/Value`.
    pub code: Option<FaultCode>,
    /// `Code/Subcode/Value`, outermost first; SOAP 1.2 only.
    pub subcodes: Vec<FaultCode>,
    /// `faultstring`, or the first `Reason/Text`.
    pub reason: String,
    /// `faultactor`, or `Role`.
    pub actor: Option<String>,
    /// The elements inside `detail` or `Detail`.
    pub detail: Vec<Part>,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("code", &self.code)
            .field("subcodes", &self.subcodes)
            .field("reason", &format_args!("[{} bytes]", self.reason.len()))
            .field("detail", &self.detail)
            .finish_non_exhaustive()
    }
}

/// A fault code: a qualified name, resolved where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultCode {
    /// The namespace its prefix is bound to; none if it is bound to none.
    pub namespace: Option<String>,
    /// The name without its prefix, or all of it where the prefix is not bound.
    pub local: String,
}

/// Codes which say that the message was not taken (SOAP 1.1 section 4.4.1, SOAP 1.2 part 1 section 5.4.6), and the one
/// by which jXchange refuses a caller before any provider sees the message.
const NOT_TAKEN: [&str; 6] = [
    "Client",
    "Sender",
    "VersionMismatch",
    "MustUnderstand",
    "DataEncodingUnknown",
    "FailedAuthentication",
];

impl FaultCode {
    /// Whether it says that the message was not taken, so that nothing was carried out.
    pub fn is_not_taken(&self) -> bool {
        // SOAP 1.1 refines codes behind a dot.
        let name = self.local.split('.').next().unwrap_or_default();
        NOT_TAKEN.contains(&name)
    }
}

/// A longer fault code is none. Without the bound, text in many pieces would cost its length for each piece.
const LONGEST_CODE: usize = 1024;

/// Reads the fault whose start tag was just read.
pub(super) fn read(scanner: &mut Scanner<'_>, tag: Tag) -> Result<Fault, Refusal> {
    let mut fault = Fault::default();
    // All elements of the detail inherit the same.
    let mut inherited = None;
    if tag.empty {
        return Ok(fault);
    }
    let mut path: Vec<&[u8]> = Vec::new();
    let mut text = String::new();
    loop {
        match scanner.next()? {
            Event::Start(tag) => {
                text.clear();
                if matches!(path[..], [b"detail" | b"Detail"]) {
                    let namespaces = inherited.get_or_insert_with(|| inherits(scanner));
                    let namespaces = Arc::clone(namespaces);
                    fault.detail.push(part(scanner, tag, namespaces)?);
                } else if !tag.empty {
                    // SOAP 1.1 has its children in no namespace; some services qualify them all the same.
                    let ours = matches!(tag.ns, Ns::None | Ns::Soap11 | Ns::Soap12);
                    path.push(if ours { scanner.bytes(tag.local) } else { b"" });
                }
            }
            Event::Text(piece) => {
                text.push_str(&content(scanner, piece));
                // Here, for at the end tag the element's own declarations are gone.
                match path[..] {
                    [b"faultcode"] | [b"Code", b"Value"] => fault.code = code(scanner, &text),
                    [b"Code", ref subcodes @ .., b"Value"] => {
                        let level = subcodes.len();
                        fault.subcodes.truncate(level - 1);
                        fault.subcodes.extend(code(scanner, &text));
                    }
                    _ => {}
                }
            }
            Event::End(_) => {
                let value = text.trim();
                match path[..] {
                    [b"faultstring"] => value.clone_into(&mut fault.reason),
                    [b"Reason", b"Text"] if fault.reason.is_empty() => {
                        value.clone_into(&mut fault.reason);
                    }
                    [b"faultactor" | b"Role"] => fault.actor = Some(value.to_owned()),
                    _ => {}
                }
                text.clear();
                if path.pop().is_none() {
                    return Ok(fault);
                }
            }
            Event::Eof => return Ok(fault),
        }
    }
}

fn content(scanner: &Scanner<'_>, text: Text) -> String {
    let raw = scanner.bytes(text.span);
    if text.cdata {
        string(raw)
    } else {
        string(&unescape(raw))
    }
}

fn code(scanner: &Scanner<'_>, text: &str) -> Option<FaultCode> {
    if text.len() > LONGEST_CODE {
        return None;
    }
    let name = string(trim(text.as_bytes()));
    if name.is_empty() {
        return None;
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", &name));
    let uri = scanner.bindings().uri(scanner.input(), prefix.as_bytes());
    let namespace = uri
        .filter(|uri| !uri.is_empty())
        .map(|uri| string(&unescape(uri)));
    let bound = prefix.is_empty() || namespace.is_some();
    let local = if bound { local } else { &name }.to_owned();
    Some(FaultCode { namespace, local })
}

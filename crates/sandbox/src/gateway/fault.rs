//! The SOAP faults of the gateway: with a `HdrFault` once an operation is at work, plain before.

use super::Header;
use super::soap::{TPG, WSSE, envelope};
use crate::Cause;
use crate::xml::Writer;

/// A fault: what the caller sees, and why.
pub(crate) struct Fault {
    cause: Cause,
    seen: Seen,
}

/// What the caller sees; boxed where it is large, since faults travel in `Result`.
enum Seen {
    /// A fault code of SOAP 1.1 section 4.4.1 and a text.
    Plain(&'static str, &'static str),
    /// The integration layer's refusal of a credential, without `HdrFault`.
    FailedAuthentication,
    /// A provider's error.
    HdrFault(Box<(Header, Record)>),
}

/// A `FaultMsgRec`.
pub(crate) struct Record {
    pub(crate) code: &'static str,
    /// `Error`, or `Override` for one that `ErrOvrRdInfoArray` can pass.
    pub(crate) category: &'static str,
    pub(crate) text: &'static str,
    pub(crate) element: &'static str,
    /// What the caller sent in that element; theirs, so it never goes into the log.
    pub(crate) value: String,
}

impl Fault {
    /// The message itself is at fault.
    pub(crate) fn client(cause: Cause) -> Self {
        let text = match cause {
            Cause::NotSoap { .. } => "The message cannot be read.",
            Cause::ActionMismatch => "SOAPAction does not fit the body.",
            _ => "The message cannot be processed.",
        };
        Self {
            cause,
            seen: Seen::Plain("Client", text),
        }
    }

    pub(crate) fn version_mismatch() -> Self {
        Self {
            cause: Cause::SoapVersion,
            seen: Seen::Plain("VersionMismatch", "The envelope is not SOAP 1.1."),
        }
    }

    pub(crate) fn must_understand() -> Self {
        let text = "A header block was not understood.";
        Self {
            cause: Cause::MustUnderstand,
            seen: Seen::Plain("MustUnderstand", text),
        }
    }

    pub(crate) fn failed_authentication() -> Self {
        Self {
            cause: Cause::HeaderSecurity,
            seen: Seen::FailedAuthentication,
        }
    }

    /// The operation is at fault.
    pub(crate) fn provider(cause: Cause, header: &Header, record: Record) -> Self {
        Self {
            cause,
            seen: Seen::HdrFault(Box::new((header.clone(), record))),
        }
    }

    pub(crate) fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The SOAP message that tells the caller.
    pub(crate) fn message(&self) -> String {
        envelope(|x| {
            x.within("s:Fault", |x| match &self.seen {
                Seen::Plain(code, text) => {
                    x.leaf("faultcode", &format!("s:{code}"));
                    faultstring(x, text);
                }
                Seen::FailedAuthentication => {
                    let bound = [("xmlns:a", WSSE)];
                    x.leaf_with("faultcode", &bound, "a:FailedAuthentication");
                    faultstring(x, "Access is denied.");
                }
                Seen::HdrFault(detail) => {
                    x.leaf("faultcode", "s:Client");
                    faultstring(x, "The provider answered with an error.");
                    x.within("detail", |x| hdr_fault(x, &detail.0, &detail.1));
                }
            });
        })
    }
}

fn faultstring(x: &mut Writer, text: &str) {
    x.leaf_with("faultstring", &[("xml:lang", "en-US")], text);
}

fn hdr_fault(x: &mut Writer, header: &Header, record: &Record) {
    x.within_with("HdrFault", &[("xmlns", TPG)], |x| {
        header.write(x, "FaultHdr");
        x.within("FaultRecInfoArray", |x| {
            x.within("FaultMsgRec", |x| {
                x.leaf("ErrCode", record.code);
                x.leaf("ErrCat", record.category);
                x.leaf("ErrDesc", record.text);
                x.leaf("ErrElem", record.element);
                x.leaf("ErrElemVal", &record.value);
                x.leaf("ErrLoc", "SANDBOX");
            });
        });
    });
}

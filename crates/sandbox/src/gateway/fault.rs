//! The SOAP faults of the gateway: with a `HdrFault` once an operation is at work, plain before.

use std::borrow::Cow;

use super::Header;
use super::soap::{Soap, TPG, WSSE, envelope};
use crate::Cause;
use crate::xml::Writer;

/// A fault: what the caller sees, and why.
pub(crate) struct Fault {
    cause: Cause,
    seen: Seen,
}

const ACCESS_DENIED: &str = "Access is denied.";

/// What the caller sees; boxed where it is large, since faults travel in `Result`.
enum Seen {
    /// A fault code of SOAP 1.1 section 4.4.1 and a text.
    Plain(&'static str, Cow<'static, str>),
    /// The integration layer's refusal of a credential, without `HdrFault`.
    FailedAuthentication,
    /// What a contract declares or a test wants: a text, and elements for the detail.
    Declared(String, String),
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
        let text = match &cause {
            Cause::NotSoap { .. } => "The message cannot be read.".into(),
            Cause::ActionMismatch => "SOAPAction does not fit the body.".into(),
            Cause::ContractViolated { .. } => cause.to_string().into(),
            _ => "The message cannot be processed.".into(),
        };
        Self {
            cause,
            seen: Seen::Plain("Client", text),
        }
    }

    pub(crate) fn version_mismatch() -> Self {
        Self {
            cause: Cause::SoapVersion,
            seen: Seen::Plain(
                "VersionMismatch",
                "The envelope is not of the SOAP version of the operation.".into(),
            ),
        }
    }

    pub(crate) fn must_understand() -> Self {
        let text = "A header block was not understood.";
        Self {
            cause: Cause::MustUnderstand,
            seen: Seen::Plain("MustUnderstand", text.into()),
        }
    }

    pub(crate) fn failed_authentication(cause: Cause) -> Self {
        Self {
            cause,
            seen: Seen::FailedAuthentication,
        }
    }

    /// Nothing can be drawn for the operation; its answer must be set.
    pub(crate) fn undrawable() -> Self {
        let text = "No answer can be drawn for this operation.";
        Self {
            cause: Cause::NoAnswer,
            seen: Seen::Plain("Server", text.into()),
        }
    }

    /// What a test wants: a text, and an element for the detail or nothing.
    pub(crate) fn declared(reason: String, detail: String) -> Self {
        Self {
            cause: Cause::NoAnswer,
            seen: Seen::Declared(reason, detail),
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
                Seen::Declared(reason, detail) => {
                    x.leaf("faultcode", "s:Server");
                    faultstring(x, reason);
                    if !detail.is_empty() {
                        x.within("detail", |x| x.written(detail));
                    }
                }
                Seen::FailedAuthentication => {
                    let bound = [("xmlns:a", WSSE)];
                    x.leaf_with("faultcode", &bound, "a:FailedAuthentication");
                    faultstring(x, ACCESS_DENIED);
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

impl Fault {
    /// The SOAP message that tells the caller, in a version (SOAP 1.2 part 1, section 5.4).
    pub(crate) fn message_in(&self, soap: Soap) -> String {
        if soap == Soap::V11 {
            return self.message();
        }
        let (code, text, detail) = match &self.seen {
            Seen::Plain("Client", text) => ("Sender", &**text, ""),
            Seen::Plain("Server", text) => ("Receiver", &**text, ""),
            Seen::Plain(code, text) => (*code, &**text, ""),
            Seen::FailedAuthentication => ("Sender", ACCESS_DENIED, ""),
            Seen::Declared(reason, detail) => ("Receiver", &**reason, &**detail),
            Seen::HdrFault(_) => ("Receiver", "", ""),
        };
        let mut out = Writer::default();
        out.within("s:Fault", |x| {
            x.within("s:Code", |x| x.leaf("s:Value", &format!("s:{code}")));
            x.within("s:Reason", |x| {
                x.leaf_with("s:Text", &[("xml:lang", "en-US")], text);
            });
            if !detail.is_empty() {
                x.within("s:Detail", |x| x.written(detail));
            }
        });
        soap.envelope(&out.finish())
    }
}

/// A `HdrFault` with this code, as providers behind jXchange answer.
pub(crate) fn scripted(code: u32) -> String {
    let mut out = Writer::default();
    out.within_with("HdrFault", &[("xmlns", TPG)], |x| {
        Header::read(None, 0).write(x, "FaultHdr");
        x.within("FaultRecInfoArray", |x| {
            x.within("FaultMsgRec", |x| {
                x.leaf("ErrCode", &code.to_string());
                x.leaf("ErrCat", "Error");
                x.leaf("ErrDesc", "As the script says");
                x.leaf("ErrLoc", "SANDBOX");
            });
        });
    });
    out.finish()
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

//! The operations of the sample contract: which service has which, and what all have in common.

use http::HeaderMap;

use super::fault::Record;
use super::soap::{TPG, envelope};
use super::{Fault, Header};
use crate::Cause;
use crate::bank::{Bank, change, customer, inquiry, transaction};
use crate::xml::{Element, Writer};

/// `SOAPAction` of an operation is this and its name.
const ACTION: &str = "http://jackhenry.com/ws/";

/// A service of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Inquiry,
    Customer,
    Transaction,
    /// The address that answers for all.
    All,
}

impl Service {
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [
            ("Inquiry", Self::Inquiry),
            ("Customer", Self::Customer),
            ("Transaction", Self::Transaction),
            (super::ALL, Self::All),
        ]
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, service)| service)
    }
}

/// One operation of one service.
pub(crate) struct Operation {
    service: Service,
    pub(crate) name: &'static str,
    /// Where `jXchangeHdr` stands in the request; empty for `Ping`, which has none.
    header: &'static [&'static str],
    run: fn(&mut Call<'_>) -> Result<(), Fault>,
}

const MESSAGE: &[&str] = &["MsgRqHdr", "jXchangeHdr"];
const SEARCH: &[&str] = &["SrchMsgRqHdr", "jXchangeHdr"];
const WRAPPED: &[&str] = &["XferAdd", "MsgRqHdr", "jXchangeHdr"];

const OPERATIONS: [Operation; 9] = [
    operation(Service::All, "Ping", &[], ping),
    operation(Service::Inquiry, "AcctSrch", SEARCH, inquiry::acct_srch),
    operation(Service::Inquiry, "AcctInq", MESSAGE, inquiry::acct_inq),
    operation(
        Service::Inquiry,
        "AcctHistSrch",
        SEARCH,
        inquiry::acct_hist_srch,
    ),
    operation(Service::Customer, "CustSrch", SEARCH, customer::cust_srch),
    operation(Service::Customer, "CustInq", MESSAGE, customer::cust_inq),
    operation(Service::Customer, "CustMod", MESSAGE, change::cust_mod),
    operation(
        Service::Transaction,
        "XferAdd",
        MESSAGE,
        transaction::xfer_add,
    ),
    operation(
        Service::Transaction,
        "XferAddValidate",
        WRAPPED,
        transaction::xfer_add_validate,
    ),
];

/// Whether a service of the sample contract has an operation of this name.
pub(crate) fn serves(name: &str) -> bool {
    OPERATIONS.iter().any(|operation| operation.name == name)
}

const fn operation(
    service: Service,
    name: &'static str,
    header: &'static [&'static str],
    run: fn(&mut Call<'_>) -> Result<(), Fault>,
) -> Operation {
    Operation {
        service,
        name,
        header,
        run,
    }
}

/// One call of an operation: what came, and the answer that grows.
pub(crate) struct Call<'c> {
    pub(crate) bank: &'c mut Bank,
    pub(crate) request: &'c Element,
    pub(crate) header: Header,
    pub(crate) out: &'c mut Writer,
    /// Elements that were sent and not judged; the answer says so.
    unjudged: Vec<&'static str>,
}

impl Call<'_> {
    /// A fault of this call.
    pub(crate) fn fault(&self, cause: Cause, record: Record) -> Fault {
        Fault::provider(cause, &self.header, record)
    }

    /// The element that the operation cannot do without.
    pub(crate) fn required(&self, path: &[&'static str]) -> Result<String, Fault> {
        if let Some(value) = self.request.value(path) {
            return Ok(value.to_owned());
        }
        let element = path.last().copied().unwrap_or_default();
        Err(self.missing(element))
    }

    pub(crate) fn missing(&self, element: &'static str) -> Fault {
        let record = Record {
            code: "900101",
            category: "Error",
            text: "Required element missing",
            element,
            value: String::new(),
        };
        self.fault(Cause::ElementMissing { element }, record)
    }

    pub(crate) fn unusable(&self, element: &'static str, value: &str) -> Fault {
        let record = Record {
            code: "900102",
            category: "Error",
            text: "Value cannot be used",
            element,
            value: value.to_owned(),
        };
        self.fault(Cause::ValueUnusable { element }, record)
    }

    /// Whether the request asks for this `x_` part.
    pub(crate) fn asks_for(&self, part: &str) -> bool {
        // The marks are siblings, so the array is a child wherever the contract puts it.
        self.request
            .child("IncXtendElemArray")
            .is_some_and(|array| {
                let named = |info: &Element| info.value(&["XtendElem"]) == Some(part);
                array.children.iter().any(named)
            })
    }

    /// Notes which of these elements of the request, or of its child `within`, would change the
    /// answer of a real provider and do not change the sandbox's.
    pub(crate) fn does_not_judge(&mut self, within: Option<&str>, elements: &[&'static str]) {
        let Some(parent) = within.map_or(Some(self.request), |name| self.request.child(name))
        else {
            return;
        };
        let sent = elements
            .iter()
            .filter(|element| parent.value(&[element]).is_some());
        self.unjudged.extend(sent);
    }

    /// Writes the `MsgRsHdr` of an answer that is no search.
    pub(crate) fn write_header(&mut self) {
        let (header, unjudged) = (&self.header, &self.unjudged);
        self.out.within("MsgRsHdr", |x| {
            header.write(x, "jXchangeHdr");
            write_warnings(x, unjudged);
        });
    }

    /// Writes the `SrchMsgRsHdr` of a search, with what `paging` writes in its place.
    pub(crate) fn write_search_header(&mut self, paging: impl FnOnce(&mut Writer)) {
        let (header, unjudged) = (&self.header, &self.unjudged);
        self.out.within("SrchMsgRsHdr", |x| {
            header.write(x, "jXchangeHdr");
            paging(x);
            write_warnings(x, unjudged);
        });
    }
}

/// The operation that the body's first child and `SOAPAction` agree upon.
pub(crate) fn choose(
    service: Service,
    request: &Element,
    headers: &HeaderMap,
) -> Result<&'static Operation, Fault> {
    let operation = OPERATIONS
        .iter()
        .find(|operation| operation.name == request.name && request.namespace == TPG)
        .filter(|operation| {
            operation.service == service
                || operation.service == Service::All
                || service == Service::All
        })
        .ok_or_else(|| Fault::client(Cause::OperationUnknown))?;
    let action = super::soap::action(headers);
    let named = action
        .as_deref()
        .and_then(|action| action.strip_prefix(ACTION));
    if named == Some(operation.name) {
        Ok(operation)
    } else {
        Err(Fault::client(Cause::ActionMismatch))
    }
}

impl Operation {
    /// Runs the operation; gives the SOAP message of its answer.
    pub(crate) fn answer(
        &self,
        bank: &mut Bank,
        request: &Element,
        tracking: u64,
    ) -> Result<String, Fault> {
        let header = self
            .header
            .iter()
            .try_fold(request, |element, name| element.child(name));
        let mut out = Writer::default();
        let mut call = Call {
            bank,
            request,
            header: Header::read(header, tracking),
            out: &mut out,
            unjudged: Vec::new(),
        };
        if !self.header.is_empty() {
            for element in ["AuditUsrId", "AuditWsId"] {
                if call.header.value(element).is_none() {
                    return Err(call.missing(element));
                }
            }
        }
        (self.run)(&mut call)?;
        let content = out.finish();
        let name = format!("{}Response", self.name);
        Ok(envelope(|x| {
            x.within_with(&name, &[("xmlns", TPG)], |x| x.written(&content));
        }))
    }
}

/// A good answer's `MsgRecInfoArray`, if there is something to say.
fn write_warnings(x: &mut Writer, unjudged: &[&'static str]) {
    if unjudged.is_empty() {
        return;
    }
    x.within("MsgRecInfoArray", |x| {
        for element in unjudged {
            x.within("MsgRec", |x| {
                x.leaf("ErrCode", "900201");
                x.leaf("ErrCat", "Warning");
                x.leaf("ErrDesc", "The sandbox does not judge this element");
                x.leaf("ErrElem", element);
            });
        }
    });
}

/// Answers with the text that came.
fn ping(call: &mut Call<'_>) -> Result<(), Fault> {
    let text = call
        .request
        .child("PingRq")
        .ok_or_else(|| Fault::client(Cause::ElementMissing { element: "PingRq" }))?;
    call.out.leaf("PingRs", &text.text);
    Ok(())
}

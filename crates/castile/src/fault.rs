//! A SOAP fault with the detail that the contract declares.

mod record;

use std::fmt;

use bytes::Bytes;
use castile_envelope::FaultCode;
use castile_http::Effect;
use castile_model::{DecodeError, Detail, Raw, Scope};

use crate::leaves::leaves;

pub use record::FaultRecord;

/// What the service says instead of a response.
///
/// Neither `Display` nor `Debug` shows the reason or the detail's values: services put account numbers there.
#[non_exhaustive]
pub struct Fault<F> {
    /// `faultcode` of SOAP 1.1, `Code/Value` of SOAP 1.2.
    pub code: Option<FaultCode>,
    /// `faultstring`, or the first `Reason/Text`. May hold customer data.
    pub reason: String,
    /// The declared fault message, if the detail holds one that can be read.
    pub detail: Option<F>,
    /// Why the declared fault message could not be read, if that is so.
    pub detail_error: Option<DecodeError>,
    /// The records of its `HdrFault`, if it has one.
    pub records: Vec<FaultRecord>,
    /// The elements of the detail as they came. May hold customer data.
    pub raw_detail: Vec<Bytes>,
    /// The header blocks that came with it. May hold customer data.
    pub headers: Vec<Raw>,
    /// Whether `detail` is one that the contract declares.
    is_declared: bool,
    /// Whether the gateway could not reach the provider behind it.
    is_communication: bool,
    /// What the request does.
    effect: Effect,
}

/// The `ErrCode` of a `HdrFault` by which the gateway tells that the provider behind it did not take the connection.
const COMMUNICATION: &str = "100";

const FAILED_AUTHENTICATION: &str = "FailedAuthentication";

impl<F: Detail> Fault<F> {
    pub(crate) fn read(
        fault: castile_envelope::Fault,
        reply: &Bytes,
        headers: Vec<Raw>,
        effect: Effect,
    ) -> Self {
        let mut detail = None;
        let mut detail_error = None;
        // All elements of a detail inherit the same.
        let scope = fault
            .detail
            .first()
            .map(|part| Scope::from(part.namespaces.clone()))
            .unwrap_or_default();
        for part in &fault.detail {
            // Another element than the declared ones is no unreadable fault message; it is kept raw.
            match F::read_detail(&reply[part.range.clone()], &scope) {
                Ok(Some(read)) if detail.as_ref().is_none_or(|kept: &F| !kept.is_declared()) => {
                    detail = Some(read);
                }
                Ok(_) => {}
                Err(error) => detail_error = Some(error),
            }
        }
        let parts = || fault.detail.iter().map(|part| &reply[part.range.clone()]);
        Self {
            is_communication: parts().any(is_communication),
            records: parts()
                .flat_map(|part| FaultRecord::read(part, &scope))
                .collect(),
            is_declared: detail.as_ref().is_some_and(Detail::is_declared),
            code: fault.code,
            reason: fault.reason,
            detail,
            detail_error,
            raw_detail: fault
                .detail
                .iter()
                .map(|part| reply.slice(part.range.clone()))
                .collect(),
            headers,
            effect,
        }
    }
}

impl<F> Fault<F> {
    /// Whether the gateway's integration layer refused the caller before any provider saw the message.
    ///
    /// jXchange says so by a plain fault `FailedAuthentication` without `HdrFault`.
    pub fn is_failed_authentication(&self) -> bool {
        self.code
            .as_ref()
            .is_some_and(|code| code.local == FAILED_AUTHENTICATION)
    }

    /// Whether the gateway could not reach the provider behind it: a `HdrFault` with the error code 100.
    pub fn is_communication(&self) -> bool {
        self.is_communication
    }

    /// Whether the operation may have been carried out all the same.
    ///
    /// The declared fault message is the service's own word that it refused, and some codes say that the message was
    /// not taken. Anything else, such as a bare `Server`, says only that something failed, at the end perhaps.
    /// So does a fault of communication, whatever its code: no source tells at which of several connections.
    pub fn outcome_unknown(&self) -> bool {
        let not_taken = self.code.as_ref().is_some_and(FaultCode::is_not_taken);
        let is_refused = (self.is_declared || not_taken) && !self.is_communication;
        self.effect != Effect::Read && !is_refused
    }
}

fn is_communication(detail: &[u8]) -> bool {
    let Ok(detail) = std::str::from_utf8(detail) else {
        return false;
    };
    let mut is_one = false;
    leaves(detail, |path, value| {
        let is_code = path.first() == Some(&"HdrFault") && path.last() == Some(&"ErrCode");
        is_one |= is_code && value.trim() == COMMUNICATION;
    });
    is_one
}

impl<F> fmt::Display for Fault<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self
            .code
            .as_ref()
            .map_or("no code", |code| code.local.as_str());
        let detail = match (self.is_declared, &self.detail_error, self.raw_detail.len()) {
            (true, _, _) => "with its declared detail",
            (false, Some(_), _) => "with a detail that could not be read",
            (false, None, 0) => "without detail",
            (false, None, _) => "with an undeclared detail",
        };
        write!(f, "{code}, {detail}")
    }
}

impl<F> fmt::Debug for Fault<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("code", &self.code)
            .field("has_detail", &self.is_declared)
            .field("records", &self.records)
            .field("detail_error", &self.detail_error)
            .field("raw_detail", &self.raw_detail.len())
            .finish_non_exhaustive()
    }
}

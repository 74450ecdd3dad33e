//! Why a call has no response, who must act, and whether the operation may have happened.

use std::fmt;
use std::sync::LazyLock;

use bytes::Bytes;
use castile_http::{Attempts, Blame};
use castile_model::Operation;
use memchr::memchr;
use memchr::memmem::Finder;
use quick_xml::escape::unescape;

use crate::{Cause, FaultRecord, LookUp, OverrideError, Overrides};

/// Why a call has no response. `F` is the fault message that the contract declares.
///
/// Neither `Display` nor `Debug` shows a token, a message or a customer's value; the tracking id is shown.
pub struct Error<F> {
    cause: Box<Cause<F>>,
    context: Context,
}

/// Which call it was.
#[derive(Clone)]
pub(crate) struct Context {
    service: &'static str,
    operation: &'static str,
    /// In the order of the attempts.
    tracking_ids: Vec<String>,
    sent: Option<Bytes>,
}

impl Context {
    pub(crate) fn of<O: Operation>(tracking_id: Option<String>) -> Self {
        Self {
            service: O::SERVICE,
            operation: O::NAME,
            tracking_ids: tracking_id.into_iter().collect(),
            sent: None,
        }
    }

    /// Notes the envelope; its bytes are shared, not copied.
    pub(crate) fn sent(&mut self, envelope: Bytes) {
        self.sent = Some(envelope);
    }

    /// Notes under which ids it was sent.
    pub(crate) fn tracked(&mut self, attempts: &Attempts) {
        self.tracking_ids = attempts.ids();
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.sent.as_ref()?).ok()
    }
}

/// The `jXLogTrackingId` of an envelope of our own making.
pub(crate) fn tracking_id(envelope: &[u8]) -> Option<String> {
    const TAG: &str = "<jXLogTrackingId";
    static FINDER: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(TAG));
    let rest = &envelope[FINDER.find(envelope)? + TAG.len()..];
    let text = &rest[memchr(b'>', rest)? + 1..];
    let (id, end) = text.split_at(memchr(b'<', text)?);
    let is_id = end.starts_with(b"</jXLogTrackingId>") && !id.is_empty();
    let id = std::str::from_utf8(id).ok().filter(|_| is_id)?;
    Some(unescape(id).ok()?.into_owned())
}

impl<F> Error<F> {
    pub(crate) fn new(cause: Cause<F>, mut context: Context) -> Self {
        if !cause.outcome_unknown() {
            // Customer data is kept no longer than it is of use.
            context.sent = None;
        }
        Self {
            cause: Box::new(cause),
            context,
        }
    }

    /// The step that failed, with its facts.
    pub fn cause(&self) -> &Cause<F> {
        &self.cause
    }

    /// The same by value.
    pub fn into_cause(self) -> Cause<F> {
        *self.cause
    }

    /// The service and the operation that were called.
    pub fn operation(&self) -> (&'static str, &'static str) {
        (self.context.service, self.context.operation)
    }

    /// The `jXLogTrackingId` of the last attempt: what Jack Henry finds it by. None if there was none.
    pub fn tracking_id(&self) -> Option<&str> {
        self.context.tracking_ids.last().map(String::as_str)
    }

    /// Those of all attempts in their order, for a read that was sent again has one each time.
    pub fn tracking_ids(&self) -> impl Iterator<Item = &str> {
        self.context.tracking_ids.iter().map(String::as_str)
    }

    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        self.cause.code()
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        self.cause.blame()
    }

    /// Whether the operation may have been carried out although there is no response that says so.
    ///
    /// Then it must be looked up ([`how_to_look_up`](Self::how_to_look_up)), not repeated. Never true of a read: it
    /// changes nothing.
    pub fn outcome_unknown(&self) -> bool {
        self.cause.outcome_unknown()
    }

    /// Whether the same call may be made again: nothing can happen twice, and it may go better.
    pub fn is_retryable(&self) -> bool {
        self.cause.is_retryable()
    }

    /// How to find out whether the operation was carried out; none if that is known.
    ///
    /// Where it finds nothing, wait and look again: a provider may still be at work.
    pub fn how_to_look_up(&self) -> Option<LookUp> {
        let envelope = self.context.text().filter(|_| self.outcome_unknown())?;
        Some(LookUp::of(self.context.operation, envelope))
    }

    /// What the provider says against the call, if it answered with a `HdrFault`.
    pub fn records(&self) -> &[FaultRecord] {
        match self.cause() {
            Cause::Fault(fault) => &fault.records,
            _ => &[],
        }
    }

    /// The records that the provider may pass over when it is asked to ([`overrides`](Self::overrides)).
    ///
    /// Somebody who may answer for it decides: what they say is the bank's caution.
    pub fn overridable(&self) -> impl Iterator<Item = &FaultRecord> {
        self.records()
            .iter()
            .filter(|record| record.is_overridable())
    }

    /// The codes of this fault that the provider shall pass over, for [`Call::with_overrides`](crate::Call::with_overrides).
    ///
    /// Never a code that is not named here. Any of the fault may be named: which ones a provider lets pass is its own
    /// to say, and it refuses the others again.
    ///
    /// # Errors
    /// The call was not refused by the provider or its outcome is open; the fault does not name a code.
    pub fn overrides<'a>(
        &self,
        codes: impl IntoIterator<Item = &'a str>,
    ) -> Result<Overrides, OverrideError> {
        if self.records().is_empty() || self.outcome_unknown() {
            return Err(OverrideError::NotRefused);
        }
        let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
        if codes.is_empty() {
            return Err(OverrideError::NoCode);
        }
        let named = |code: &str| self.records().iter().any(|record| record.code == code);
        let is_named = |code: &&String| !code.is_empty() && named(code);
        if let Some(code) = codes.iter().find(|code| !is_named(code)) {
            return Err(OverrideError::OtherCode { code: code.clone() });
        }
        let ids = self.context.tracking_ids.clone();
        Ok(Overrides::new(self.operation(), codes, ids))
    }

    /// The fault message that the contract declares, if that is what came.
    pub fn fault(&self) -> Option<&F> {
        match self.cause() {
            Cause::Fault(fault) => fault.detail.as_ref(),
            _ => None,
        }
    }
}

impl<F> fmt::Display for Error<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (service, operation) = self.operation();
        write!(f, "{service}/{operation}: {}", self.cause)?;
        match &self.context.tracking_ids[..] {
            [] => Ok(()),
            [id] => write!(f, " (tracking id {id})"),
            ids => write!(f, " (tracking ids {})", ids.join(", ")),
        }
    }
}

impl<F: fmt::Debug> fmt::Debug for Error<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("service", &self.context.service)
            .field("operation", &self.context.operation)
            .field("tracking_ids", &self.context.tracking_ids)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

impl<F: fmt::Debug> std::error::Error for Error<F> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.cause)
    }
}

#[cfg(test)]
mod tests {
    use super::tracking_id;

    #[test]
    fn the_tracking_id_is_that_of_the_message() {
        for (envelope, id) in [
            (
                "<a><jXLogTrackingId Rstr=\"\">x-1</jXLogTrackingId></a>",
                Some("x-1"),
            ),
            (
                "<a><jXLogTrackingId>R&amp;D-1</jXLogTrackingId></a>",
                Some("R&D-1"),
            ),
            ("<a><jXLogTrackingId></jXLogTrackingId></a>", None),
            ("<a><jXLogTrackingId/><b>1</b></a>", None),
            ("<a/>", None),
        ] {
            assert_eq!(
                tracking_id(envelope.as_bytes()).as_deref(),
                id,
                "{envelope}"
            );
        }
    }
}

//! Whether a message that its headers call a read is one by its body, too.

use bytes::Bytes;
use castile_envelope::{Document, Intent};
use http::Request;
use http::header::CONTENT_ENCODING;

use crate::rewrite::content_type;
use crate::{Effect, OperationName};

/// Travels with a request whose effect nobody but its headers told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByHeaders;

/// Whether a request whose effect is [`Effect::Read`] may be sent again as a read.
///
/// Which of action and body a gateway goes by is not known, so where headers alone told the effect, the body must say
/// the same.
pub(crate) fn may_repeat(request: &Request<Bytes>) -> bool {
    if request.extensions().get::<ByHeaders>().is_none() {
        return true;
    }
    if request.headers().contains_key(CONTENT_ENCODING) {
        return false;
    }
    let intent = content_type(request.headers())
        .and_then(Document::of)
        .and_then(|document| document.intent(request.body()));
    intent.is_ok_and(|intent| is_read(OperationName::of(request).as_ref(), &intent))
}

/// Whether what the body says agrees with a read of `operation`, and reserves nothing for a change to come.
pub(crate) fn is_read(operation: Option<&OperationName>, intent: &Intent) -> bool {
    // Who knows the service made the message by its contract.
    let is_named =
        operation.is_some_and(|known| known.service().is_some() || known.name() == intent.payload);
    !intent.reserves && (is_named || Effect::from_soap_action(&intent.payload) == Effect::Read)
}

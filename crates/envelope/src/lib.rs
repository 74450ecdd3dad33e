//! Cuts the WS-Security header out of a SOAP envelope and touches not one other byte.
//!
//! [`cut()`] reads to the start of Body and says which bytes go; what is doubtful it refuses with
//! the offset ([`Refusal`]). [`EnvelopeRewriter`] does the same over chunks, [`Document`] for the root part of
//! a multipart message. [`open()`] finds the answer or the fault inside a reply, and [`wrap()`]
//! puts an envelope around a request, [`Document::security`] a security header into one that has none;
//! [`Document::address`] tells which institution one is for, [`Document::intent`] what it is about to do;
//! [`Comparison`] tells where two replies differ. No function panics, whatever the input.

mod address;
mod check;
mod compare;
mod cut;
mod document;
mod encoding;
mod error;
mod insert;
mod intent;
mod media;
mod multipart;
mod open;
mod policy;
mod report;
mod scan;
mod stream;
mod wrap;
mod xop;

pub use address::{ADDRESS_OVERLAP, Address, HeaderAddress, Said, mentions_address};
pub use compare::{Comparison, Difference, Differences};
pub use cut::{Cuts, cut, cut_in_place, cut_with_charset};
pub use document::{Document, DocumentRewriter, Edits, cut_typed};
pub use error::{Flaw, Refusal};
pub use insert::{Insertion, Security};
pub use intent::Intent;
pub use multipart::Correction;
pub use open::{Content, Fault, FaultCode, Front, Opened, Part, Payload, open, open_front};
pub use policy::{Limits, OtherActor, Policy};
pub use report::{Contents, Finding, PasswordKind, Removed, Report, SoapVersion, Target};
pub use stream::EnvelopeRewriter;
pub use wrap::{UsernameToken, Wrap, wrap};
pub use xop::{
    Arrival, ArrivingParts, Assembled, Attachment, Packed, PartHead, XopLimits, assemble,
    content_id, pack,
};

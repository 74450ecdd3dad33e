//! What a SOAP operation, a value and a fault are, and how they read and write XML.
//!
//! Generated code is thin: per struct one list; the logic lives here, once. This is all of it:
//!
//! ```
//! use castile_model::{Effect, Ext, Message, NoFault, Operation, Text, elements};
//!
//! #[derive(Debug, Clone, Default, PartialEq)]
//! pub struct AcctInq {
//!     pub msg_rq_hdr: MsgRqHdr,                     // required, complex
//!     pub acct_id: Text,                            // required, simple
//!     pub note: Vec<Text>,                          // repeated, simple
//!     pub custom: Option<Box<MsgRqHdr>>,            // optional, complex
//!     pub act_intent: Option<Text>,                 // optional, simple; behind Ver_1
//!     pub ext: Ext,
//! }
//!
//! elements! { AcctInq:
//!     "MsgRqHdr" => msg_rq_hdr,
//!     "AcctId" => acct_id,
//!     "Note" => note,
//!     "Custom" => custom,
//!     [version 1]
//!     "ActIntent" => act_intent,
//! }
//!
//! impl Message for AcctInq {
//!     const NAMESPACE: &'static str = "http://jackhenry.com/jxchange/TPG/2008";
//!     const ELEMENT: &'static str = "AcctInq";
//! }
//!
//! impl Operation for AcctInq {
//!     const NAME: &'static str = "AcctInq";
//!     const ACTION: &'static str = "http://jackhenry.com/ws/AcctInq";
//!     const SERVICE: &'static str = "Inquiry";
//!     const EFFECT: Effect = Effect::Read;
//!     type Response = AcctInqResponse;
//!     type Fault = NoFault;                         // usually HdrFault
//! }
//! # type AcctInqResponse = NoFault;
//! # #[derive(Debug, Clone, Default, PartialEq)]
//! # pub struct MsgRqHdr { pub ext: Ext }
//! # elements! { MsgRqHdr: }
//!
//! let request = AcctInq { acct_id: "0012".into(), act_intent: Some("ReadOnly".into()), ..Default::default() };
//! assert_eq!(
//!     castile_model::encode(&request)?,
//!     "<AcctInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><MsgRqHdr/><AcctId>0012</AcctId>\
//!      <Ver_1/><ActIntent>ReadOnly</ActIntent></AcctInq>",
//! );
//! # Ok::<(), castile_model::EncodeError>(())
//! ```
//!
//! The rules behind it:
//!
//! - Names are local names in the namespace of the [`Message`]; an element of another namespace is written
//!   `"{namespace}local"`.
//! - [`Particle`] lists which field type stands for which occurrence, [`elements!`] the steps in brackets.
//! - `Ver_N` markers are no fields. `[version N]` opens the part behind a marker; it lasts to the end of the struct,
//!   so a ladder needs no more. Where the schema has parts side by side inside `Ver_1`, each but the last ends with
//!   `[end_version]`.
//! - Every struct has one [`Ext`]: the `any` tail, all attributes, `xsi:nil`.
//! - `wsse:Security` and whatever else must stay byte for byte is a [`Raw`].
//! - A choice is an enum, a sequence that repeats a struct, both of them a [`Group`] in a field of their own.
//!   `group 0 => field,` in the list offers their elements to it; `group 1` if one must be there.
//! - A type that others are derived from is an enum made by [`derived!`]; `xsi:type` chooses the variant.
//! - An operation without declared fault has [`NoFault`]; one with several has an enum of them, with [`Raw`] for
//!   whatever else a detail holds.
//! - A message whose `ELEMENT` is empty is a body without element. One that is a simple value overrides
//!   [`Message::read_root`] and [`Message::write_root`].
//! - Before a request is sent, [`Message::validate`] tells what it lacks.

mod attributes;
mod change;
mod derived;
mod error;
mod ext;
mod field;
mod fill;
mod group;
mod limits;
mod name;
mod operation;
mod part;
mod particle;
mod raw;
mod read;
mod scalar;
mod scope;
mod search;
mod write;
#[cfg(feature = "yaserde")]
pub mod yaserde;

pub use attributes::{Attribute, Attributes};
pub use change::Given;
pub use derived::Other;
pub use error::{DecodeError, EncodeError, InvalidValue, Warning, WarningKind};
pub use ext::Ext;
pub use field::{Field, Leaf, Revealed, Text};
pub use fill::Fill;
pub use group::{Group, Groups, Position};
pub use limits::Limits;
pub use operation::{Detail, Effect, EmptyBody, Message, NoFault, Operation, Soap};
pub use part::Part;
pub use particle::{Particle, Struct};
pub use raw::Raw;
pub use read::{Decoded, Reader, RecordLimits, RecordReader, decode, decode_front, decode_within};
pub use scalar::{Base64, Date, DateTime, Decimal, Integer, Scalar, Str, Time};
pub use scope::Scope;
pub use search::Search;
pub use write::{
    Attach, Attachments, Writer, encode, encode_attached, encode_filled, encode_filled_valid,
    encode_valid,
};

//! What a SOAP operation, a value and a fault are, and how they read and write XML.
//!
//! Generated code is thin: per struct one match and one list; the logic lives here, once. This is all of it:
//!
//! ```
//! use castile_model::{Effect, Ext, Message, NoFault, Operation, Particle, Slot, Struct, Text, Writer};
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
//! impl Struct for AcctInq {
//!     fn child(&mut self, name: &str) -> Option<Slot<'_>> {
//!         Some(match name {
//!             "MsgRqHdr" => self.msg_rq_hdr.slot(),
//!             "AcctId" => self.acct_id.slot(),
//!             "Note" => self.note.slot(),
//!             "Custom" => self.custom.slot(),
//!             "ActIntent" => self.act_intent.slot(),
//!             _ => return None,
//!         })
//!     }
//!     fn write(&self, w: &mut Writer) {
//!         w.put("MsgRqHdr", &self.msg_rq_hdr);
//!         w.put("AcctId", &self.acct_id);
//!         w.put("Note", &self.note);
//!         w.put("Custom", &self.custom);
//!         w.version(1);
//!         w.put("ActIntent", &self.act_intent);
//!     }
//!     fn ext(&self) -> &Ext {
//!         &self.ext
//!     }
//!     fn ext_mut(&mut self) -> &mut Ext {
//!         &mut self.ext
//!     }
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
//! # impl Struct for MsgRqHdr {
//! #     fn child(&mut self, _: &str) -> Option<Slot<'_>> { None }
//! #     fn write(&self, _: &mut Writer) {}
//! #     fn ext(&self) -> &Ext { &self.ext }
//! #     fn ext_mut(&mut self) -> &mut Ext { &mut self.ext }
//! # }
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
//!   `"{namespace}local"`, in `child` and in `put`.
//! - [`Particle`] lists which field type stands for which occurrence.
//! - `Ver_N` markers are no fields. [`Writer::version`] opens the part behind a marker; it lasts to the end of the
//!   struct, so a ladder needs no more. Where the schema has parts side by side inside `Ver_1`, each but the last
//!   ends with [`Writer::end_version`]. The reader needs no help.
//! - Every struct has one [`Ext`]: the `any` tail, all attributes, `xsi:nil`.
//! - `wsse:Security` and whatever else must stay byte for byte is a [`Raw`].
//! - An element that a type has at two places is `"Name"` and `"Name#2"` in `child`, `"Name"` twice in `write`.
//! - A choice is an enum, a sequence that repeats a struct, both of them a [`Group`] in a field of their own.
//!   `child` sends their elements there with [`Groups::place`], `write` calls [`Groups::write`].
//! - A type that others are derived from is an enum made by [`derived!`]; `xsi:type` chooses the variant.
//! - An operation without declared fault has [`NoFault`].

mod attributes;
mod derived;
mod error;
mod ext;
mod field;
mod group;
mod limits;
mod name;
mod operation;
mod particle;
mod raw;
mod read;
mod scalar;
mod scope;
mod write;

pub use attributes::{Attribute, Attributes};
pub use derived::Other;
pub use error::{DecodeError, EncodeError, InvalidValue, Warning, WarningKind};
pub use ext::Ext;
pub use field::{Field, Leaf, Revealed, Text};
pub use group::{Group, Groups, Position};
pub use limits::Limits;
pub use operation::{Effect, Message, NoFault, Operation};
pub use particle::{Particle, Slot, Struct};
pub use raw::Raw;
pub use read::{Decoded, decode, decode_within};
pub use scalar::{Base64, Date, DateTime, Decimal, Integer, Scalar, Time};
pub use scope::Scope;
pub use write::{Writer, encode};

//! What the fuzz targets check, and the inputs that they begin with.

mod arriving;
mod judge;
mod message;
mod mime;
mod seeds;
mod targets;

pub use message::decode;
pub use seeds::sow;
pub use targets::{chunked, multipart, utf16, whole};

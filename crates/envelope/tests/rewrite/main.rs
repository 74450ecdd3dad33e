//! The rewriter against envelopes of every form, other parsers, and hostile input.

mod findings;
mod hostile;
mod multipart;
mod options;
mod parsers;
mod properties;
mod refusals;
mod stream;
mod table;
mod variants;
mod well_formed;
mod wide;

//! What a search is: an operation whose answers come in pages of records.

use crate::{Operation, Struct, Text};

/// A search whose contract says where a page begins, what it holds, and where the next one begins.
///
/// Generated for operations whose request has `SrchMsgRqHdr` with a `Cursor`, and whose response has `SrchMsgRsHdr`
/// with `MoreRec` and `Cursor` and one array of records.
pub trait Search: Operation {
    /// What is searched for.
    type Record: Struct + Default;

    /// The element of the response that holds the records, and that of a record inside of it; names as in
    /// [`elements!`](crate::elements).
    const RECORDS: [&'static str; 2];

    /// Where the page begins.
    fn cursor(&mut self) -> &mut Option<Text>;

    /// `MoreRec` and `Cursor` of an answer: whether there is another page, and where it begins.
    fn next_page(response: &Self::Response) -> (Option<&Text>, Option<&Text>);
}

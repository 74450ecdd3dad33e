//! The answers of a search, one page after the other.

mod circle;
mod error;
mod fetch;
mod open;
mod records;

use castile_http::SoapTransport;
use castile_model::{Operation, Search, Text};

pub use error::PageError;
pub use records::Records;

use crate::Client;

/// What a page of a search holds, as its answer tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<R> {
    /// The records, in the order of the answer.
    pub records: Vec<R>,
    /// `MoreRec`: whether records are left for another page.
    pub more: bool,
    /// `Cursor`: where the next page begins. It means something to the provider only.
    pub cursor: Option<Text>,
}

impl<R> Page<R> {
    /// A page by the texts of `MoreRec` and `Cursor`.
    pub fn new(
        records: impl IntoIterator<Item = R>,
        more: Option<&Text>,
        cursor: Option<Text>,
    ) -> Self {
        let more = more.map_or("", Text::as_str).trim();
        Self {
            records: records.into_iter().collect(),
            more: more.eq_ignore_ascii_case("true"),
            cursor,
        }
    }
}

impl<T> Client<T>
where
    T: SoapTransport<Error = castile_http::Error>,
{
    /// The records of a search, over as many pages as there are.
    ///
    /// `MaxRec` of the request is the size of a page; a cursor that it has already is where the search begins.
    ///
    /// ```
    /// # use castile::http::SoapTransport;
    /// use castile::Client;
    /// use castile_jx::inquiry::AcctSrch;
    ///
    /// # async fn example<T: SoapTransport<Error = castile::http::Error>>(client: Client<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut request = AcctSrch::default();
    /// request.cust_id = Some("ABC1234".into());
    /// request.srch_msg_rq_hdr.max_rec = 500.into();
    /// let mut accounts = client.search(request).prefetch();
    /// while let Some(account) = accounts.next().await? {
    ///     println!("{:?}", account.acct_stat);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn search<'c, O>(&'c self, request: O) -> Records<'c, O, O::Record>
    where
        O: Search + 'c,
        O::Fault: Send,
    {
        let set_cursor = |request: &mut O, cursor| *request.cursor() = Some(cursor);
        Records::new(request, fetch::by_contract(self), set_cursor)
    }

    /// The records of a search whose contract does not tell what a record is: several arrays in one answer, for
    /// example.
    ///
    /// `set_cursor` puts a cursor into the request, `read` takes a page out of the response. `MaxRec` of the request
    /// is the size of a page; a cursor that it has already is where the search begins.
    pub fn records<'c, O, S, P, R>(
        &'c self,
        request: O,
        set_cursor: S,
        read: P,
    ) -> Records<'c, O, R>
    where
        O: Operation + 'c,
        O::Fault: Send,
        S: Fn(&mut O, Text) + Send + 'c,
        P: Fn(O::Response) -> Page<R> + Send + Sync + 'c,
        R: Send + 'c,
    {
        Records::new(request, fetch::by_function(self, read), set_cursor)
    }
}

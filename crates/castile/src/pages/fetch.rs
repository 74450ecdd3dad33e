//! How a page is asked for.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;

use castile_http::{CallLimits, SoapTransport};
use castile_model::{Operation, RecordLimits, Search, Text};

use super::Page;
use super::open::{Arriving, OpenPage, Step};
use crate::{Client, Error};

/// Asks for a page.
pub(super) type Fetch<'c, O, R> = Box<dyn Fn(Arc<O>, How) -> Flight<'c, O, R> + Send + 'c>;

/// A page on its way.
pub(super) type Flight<'c, O, R> = Pin<Box<dyn Future<Output = Came<'c, O, R>> + Send + 'c>>;

/// A page, or why there is none.
pub(super) type Came<'c, O, R> = Result<Fetched<'c, O, R>, Error<<O as Operation>::Fault>>;

/// Puts a cursor into a request.
pub(super) type SetCursor<'c, O> = Box<dyn Fn(&mut O, Text) + Send + 'c>;

/// A page of which the records come yet.
pub(super) type OpenRecords<'c, O, R> = Box<dyn OpenPage<O, R> + 'c>;

/// In what way the pages of a search are read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct How {
    pub(super) call: CallLimits,
    /// Record by record, within these limits.
    pub(super) records: Option<RecordLimits>,
}

/// A page that came.
pub(super) enum Fetched<'c, O: Operation, R> {
    /// With what its answer said beside the records, where that is known.
    Page(Page<R>, Option<O::Response>),
    /// Not all of it.
    Open(OpenRecords<'c, O, R>),
}

/// Pages whose records a function takes out of the response.
pub(super) fn by_function<'c, T, O, R>(
    client: &'c Client<T>,
    read: impl Fn(O::Response) -> Page<R> + Send + Sync + 'c,
) -> Fetch<'c, O, R>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation + 'c,
    O::Fault: Send,
    R: Send + 'c,
{
    let read = Arc::new(read);
    Box::new(move |request, how| {
        let read = Arc::clone(&read);
        Box::pin(async move {
            let response = client.call(&*request).within(how.call).send().await?;
            Ok(Fetched::Page(read(response), None))
        })
    })
}

/// Pages whose records the contract tells.
pub(super) fn by_contract<'c, T, O>(client: &'c Client<T>) -> Fetch<'c, O, O::Record>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Search + 'c,
    O::Fault: Send,
{
    Box::new(move |request, how| {
        Box::pin(async move {
            // Whoever wants the memory of one record has raised the limit of the answer, perhaps.
            let most_in_parts = how.records.map_or(usize::MAX, |limits| limits.record);
            let call = client.call(&*request).within(how.call);
            let answer = call.open(most_in_parts).await?;
            let limits = how.records.unwrap_or_default();
            let mut arriving = Arriving::<O>::new(answer, limits);
            if how.records.is_some() {
                return Ok(Fetched::Open(Box::new(arriving)));
            }
            let mut records = Vec::new();
            loop {
                match poll_fn(|context| arriving.poll_step(context)).await? {
                    Step::Record(record) => records.push(record),
                    Step::End(page, answer) => {
                        let page = Page { records, ..page };
                        return Ok(Fetched::Page(page, Some(answer)));
                    }
                }
            }
        })
    })
}

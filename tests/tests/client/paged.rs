//! A long history, read from the sandbox page by page.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use castile::Client;
use castile::http::{Body, Effect, Error, SoapTransport, connect};
use castile_sandbox::data::Data;
use castile_tests::Institution;
use castile_tests::request::acct_hist_srch;
use http::{Request, Response};
use http_body::Frame;
use tokio::runtime::Builder;

/// The account of generated data that has the postings.
const ACCOUNT: &str = "0000001000001";

#[test]
fn memory_is_flat_over_the_pages_of_a_bank() {
    // The bank has threads of its own, whose memory is not that of the client.
    let bank_side = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let peak = |records: u32, streamed: bool| {
        let data = Data::generated(7, 1, 1, records);
        let bank = bank_side.block_on(Institution::open_with(data));
        let client_side = Builder::new_current_thread().enable_all().build();
        let client_side = client_side.expect("a runtime");
        let client = bank.client();
        let used = allocation_counter::measure(|| {
            client_side.block_on(async {
                let mut history = client.search(acct_hist_srch(ACCOUNT, 200));
                history = match streamed {
                    true => history.stream_records(),
                    false => history.prefetch(),
                };
                let mut seen = 0;
                while let Some(record) = history.next().await.expect("a page") {
                    assert!(record.dep_hist_srch_rec.is_some());
                    seen += 1;
                }
                assert_eq!(seen, records);
            });
        });
        assert_eq!(
            bank.sandbox().counters().operations_answered,
            u64::from(records / 200)
        );
        used.bytes_max
    };
    for streamed in [false, true] {
        let (few, many) = (peak(800, streamed), peak(8_000, streamed));
        assert!(many < few + few / 2, "{streamed}: {few} bytes, then {many}");
    }
}

#[tokio::test]
async fn the_limits_of_a_client_hold_for_what_is_read_as_it_comes_unless_the_search_has_its_own() {
    let bank = Institution::open_with(Data::generated(7, 1, 1, 900)).await;
    let small = bank.client_at(&bank.sandbox().gateway_url("ServiceGateway"), |plan| {
        plan.answer_limit = 100_000;
    });
    for (limit, code) in [(None, Some("answer-too-large")), (Some(10_000_000), None)] {
        let mut history = small.search(acct_hist_srch(ACCOUNT, 900)).stream_records();
        if let Some(limit) = limit {
            history = history.answer_limit(limit);
        }
        let mut seen = 0;
        let told = loop {
            match history.next().await {
                Ok(Some(_)) => seen += 1,
                Ok(None) => break None,
                Err(error) => break Some(error.code()),
            }
        };
        assert_eq!(told, code);
        assert_eq!(seen == 900, code.is_none(), "{seen}");
    }
}

/// Holds the second half of the first answer back until another answer is there.
struct Gate<T> {
    inner: T,
    answered: Arc<AtomicUsize>,
}

impl<T: SoapTransport<Error = Error>> SoapTransport for Gate<T> {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let (head, body) = self.inner.send(request).await?.into_parts();
        if self.answered.fetch_add(1, Ordering::SeqCst) > 0 {
            return Ok(Response::from_parts(head, body));
        }
        let mut first = body.bytes(Effect::Read).await?;
        let second = first.split_off(first.len() / 2);
        let held = Held {
            halves: [Some(first), Some(second)],
            answered: Arc::clone(&self.answered),
        };
        Ok(Response::from_parts(head, Body::stream(held)))
    }
}

struct Held {
    halves: [Option<Bytes>; 2],
    answered: Arc<AtomicUsize>,
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let [first, second] = &mut self.halves;
        if let Some(first) = first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let next = second.take();
        if next.is_some() && self.answered.load(Ordering::SeqCst) < 2 {
            self.halves[1] = next;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(next.map(|second| Ok(Frame::data(second))))
    }
}

#[tokio::test]
async fn read_record_by_record_the_next_page_comes_before_this_ones_last_record() {
    let bank = Institution::open_with(Data::generated(7, 1, 1, 600)).await;
    let url = bank.sandbox().gateway_url("ServiceGateway");
    let gate = Gate {
        inner: connect::typed(bank.profile()).expect("a usable profile"),
        answered: Arc::default(),
    };
    let client = Client::new(url.parse().expect("an address"), gate);
    let history = client.search(acct_hist_srch(ACCOUNT, 200));
    let mut history = history.stream_records().prefetch();
    let all = async {
        let mut seen = 0;
        while let Some(record) = history.next().await.expect("a page") {
            assert!(record.dep_hist_srch_rec.is_some());
            seen += 1;
        }
        seen
    };
    // Asked for only behind the last record, the second page would never come.
    let seen = tokio::time::timeout(Duration::from_secs(120), all).await;
    assert_eq!(seen.expect("both pages at a time"), 600);
    assert_eq!(bank.sandbox().counters().operations_answered, 3);
}

//! The next page is asked for while this one is read, and no other.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use castile::Client;
use castile::http::{Body, Error, SoapTransport};
use futures_core::Stream;
use http::{Request, Response};

use super::{Bank, bank, name, on, request};

#[test]
fn one_page_is_asked_for_ahead_and_never_more() {
    for (prefetch, ahead) in [(false, 0), (true, 1)] {
        let (client, gateway) = bank(45, 10, None);
        on(async {
            let mut records = client.search(request());
            if prefetch {
                records = records.prefetch();
            }
            for row in 0..45 {
                let record = records.next().await.expect("a page").expect("a record");
                assert_eq!(name(&record), row.to_string());
                let asked = gateway.asked.load(Ordering::SeqCst);
                assert_eq!(asked, (row / 10 + 1 + ahead).min(5), "{row}");
            }
            assert!(records.next().await.expect("an end").is_none());
            assert_eq!(gateway.asked.load(Ordering::SeqCst), 5);
        });
    }
}

#[test]
fn of_pages_read_record_by_record_the_next_is_asked_for_with_the_second_record() {
    let (client, gateway) = bank(45, 10, None);
    on(async {
        let mut records = client.search(request()).stream_records().prefetch();
        for row in 0..45 {
            let record = records.next().await.expect("a page").expect("a record");
            assert_eq!(name(&record), row.to_string());
            let ahead = usize::from(row % 10 > 0);
            let asked = gateway.asked.load(Ordering::SeqCst);
            assert_eq!(asked, (row / 10 + 1 + ahead).min(5), "{row}");
        }
        assert!(records.next().await.expect("an end").is_none());
        assert_eq!(gateway.asked.load(Ordering::SeqCst), 5);
    });
    on(async {
        gateway.asked.store(0, Ordering::SeqCst);
        let few = client.search(request()).stream_records().prefetch();
        let mut few = few.max_records(10);
        while few.next().await.expect("a page").is_some() {}
        assert_eq!(gateway.asked.swap(0, Ordering::SeqCst), 1);
        let two = client.search(request()).stream_records().prefetch();
        let mut two = two.max_pages(2);
        for _ in 0..20 {
            two.next().await.expect("a page").expect("a record");
        }
        assert_eq!(two.next().await.expect_err("a limit").code(), "page-limit");
        assert_eq!(gateway.asked.load(Ordering::SeqCst), 2);
    });
}

/// Cuts the first answer off behind its fifth record.
#[derive(Clone)]
struct Cut(Bank);

impl SoapTransport for Cut {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let is_first = self.0.asked.load(Ordering::SeqCst) == 0;
        let (head, body) = self.0.send(request).await?.into_parts();
        let whole = body.as_whole().cloned().unwrap_or_default();
        let text = String::from_utf8_lossy(&whole);
        let at = text.match_indices("</AcctSrchRec>").nth(4);
        let at = at.map(|(at, end)| at + end.len()).filter(|_| is_first);
        let body = Body::whole(whole.slice(..at.unwrap_or(whole.len())));
        Ok(Response::from_parts(head, body))
    }
}

#[test]
fn behind_a_page_that_breaks_off_comes_no_other() {
    let (_, gateway) = bank(45, 10, None);
    let url = "https://example.invalid/".parse().expect("an address");
    let client = Client::new(url, Cut(gateway.clone()));
    on(async {
        let mut records = client.search(request()).stream_records().prefetch();
        for row in 0..5 {
            let record = records.next().await.expect("a page").expect("a record");
            assert_eq!(name(&record), row.to_string());
        }
        assert_eq!(gateway.asked.load(Ordering::SeqCst), 2);
        let error = records.next().await.expect_err("an end");
        assert_eq!(error.code(), "envelope-truncated");
        assert!(records.next().await.expect("told once").is_none());
    });
}

#[test]
fn limits_hold_for_what_is_asked_ahead() {
    let (client, gateway) = bank(45, 10, None);
    on(async {
        let mut few = client.search(request()).prefetch().max_records(10);
        while few.next().await.expect("a page").is_some() {}
        assert_eq!(gateway.asked.swap(0, Ordering::SeqCst), 1);
        let mut two = client.search(request()).prefetch().max_pages(2);
        for _ in 0..20 {
            two.next().await.expect("a page").expect("a record");
        }
        assert!(two.cursor().is_some());
        assert_eq!(two.next().await.expect_err("a limit").code(), "page-limit");
        assert_eq!(gateway.asked.load(Ordering::SeqCst), 2);
    });
}

/// Answers the first page; counts who waits for another one.
#[derive(Clone)]
struct Slow {
    bank: Bank,
    waiting: Arc<AtomicUsize>,
}

struct Waits<'a>(&'a AtomicUsize);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl SoapTransport for Slow {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        if self.bank.asked.load(Ordering::SeqCst) > 0 {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let _waits = Waits(&self.waiting);
            std::future::pending::<()>().await;
        }
        self.bank.send(request).await
    }
}

#[test]
fn dropping_the_search_drops_the_page_that_is_on_its_way() {
    let (_, bank) = bank(45, 10, None);
    let waiting = Arc::<AtomicUsize>::default();
    let slow = Slow {
        bank,
        waiting: waiting.clone(),
    };
    let client = Client::new(
        "https://example.invalid/".parse().expect("an address"),
        slow,
    );
    on(async {
        let mut records = client.search(request()).prefetch();
        for row in 0..10 {
            // The page that does not come holds up none of this one.
            let record = records.next().await.expect("a page").expect("a record");
            assert_eq!(name(&record), row.to_string());
            assert_eq!(waiting.load(Ordering::SeqCst), 1);
        }
        {
            let mut next = pin!(records.next());
            let mut context = Context::from_waker(Waker::noop());
            assert!(next.as_mut().poll(&mut context).is_pending());
        }
        // A future of `next` that is dropped takes nothing with it.
        assert_eq!(waiting.load(Ordering::SeqCst), 1);
        drop(records);
        assert_eq!(waiting.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn it_is_a_stream_that_ends_after_an_error() {
    fn sent<T: Send>(stream: T) -> T {
        stream
    }
    let (client, _) = bank(45, 10, Some((20, "")));
    on(async {
        let mut records = pin!(sent(client.search(request()).prefetch()));
        let mut seen = 0;
        let error = loop {
            match std::future::poll_fn(|context| records.as_mut().poll_next(context)).await {
                Some(Ok(_)) => seen += 1,
                Some(Err(error)) => break error,
                None => panic!("no error was told"),
            }
        };
        assert_eq!((seen, error.code()), (30, "page-no-cursor"));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(
            records.as_mut().poll_next(&mut context),
            Poll::Ready(None)
        ));
    });
}

/// Says behind the records of its first page something else of the next one than in front of them.
#[derive(Clone)]
struct TwoHeads(Bank, &'static str);

impl SoapTransport for TwoHeads {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let is_first = self.0.asked.load(Ordering::SeqCst) == 0;
        let (head, body) = self.0.send(request).await?.into_parts();
        let whole = body.as_whole().cloned().unwrap_or_default();
        let mut text = String::from_utf8_lossy(&whole).into_owned();
        if is_first {
            let second = format!(
                "</AcctSrchRecArray><SrchMsgRsHdr><jXchangeHdr/>{}</SrchMsgRsHdr>",
                self.1
            );
            text = text.replace("</AcctSrchRecArray>", &second);
        }
        Ok(Response::from_parts(head, Body::whole(text)))
    }
}

#[test]
fn a_second_head_behind_the_records_leads_nowhere_else() {
    for end in [
        "<MoreRec>false</MoreRec>",
        "<MoreRec>true</MoreRec><Cursor>30</Cursor>",
    ] {
        let (_, gateway) = bank(45, 10, None);
        let url = "https://example.invalid/".parse().expect("an address");
        let client = Client::new(url, TwoHeads(gateway.clone(), end));
        for prefetch in [false, true] {
            gateway.asked.store(0, Ordering::SeqCst);
            on(async {
                let mut records = client.search(request()).stream_records();
                if prefetch {
                    records = records.prefetch();
                }
                for row in 0..45 {
                    let record = records.next().await.expect("a page").expect("a record");
                    assert_eq!(name(&record), row.to_string(), "{end} {prefetch}");
                }
                assert!(records.next().await.expect("an end").is_none());
                assert_eq!(gateway.asked.load(Ordering::SeqCst), 5);
            });
        }
    }
}

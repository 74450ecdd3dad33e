//! Records are decoded as the bytes of their page come.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use castile::Client;
use castile::http::{Body, CallLimits, Error, SoapTransport};
use castile::model::RecordLimits;
use castile_jx::inquiry::AcctSrchRec;
use http::{Request, Response};
use http_body::Frame;

use super::{bank, name, on, request};

const CHUNK: usize = 64 * 1024;

const HEAD: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:j=\"http://jackhenry.com/jxchange/TPG/2008\">\
    <s:Body><j:AcctSrchResponse><j:SrchMsgRsHdr><j:jXchangeHdr/><j:MoreRec>false</j:MoreRec></j:SrchMsgRsHdr><j:AcctSrchRecArray>";
const TAIL: &str = "</j:AcctSrchRecArray></j:AcctSrchResponse></s:Body></s:Envelope>";

fn record(row: usize) -> String {
    format!(
        "\n  <j:AcctSrchRec><j:PersonName><j:ComName>{row}</j:ComName></j:PersonName></j:AcctSrchRec>"
    )
}

/// An answer that is made as it is read.
struct Made {
    rows: std::ops::Range<usize>,
    ready: Vec<u8>,
    end: &'static str,
}

impl http_body::Body for Made {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        while self.ready.len() < CHUNK {
            match self.rows.next() {
                Some(row) => self.ready.extend_from_slice(record(row).as_bytes()),
                None => {
                    let end = std::mem::take(&mut self.end);
                    self.ready.extend_from_slice(end.as_bytes());
                    break;
                }
            }
        }
        let length = self.ready.len().min(CHUNK);
        let rest = self.ready.split_off(length);
        let chunk = std::mem::replace(&mut self.ready, rest);
        Poll::Ready((!chunk.is_empty()).then(|| Ok(Frame::data(chunk.into()))))
    }
}

/// One page of so many records, which ends in a way.
#[derive(Clone)]
struct Large {
    records: usize,
    end: &'static str,
    limits: Arc<Mutex<CallLimits>>,
}

impl SoapTransport for Large {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        *self.limits.lock().expect("a lock") = CallLimits::of(&request);
        let body = Made {
            rows: 0..self.records,
            ready: HEAD.into(),
            end: self.end,
        };
        let answer = Response::builder().header("content-type", "text/xml");
        Ok(answer.body(Body::stream(body)).expect("a response"))
    }
}

fn large(records: usize, end: &'static str) -> Client<Large> {
    let limits = Arc::default();
    let large = Large {
        records,
        end,
        limits,
    };
    Client::new(url(), large)
}

#[test]
fn a_hundred_thousand_records_take_the_memory_of_one() {
    let client = large(100_000, TAIL);
    let used = allocation_counter::measure(|| {
        on(async {
            let mut records = client.search(request()).stream_records();
            let mut seen = 0;
            while let Some(record) = records.next().await.expect("a record") {
                assert_eq!(name(&record), seen.to_string());
                seen += 1;
            }
            assert_eq!(seen, 100_000);
            assert!(records.answer().is_some());
        });
    });
    let beyond = used.bytes_max.saturating_sub(CHUNK as u64);
    assert!(beyond < 1_000_000, "{beyond} bytes beyond a chunk");
}

#[test]
fn what_is_wrong_behind_the_records_is_told_after_them() {
    for (end, code) in [
        ("", "envelope-truncated"),
        ("<j:AcctSrchRec>", "model-syntax"),
        (
            "</j:AcctSrchRecArray></j:AcctSrchResponse></s:Body>",
            "envelope-truncated",
        ),
        (
            "</j:AcctSrchRecArray></j:AcctSrchResponse></s:Body></s:Envelope><",
            "envelope-truncated",
        ),
        (
            "</j:AcctSrchRecArray></j:AcctSrchResponse><j:More/></s:Body></s:Envelope>",
            "envelope-several-payloads",
        ),
        (
            "<j:AcctSrchRec><j:PersonName></j:AcctSrchRec></j:PersonName>",
            "model-syntax",
        ),
        ("<!DOCTYPE x>", "model-dtd"),
    ] {
        on(async {
            let client = large(3, end);
            let mut records = client.search(request()).stream_records();
            for row in 0..3 {
                let record = records.next().await.expect(end).expect("a record");
                assert_eq!(name(&record), row.to_string());
            }
            let error = records.next().await.expect_err(end);
            assert_eq!(error.code(), code, "{end}");
            // Its records were given: it is not asked for again.
            assert!(records.next().await.expect("told once").is_none());
        });
    }
}

#[test]
fn a_record_that_is_too_long_is_refused_and_limits_reach_the_stack() {
    on(async {
        let client = large(3, TAIL);
        let mut limits = RecordLimits::default();
        limits.record = 20;
        let mut records = client
            .search(request())
            .stream_records_within(limits)
            .answer_limit(7_000_000)
            .time_limit(Duration::from_secs(3_600));
        let error = records.next().await.expect_err("a limit");
        assert_eq!(error.code(), "model-limit");
        let told = CallLimits::default()
            .with_answer(7_000_000)
            .with_total(Duration::from_secs(3_600));
        let limits = Arc::default();
        let large = Large {
            records: 1,
            end: TAIL,
            limits: Arc::clone(&limits),
        };
        let client = Client::new(url(), large);
        let mut records = client
            .search(request())
            .answer_limit(7_000_000)
            .time_limit(Duration::from_secs(3_600));
        assert!(records.next().await.expect("a page").is_some());
        assert_eq!(*limits.lock().expect("a lock"), told);
    });
}

/// A page of so many records in one part, as gateways send it that put every answer into MTOM.
#[derive(Clone)]
struct InParts(usize);

impl SoapTransport for InParts {
    type Error = Error;

    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, Error> {
        let begin = "--b\r\nContent-Type: application/xop+xml; type=\"text/xml\"\r\n\r\n";
        let body = Made {
            rows: 0..self.0,
            ready: format!("{begin}{HEAD}").into(),
            end: concat!(
                "</j:AcctSrchRecArray></j:AcctSrchResponse></s:Body></s:Envelope>",
                "\r\n--b--\r\n"
            ),
        };
        let media_type = "multipart/related; boundary=b; type=\"application/xop+xml\"";
        let answer = Response::builder().header("content-type", media_type);
        Ok(answer.body(Body::stream(body)).expect("a response"))
    }
}

#[test]
fn a_page_in_parts_is_held_and_may_be_no_longer_than_a_record_where_records_are_streamed() {
    on(async {
        let client = Client::new(url(), InParts(2_000));
        let mut limits = RecordLimits::default();
        for (limit, fits) in [(1 << 20, true), (100_000, false), (10, false)] {
            limits.record = limit;
            let mut records = client
                .search(request())
                .stream_records_within(limits)
                .answer_limit(usize::MAX);
            let mut seen = 0;
            let end = loop {
                match records.next().await {
                    Ok(Some(record)) => assert_eq!(name(&record), seen.to_string()),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error.code()),
                }
                seen += 1;
            };
            let expected = if fits {
                (2_000, Ok(()))
            } else {
                (0, Err("answer-too-large"))
            };
            assert_eq!((seen, end), expected, "{limit}");
        }
        // A page in memory goes by the limit of the answer alone.
        let mut records = client.search(request());
        assert!(records.next().await.expect("a page").is_some());
    });
}

fn url() -> http::Uri {
    "https://example.invalid/".parse().expect("an address")
}

#[test]
fn pages_that_are_streamed_follow_each_other() {
    let (client, gateway) = bank(45, 10, None);
    on(async {
        let mut records = client.search(request()).stream_records().prefetch();
        let mut seen: Vec<AcctSrchRec> = Vec::new();
        while let Some(record) = records.next().await.expect("a page") {
            seen.push(record);
        }
        assert!(
            seen.iter()
                .enumerate()
                .all(|(row, record)| name(record) == row.to_string())
        );
        assert_eq!(seen.len(), 45);
        assert_eq!(gateway.asked.load(std::sync::atomic::Ordering::SeqCst), 5);
    });
}

#[test]
fn a_fault_is_the_error_that_it_always_is() {
    #[derive(Clone)]
    struct Refuses;

    impl SoapTransport for Refuses {
        type Error = Error;

        async fn send(&self, _: Request<Body>) -> Result<Response<Body>, Error> {
            let fault = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
                <faultcode>s:Server</faultcode><faultstring>no</faultstring><detail>\
                <HdrFault xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><jXchangeHdr/></HdrFault></detail></s:Fault></s:Body></s:Envelope>";
            let answer = Response::builder()
                .status(500)
                .header("content-type", "text/xml")
                .body(Body::whole(fault));
            Ok(answer.expect("a response"))
        }
    }
    on(async {
        let client = Client::new(url(), Refuses);
        for streamed in [false, true] {
            let mut records = client.search(request());
            if streamed {
                records = records.stream_records();
            }
            let castile::PageError::Call(error) = records.next().await.expect_err("a fault") else {
                panic!("no error of a call");
            };
            assert!(error.fault().is_some());
            // Nothing of the page was given: it may be asked for again.
            assert!(records.next().await.is_err());
        }
    });
}

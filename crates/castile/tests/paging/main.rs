//! Searches over many pages: each record once, in the memory of one page or of one record.

mod ahead;
mod streamed;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use castile::http::{Body, Error, SoapTransport};
use castile::model::Text;
use castile::{Client, Page, PageError};
use castile_jx::inquiry::{AcctSrch, AcctSrchRec, AcctSrchResponse};
use http::{Request, Response};

/// A search of so many records; the cursor is the number of the next one.
#[derive(Clone)]
struct Bank {
    records: usize,
    page: usize,
    /// The cursor that a page with this beginning gives in place of the right one.
    odd: Option<(usize, &'static str)>,
    asked: Arc<AtomicUsize>,
}

impl SoapTransport for Bank {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let body = request.body().as_whole().cloned().unwrap_or_default();
        let body = String::from_utf8_lossy(&body);
        let from = body
            .split_once("<Cursor>")
            .and_then(|(_, rest)| rest.split_once('<'))
            .map_or(0, |(cursor, _)| cursor.parse().expect("a cursor of ours"));
        let to = (from + self.page).min(self.records);
        let cursor = match self.odd {
            Some((at, odd)) if at == from => odd.to_owned(),
            _ => to.to_string(),
        };
        let rows: String = (from..to)
            .map(|row| {
                format!(
                    "<AcctSrchRec><PersonName><ComName>{row}</ComName></PersonName></AcctSrchRec>"
                )
            })
            .collect();
        let answer = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <AcctSrchResponse xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><SrchMsgRsHdr><jXchangeHdr/>\
             <MoreRec>{}</MoreRec><Cursor>{cursor}</Cursor></SrchMsgRsHdr>\
             <AcctSrchRecArray>{rows}</AcctSrchRecArray></AcctSrchResponse></s:Body></s:Envelope>",
            to < self.records
        );
        let answer = Response::builder()
            .header("content-type", "text/xml")
            .body(Body::whole(answer));
        Ok(answer.expect("a response"))
    }
}

fn bank(records: usize, page: usize, odd: Option<(usize, &'static str)>) -> (Client<Bank>, Bank) {
    let asked = Arc::default();
    let bank = Bank {
        records,
        page,
        odd,
        asked,
    };
    let url = "https://example.invalid/".parse().expect("an address");
    (Client::new(url, bank.clone()), bank)
}

fn set_cursor(request: &mut AcctSrch, cursor: Text) {
    request.srch_msg_rq_hdr.cursor = Some(cursor);
}

fn page(response: AcctSrchResponse) -> Page<AcctSrchRec> {
    let head = response.srch_msg_rs_hdr;
    let array = response.acct_srch_rec_array;
    let records = array.map(|array| array.acct_srch_rec).unwrap_or_default();
    Page::new(records, head.more_rec.as_ref(), head.cursor)
}

fn request() -> AcctSrch {
    let mut request = AcctSrch::default();
    request.srch_msg_rq_hdr.max_rec = 1.into();
    request.srch_msg_rq_hdr.jxchange_hdr.audit_usr_id = "u".into();
    request.srch_msg_rq_hdr.jxchange_hdr.audit_ws_id = "w".into();
    request
}

fn on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

/// How many bytes a search of so many records needs at once.
fn peak(count: usize) -> u64 {
    let (client, _) = bank(count, 100, None);
    let used = allocation_counter::measure(|| {
        on(async {
            let mut records = client.search(request());
            let mut seen = 0;
            while let Some(record) = records.next().await.expect("a page") {
                assert_eq!(name(&record), seen.to_string());
                seen += 1;
            }
            assert_eq!(seen, count);
        });
    });
    used.bytes_max
}

fn name(record: &AcctSrchRec) -> String {
    let name = record.person_name.as_ref().expect("a name");
    name.com_name.as_ref().expect("a name").as_str().to_owned()
}

#[test]
fn a_function_may_say_what_a_page_holds() {
    let (client, gateway) = bank(25, 10, None);
    on(async {
        let mut records = client.records(request(), set_cursor, page).prefetch();
        for row in 0..25 {
            let record = records.next().await.expect("a page").expect("a record");
            assert_eq!(name(&record), row.to_string());
        }
        assert!(records.next().await.expect("an end").is_none());
        assert_eq!(gateway.asked.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn what_an_answer_says_beside_its_records_is_there() {
    let (client, _) = bank(25, 10, None);
    on(async {
        let mut records = client.search(request());
        assert!(records.answer().is_none());
        records.next().await.expect("a page");
        let answer = records.answer().expect("an answer");
        let more = answer.srch_msg_rs_hdr.more_rec.as_ref();
        assert_eq!(more.map(Text::as_str), Some("true"));
        let array = answer.acct_srch_rec_array.as_ref().expect("an array");
        assert!(array.acct_srch_rec.is_empty());
    });
}

#[test]
fn memory_is_that_of_one_page() {
    let (few, many) = (peak(1_000), peak(100_000));
    // The numbers in it are longer.
    assert!(many < few + few / 5, "{few} bytes, then {many}");
}

#[test]
fn a_search_that_leads_nowhere_or_back_ends() {
    for (odd, code) in [
        ((20, ""), "page-no-cursor"),
        ((20, "20"), "page-same-cursor"),
        ((20, "10"), "page-same-cursor"),
        ((60, "10"), "page-same-cursor"),
    ] {
        for streamed in [false, true] {
            let (client, gateway) = bank(1_000, 10, Some(odd));
            on(async {
                let mut records = client.search(request());
                if streamed {
                    records = records.stream_records().prefetch();
                }
                let mut seen = 0;
                let error = loop {
                    match records.next().await {
                        Ok(Some(_)) => seen += 1,
                        Ok(None) => panic!("no end of {odd:?} was told"),
                        Err(error) => break error,
                    }
                };
                assert_eq!(error.code(), code);
                // What came is given before the error.
                assert_eq!(seen, gateway.asked.load(Ordering::SeqCst) * 10);
                assert!(seen >= odd.0 + 10 && seen < 200, "{seen}");
                assert!(records.next().await.expect("told once").is_none());
            });
        }
    }
}

#[test]
fn a_search_is_limited_and_goes_on_where_it_stopped() {
    let (client, gateway) = bank(45, 10, None);
    on(async {
        let mut first = client.search(request()).max_pages(2);
        for row in 0..20 {
            assert!(first.cursor().is_none() || row % 10 == 0);
            let record = first.next().await.expect("a page").expect("a record");
            assert_eq!(name(&record), row.to_string());
        }
        let cursor = first.cursor().cloned().expect("a third page");
        let error = first.next().await.expect_err("a limit");
        assert!(matches!(error, PageError::TooManyPages { limit: 2 }));

        let mut rest = client.search(request()).resume(cursor).max_records(15);
        let mut names = Vec::new();
        while let Some(record) = rest.next().await.expect("a page") {
            names.push(name(&record));
        }
        assert_eq!(
            names,
            (20..35).map(|row| row.to_string()).collect::<Vec<_>>()
        );
        assert_eq!(gateway.asked.load(Ordering::SeqCst), 4);
    });
}

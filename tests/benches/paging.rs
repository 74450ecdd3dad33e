//! Reads a history of a million records from the sandbox, and tells the memory that it takes.
//!
//! `cargo bench -p castile-tests --bench paging -- [RECORDS] [PAGE]`

// What cannot be had here stops it.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench fails as a test does, and tells the time"
)]

use std::time::{Duration, Instant};

use castile_sandbox::data::Data;
use castile_tests::Institution;
use castile_tests::request::acct_hist_srch;
use tokio::runtime::Builder;

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<u32>().ok());
    let records = numbers.next().unwrap_or(1_000_000);
    let page = numbers.next().unwrap_or(10_000);
    let bank_side = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    println!(
        "{:>10} {:>10} {:>8} {:>12} {:>10}",
        "records", "way", "page", "peak bytes", "time"
    );
    for way in ["page", "prefetch", "stream"] {
        let mut peaks = Vec::new();
        for records in [2 * page, records] {
            let data = Data::generated(7, 1, 1, records);
            let bank = bank_side.block_on(Institution::open_with(data));
            let (peak, time) = read(&bank, records, page, way);
            println!("{records:>10} {way:>10} {page:>8} {peak:>12} {time:>10.2?}");
            peaks.push(peak);
        }
        // However many pages there are, the memory is that of two.
        assert!(peaks[1] < peaks[0] + peaks[0] / 4, "{way}: {peaks:?}");
    }
}

/// The most bytes that were allocated on the client's thread at once, and the time.
fn read(bank: &Institution, records: u32, page: u32, way: &str) -> (u64, Duration) {
    let client_side = Builder::new_current_thread().enable_all().build().unwrap();
    let client = bank.client();
    let start = Instant::now();
    let used = allocation_counter::measure(|| {
        client_side.block_on(async {
            let request = acct_hist_srch("0000001000001", page.try_into().unwrap());
            let history = client.search(request).time_limit(Duration::from_secs(600));
            let mut history = match way {
                "prefetch" => history.prefetch(),
                "stream" => history.stream_records(),
                _ => history,
            };
            let mut seen = 0;
            while let Some(record) = history.next().await.unwrap() {
                assert!(record.dep_hist_srch_rec.is_some());
                seen += 1;
            }
            assert_eq!(seen, records);
        });
    });
    (used.bytes_max, start.elapsed())
}

//! Reads and writes an answer of 1,000 history records, beside quick-xml that only tokenises it, a decoder written
//! by hand, serde and yaserde.
//!
//! Each contender's result is asserted before it is timed. First a table of ratios from interleaved rounds,
//! of which the quickest counts, so that what else the machine does falls out; then criterion's figures.

#[path = "../tests/support/history.rs"]
mod history;
#[path = "history/rivals.rs"]
mod rivals;

use std::hint::black_box;
use std::time::Instant;

use castile_model::{Scope, decode, encode};
use criterion::{Criterion, Throughput};
use history::AcctHistSrchResponse;
use quick_xml::NsReader;
use quick_xml::events::Event;

/// What nobody can be faster than without a tokeniser of their own.
fn tokenise(xml: &str) -> usize {
    let mut reader = NsReader::from_str(xml);
    let mut tags = 0;
    loop {
        match reader.read_resolved_event().expect("well-formed").1 {
            Event::Eof => return tags,
            Event::Start(_) | Event::Empty(_) => tags += 1,
            _ => {}
        }
    }
}

fn read(xml: &str) -> AcctHistSrchResponse {
    let decoded = decode(xml.as_bytes(), &Scope::new());
    decoded.expect("readable").into_value()
}

fn by_serde(xml: &str) -> rivals::AcctHistSrchResponse {
    quick_xml::de::from_str(xml).expect("readable")
}

fn by_yaserde(xml: &str) -> rivals::AcctHistSrchResponse {
    yaserde::de::from_str(xml).expect("readable")
}

fn write_by_serde(answer: &rivals::AcctHistSrchResponse) -> String {
    quick_xml::se::to_string(answer).expect("writable")
}

/// The quickest of many interleaved rounds of each contender, in microseconds.
#[allow(clippy::disallowed_methods, reason = "a bench has a clock")]
fn quickest<const N: usize>(mut contenders: [&mut dyn FnMut(); N], rounds: usize) -> [f64; N] {
    let mut best = [f64::MAX; N];
    for _ in 0..rounds {
        for (contender, best) in contenders.iter_mut().zip(&mut best) {
            let start = Instant::now();
            contender();
            *best = best.min(start.elapsed().as_nanos() as f64 / 1e3);
        }
    }
    best
}

fn main() {
    let answer = history::answer();
    let xml = encode(&answer).expect("writable");
    let decoded = decode::<AcctHistSrchResponse>(xml.as_bytes(), &Scope::new()).expect("readable");
    assert_eq!(decoded.value, answer);
    assert_eq!(decoded.warnings(), []);
    let tags = xml.matches('<').count() - xml.matches("</").count();
    assert_eq!(tokenise(&xml), tags);
    let plain = rivals::by_hand(&xml);
    assert_eq!(plain.records.len(), history::RECORDS as usize);
    assert_eq!(by_serde(&xml), plain);
    // yaserde takes an absent attribute for an absent value, so only what it keeps is compared.
    let kept = by_yaserde(&xml);
    assert_eq!(kept.records.len(), plain.records.len());
    assert_eq!(
        kept.records[7].deposit[0].seq,
        plain.records[7].deposit[0].seq
    );
    assert_eq!(by_serde(&write_by_serde(&plain)), plain);

    let rounds = match std::env::args().any(|word| word == "--test") {
        true => 1,
        false => 60,
    };
    let [
        tokens,
        ours,
        hand,
        serde,
        yaserde,
        write,
        write_serde,
        clone,
    ] = quickest(
        [
            &mut || assert!(tokenise(black_box(&xml)) > 0),
            &mut || drop(black_box(read(black_box(&xml)))),
            &mut || drop(black_box(rivals::by_hand(black_box(&xml)))),
            &mut || drop(black_box(by_serde(black_box(&xml)))),
            &mut || drop(black_box(by_yaserde(black_box(&xml)))),
            &mut || drop(black_box(encode(black_box(&answer)))),
            &mut || drop(black_box(write_by_serde(black_box(&plain)))),
            &mut || drop(black_box(black_box(&answer).clone())),
        ],
        rounds,
    );
    println!(
        "{} records, {} bytes, {tags} elements",
        history::RECORDS,
        xml.len()
    );
    for (name, time, beside) in [
        ("quick-xml, tokens only", tokens, tokens),
        ("decode", ours, tokens),
        ("by hand on quick-xml", hand, ours),
        ("quick-xml serde", serde, ours),
        ("yaserde", yaserde, ours),
        ("encode", write, write),
        ("quick-xml serde, encode", write_serde, write),
        ("clone", clone, ours),
    ] {
        println!("{name:<26} {time:>10.0} µs {:>8.2} x", time / beside);
    }

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("history_1000");
    group.throughput(Throughput::Bytes(xml.len() as u64));
    group.bench_function("quick_xml_tokens", |b| b.iter(|| tokenise(black_box(&xml))));
    group.bench_function("decode", |b| b.iter(|| read(black_box(&xml))));
    group.bench_function("by_hand", |b| b.iter(|| rivals::by_hand(black_box(&xml))));
    group.bench_function("serde", |b| b.iter(|| by_serde(black_box(&xml))));
    group.bench_function("encode", |b| b.iter(|| encode(black_box(&answer))));
    group.bench_function("encode_serde", |b| {
        b.iter(|| write_by_serde(black_box(&plain)))
    });
    group.bench_function("clone", |b| b.iter(|| black_box(&answer).clone()));
    group.finish();
    criterion.final_summary();
}

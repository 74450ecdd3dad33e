//! Times the cut and the check of a whole document beside plain copies, quick-xml and encoding_rs.
//!
//! Each contender's result is asserted before it is timed. First a table of ratios from interleaved rounds,
//! of which the quickest counts, so that what else the machine does falls out; then criterion's figures.

use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;

use bytes::BytesMut;
use castile_envelope::{Policy, cut, cut_in_place};
use criterion::{BatchSize, Criterion};
use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, Writer};

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const BLOCK: &str = r#"<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">
<wsse:UsernameToken xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
<wsse:Username>user@example.invalid</wsse:Username>
<wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">invented</wsse:Password>
<wsu:Created xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">2019-10-29T13:34:30Z</wsu:Created>
</wsse:UsernameToken>
</wsse:Security>"#;

/// A request of about `size` bytes, and the same with the block left out.
fn request(size: usize) -> (Vec<u8>, Vec<u8>) {
    let head = r#"<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <SOAP-ENV:Header>
"#;
    let mut tail = String::from(
        "\n</SOAP-ENV:Header>\n  <SOAP-ENV:Body>\n    <AcctSrch xmlns=\"http://jackhenry.com/jxchange/TPG/2008\">",
    );
    while head.len() + BLOCK.len() + tail.len() < size - 80 {
        tail.push_str("<AcctId>0001234</AcctId><AcctType>D</AcctType><Ver_1/>\n");
    }
    tail.push_str("</AcctSrch>\n  </SOAP-ENV:Body>\n</SOAP-ENV:Envelope>\n");
    let old = [head, BLOCK, &tail].concat().into_bytes();
    (old, [head, &tail].concat().into_bytes())
}

/// What the plan does, as far as quick-xml's namespace reader does it: up to the end of Header.
fn quick_xml_plan(input: &str) -> Option<Range<usize>> {
    let mut reader = NsReader::from_str(input);
    let (mut depth, mut start, mut found) = (0, 0, None);
    loop {
        let at = reader.buffer_position() as usize;
        let (ns, event) = reader.read_resolved_event().expect("well-formed");
        match event {
            Event::Start(tag) => {
                let security = depth == 2
                    && tag.local_name().as_ref() == "Security"
                    && ns == ResolveResult::Bound(Namespace(WSSE));
                if security {
                    start = at;
                }
                depth += 1;
            }
            Event::End(_) => {
                depth -= 1;
                match depth {
                    1 => return found,
                    2 if start > 0 => {
                        found = Some(start..reader.buffer_position() as usize);
                        start = 0;
                    }
                    _ => {}
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// More where a round is short.
fn rounds(repeat: u32) -> u32 {
    if repeat == 1 { 300 } else { 1_000 }
}

/// The quickest of many interleaved rounds of each contender, in nanoseconds.
#[allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn quickest<const N: usize>(contenders: &mut [&mut dyn FnMut(); N], repeat: u32) -> [f64; N] {
    let mut best = [f64::MAX; N];
    for _ in 0..rounds(repeat) {
        for (contender, best) in contenders.iter_mut().zip(&mut best) {
            let start = Instant::now();
            for _ in 0..repeat {
                contender();
            }
            *best = best.min(start.elapsed().as_nanos() as f64 / f64::from(repeat));
        }
    }
    best
}

/// Prints how the contenders stand to each other.
fn ratios() {
    headers();
    in_place();
    wide();
    documents();
}

/// The plan beside who reads or copies the same.
fn headers() {
    let policy = Policy::default();
    let mut plans = Vec::new();
    for (name, size) in [("2 KB", 2_200), ("1 MB", 1_000_000)] {
        let (old, new) = request(size);
        let text = std::str::from_utf8(&old).expect("UTF-8");
        let cuts = cut(&old, &policy).expect("an envelope");
        assert_eq!(cuts.to_vec(&old), new);
        assert_eq!(quick_xml_plan(text).as_slice(), cuts.ranges());
        assert_eq!(quick_xml_copy(text), new);

        let mut out = Vec::with_capacity(old.len());
        cuts.write_to(&old, &mut out);
        assert_eq!(out, new);
        let mut copy = Vec::with_capacity(old.len());
        let [plan, quick_xml, events, cut_copy, memcpy] = quickest(
            &mut [
                &mut || {
                    let _ = black_box(cut(black_box(&old), &policy));
                },
                &mut || {
                    black_box(quick_xml_plan(black_box(text)));
                },
                &mut || {
                    // Far slower than the others at 1 MB, where nobody asks for it.
                    if size < 100_000 {
                        black_box(quick_xml_copy(black_box(text)));
                    }
                },
                &mut || {
                    let cuts = cut(black_box(&old), &policy).expect("an envelope");
                    cuts.write_to(&old, black_box(&mut out));
                },
                &mut || {
                    copy.clear();
                    copy.extend_from_slice(black_box(&old));
                    black_box(&copy);
                },
            ],
            if size > 100_000 { 50 } else { 100 },
        );
        println!(
            "{name}: plan {plan:.0} ns; quick-xml to </Header> {:.2} x plan; plan and copy {:.2} x memcpy",
            quick_xml / plan,
            cut_copy / memcpy
        );
        if size < 100_000 {
            println!(
                "{name}: quick-xml copy of all events {:.2} x plan",
                events / plan
            );
        }
        plans.push(plan);
    }
    println!("plan at 1 MB {:.2} x plan at 2 KB", plans[1] / plans[0]);
}

/// 100 MB cut where they are, beside a copy of them.
#[allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn in_place() {
    let policy = Policy::default();
    let (old, new) = request(100_000_000);
    let mut owned = BytesMut::with_capacity(old.len() + 4096);
    let (mut memcpy, mut cold, mut warm) = (f64::MAX, f64::MAX, f64::MAX);
    for round in 0..120 {
        owned.clear();
        owned.reserve(old.len());
        let start = Instant::now();
        owned.extend_from_slice(&old);
        memcpy = memcpy.min(start.elapsed().as_nanos() as f64);
        // The copy has driven everything out of the caches, code included, unless somebody looks first.
        let best = if round % 2 == 0 { &mut cold } else { &mut warm };
        if round % 2 == 1 {
            let _ = black_box(cut(&owned, &policy));
        }
        let start = Instant::now();
        let _ = black_box(cut_in_place(&mut owned, &policy));
        *best = best.min(start.elapsed().as_nanos() as f64);
        assert!(owned == new);
    }
    println!(
        "100 MB: in place {cold:.0} ns cold, {warm:.0} ns warm; memcpy {:.0} and {:.0} x in place",
        memcpy / cold,
        memcpy / warm
    );
}

/// UTF-16 beside its transcoding to UTF-8.
fn wide() {
    let policy = Policy::default();
    for (name, size) in [("2 KB", 2_200), ("1 MB", 1_000_000)] {
        let (old, new) = request(size);
        let encode = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let text = text.replacen("UTF-8", "UTF-16", 1);
            text.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>()
        };
        let (old, new) = (encode(&old), encode(&new));
        let cuts = cut(&old, &policy).expect("an envelope");
        assert_eq!(cuts.to_vec(&old), new);
        let mut text = String::with_capacity(old.len() * 2);
        let mut transcode = || {
            text.clear();
            let mut decoder = encoding_rs::UTF_16LE.new_decoder_without_bom_handling();
            let (result, _, _) = decoder.decode_to_string(black_box(&old), &mut text, true);
            assert_eq!(result, encoding_rs::CoderResult::InputEmpty);
            black_box(&text);
        };
        transcode();
        let strict = Policy {
            well_formed: true,
            ..Policy::default()
        };
        assert!(cut(&old, &strict).is_ok());
        let [plan, transcoding, whole] = quickest(
            &mut [
                &mut || {
                    let _ = black_box(cut(black_box(&old), &policy));
                },
                &mut transcode,
                &mut || {
                    let _ = black_box(cut(black_box(&old), &strict));
                },
            ],
            if size > 100_000 { 1 } else { 100 },
        );
        println!(
            "UTF-16 of {name}: plan {plan:.0} ns, {:.2} x transcoding; checked to its end {:.2} x transcoding",
            plan / transcoding,
            whole / transcoding
        );
    }
}

/// The check of the whole document beside quick-xml with all checks and beside a copy.
fn documents() {
    let policy = Policy {
        well_formed: true,
        ..Policy::default()
    };
    let (dense, _) = request(1_000_000);
    let base64 = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2Nzg5Ky8".repeat(20_000);
    let (small, _) = request(2_200);
    let end = "</AcctSrch>";
    let small = std::str::from_utf8(&small).expect("UTF-8");
    let base64 = small
        .replacen(end, &format!("<Img>{base64}</Img>{end}"), 1)
        .into_bytes();
    for (name, input) in [("dense 1 MB", dense), ("base64 1 MB", base64)] {
        let text = std::str::from_utf8(&input).expect("UTF-8");
        assert!(cut(&input, &policy).is_ok());
        assert!(cut(&input[..input.len() - 3], &policy).is_err());
        assert!(quick_xml_check(text));
        let mut copy = Vec::with_capacity(input.len());
        let [check, quick_xml, memcpy] = quickest(
            &mut [
                &mut || {
                    let _ = black_box(cut(black_box(&input), &policy));
                },
                &mut || {
                    black_box(quick_xml_check(black_box(text)));
                },
                &mut || {
                    copy.clear();
                    copy.extend_from_slice(black_box(&input));
                    black_box(&copy);
                },
            ],
            1,
        );
        println!(
            "{name}: check {:.0} us; quick-xml with all checks {:.2} x check; check {:.2} x memcpy",
            check / 1e3,
            quick_xml / check,
            check / memcpy
        );
    }
}

/// All events but those of the block, written again.
fn quick_xml_copy(input: &str) -> Vec<u8> {
    let mut reader = NsReader::from_str(input);
    let mut writer = Writer::new(Vec::with_capacity(input.len()));
    let (mut depth, mut skipping) = (0, false);
    loop {
        let (ns, event) = reader.read_resolved_event().expect("well-formed");
        let wsse = ns == ResolveResult::Bound(Namespace(WSSE));
        match &event {
            Event::Start(tag) => {
                skipping |= depth == 2 && tag.local_name().as_ref() == "Security" && wsse;
                depth += 1;
            }
            Event::End(_) => {
                depth -= 1;
                if depth == 2 && skipping {
                    skipping = false;
                    continue;
                }
            }
            Event::Eof => return writer.into_inner(),
            _ => {}
        }
        if !skipping {
            writer.write_event(event).expect("memory");
        }
    }
}

/// Names of end tags, comments, namespaces, attributes, and references in text.
fn quick_xml_check(input: &str) -> bool {
    let mut reader = NsReader::from_str(input);
    reader.config_mut().enable_all_checks(true);
    loop {
        match reader.read_resolved_event() {
            Ok((_, Event::Eof)) => return true,
            Ok((_, Event::Start(tag) | Event::Empty(tag))) => {
                if tag.attributes().any(|attribute| attribute.is_err()) {
                    return false;
                }
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

fn envelope(criterion: &mut Criterion) {
    let policy = Policy::default();
    for (name, size) in [("2k", 2_200), ("1m", 1_000_000)] {
        let (old, new) = request(size);
        let text = std::str::from_utf8(&old).expect("UTF-8");
        let mut group = criterion.benchmark_group(name);

        let cuts = cut(&old, &policy).expect("an envelope");
        assert_eq!(cuts.to_vec(&old), new);
        group.bench_function("plan", |bencher| {
            bencher.iter(|| cut(black_box(&old), &policy));
        });

        assert_eq!(quick_xml_plan(text).as_slice(), cuts.ranges());
        group.bench_function("quick-xml to </Header>", |bencher| {
            bencher.iter(|| quick_xml_plan(black_box(text)));
        });

        let mut out = Vec::with_capacity(old.len());
        cuts.write_to(&old, &mut out);
        assert_eq!(out, new);
        group.bench_function("plan and copy into a reused buffer", |bencher| {
            bencher.iter(|| {
                let cuts = cut(black_box(&old), &policy).expect("an envelope");
                cuts.write_to(&old, &mut out);
                black_box(&out);
            });
        });

        group.bench_function("memcpy into a reused buffer", |bencher| {
            bencher.iter(|| {
                out.clear();
                out.extend_from_slice(black_box(&old));
                black_box(&out);
            });
        });

        let mut owned = BytesMut::from(&old[..]);
        cut_in_place(&mut owned, &policy).expect("an envelope");
        assert_eq!(owned, new);
        group.bench_function("in place", |bencher| {
            bencher.iter_batched_ref(
                || BytesMut::from(&old[..]),
                |owned| cut_in_place(owned, &policy),
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

fn main() {
    // Tests run benches too, to see that they work; only `cargo bench` wants figures.
    if std::env::args().any(|argument| argument == "--bench") {
        ratios();
    }
    let mut criterion = Criterion::default().configure_from_args();
    envelope(&mut criterion);
    criterion.final_summary();
}

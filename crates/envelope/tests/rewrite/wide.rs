//! The table in UTF-16, and what names of encodings may say.

use bytes::{Bytes, BytesMut};
use castile_envelope::{
    EnvelopeRewriter, Finding, Policy, Refusal, cut, cut_in_place, cut_with_charset,
};
use proptest::prelude::*;

use crate::table::{S11, S12, WSSE, envelope11, security, variants};

/// A way to write UTF-16: low byte first, and with a byte order mark.
type Wide = (bool, bool);
pub(crate) const WAYS: [Wide; 4] = [(true, true), (true, false), (false, true), (false, false)];

pub(crate) fn wide(text: &str, (little, mark): Wide) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    let bytes = |unit: u16| {
        if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    units.flat_map(bytes).collect()
}

/// Input and expected output of each row that is Unicode, as if it had been written in UTF-16.
pub(crate) fn rows() -> impl Iterator<Item = (String, String, String)> {
    variants().iter().filter_map(|row| {
        let text = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).ok()?;
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let named = text.replacen("encoding=\"UTF-8\"", "encoding=\"UTF-16\"", 1);
            Some(named.replacen("encoding='utf-8'", "encoding='utf-16'", 1))
        };
        Some((row.name.to_owned(), text(&row.input)?, text(&row.expected)?))
    })
}

fn streamed<'c>(
    chunks: impl Iterator<Item = &'c [u8]>,
    policy: &Policy,
) -> Result<Vec<u8>, Refusal> {
    let mut rewriter = EnvelopeRewriter::new(policy.clone());
    let mut out = Vec::new();
    for chunk in chunks {
        rewriter.push(Bytes::copy_from_slice(chunk), &mut out)?;
    }
    rewriter.finish(&mut out)?;
    Ok(out.concat())
}

#[test]
fn each_variant_in_utf_16_loses_its_marked_characters_and_nothing_else() {
    let policy = Policy::default();
    let mut count = 0;
    for (name, input, expected) in rows() {
        for way in WAYS {
            let (input, expected) = (wide(&input, way), wide(&expected, way));
            let cuts = cut(&input, &policy).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            assert_eq!(cuts.to_vec(&input), expected, "{name} {way:?}");
            assert!(
                cuts.removed()
                    .iter()
                    .map(|removed| &removed.range)
                    .eq(cuts.ranges())
            );
            let mut owned = BytesMut::from(&input[..]);
            let end = owned.as_ptr_range().end;
            assert_eq!(
                cut_in_place(&mut owned, &policy).unwrap(),
                cuts.report(),
                "{name}"
            );
            assert_eq!(owned, expected, "{name} {way:?}: in place");
            assert_eq!(owned.as_ptr_range().end, end, "{name}: Body moved");
            assert!(
                cut(&expected, &policy).unwrap().is_empty(),
                "{name}: a second cut removes more"
            );
            for size in [1, 3, 64] {
                assert_eq!(
                    streamed(input.chunks(size), &policy).as_deref(),
                    Ok(&expected[..]),
                    "{name}"
                );
            }
            count += 1;
        }
    }
    assert!(count >= 4 * 60, "{count} rows");
}

#[test]
fn a_chunk_may_end_inside_of_a_code_unit_or_a_surrogate_pair() {
    let with = |block: &str| envelope11(&format!("<a>\u{1f9fc}</a>{block}<!-- \u{1f9fc} -->"));
    let (input, expected) = (with(&security("\u{1f9fc}\u{20ac}\u{e9}")), with(""));
    for way in WAYS {
        let (input, expected) = (wide(&input, way), wide(&expected, way));
        for at in 0..=input.len() {
            let (one, two) = input.split_at(at);
            let out = streamed([one, two].into_iter(), &Policy::default());
            assert_eq!(out.as_deref(), Ok(&expected[..]), "{way:?} at {at}");
        }
    }
}

#[test]
fn refusals_stand_at_the_offset_in_utf_16() {
    let cases = [
        (
            "<s:Envelope xmlns:s='S11'><s:Header>\u{1f9fc}<a>⟦</b>",
            "envelope-malformed",
        ),
        (
            "<s:Envelope xmlns:s='S11'><s:Header/>\u{e9}⟦<a/><s:Body/></s:Envelope>",
            "envelope-body-expected",
        ),
        ("<s:Envelope xmlns:s='S11'>⟦<!DOCTYPE a>", "envelope-dtd"),
        ("⟦<html><body/></html>", "envelope-not-soap"),
        ("  ⟦{\"a\": 1}", "envelope-not-xml"),
        ("\r\n⟦--b\r\n", "envelope-multipart"),
        (
            "<?xml version='1.0' encoding='⟦utf-8'?><a/>",
            "envelope-encoding-contradicted",
        ),
        (
            "<?xml version='1.0' encoding='⟦iso-8859-1'?><a/>",
            "envelope-encoding-contradicted",
        ),
        (
            "<?xml version='1.0' encoding='⟦utf-7'?><a/>",
            "envelope-encoding",
        ),
        (
            "<s:Envelope xmlns:s='S11'><s:Header>a⟦\u{ffff}</s:Header><s:Body/>",
            "envelope-malformed",
        ),
        (
            "<s:Envelope xmlns:s='S11'><s:Header>a⟦",
            "envelope-truncated",
        ),
        (
            "<s:Envelope xmlns:s='S11'><s:Header>\u{1f9fc}<w:Security xmlns:w='WSSE'/>⟦<w:Security xmlns:w='WSSE'/></s:Header><s:Body/>",
            "envelope-second-block",
        ),
    ];
    for (template, code) in cases {
        let template = template.replace("S11", S11).replace("WSSE", WSSE);
        let before = template.split('⟦').next().unwrap();
        let text = template.replace('⟦', "");
        for way in WAYS {
            let input = wide(&text, way);
            let refusal = cut(&input, &Policy::default()).expect_err(&text);
            assert_eq!(
                (refusal.code(), refusal.offset()),
                (code, wide(before, way).len()),
                "{text}"
            );
            assert_eq!(
                streamed(input.chunks(1), &Policy::default()),
                Err(refusal),
                "{text}"
            );
        }
    }
}

#[test]
fn half_a_pair_is_refused_in_header_and_passed_in_body() {
    let header = envelope11("<a>?</a>");
    for (half, at) in [
        (0xd83e_u16, header.find('?').unwrap()),
        (0xdd00, header.find('?').unwrap()),
    ] {
        let mut units: Vec<u16> = header.encode_utf16().collect();
        units[at] = half;
        let input: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let refusal = cut(&input, &Policy::default()).unwrap_err();
        assert_eq!(
            (refusal.code(), refusal.offset()),
            ("envelope-malformed", 2 * at)
        );
        assert!(refusal.to_string().contains("not UTF-16"), "{refusal}");
        assert_eq!(streamed(input.chunks(1), &Policy::default()), Err(refusal));
    }
    // An odd byte at the end is Body's affair, too.
    let mut input = wide(&envelope11(&security("")), WAYS[0]);
    let end = input.len();
    input.truncate(end - 21);
    input.extend_from_slice(&[0x3d, 0xd8, 0x3d]);
    assert_eq!(cut(&input, &Policy::default()).unwrap().ranges().len(), 1);
}

#[test]
fn body_is_looked_into_in_utf_16() {
    let policy = Policy {
        inspect_body: true,
        ..Policy::default()
    };
    let before = format!(
        "<s:Envelope xmlns:s='{S12}' xmlns:w='{WSSE}'><s:Header>\u{1f9fc}<w:Security/></s:Header><s:Body>{}<AuthenUsrCred><w:Security>",
        "<a>\u{e9}</a>".repeat(2_000)
    );
    let text =
        format!("{before}<w:UsernameToken/></w:Security></AuthenUsrCred></s:Body></s:Envelope>");
    for way in WAYS {
        let cuts = cut(&wide(&text, way), &policy).unwrap();
        let expected = [
            Finding::Soap12 {
                offset: wide("", way).len(),
            },
            Finding::BodyUsernameToken {
                offset: wide(&before, way).len(),
            },
        ];
        assert_eq!(cuts.findings(), expected);
        let mut broken = wide(&before, way);
        broken.extend_from_slice(&[0xdc, 0xdc, 0, 0]);
        let cuts = cut(&broken, &policy).unwrap();
        let unreadable = Finding::BodyUnreadable {
            offset: wide(&before, way).len(),
        };
        assert_eq!(cuts.findings().last(), Some(&unreadable));
    }
}

#[test]
fn a_header_of_many_kilobytes_is_read_to_its_end_or_to_the_limit() {
    let filler = "<a>\u{20ac}\u{1f9fc} text</a>".repeat(1_500);
    let text = envelope11(&format!("{filler}{}", security("")));
    let input = wide(&text, WAYS[1]);
    assert!(input.len() > 40_000);
    let cuts = cut(&input, &Policy::default()).unwrap();
    assert_eq!(cuts.to_vec(&input), wide(&envelope11(&filler), WAYS[1]));
    let long = wide(&envelope11(&filler.repeat(2)), WAYS[1]);
    assert_eq!(
        cut(&long, &Policy::default()),
        Err(Refusal::HeaderTooLarge {
            offset: 64 * 1024,
            limit: 64 * 1024
        })
    );
    // White space before the root, longer than what is read first.
    let spaced = format!("{}{}", " ".repeat(5_000), envelope11(&security("")));
    assert_eq!(
        cut(&wide(&spaced, WAYS[1]), &Policy::default())
            .unwrap()
            .ranges()
            .len(),
        1
    );
}

#[test]
fn charset_comes_from_mark_then_content_type_then_declaration() {
    let plain = envelope11(&security(""));
    let declared = |name: &str| format!("<?xml version='1.0' encoding='{name}'?>{plain}");
    let latin = |text: &str| {
        let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap());
        bytes.collect::<Vec<u8>>()
    };
    let accent = envelope11(&format!("<a>\u{e9}</a>{}", security("")));
    let utf_8_mark = [b"\xef\xbb\xbf", plain.as_bytes()].concat();
    let accepted = [
        ("utf-8", plain.clone().into_bytes()),
        ("UTF-8", declared("US-ASCII").into_bytes()),
        ("utf-8", utf_8_mark.clone()),
        ("ISO-8859-1", latin(&accent)),
        ("windows-1252", latin(&declared("iso-8859-1"))),
        ("koi8-r", latin(&accent)),
        ("ibm850", latin(&accent)),
        ("utf-16", wide(&plain, WAYS[0])),
        ("utf-16", wide(&plain, WAYS[3])),
        ("UTF-16LE", wide(&plain, WAYS[1])),
        ("utf-16be", wide(&declared("utf-16"), WAYS[3])),
    ];
    for (charset, input) in accepted {
        let policy = Policy::default();
        let cuts = cut_with_charset(&input, charset, &policy)
            .unwrap_or_else(|refusal| panic!("{charset}: {refusal}"));
        assert_eq!(cuts.ranges().len(), 1, "{charset}");
        let mut rewriter = EnvelopeRewriter::new(policy).with_charset(charset);
        let mut out = Vec::new();
        for byte in input.chunks(1) {
            rewriter
                .push(Bytes::copy_from_slice(byte), &mut out)
                .unwrap();
        }
        assert_eq!(rewriter.finish(&mut out).unwrap(), cuts.report());
        assert_eq!(out.concat(), cuts.to_vec(&input));
    }
    // What follows the first bytes is UTF-8 if nobody says otherwise, and then must be it.
    assert_eq!(
        cut(&latin(&accent), &Policy::default()).unwrap_err().code(),
        "envelope-malformed"
    );

    let name = "<?xml version='1.0' encoding='".len();
    let contradicted = [
        ("iso-8859-1", utf_8_mark, 0),
        ("utf-8", wide(&plain, WAYS[0]), 0),
        ("utf-8", wide(&plain, WAYS[1]), 0),
        ("utf-16be", wide(&plain, WAYS[0]), 0),
        ("utf-16le", wide(&plain, WAYS[3]), 0),
        ("utf-16", plain.clone().into_bytes(), 0),
        ("utf-8", declared("iso-8859-1").into_bytes(), name),
        ("iso-8859-1", declared("utf-8").into_bytes(), name),
        ("utf-16", wide(&declared("utf-8"), WAYS[1]), 2 * name),
    ];
    for (charset, input, offset) in contradicted {
        let refusal = cut_with_charset(&input, charset, &Policy::default()).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::EncodingContradicted { offset },
            "{charset}"
        );
        let mut rewriter = EnvelopeRewriter::new(Policy::default()).with_charset(charset);
        let seen = input.chunks(1).find_map(|byte| {
            rewriter
                .push(Bytes::copy_from_slice(byte), &mut Vec::new())
                .err()
        });
        assert_eq!(seen, Some(refusal), "{charset}");
    }
    for charset in [
        "utf-7",
        "utf-32",
        "iso-2022-jp",
        "ibm037",
        "shift_jis",
        "gb18030",
        "",
        "x",
    ] {
        let refusal = Refusal::Encoding { offset: 0 };
        assert_eq!(
            cut_with_charset(plain.as_bytes(), charset, &Policy::default()),
            Err(refusal.clone())
        );
        let mut rewriter = EnvelopeRewriter::new(Policy::default()).with_charset(charset);
        let pushed = rewriter.push(Bytes::from(plain.clone()), &mut Vec::new());
        assert_eq!(pushed, Err(refusal));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_of_changed_bytes_gives_what_the_whole_gives(
        row in any::<prop::sample::Index>(),
        way in 0..WAYS.len(),
        change in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        charset in prop::option::of(prop::sample::select(vec!["utf-8", "utf-16", "utf-16le", "iso-8859-1"])),
        size in 1..200_usize,
    ) {
        let rows: Vec<_> = rows().collect();
        let mut input = wide(&row.get(&rows).1, WAYS[way]);
        if let Some((at, byte)) = change {
            let at = at.index(input.len());
            input[at] = byte;
        }
        let policy = Policy::default();
        let expected = match charset {
            None => cut(&input, &policy),
            Some(charset) => cut_with_charset(&input, charset, &policy),
        };
        let mut rewriter = EnvelopeRewriter::new(policy);
        if let Some(charset) = charset {
            rewriter = rewriter.with_charset(charset);
        }
        let mut out = Vec::new();
        for chunk in input.chunks(size) {
            let _ = rewriter.push(Bytes::copy_from_slice(chunk), &mut out);
        }
        let report = rewriter.finish(&mut out);
        prop_assert_eq!(&report, &expected.as_ref().map(|cuts| cuts.report()).map_err(Clone::clone));
        match expected {
            Ok(cuts) => prop_assert_eq!(out.concat(), cuts.to_vec(&input)),
            Err(_) => prop_assert!(out.is_empty()),
        }
    }
}

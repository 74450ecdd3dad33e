//! The check of the whole document, against two parsers and against itself in chunks.

use bytes::Bytes;
use castile_envelope::{
    EnvelopeRewriter, Finding, Flaw, Limits, Policy, Refusal, Report, cut, cut_with_charset,
};
use proptest::prelude::*;
use quick_xml::NsReader;
use quick_xml::events::Event;

use crate::properties::{mutate, permissive};
use crate::refusals::{FLAWS, marked};
use crate::table::{Row, S11, WSSE, envelope11, security, variants};
use crate::wide::{self, WAYS, wide};

fn strict() -> Policy {
    Policy {
        well_formed: true,
        ..permissive()
    }
}

/// Report or refusal of the whole, which chunks of that size must give as well.
fn checked(input: &[u8], policy: &Policy, size: usize) -> Result<Report, Refusal> {
    let whole = cut(input, policy).map(|cuts| cuts.report());
    let mut rewriter = EnvelopeRewriter::new(policy.clone());
    let mut out = Vec::new();
    for chunk in input.chunks(size) {
        if rewriter
            .push(Bytes::copy_from_slice(chunk), &mut out)
            .is_err()
        {
            break;
        }
    }
    let chunked = rewriter.finish(&mut out);
    assert_eq!(
        chunked,
        whole,
        "in chunks of {size}: {}",
        String::from_utf8_lossy(input)
    );
    whole
}

/// quick-xml with all checks it has switched on; it knows no characters of names and no second root.
fn quick_xml_reads(text: &str) -> bool {
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
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

#[test]
fn every_variant_is_well_formed_to_its_end() {
    for Row {
        name,
        input,
        expected,
    } in variants()
    {
        for size in [1, 2, 7, 64, input.len()] {
            let report = checked(input, &strict(), size)
                .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            assert_eq!(report.output_length, expected.len(), "{name}");
        }
    }
    for (name, input, expected) in wide::rows() {
        for way in WAYS {
            for size in [1, 3, 64] {
                let report = checked(&wide(&input, way), &strict(), size)
                    .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
                assert_eq!(report.output_length, wide(&expected, way).len(), "{name}");
            }
        }
    }
}

#[test]
fn flaws_in_body_are_refused_where_they_stand() {
    for (inside, words) in FLAWS {
        for rest in ["", "<e/>", &"<e>more text</e>\n".repeat(100)] {
            let (text, offset) = marked(&format!(
                "<s:Envelope xmlns:s='S11'><s:Header/><s:Body>\u{20ac}<g>{inside}</g>{rest}</s:Body></s:Envelope>"
            ));
            for size in [1, 5, text.len()] {
                let refusal = checked(text.as_bytes(), &strict(), size).expect_err(inside);
                assert_eq!(
                    (refusal.code(), refusal.offset()),
                    ("envelope-malformed", offset),
                    "{text}"
                );
                assert!(
                    refusal.to_string().contains(words),
                    "{refusal} for {inside}"
                );
            }
            let way = WAYS[usize::from(!rest.is_empty())];
            let before = text.split_at(offset).0;
            let refusal = checked(&wide(&text, way), &strict(), 3).expect_err(inside);
            assert_eq!(refusal.offset(), wide(before, way).len(), "{text}");
        }
    }
}

#[test]
fn what_only_the_whole_document_shows_is_refused() {
    let body = "<s:Envelope xmlns:s='S11'><s:Body>";
    let end = "</s:Body></s:Envelope>";
    let cases = [
        (format!("{body}{end} ⟦text"), "envelope-malformed"),
        (format!("{body}{end}⟦<a/>"), "envelope-malformed"),
        (format!("{body}{end}⟦</a>"), "envelope-malformed"),
        (format!("{body}{end}⟦<![CDATA[]]>"), "envelope-malformed"),
        (format!("{body}{end}⟦&#32;"), "envelope-malformed"),
        (format!("{body}⟦<!DOCTYPE a>{end}"), "envelope-dtd"),
        (
            format!("{body}<a>{end}").replacen("</s:Body>", "⟦</s:Body>", 1),
            "envelope-malformed",
        ),
        (format!("{body}<⟦a\u{d7}/>{end}"), "envelope-malformed"),
        (format!("{body}<⟦\u{300}a/>{end}"), "envelope-malformed"),
        (
            format!("{body}<a ⟦b\u{2190}='c'/>{end}"),
            "envelope-malformed",
        ),
        (
            format!("{body}<a b='c'>⟦</a b='c'>{end}"),
            "envelope-malformed",
        ),
        (format!("{body}a⟦\u{fffe}{end}"), "envelope-malformed"),
        (format!("{body}⟦<?p\u{d7}?>{end}"), "envelope-malformed"),
        (
            format!("{body}{}⟦<a>", "<a>".repeat(126)),
            "envelope-too-deep",
        ),
    ];
    for (template, code) in cases {
        let (text, offset) = marked(&template);
        for size in [1, 4, text.len()] {
            let refusal = checked(text.as_bytes(), &strict(), size).expect_err(&text);
            assert_eq!((refusal.code(), refusal.offset()), (code, offset), "{text}");
        }
    }
    for good in [
        "<a\u{b7}\u{300}/>",
        "<\u{e9}/>",
        "<?p\u{e9} x?>",
        "]] ]>",
        "<a>]]&gt;</a>",
        "<!-- - -->",
        "<![CDATA[]]]]>",
    ] {
        let text = format!("{}{good}{end}<!-- c --><?p?>\n", body.replace("S11", S11));
        assert!(roxmltree::Document::parse(&text).is_ok());
        for size in [1, 2, text.len()] {
            checked(text.as_bytes(), &strict(), size)
                .unwrap_or_else(|refusal| panic!("{good}: {refusal}"));
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_in_body() {
    let text = envelope11(&security("")).replace("</AcctInq>", "\u{1f9fc}?</AcctInq>");
    let at = text.find('?').unwrap();
    for bytes in [
        &b"\xe9"[..],
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\x80",
    ] {
        let input = [&text.as_bytes()[..at], bytes, &text.as_bytes()[at..]].concat();
        for size in [1, 3, input.len()] {
            let refusal = checked(&input, &strict(), size).unwrap_err();
            let expected = Refusal::Malformed {
                offset: at,
                flaw: Flaw::Utf8,
            };
            assert_eq!(refusal, expected, "{bytes:?}");
        }
        // Each byte is a character here.
        assert!(cut_with_charset(&input, "windows-1252", &strict()).is_ok());
    }
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let at = units
        .iter()
        .position(|&unit| unit == u16::from(b'?'))
        .unwrap();
    units[at] = 0xd83e;
    let input: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for size in [1, 3, input.len()] {
        let refusal = checked(&input, &strict(), size).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::Malformed {
                offset: 2 * at,
                flaw: Flaw::Utf16
            }
        );
    }
}

#[test]
fn every_truncation_is_refused_at_the_end() {
    let row = &variants()[0];
    let text = [&row.input[..], b"<!-- \xe2\x82\xac -->"].concat();
    let root = text
        .windows(11)
        .position(|window| window == b"</s:Envelop")
        .unwrap()
        + 13;
    for end in 0..text.len() {
        let part = &text[..end];
        let complete =
            (end > root && part[root..].iter().all(u8::is_ascii_whitespace)) || end == root;
        match checked(part, &strict(), 1 + end % 9) {
            Ok(_) => assert!(complete, "at {end}"),
            Err(Refusal::Truncated { offset }) => assert_eq!((offset, complete), (end, false)),
            Err(Refusal::NotXml { offset: 0 }) => assert_eq!(end, 0),
            Err(refusal) => panic!("{refusal} at {end}"),
        }
    }
}

#[test]
fn a_tag_is_no_longer_than_the_limit_whatever_the_chunks() {
    let policy = |header_bytes| Policy {
        limits: Limits {
            header_bytes,
            ..Limits::default()
        },
        ..strict()
    };
    let around = |inside: &str| {
        format!("<s:Envelope xmlns:s='{S11}'><s:Body>{inside}</s:Body></s:Envelope>")
    };
    let x = "x".repeat(300);
    for (open, close) in [
        (format!("<a b='{x}'>"), "</a>".to_owned()),
        (format!("<a{}>", " ".repeat(300)), "</a>".to_owned()),
        (format!("<{x}>"), format!("</{x}>")),
        ("<a>".to_owned(), format!("</a{}>", " ".repeat(300))),
        (format!("<?{x}?>"), String::new()),
    ] {
        let text = around(&format!("{open}{close}"));
        let longest = open.len().max(close.len());
        let longest = if open.starts_with("<?") {
            longest - 1
        } else {
            longest
        };
        let at = text
            .find(if open.len() > close.len() || open.len() > 300 {
                &open
            } else {
                &close
            })
            .unwrap();
        for size in [1, 7, 50, text.len()] {
            assert!(
                checked(text.as_bytes(), &policy(longest + 1), size).is_ok(),
                "{open}"
            );
            let refusal = checked(text.as_bytes(), &policy(250), size).unwrap_err();
            assert_eq!(
                refusal,
                Refusal::TagTooLong {
                    offset: at,
                    limit: 250
                },
                "{open}"
            );
            assert_eq!(refusal.code(), "envelope-tag-too-long");
        }
        for limit in longest - 3..longest + 1 {
            for size in [1, 7] {
                let _ = checked(text.as_bytes(), &policy(limit), size);
            }
        }
    }
    // Text, comments and sections may be of any length.
    let long = format!("{x}<!--{x}--><![CDATA[{x}]]><?a {x}?>").repeat(10);
    assert!(checked(around(&long).as_bytes(), &policy(250), 1).is_ok());
}

#[test]
fn nothing_of_the_flawed_chunk_goes_out_and_nothing_after_it() {
    let text = envelope11(&security(""));
    let (head, body) = text.split_at(text.find("<s:Body>").unwrap() + 8);
    let policy = Policy {
        well_formed: true,
        ..Policy::default()
    };
    let mut rewriter = EnvelopeRewriter::new(policy);
    let mut out = Vec::new();
    rewriter
        .push(Bytes::from(head.to_owned()), &mut out)
        .unwrap();
    rewriter.push(Bytes::from("<a>sesame"), &mut out).unwrap();
    let before = out.len();
    let refusal = rewriter.push(Bytes::from(" &; "), &mut out).unwrap_err();
    assert_eq!(refusal.code(), "envelope-malformed");
    assert_eq!(
        rewriter.push(Bytes::from(body.to_owned()), &mut out),
        Err(refusal.clone())
    );
    assert!(!format!("{rewriter:?} {refusal}").contains("sesame"));
    assert_eq!(out.len(), before);
    assert_eq!(rewriter.finish(&mut out), Err(refusal));
}

#[test]
fn chunks_are_looked_into_as_the_whole_is() {
    let policy = Policy {
        inspect_body: true,
        ..Policy::default()
    };
    let text = format!(
        "<s:Envelope xmlns:s='{S11}' xmlns:w='{WSSE}'><s:Header/><s:Body><AuthenUsrCred><w:Security>\
         <w:UsernameToken a='1'/></w:Security></AuthenUsrCred>\u{e9} & <b/></s:Body></s:Envelope>"
    );
    let expected = [
        Finding::BodyUsernameToken {
            offset: text.find("<w:User").unwrap(),
        },
        Finding::BodyUnreadable {
            offset: text.find("& <b").unwrap(),
        },
    ];
    for size in [1, 3, 20, text.len()] {
        let report = checked(text.as_bytes(), &policy, size).unwrap();
        assert_eq!(report.findings, expected);
        assert_eq!(report.output_length, text.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_document_is_taken_if_two_parsers_take_it(
        row in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..4),
        size in 1..300_usize,
    ) {
        let mut input = row.get(variants()).input.clone();
        for (at, byte, kind) in mutations {
            let length = input.len();
            mutate(&mut input, at.index(length), byte, kind);
        }
        let ours = checked(&input, &strict(), size);
        let Ok(text) = std::str::from_utf8(&input) else {
            return Ok(());
        };
        let theirs = roxmltree::Document::parse(text);
        match ours {
            Ok(report) => {
                prop_assert!(theirs.is_ok(), "{:?} in {}", theirs.err(), text);
                prop_assert!(quick_xml_reads(text), "quick-xml refuses {}", text);
                prop_assert!(report.findings.iter().all(|finding| finding.code() != "body-unreadable"));
            }
            // In these roxmltree is the more lenient: names that are no QNames, instructions without
            // white space behind their name or called xml, a declaration of version 1.1.
            Err(Refusal::Malformed {
                flaw: Flaw::Name | Flaw::EndTag | Flaw::ProcessingInstruction | Flaw::XmlDeclaration,
                ..
            }) => {}
            Err(refusal @ (Refusal::Malformed { .. } | Refusal::Truncated { .. } | Refusal::NotXml { .. })) => {
                prop_assert!(theirs.is_err(), "{} in {}", refusal, text);
            }
            Err(_) => {}
        }
    }
}

//! Multipart messages: the root part is edited, every other byte stays, however the message is chunked.

use bytes::Bytes;
use castile_envelope::{Document, Edits, Limits, Policy, Refusal, Report, cut_typed};
use proptest::prelude::*;

use crate::table::{S11, S12, envelope11, security};

const TYPE: &str = "multipart/related; boundary=\"=_b 1\"; type=\"application/xop+xml\"; \
                    start=\"<root@x>\"; start-info=\"text/xml\"";
const UNSTARTED: &str = "multipart/related; boundary=\"=_b 1\"; type=\"application/xop+xml\"";

/// A part of bytes that mean something to everyone who looks where he should not.
const BINARY: &[u8] =
    b"\x00\xff<wsse:Security/>\r\n--=_b\r\n\n--=_c 1\r\n<w:Security xmlns:w='x'></w:Security>\r";

fn policy() -> Policy {
    Policy::default()
}

fn root(fields: &str, envelope: &str) -> Vec<u8> {
    format!("Content-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\nContent-ID: <root@x>\r\n{fields}\r\n{envelope}").into()
}

fn attachment() -> Vec<u8> {
    [
        &b"Content-Type: image/tiff\r\nContent-ID: <a@x>\r\nContent-Transfer-Encoding: binary\r\n\r\n"[..],
        BINARY,
    ]
    .concat()
}

fn message(preamble: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut message = preamble.as_bytes().to_vec();
    for part in parts {
        message.extend_from_slice(b"--=_b 1 \t\r\n");
        message.extend_from_slice(part);
        message.extend_from_slice(b"\r\n");
    }
    message.extend_from_slice(b"--=_b 1--\r\nepilogue --=_b 1\n<w:Security/>");
    message
}

fn old() -> String {
    envelope11(&security("<w:UsernameToken/>"))
}

fn new() -> String {
    envelope11("")
}

/// Content type, message, what it must become.
fn sound() -> Vec<(&'static str, &'static str, Vec<u8>, Vec<u8>)> {
    let preamble = "This is a multi-part message.\n--=_b\r\n";
    let both = |start, preamble, make: &dyn Fn(Vec<u8>) -> Vec<Vec<u8>>, fields: [String; 2]| {
        let [before, after] = fields;
        (
            start,
            message(preamble, &make(root(&before, &old()))),
            message(preamble, &make(root(&after, &new()))),
        )
    };
    let none = || [String::new(), String::new()];
    let length = |text: &dyn Fn(usize) -> String| [text(old().len()), text(new().len())];
    let mut rows = Vec::new();
    let mut row = |name, (start, input, expected)| rows.push((name, start, input, expected));
    row(
        "root first",
        both(TYPE, "", &|root| vec![root, attachment()], none()),
    );
    row("root alone", both(TYPE, "", &|root| vec![root], none()));
    row(
        "preamble",
        both(TYPE, preamble, &|root| vec![root, attachment()], none()),
    );
    row(
        "no start",
        both(UNSTARTED, "\r\n", &|root| vec![root, attachment()], none()),
    );
    row(
        "root last",
        both(
            TYPE,
            "",
            &|root| vec![attachment(), attachment(), root],
            none(),
        ),
    );
    row(
        "root between",
        both(
            TYPE,
            preamble,
            &|root| vec![attachment(), root, attachment()],
            none(),
        ),
    );
    row(
        "empty part before",
        both(TYPE, "", &|root| vec![b"\r\n".to_vec(), root], none()),
    );
    row(
        "length corrected",
        both(
            TYPE,
            "",
            &|root| vec![root, attachment()],
            length(&|n| format!("Content-Length:{n} \r\n")),
        ),
    );
    row(
        "length corrected, root later",
        both(
            TYPE,
            "",
            &|root| vec![attachment(), root],
            length(&|n| format!("content-length: {n}\r\nX: 1\r\n")),
        ),
    );
    row(
        "8bit",
        both(
            TYPE,
            "",
            &|root| vec![root],
            [(); 2].map(|()| "Content-Transfer-Encoding: 8BIT\r\n".to_owned()),
        ),
    );
    rows
}

/// The output and the report, or the refusal and whether something went out before it.
fn stream<'c>(
    chunks: impl IntoIterator<Item = &'c [u8]>,
    content_type: &str,
    policy: &Policy,
) -> (Result<Report, Refusal>, Vec<u8>) {
    let mut rewriter = Document::of(Some(content_type))
        .expect("a Content-Type")
        .rewriter(policy.clone());
    let mut out = Vec::new();
    let mut pushed = Ok(());
    let (mut taken, mut saved) = (0, None);
    for chunk in chunks {
        pushed = rewriter.push(Bytes::copy_from_slice(chunk), &mut out);
        taken += chunk.len();
        if pushed.is_err() {
            continue;
        }
        saved = saved.or(rewriter.saved());
        assert_eq!(rewriter.saved(), saved, "the length changed afterwards");
        if let Some(report) = rewriter.report() {
            assert_eq!(report.input_length, taken);
        }
    }
    let finished = rewriter.finish(&mut out);
    if let Err(refusal) = pushed {
        assert_eq!(finished, Err(refusal));
    }
    let out = out.concat();
    if let (Ok(report), Some(saved)) = (&finished, saved) {
        assert_eq!(report.output_length, taken - saved);
    }
    (finished, out)
}

fn check_streams(name: &str, content_type: &str, input: &[u8], expected: &Result<Edits, Refusal>) {
    let same = |(report, out): (Result<Report, Refusal>, Vec<u8>), how: &str| match expected {
        Ok(edits) => {
            assert_eq!(report.as_ref(), Ok(&edits.report()), "{name}, {how}");
            assert_eq!(out, edits.to_vec(input), "{name}, {how}");
        }
        Err(refusal) => {
            assert_eq!(report.as_ref(), Err(refusal), "{name}, {how}");
            assert!(input.starts_with(&out), "{name}, {how}");
        }
    };
    same(
        stream(input.chunks(1), content_type, &policy()),
        "byte by byte",
    );
    for at in 0..=input.len() {
        let (one, two) = input.split_at(at);
        same(
            stream([one, two], content_type, &policy()),
            &format!("in two at {at}"),
        );
    }
}

#[test]
fn only_the_root_part_changes_whatever_the_chunks() {
    for (name, content_type, input, expected) in sound() {
        let edits = cut_typed(&input, Some(content_type), &policy())
            .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let output = edits.to_vec(&input);
        assert_eq!(
            String::from_utf8_lossy(&output),
            String::from_utf8_lossy(&expected),
            "{name}"
        );
        assert_eq!(output, expected, "{name}");
        assert_eq!(edits.output_length(), expected.len(), "{name}");
        let shared = Bytes::from(input.clone());
        assert_eq!(edits.pieces_bytes(&shared).concat(), expected, "{name}");
        let gone = edits.removed()[0].range.clone();
        assert_eq!(
            String::from_utf8_lossy(&input[gone]),
            security("<w:UsernameToken/>"),
            "{name}"
        );
        assert!(
            cut_typed(&output, Some(content_type), &policy())
                .unwrap()
                .is_empty(),
            "{name}"
        );
        check_streams(name, content_type, &input, &Ok(edits));
    }
}

#[test]
fn with_the_root_first_the_length_is_known_before_the_first_byte_goes_out() {
    for (name, content_type, input, expected) in sound() {
        let first = !name.contains("later")
            && !matches!(name, "root last" | "root between" | "empty part before");
        let mut rewriter = Document::of(Some(content_type)).unwrap().rewriter(policy());
        let mut out = Vec::new();
        let known = input.chunks(1).find_map(|byte| {
            rewriter
                .push(Bytes::copy_from_slice(byte), &mut out)
                .unwrap();
            (!out.is_empty()).then(|| rewriter.saved())
        });
        let saved = first.then_some(input.len() - expected.len());
        assert_eq!(known, Some(saved), "{name}");
    }
}

#[test]
fn refusals_name_their_place_and_are_the_same_in_chunks() {
    let header = "Content-Type: application/xop+xml\r\nContent-ID: <root@x>\r\n";
    let part = |fields: &str| message("", &[format!("{fields}\r\n{}", old()).into_bytes()]);
    let text = |text: String| text.into_bytes();
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        // Code, message, the text at whose first byte it is refused; none for the end.
        ("envelope-boundary", text("<Envelope/>".to_owned()), ""),
        ("envelope-boundary", text(String::new()), ""),
        (
            "envelope-boundary-line",
            text(format!("--=_b 1\n{header}\n{}", old())),
            "--=_b",
        ),
        (
            "envelope-boundary-line",
            text(format!("x\n--=_b 1\r\n{header}\r\n{}", old())),
            "--=_b",
        ),
        (
            "envelope-boundary-line",
            text(format!("--=_b 1x\r\n{header}\r\n{}", old())),
            "--=_b",
        ),
        (
            "envelope-part-header",
            part("Content-Type: application/xop+xml\nContent-ID: <root@x>\r\n"),
            "\nContent-ID",
        ),
        (
            "envelope-part-header",
            part(&format!("{header}Content-ID: <root@x>\r\n")),
            "Content-ID: <root@x>\r\n\r\n",
        ),
        (
            "envelope-part-header",
            part(&format!("{header}Content-Length: 12\r\n")),
            "12\r\n",
        ),
        (
            "envelope-part-header",
            part(&format!("{header}Content-Length: many\r\n")),
            "Content-Length",
        ),
        (
            "envelope-root-missing",
            part("Content-Type: application/xop+xml\r\nContent-ID: <other@x>\r\n"),
            "--=_b 1--",
        ),
        (
            "envelope-root-missing",
            text(format!("--=_b 1\r\n\r\n{}", old())),
            "",
        ),
        (
            "envelope-root-type",
            part("Content-ID: <root@x>\r\nContent-Type: text/xml\r\n"),
            "Content-Type",
        ),
        (
            "envelope-root-type",
            part("Content-ID: <root@x>\r\nContent-Type: application/octet-stream\r\n"),
            "Content-Type",
        ),
        (
            "envelope-root-encoded",
            part(&format!("{header}Content-Transfer-Encoding: base64\r\n")),
            "Content-Transfer",
        ),
        (
            "envelope-root-encoded",
            part(&format!(
                "{header}Content-Transfer-Encoding: Quoted-Printable\r\n"
            )),
            "Content-Transfer",
        ),
        (
            "envelope-root-digest",
            part(&format!(
                "{header}Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n"
            )),
            "Content-MD5",
        ),
        (
            "envelope-root-digest",
            part(&format!("{header}Content-Digest: sha-256=:AA==:\r\n")),
            "Content-Digest",
        ),
        ("envelope-truncated", text("--=_b 1".to_owned()), ""),
        (
            "envelope-truncated",
            text(format!("--=_b 1\r\n{header}")),
            "",
        ),
        (
            "envelope-truncated",
            text(format!("--=_b 1\r\n{header}\r\n<s:Env\r\n--=_b 1--")),
            "\r\n--=_b 1--",
        ),
        (
            "envelope-not-xml",
            text(format!("--=_b 1\r\n{header}\r\n\r\n--=_b 1--")),
            "\r\n--=_b 1--",
        ),
        (
            "envelope-dtd",
            text(format!(
                "--=_b 1\r\n{header}\r\n<!DOCTYPE x><x/>\r\n--=_b 1--"
            )),
            "<!DOCTYPE",
        ),
        (
            "envelope-second-block",
            text(format!(
                "--=_b 1\r\n{header}\r\n{}",
                envelope11(&security("").repeat(2))
            )),
            "",
        ),
    ];
    for (code, input, place) in rows {
        let name = String::from_utf8_lossy(&input).into_owned();
        let result = cut_typed(&input, Some(TYPE), &policy());
        let refusal = result.clone().expect_err(&name);
        assert_eq!(refusal.code(), code, "{name}");
        let shown = input.get(refusal.offset()..).expect(&name);
        assert!(shown.starts_with(place.as_bytes()), "{name}: {refusal}");
        if place.is_empty() && code != "envelope-second-block" {
            assert_eq!(refusal.offset(), input.len(), "{name}");
        }
        check_streams(&name, TYPE, &input, &result);
    }
}

#[test]
fn a_digest_or_a_false_length_matters_only_if_something_goes() {
    for fields in ["Content-MD5: AAAA\r\n", "Content-Length: 1\r\n"] {
        let input = message("", &[root(fields, &new())]);
        let edits = cut_typed(&input, Some(TYPE), &policy()).unwrap();
        assert!(edits.is_empty() && edits.correction().is_none(), "{fields}");
        assert_eq!(edits.to_vec(&input), input);
    }
}

#[test]
fn what_a_content_type_leaves_open_is_refused() {
    for (text, code, offset) in [
        ("multipart/related", "envelope-content-type", 17),
        (
            "multipart/related; boundary=\"\"",
            "envelope-content-type",
            28,
        ),
        (
            "multipart/related; boundary=\"b \"",
            "envelope-content-type",
            28,
        ),
        (
            "multipart/related; boundary=a; boundary=b",
            "envelope-content-type",
            40,
        ),
        ("multipart/mixed; boundary=b", "envelope-media-type", 0),
        ("multipart/form-data; boundary=b", "envelope-media-type", 0),
        ("soap", "envelope-content-type", 4),
    ] {
        let refusal = Document::of(Some(text)).unwrap_err();
        assert_eq!((refusal.code(), refusal.offset()), (code, offset), "{text}");
    }
}

#[test]
fn the_charset_comes_from_byte_order_mark_then_content_type_then_declaration() {
    let latin = |declaration: &str| {
        let text = format!("{declaration}{}", envelope11(&security("\u{e9}")));
        text.chars().map(|c| c as u8).collect::<Vec<_>>()
    };
    let utf8 = "<?xml version='1.0' encoding='utf-8'?>";
    let marked = [
        &b"\xef\xbb\xbf"[..],
        envelope11(&security("\u{e9}")).as_bytes(),
    ]
    .concat();
    for (content_type, input, code) in [
        (None, latin(""), Some("envelope-malformed")),
        (Some("text/xml"), latin(""), Some("envelope-malformed")),
        (Some("text/xml; charset=iso-8859-1"), latin(""), None),
        (
            Some("text/xml; charset=\"ISO-8859-1\""),
            latin(utf8),
            Some("envelope-encoding-contradicted"),
        ),
        (
            Some("application/soap+xml; charset=utf-8"),
            latin("<?xml version='1.0' encoding='iso-8859-1'?>"),
            Some("envelope-encoding-contradicted"),
        ),
        (
            Some("application/octet-stream; charset=iso-8859-1"),
            latin(""),
            Some("envelope-malformed"),
        ),
        (
            Some("text/xml; charset=utf-7"),
            latin(""),
            Some("envelope-encoding"),
        ),
        (
            Some("text/xml; charset=iso-8859-1"),
            marked,
            Some("envelope-encoding-contradicted"),
        ),
    ] {
        let result = cut_typed(&input, content_type, &policy());
        let found = result.as_ref().err().map(Refusal::code);
        assert_eq!(found, code, "{content_type:?}");
        let mut rewriter = Document::of(content_type).unwrap().rewriter(policy());
        let mut out = Vec::new();
        let pushed = input
            .chunks(1)
            .try_for_each(|byte| rewriter.push(Bytes::copy_from_slice(byte), &mut out));
        assert_eq!(
            pushed.err().as_ref().map(Refusal::code),
            code,
            "{content_type:?}"
        );
    }
    // The root part's own charset counts, not the message's.
    let part = [
        &b"Content-Type: application/xop+xml; charset=iso-8859-1\r\nContent-ID: <root@x>\r\n\r\n"[..],
        &latin(""),
    ]
    .concat();
    let input = message("", &[part]);
    assert_eq!(
        cut_typed(&input, Some(TYPE), &policy())
            .unwrap()
            .ranges()
            .len(),
        1
    );
}

#[test]
fn a_body_is_looked_for_in_the_root_part_alone() {
    let policy = Policy {
        inspect_body: true,
        ..policy()
    };
    let input = message(
        "",
        &[root("", &envelope11("").replace(S11, S12)), attachment()],
    );
    let edits = cut_typed(&input, Some(TYPE), &policy).unwrap();
    let codes: Vec<_> = edits
        .findings()
        .iter()
        .map(|finding| finding.code())
        .collect();
    assert_eq!(codes, ["soap12"]);
    assert!(input[edits.findings()[0].offset()..].starts_with(b"<s:Envelope"));
}

#[test]
fn options_hold_for_a_root_part_too() {
    let length = |text: &str| format!("Content-Length: {}\r\n", text.len());
    let without_header = new().replace("<s:Header></s:Header>", "");
    let part = |text: &str| vec![root(&length(text), text), attachment()];
    let input = message("", &part(&old()));
    let all = Policy {
        drop_empty_header: true,
        ..policy()
    };
    let report = Policy {
        report_only: true,
        ..policy()
    };
    let both = Policy {
        report_only: true,
        ..all.clone()
    };
    for (policy, expected) in [
        (all, message("", &part(&without_header))),
        (report.clone(), input.clone()),
        (both, input.clone()),
    ] {
        let edits = cut_typed(&input, Some(TYPE), &policy).expect("sound");
        assert_eq!(edits.to_vec(&input), expected);
        assert_eq!(edits.removed().len(), 1);
        assert_eq!(edits.output_length(), expected.len());
        for size in [1, 10, input.len()] {
            let (told, out) = stream(input.chunks(size), TYPE, &policy);
            assert_eq!(told, Ok(edits.report()));
            assert_eq!(out, expected);
        }
    }
    // What would be refused is refused.
    let input = message("", &[root("Content-MD5: x\r\n", &old())]);
    let refusal = cut_typed(&input, Some(TYPE), &report).expect_err("a digest");
    assert_eq!(refusal.code(), "envelope-root-digest");
    assert_eq!(stream(input.chunks(3), TYPE, &report).0, Err(refusal));
}

#[test]
fn a_root_part_is_checked_to_its_end_and_no_further() {
    let policy = Policy {
        well_formed: true,
        inspect_body: true,
        ..policy()
    };
    let check = |input: &[u8]| {
        let whole = cut_typed(input, Some(TYPE), &policy);
        for size in [1, 7, 100, input.len()] {
            let (report, out) = stream(input.chunks(size), TYPE, &policy);
            match &whole {
                Ok(edits) => {
                    assert_eq!(report, Ok(edits.report()));
                    assert_eq!(out, edits.to_vec(input));
                }
                Err(refusal) => assert_eq!(report.as_ref(), Err(refusal)),
            }
        }
        whole
    };
    let length = |text: &str| format!("Content-Length: {}\r\n", text.len());
    for (before, after) in [
        (old(), new()),
        (old().replace(S11, S12), new().replace(S11, S12)),
    ] {
        let part = |text: &str| root(&length(text), text);
        for order in [[true, false], [false, true]] {
            let parts =
                |text: &str| order.map(|first| if first { part(text) } else { attachment() });
            let input = message("", &parts(&before));
            let edits = check(&input).expect("well-formed");
            assert_eq!(edits.to_vec(&input), message("", &parts(&after)));
        }
    }
    let broken = old().replace("</s:Body>", "</s:Bdy>");
    let input = message("", &[root("", &broken), attachment()]);
    let refusal = check(&input).expect_err("not well-formed");
    assert_eq!(refusal.code(), "envelope-malformed");
    assert!(
        input[refusal.offset()..].starts_with(b"</s:Bdy>"),
        "{refusal}"
    );
    let cut_short = &old()[..old().len() - 5];
    let input = message("", &[root("", cut_short), attachment()]);
    let refusal = check(&input).expect_err("not complete");
    assert_eq!(refusal.code(), "envelope-truncated");
    assert!(
        input[refusal.offset()..].starts_with(b"\r\n--=_b 1"),
        "{refusal}"
    );
    // The digest is the first reason, wherever the second stands.
    let input = message("", &[root("Content-MD5: x\r\n", &broken)]);
    let refusal = check(&input).expect_err("a digest");
    assert_eq!(refusal.code(), "envelope-root-digest");
}

#[test]
fn what_is_held_back_is_bounded() {
    let limits = Limits {
        header_bytes: 1000,
        ..Limits::default()
    };
    let policy = Policy { limits, ..policy() };
    let endless_preamble = vec![b'\n'; 5000];
    let endless_part = [b"--=_b 1\r\nX: ", &vec![b'x'; 20_000][..]].concat();
    let endless_header = message("", &[root("", &envelope11(&"<a/>".repeat(1000)))]);
    for (input, code, offset) in [
        (endless_preamble, "envelope-boundary", 1000),
        (
            endless_part,
            "envelope-part-header-too-large",
            9 + 16 * 1024,
        ),
        (
            endless_header,
            "envelope-header-too-large",
            1000 + 11 + root("", "").len(),
        ),
    ] {
        let refusal = cut_typed(&input, Some(TYPE), &policy).unwrap_err();
        assert_eq!((refusal.code(), refusal.offset()), (code, offset));
        let (report, out) = stream(input.chunks(1), TYPE, &policy);
        assert_eq!(report, Err(refusal));
        assert!(out.is_empty());
        let chunks = || input.chunks(1).map(Bytes::copy_from_slice);
        let mut rewriter = Document::of(Some(TYPE)).unwrap().rewriter(policy.clone());
        let sent = chunks().position(|byte| rewriter.push(byte, &mut Vec::new()).is_err());
        assert!(sent.unwrap() <= offset + 1024, "{code} only after {sent:?}");
    }
}

#[test]
fn a_large_attachment_before_the_root_is_passed_on_as_it_comes() {
    let head = b"--=_b 1\r\n\r\n";
    let mut rewriter = Document::of(Some(TYPE)).unwrap().rewriter(policy());
    let (mut sent, mut got) = (0, 0);
    let chunk = Bytes::from(BINARY.repeat(1000));
    for chunk in std::iter::once(Bytes::from_static(head)).chain(std::iter::repeat_n(chunk, 50)) {
        sent += chunk.len();
        let mut out = Vec::new();
        rewriter.push(chunk, &mut out).unwrap();
        got += out.concat().len();
        assert!(sent - got < 100, "{} bytes held back", sent - got);
    }
    assert!(!format!("{rewriter:?}").contains("Security"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_of_a_damaged_message_gives_the_same(
        row in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..4),
        sizes in prop::collection::vec(0..200_usize, 1..8),
        inspect_body in any::<bool>(),
        well_formed in any::<bool>(),
    ) {
        let policy = Policy { inspect_body, well_formed, ..policy() };
        let rows = sound();
        let (_, content_type, input, _) = &rows[row.index(rows.len())];
        let mut input = input.clone();
        for (at, byte, kind) in changes {
            let byte = if byte < 128 { b"\r\n-=_b 1:<>"[usize::from(byte) % 11] } else { byte };
            let at = at.index(input.len());
            match kind {
                0 => input[at] = byte,
                1 => input.insert(at, byte),
                _ => drop(input.remove(at)),
            }
        }
        let mut chunks = Vec::new();
        let mut rest = &input[..];
        for size in sizes.iter().cycle().take(400) {
            let (chunk, tail) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk);
            rest = tail;
        }
        chunks.push(rest);
        let (report, out) = stream(chunks, content_type, &policy);
        match cut_typed(&input, Some(content_type), &policy) {
            Ok(edits) => {
                prop_assert_eq!(report, Ok(edits.report()));
                prop_assert_eq!(out, edits.to_vec(&input));
            }
            Err(refusal) => {
                prop_assert_eq!(report, Err(refusal));
                prop_assert!(well_formed || input.starts_with(&out));
            }
        }
    }
}

#[test]
fn an_angle_bracket_left_in_the_name_of_the_root_is_refused() {
    let content_type = format!("{UNSTARTED}; start=\"<a>>\"");
    let refusal = cut_typed(b"", Some(&content_type), &policy()).unwrap_err();
    let offset = content_type.find("\"<a>>").unwrap();
    assert_eq!(refusal, Refusal::ContentType { offset });
}

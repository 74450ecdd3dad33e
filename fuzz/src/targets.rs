//! One function a target; it panics where the rewriter and its judge disagree.

use std::ops::Range;

use bytes::Bytes;
use castile_envelope::{
    Document, Edits, OtherActor, Policy, Refusal, XopLimits, assemble, cut, open,
};

use crate::{arriving, judge, mime};

/// The policies under which chunks must give what the whole gives.
fn policies() -> [Policy; 3] {
    let mut reading = permissive();
    reading.inspect_body = true;
    reading.well_formed = true;
    [Policy::default(), permissive(), reading]
}

fn permissive() -> Policy {
    let mut policy = Policy::default();
    policy.other_actor = OtherActor::Cut;
    policy.allow_second_block = true;
    policy.allow_signed = true;
    policy
}

/// A whole envelope: the ranges that go are those that other parsers find.
pub fn whole(input: &[u8]) {
    for policy in [permissive(), Policy::default()] {
        match cut(input, &policy) {
            Ok(cuts) => {
                if let Some(ranges) = judge::ranges(input) {
                    assert_eq!(
                        cuts.ranges(),
                        ranges,
                        "{:?}",
                        String::from_utf8_lossy(input)
                    );
                }
                let output = cuts.to_vec(input);
                assert_eq!(output, without(input, cuts.ranges()));
                let again = cut(&output, &policy).expect("what was cut can be read");
                assert!(again.is_empty(), "a second cut removes more");
            }
            Err(refusal) => assert!(refusal.offset() <= input.len(), "{refusal}"),
        }
    }
    let [_, _, reading] = policies();
    if let Ok(cuts) = cut(input, &reading) {
        let mut findings = cuts.findings().iter();
        assert!(findings.all(|finding| finding.offset() <= input.len()));
        judge::well_formed(input);
    }
    let _ = open(input);
}

/// An envelope in chunks: output and refusal are those of the whole.
pub fn chunked(data: &[u8]) {
    let Some((seed, input)) = data.split_first_chunk() else {
        return;
    };
    in_chunks(&Document::of(None).expect("no Content-Type"), input, *seed);
}

/// A multipart message: only the root part changes, whole and in chunks; read as it comes, its parts are the same.
///
/// Four bytes choose the chunks, then comes a line with the Content-Type, then the message.
pub fn multipart(data: &[u8]) {
    let Some((seed, rest)) = data.split_first_chunk() else {
        return;
    };
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (Ok(content_type), input) = (std::str::from_utf8(&rest[..end]), &rest[end + 1..]) else {
        return;
    };
    let document = match Document::of(Some(content_type)) {
        Ok(document) => document,
        Err(refusal) => return assert!(refusal.offset() <= content_type.len()),
    };
    in_chunks(&document, input, *seed);
    if !document.is_multipart() {
        return;
    }
    let mut limits = XopLimits::default();
    limits.assembled = 4 * data.len();
    let assembled = assemble(content_type, input, &limits);
    arriving::judge(content_type, input, *seed, &assembled);
    match assembled {
        Ok(parts) => {
            let others = parts.others.iter().map(|part| part.content.len());
            let others: usize = others.sum();
            assert!(
                others <= input.len() && parts.envelope.len() <= limits.assembled + input.len()
            );
        }
        Err(refusal) => assert!(refusal.offset() <= input.len(), "{refusal}"),
    }
    let Ok(edits) = document.cut(input, &permissive()) else {
        return;
    };
    let Some(media) = mime::parameters(content_type) else {
        return;
    };
    let root = mime::root(input, media.boundary, media.start).expect("a root part was found");
    let content = &input[root.content.clone()];
    let removed: Vec<Range<usize>> = edits
        .ranges()
        .iter()
        .map(|range| range.start - root.content.start..range.end - root.content.start)
        .collect();
    if let Some(ranges) = judge::ranges(content) {
        assert_eq!(removed, ranges, "{:?}", String::from_utf8_lossy(input));
    }
    let mut expected = input[..root.content.start].to_vec();
    if let (Some(digits), false) = (root.length, removed.is_empty()) {
        let number: usize = std::str::from_utf8(&input[digits.clone()])
            .expect("digits")
            .parse()
            .expect("a number");
        let gone: usize = removed.iter().map(ExactSizeIterator::len).sum();
        expected.splice(digits, (number - gone).to_string().into_bytes());
    }
    expected.extend(without(content, &removed));
    expected.extend_from_slice(&input[root.content.end..]);
    assert_eq!(edits.to_vec(input), expected);
}

/// An envelope in UTF-16: the ranges that go are those of the same text in UTF-8.
///
/// Four bytes choose the chunks, one the byte order, whether there is a byte order mark, and whether the
/// Content-Type names the encoding; then comes the text in UTF-8.
pub fn utf16(data: &[u8]) {
    let Some((seed, [kind, rest @ ..])) = data.split_first_chunk() else {
        return;
    };
    let content_type = (kind & 4 != 0).then_some("text/xml; charset=utf-16");
    let document = Document::of(content_type).expect("a Content-Type");
    if kind & 8 != 0 {
        return in_chunks(&document, rest, *seed);
    }
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mark = (kind & 2 != 0).then_some('\u{feff}');
    let characters: Vec<char> = mark.into_iter().chain(text.chars()).collect();
    let mut input = Vec::new();
    // Where each byte of the text has its place.
    let mut places = vec![0; text.len() + 1];
    let mut at = 0;
    for (n, character) in characters.iter().enumerate() {
        if n >= mark.iter().len() {
            places[at] = input.len();
            at += character.len_utf8();
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let bytes = if kind & 1 != 0 {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            };
            input.extend_from_slice(&bytes);
        }
    }
    places[at] = input.len();
    in_chunks(&document, &input, *seed);
    let Ok(edits) = document.cut(&input, &permissive()) else {
        return;
    };
    if let Some(ranges) = judge::ranges(text.as_bytes()) {
        let expected: Vec<Range<usize>> = ranges
            .iter()
            .map(|range| places[range.start]..places[range.end])
            .collect();
        assert_eq!(edits.ranges(), expected, "{text:?}");
    }
}

/// Output, report and refusal are those of the whole; where the whole is refused, what went out is its beginning.
fn in_chunks(document: &Document, input: &[u8], seed: [u8; 4]) {
    for policy in policies() {
        let well_formed = policy.well_formed;
        let whole: Result<Edits, Refusal> = document.cut(input, &policy);
        let mut rewriter = document.rewriter(policy);
        let mut out = Vec::new();
        let mut pushed = Ok(());
        let mut rest = Bytes::copy_from_slice(input);
        let mut state = u32::from_le_bytes(seed);
        while !rest.is_empty() && pushed.is_ok() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let bound = [1, 2, 7, 100, 5000][(state >> 29) as usize % 5];
            let size = (state >> 8) as usize % bound + 1;
            pushed = rewriter.push(rest.split_to(size.min(rest.len())), &mut out);
        }
        let finished = pushed.and_then(|()| rewriter.finish(&mut out));
        let out = out.concat();
        match whole {
            Ok(edits) => {
                assert_eq!(finished, Ok(edits.report()));
                assert_eq!(out, edits.to_vec(input));
                assert_eq!(out.len(), edits.output_length());
            }
            Err(refusal) => {
                assert_eq!(finished, Err(refusal));
                assert!(well_formed || input.starts_with(&out));
                assert!(well_formed || document.is_multipart() || out.is_empty());
            }
        }
    }
}

fn without(input: &[u8], ranges: &[Range<usize>]) -> Vec<u8> {
    let mut output = input.to_vec();
    for range in ranges.iter().rev() {
        output.drain(range.clone());
    }
    output
}

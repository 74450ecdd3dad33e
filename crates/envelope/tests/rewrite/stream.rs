//! Chunks of any size give what the whole gives.

use bytes::Bytes;
use castile_envelope::{EnvelopeRewriter, Limits, Policy, Refusal, Report, cut};
use proptest::prelude::*;

use crate::table::{envelope11, security, variants};

/// The output and the report, or the refusal; after a refusal nothing may have gone out.
fn rewrite<'c>(
    chunks: impl IntoIterator<Item = &'c [u8]>,
    policy: &Policy,
) -> Result<(Vec<u8>, Report), Refusal> {
    let mut rewriter = EnvelopeRewriter::new(policy.clone());
    let mut out = Vec::new();
    let mut pushed = Ok(());
    for chunk in chunks {
        pushed = rewriter.push(Bytes::copy_from_slice(chunk), &mut out);
    }
    let finished = rewriter.finish(&mut out);
    if let Err(refusal) = pushed {
        assert_eq!(finished, Err(refusal));
    }
    match finished {
        Ok(report) => Ok((out.concat(), report)),
        Err(refusal) => {
            assert!(out.is_empty(), "{refusal} after output");
            Err(refusal)
        }
    }
}

fn whole(input: &[u8], policy: &Policy) -> Result<(Vec<u8>, Report), Refusal> {
    cut(input, policy).map(|cuts| (cuts.to_vec(input), cuts.report()))
}

#[test]
fn byte_for_byte_and_cut_in_two_anywhere_each_variant_comes_out_the_same() {
    let policy = Policy::default();
    for row in variants() {
        let expected = whole(&row.input, &policy);
        assert_eq!(expected.as_ref().unwrap().0, row.expected);
        assert_eq!(
            rewrite(row.input.chunks(1), &policy),
            expected,
            "{}",
            row.name
        );
        for at in 0..=row.input.len() {
            let (one, two) = row.input.split_at(at);
            assert_eq!(
                rewrite([one, two], &policy),
                expected,
                "{} at {at}",
                row.name
            );
        }
    }
}

#[test]
fn refusals_are_those_of_the_whole_whatever_the_chunks() {
    let utf_16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let double = security("").repeat(2);
    let inputs: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b" \n ".to_vec(),
        b" -".to_vec(),
        b"\r\n--b\r\n".to_vec(),
        b"{}".to_vec(),
        b"\xef\xbb".to_vec(),
        b"\xff\xfe<\0a\0".to_vec(),
        b"\xff\xfe\0\0".to_vec(),
        b"<\0\0\0".to_vec(),
        utf_16,
        b"<!doctype html>".to_vec(),
        b"<!DOC".to_vec(),
        b"<!dox>".to_vec(),
        b"<?xml version='1.0' encoding='utf-7'?><a/>".to_vec(),
        [&b"<?xml "[..], &[b' '; 250], b"?><a/>"].concat(),
        [&b"<?xml version='1.0'"[..], &[b' '; 236], b"?><a/>"].concat(),
        b"<a>&nbsp;</a>".to_vec(),
        b"<AcctInq xmlns='http://jackhenry.com/jxchange/TPG/2008'/>".to_vec(),
        b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'/> x".to_vec(),
        envelope11(&double).into_bytes(),
        envelope11("& long and without an end to it, whatever comes").into_bytes(),
        envelope11("<a></b>").into_bytes(),
        envelope11("<a").into_bytes(),
    ];
    let policy = Policy::default();
    for input in inputs {
        let expected = whole(&input, &policy);
        assert!(expected.is_err());
        let name = String::from_utf8_lossy(&input);
        assert_eq!(rewrite(input.chunks(1), &policy), expected, "{name}");
        for at in 0..=input.len() {
            let (one, two) = input.split_at(at);
            assert_eq!(rewrite([one, two], &policy), expected, "{name} at {at}");
        }
    }
}

#[test]
fn the_header_is_held_back_and_the_body_passed_on() {
    let text = envelope11(&security("<w:UsernameToken>sesame</w:UsernameToken>"));
    let (head, body) = text.split_at(text.find("<s:Body>").unwrap());
    let mut rewriter = EnvelopeRewriter::new(Policy::default());
    let mut out = Vec::new();
    rewriter
        .push(Bytes::from(head.to_owned()), &mut out)
        .unwrap();
    assert!(out.is_empty());
    assert!(!format!("{rewriter:?}").contains("sesame"));
    let body = Bytes::from(body.to_owned());
    rewriter.push(body.clone(), &mut out).unwrap();
    assert_eq!(out.concat(), envelope11("").as_bytes());

    // From here on nothing is copied.
    out.clear();
    rewriter.push(body.clone(), &mut out).unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].as_ptr(), body.as_ptr());
    let report = rewriter.finish(&mut out).unwrap();
    assert_eq!(report.input_length, text.len() + body.len());
    assert_eq!(report.output_length, envelope11("").len() + body.len());
}

#[test]
fn a_first_chunk_with_the_whole_header_is_not_copied() {
    let text = Bytes::from(envelope11(&security("")));
    let mut rewriter = EnvelopeRewriter::new(Policy::default());
    let mut out = Vec::new();
    rewriter.push(text.clone(), &mut out).unwrap();
    assert_eq!(out[0].as_ptr(), text.as_ptr());
    assert_eq!(out[1].as_ptr_range().end, text.as_ptr_range().end);
}

#[test]
fn an_endless_header_is_refused_at_the_limit_in_small_chunks_too() {
    let limits = Limits {
        header_bytes: 4096,
        ..Limits::default()
    };
    let policy = Policy {
        limits,
        ..Policy::default()
    };
    let mut rewriter = EnvelopeRewriter::new(policy);
    let mut out = Vec::new();
    let mut sent = 0;
    let endless = envelope11(&"<a></a>".repeat(10_000));
    let refusal = endless
        .as_bytes()
        .chunks(1)
        .find_map(|byte| {
            sent += 1;
            rewriter.push(Bytes::copy_from_slice(byte), &mut out).err()
        })
        .unwrap();
    assert_eq!(refusal.code(), "envelope-header-too-large");
    assert_eq!(sent, 4097, "refused as soon as it is certain");
    assert!(out.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same(
        row in any::<prop::sample::Index>(),
        change in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        sizes in prop::collection::vec(0..200_usize, 1..8),
    ) {
        let mut input = row.get(variants()).input.clone();
        if let Some((at, byte)) = change {
            let at = at.index(input.len());
            input[at] = byte;
        }
        let mut chunks = Vec::new();
        let mut rest = &input[..];
        for size in sizes.iter().cycle().take(400) {
            let (chunk, tail) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk);
            rest = tail;
        }
        chunks.push(rest);
        let policy = Policy::default();
        prop_assert_eq!(rewrite(chunks, &policy), whole(&input, &policy));
    }
}

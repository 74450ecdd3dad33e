//! Counts what the cut allocates.

use allocation_counter::measure;
use bytes::{Bytes, BytesMut};
use castile_envelope::{EnvelopeRewriter, Policy, cut, cut_in_place};

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

/// A request with a body of `size` bytes.
fn request(size: usize) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"\n\
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><s:Header>\n<wsse:Security s:mustUnderstand=\"1\" xmlns:wsse=\"{WSSE}\">\
         <wsse:UsernameToken><wsse:Username>u</wsse:Username><wsse:Password Type=\"#PasswordText\">p</wsse:Password>\
         </wsse:UsernameToken></wsse:Security>\n</s:Header><s:Body><a>{}</a></s:Body></s:Envelope>",
        "x".repeat(size)
    )
    .into_bytes()
}

#[test]
fn an_envelope_is_cut_without_an_allocation_at_any_size() {
    let policy = Policy::default();
    for size in [1_000, 1_000_000] {
        let input = request(size);
        let mut out = Vec::with_capacity(input.len());
        let plan = measure(|| {
            let cuts = cut(&input, &policy).expect("an envelope");
            assert_eq!(cuts.removed().len(), 1);
            cuts.write_to(&input, &mut out);
        });
        assert_eq!(plan.count_total, 0, "{size}: {plan:?}");
        assert!(out.len() < input.len());

        let mut owned = BytesMut::from(&input[..]);
        let place = measure(|| {
            let cuts = cut(&owned, &policy).expect("an envelope");
            cuts.apply(&mut owned);
        });
        assert_eq!(place.count_total, 0, "{size}: {place:?}");
        assert_eq!(owned, out);
    }
    // UTF-16 whose header fits into the first look.
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let text = String::from_utf8(request(100_000)).expect("UTF-8");
    let input = wide(&text.replace("UTF-8", "UTF-16"));
    let plan = measure(|| assert_eq!(cut(&input, &policy).expect("an envelope").ranges().len(), 1));
    assert_eq!(plan.count_total, 0, "{plan:?}");
    let mut owned = BytesMut::from(&input[..]);
    let report = measure(|| {
        cut_in_place(&mut owned, &policy).expect("an envelope");
    });
    assert!(
        report.count_total <= 1,
        "the report's list of blocks: {report:?}"
    );
}

#[test]
fn streaming_holds_the_header_and_a_chunk() {
    let input = Bytes::from(request(4_000_000));
    for well_formed in [false, true] {
        let policy = Policy {
            well_formed,
            ..Policy::default()
        };
        let mut length = 0;
        let streamed = measure(|| {
            let mut rewriter = EnvelopeRewriter::new(policy);
            let mut out = Vec::new();
            let mut at = 0;
            while at < input.len() {
                // Each chunk is new memory, as from a socket.
                let end = input.len().min(at + 8_192);
                let chunk = Bytes::copy_from_slice(&input[at..end]);
                rewriter.push(chunk, &mut out).expect("an envelope");
                length += out.drain(..).map(|piece| piece.len()).sum::<usize>();
                at = end;
            }
            rewriter.finish(&mut out).expect("an envelope");
        });
        assert!(length > 4_000_000);
        // One chunk of 8 KiB, and what the check holds.
        assert!(streamed.bytes_max < 16 * 1024, "{streamed:?}");
    }
}

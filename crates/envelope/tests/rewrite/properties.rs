//! What holds for every envelope that can be thought of.

use castile_envelope::{Content, Flaw, OtherActor, Policy, Refusal, cut, open};
use proptest::prelude::*;

use crate::parsers;
use crate::table::{DSIG, Row, S11, S12, WSSE, WSU, variants};

/// Text, comments and elements as they may stand in a header block.
fn content() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[ a-z\u{e9}\r\n\t]{0,8}".boxed(),
        Just("&amp;&#x3e;".to_owned()).boxed(),
        Just("<!-- <w:Security> -->".to_owned()).boxed(),
        Just("<![CDATA[</w:Security>]]>".to_owned()).boxed(),
        Just("<?pi > ?>".to_owned()).boxed(),
        Just("<w:UsernameToken a='>'/>".to_owned()).boxed(),
        Just("<w:Security/>".to_owned()).boxed(),
        Just("<w:Security xmlns:w=\"urn:other\"></w:Security >".to_owned()).boxed(),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        (prop::collection::vec(inner, 0..4), "[a-z]{1,4}")
            .prop_map(|(inside, name)| format!("<{name} x='y'>{}</{name}>", inside.concat()))
    })
}

/// A header of blocks, each with whether it goes.
fn blocks() -> impl Strategy<Value = Vec<(String, bool)>> {
    let security =
        content().prop_map(|inside| (format!("<w:Security>{inside}</w:Security>"), true));
    let default = content().prop_map(|inside| {
        (
            format!("<Security xmlns='{WSSE}' xmlns:q='q'>{inside}</Security\n>"),
            true,
        )
    });
    let empty = Just((format!("<v:Security xmlns:v=\"{WSSE}\" />"), true));
    let other = content().prop_map(|inside| {
        (
            format!("<o:other xmlns:o='urn:o'>{inside}</o:other>"),
            false,
        )
    });
    let alike = Just((
        "<w:Security xmlns:w='urn:other'></w:Security>".to_owned(),
        false,
    ));
    let between = content()
        .prop_map(|text| (text, false))
        .prop_filter("no block of its own", |(text, _)| {
            !text.starts_with("<w:Security/")
        });
    prop::collection::vec(
        prop_oneof![security, default, empty, other, alike, between],
        0..6,
    )
}

fn envelope(soap: &str, blocks: &[(String, bool)], keep: bool) -> String {
    let header: String = blocks
        .iter()
        .filter(|(_, goes)| keep || !goes)
        .map(|(text, _)| text.as_str())
        .collect();
    format!(
        "<s:Envelope xmlns:s='{soap}' xmlns:w='{WSSE}' xmlns:u='{WSU}' xmlns:d='{DSIG}'><s:Header>{header}</s:Header>\n\
         <s:Body><w:Security/></s:Body></s:Envelope>"
    )
}

pub(crate) fn permissive() -> Policy {
    Policy {
        other_actor: OtherActor::Cut,
        allow_second_block: true,
        allow_signed: true,
        inspect_body: true,
        ..Policy::default()
    }
}

/// Replaces, inserts or removes a byte; half of the bytes are such as mean something.
pub(crate) fn mutate(input: &mut Vec<u8>, at: usize, byte: u8, kind: u8) {
    let byte = match byte {
        0..128 => b"<>/'\"=&;:!?-[] "[usize::from(byte) % 15],
        _ => byte,
    };
    match kind {
        0 => input[at] = byte,
        1 => input.insert(at, byte),
        _ => {
            input.remove(at);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_output_is_what_would_have_been_written_without_the_blocks(
        blocks in blocks(),
        soap in prop_oneof![Just(S11), Just(S12)],
    ) {
        let input = envelope(soap, &blocks, true);
        let expected = envelope(soap, &blocks, false);
        let cuts = cut(input.as_bytes(), &permissive()).unwrap();
        let output = cuts.to_vec(input.as_bytes());
        prop_assert_eq!(std::str::from_utf8(&output).unwrap(), &expected);
        prop_assert!(cut(&output, &permissive()).unwrap().is_empty());

        let body = input.find("<s:Body>").unwrap();
        prop_assert!(output.ends_with(&input.as_bytes()[body..]));
        prop_assert_eq!(cuts.ranges(), parsers::quick_xml_ranges(&input));
        prop_assert_eq!(cuts.ranges(), parsers::roxmltree_ranges(&input));
        let (before, after) = (parsers::infoset(&input, true), parsers::infoset(&expected, false));
        prop_assert_eq!(before, after);
    }

    #[test]
    fn a_mutated_header_is_refused_if_another_parser_refuses_it(
        row in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..4),
    ) {
        // With a Body in Body the mutation could make the inner one the outer.
        let rows: Vec<&Row> = variants().iter().filter(|row| row.name != "Body is not read").collect();
        let mut input = rows[row.index(rows.len())].input.clone();
        let header = input.windows(4).position(|window| window == b"Body").unwrap();
        for (at, byte, kind) in mutations {
            mutate(&mut input, at.index(header), byte, kind);
        }
        let Ok(text) = std::str::from_utf8(&input) else { return Ok(()) };
        let theirs = roxmltree::Document::parse(text);
        match cut(&input, &permissive()) {
            Ok(_) => prop_assert!(theirs.is_ok(), "{:?} in {}", theirs.err(), text),
            // In these roxmltree is the more lenient.
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

    #[test]
    fn a_mutated_envelope_is_cut_as_a_parser_would_or_refused(
        row in 0..variants().len(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut input = variants()[row].input.clone();
        for (at, byte, kind) in mutations {
            let length = input.len();
            mutate(&mut input, at.index(length), byte, kind);
        }
        let _ = open(&input);
        match cut(&input, &permissive()) {
            Ok(cuts) => {
                let mut rest = 0;
                for range in cuts.ranges() {
                    prop_assert!(rest <= range.start && range.start < range.end && range.end <= input.len());
                    rest = range.end;
                }
                let output = cuts.to_vec(&input);
                prop_assert_eq!(output.len(), cuts.output_length());
                prop_assert!(cut(&output, &permissive()).unwrap().is_empty());
                // A parser that takes the whole document must see the same blocks.
                if let Ok(text) = std::str::from_utf8(&input)
                    && roxmltree::Document::parse(text).is_ok()
                {
                    prop_assert_eq!(cuts.ranges(), parsers::roxmltree_ranges(text));
                    // quick-xml leaves references in namespace names as they are.
                    if !text.contains('&') {
                        prop_assert_eq!(cuts.ranges(), parsers::quick_xml_ranges(text));
                    }
                }
            }
            Err(refusal) => prop_assert!(refusal.offset() <= input.len()),
        }
    }

    #[test]
    fn open_takes_no_more_than_another_parser_and_finds_the_same(
        row in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..3),
    ) {
        let mut input = row.get(variants()).input.clone();
        for (at, byte, kind) in mutations {
            let length = input.len();
            mutate(&mut input, at.index(length), byte, kind);
        }
        let Ok(text) = std::str::from_utf8(&input) else {
            prop_assert!(open(&input).is_err());
            return Ok(());
        };
        if let Ok(opened) = open(&input) {
            let document = roxmltree::Document::parse(text);
            prop_assert!(document.is_ok(), "{:?} in {}", document.err(), text);
            let document = document.unwrap();
            let body = document.root_element().children().find(|node| node.tag_name().name() == "Body").unwrap();
            let element = body.children().find(|node| node.is_element()).map(|node| node.range());
            let found = match opened.content {
                Content::Payload(part) => Some(part.range),
                Content::Empty | Content::Fault(_) => None,
            };
            prop_assert_eq!(found, element);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(input in prop::collection::vec(any::<u8>(), 0..256)) {
        if let Ok(cuts) = cut(&input, &permissive()) {
            prop_assert!(cuts.output_length() <= input.len());
        }
        if let Err(refusal) = open(&input) {
            prop_assert!(refusal.offset() <= input.len());
        }
    }
}

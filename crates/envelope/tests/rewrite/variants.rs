//! Every form an envelope can take: what goes is marked in the table, never computed by the cut.

use crate::parsers;
use crate::table::{Row, envelope11, security, security_with, variants};
use bytes::{Bytes, BytesMut};
use castile_envelope::{OtherActor, Policy, cut, cut_in_place};

#[test]
fn each_variant_comes_out_without_its_marked_bytes_and_nothing_else() {
    let rows = variants();
    assert!(rows.len() >= 40, "{} rows", rows.len());
    for Row {
        name,
        input,
        expected,
    } in rows
    {
        let policy = Policy::default();
        let cuts = cut(input, &policy).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!(lossy(&cuts.to_vec(input)), lossy(expected), "{name}");
        assert_eq!(&cuts.to_vec(input), expected, "{name}");
        assert_eq!(cuts.output_length(), expected.len(), "{name}");

        let mut reused = vec![b'x'; 7];
        cuts.write_to(input, &mut reused);
        assert_eq!(&reused, expected, "{name}: reused buffer");
        let shared = Bytes::from(input.clone());
        let slices: Vec<Bytes> = cuts.kept_bytes(&shared).collect();
        assert_eq!(&slices.concat(), expected, "{name}: shared slices");
        assert!(cuts.kept(input).all(|slice| !slice.is_empty()), "{name}");

        let mut owned = BytesMut::from(&input[..]);
        let end = owned.as_ptr_range().end;
        let report = cut_in_place(&mut owned, &policy).unwrap();
        assert_eq!(owned, expected, "{name}: in place");
        assert_eq!(owned.as_ptr_range().end, end, "{name}: Body moved");
        assert_eq!(report, cuts.report(), "{name}");

        let again = cut(expected, &policy).unwrap();
        assert!(again.is_empty(), "{name}: a second cut removes more");
    }
}

#[test]
fn two_parsers_find_the_same_ranges() {
    for Row { name, input, .. } in variants() {
        let cuts = cut(input, &Policy::default()).unwrap();
        // Both read UTF-8 only.
        if let Ok(text) = std::str::from_utf8(input) {
            assert_eq!(
                cuts.ranges(),
                parsers::quick_xml_ranges(text),
                "{name}: quick-xml"
            );
            assert_eq!(
                cuts.ranges(),
                parsers::roxmltree_ranges(text),
                "{name}: roxmltree"
            );
        }
    }
}

#[test]
fn blocks_for_another_actor_go_as_the_policy_has_it() {
    let text = envelope11(&format!(
        "{} {}",
        security("<w:UsernameToken/>"),
        security_with(" s:actor=\"urn:other\"", "<w:UsernameToken/>")
    ));
    let with = |other_actor| {
        let policy = Policy {
            other_actor,
            ..Policy::default()
        };
        cut(text.as_bytes(), &policy)
    };
    assert_eq!(
        with(OtherActor::Refuse).unwrap_err().code(),
        "envelope-other-actor"
    );
    let kept = with(OtherActor::Keep).unwrap();
    assert_eq!(kept.ranges().len(), 1);
    assert_eq!(kept.findings()[0].code(), "other-actor-left");
    assert!(
        kept.to_vec(text.as_bytes())
            .windows(9)
            .any(|w| w == b"urn:other")
    );
    assert_eq!(with(OtherActor::Cut).unwrap().ranges().len(), 2);
}

#[test]
fn a_second_block_for_one_target_goes_only_if_allowed() {
    let block = security("<w:UsernameToken/>");
    let text = envelope11(&format!("{block}\n{block}"));
    let refusal = cut(text.as_bytes(), &Policy::default()).unwrap_err();
    let first = text.find("<w:Security").unwrap();
    assert_eq!(refusal.offset(), text.rfind("<w:Security").unwrap());
    assert!(
        refusal
            .to_string()
            .contains(&format!("the first is at byte {first}")),
        "{refusal}"
    );
    let policy = Policy {
        allow_second_block: true,
        ..Policy::default()
    };
    let cuts = cut(text.as_bytes(), &policy).unwrap();
    assert_eq!(lossy(&cuts.to_vec(text.as_bytes())), envelope11("\n"));
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! Input made to hurt: it meets a limit, in time that grows no faster than the header.

use bytes::Bytes;
use castile_envelope::{EnvelopeRewriter, Limits, OtherActor, Policy, Refusal, cut, open};

use crate::table::{S11, WSSE, envelope11, security, variants};

fn code(text: &str) -> &'static str {
    cut(text.as_bytes(), &Policy::default())
        .expect_err("hostile")
        .code()
}

#[test]
fn a_hundred_thousand_of_anything_meets_a_limit() {
    let many = |piece: &dyn Fn(usize) -> String| (0..100_000).map(piece).collect::<String>();
    let attributes = many(&|n| format!(" a{n}=''"));
    assert_eq!(
        code(&envelope11(&format!("<a{attributes}/>"))),
        "envelope-too-many-attributes"
    );
    let namespaces = many(&|n| format!("<a xmlns:p{n}='urn:{n}'>"));
    assert_eq!(code(&envelope11(&namespaces)), "envelope-too-deep");
    assert_eq!(
        code(&envelope11(&many(&|_| "<a>".into()))),
        "envelope-too-deep"
    );
    assert_eq!(
        code(&envelope11(&many(&|_| "<a/>".into()))),
        "envelope-header-too-large"
    );
    assert_eq!(
        code(&envelope11(&format!("<a b='{}'/>", "x".repeat(100_000)))),
        "envelope-header-too-large"
    );
    assert_eq!(
        code(&envelope11(&format!("<{}/>", "x".repeat(100_000)))),
        "envelope-header-too-large"
    );
    assert_eq!(
        code(&envelope11(&"x".repeat(100_000))),
        "envelope-header-too-large"
    );
    assert_eq!(
        code(&envelope11(&format!("<!--{}-->", "x".repeat(100_000)))),
        "envelope-header-too-large"
    );
    assert_eq!(code(&" ".repeat(100_000)), "envelope-not-xml");
    assert_eq!(
        code(&format!("<?xml {}", "x".repeat(100_000))),
        "envelope-malformed"
    );
}

#[test]
fn with_the_byte_limit_lifted_the_work_still_ends() {
    // Each of these would take minutes if any step were quadratic in the header.
    let policy = Policy {
        other_actor: OtherActor::Cut,
        allow_second_block: true,
        limits: Limits {
            header_bytes: usize::MAX,
            ..Limits::default()
        },
        ..Policy::default()
    };
    let many = |piece: &dyn Fn(usize) -> String| (0..50_000).map(piece).collect::<String>();
    let cuts = |header: &str| cut(envelope11(header).as_bytes(), &policy);
    assert_eq!(
        cuts(&many(&|n| format!(
            "<w:Security xmlns:w='{WSSE}' Id='i{n}'/>"
        )))
        .unwrap()
        .ranges()
        .len(),
        50_000
    );
    let signature = many(&|n| format!("<d:Reference URI='#i{n}'/>"));
    let identifiers = many(&|n| format!("<a Id='i{n}'/>"));
    assert_eq!(
        cuts(&security(&format!("{identifiers}{signature}")))
            .unwrap()
            .ranges()
            .len(),
        1
    );
    assert_eq!(
        cuts(&many(&|_| "<!-- - - -->&amp;]] ]<![CDATA[]]]]>".into()))
            .unwrap()
            .ranges()
            .len(),
        0
    );
    let declared: String = (0..120).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect();
    let used: String = (0..120).map(|n| format!(" p{n}:a=''")).collect();
    let one_name = format!("<a{declared}>{}</a>", format!("<b{used}/>").repeat(500));
    assert_eq!(cuts(&one_name).unwrap().ranges().len(), 0);
    assert!(cuts(&"<!-".repeat(50_000)).is_err());
    assert!(cuts(&"&".repeat(50_000)).is_err());
}

#[test]
fn a_hundred_thousand_of_anything_in_body_meets_a_limit_or_is_read_in_linear_time() {
    // In single bytes, too: who looked at what is held again with each byte would not come to an end.
    let policy = Policy {
        well_formed: true,
        inspect_body: true,
        ..Policy::default()
    };
    let many = |piece: &dyn Fn(usize) -> String| (0..100_000).map(piece).collect::<String>();
    let cases = [
        (
            format!("<a{}/>", many(&|n| format!(" a{n}=''"))),
            Err("envelope-too-many-attributes"),
        ),
        (
            many(&|n| format!("<a xmlns:p{n}='urn:{n}'>")),
            Err("envelope-too-deep"),
        ),
        (
            format!("<a b='{}'/>", "x".repeat(100_000)),
            Err("envelope-tag-too-long"),
        ),
        (format!("<a b='{}'/>", ">".repeat(60_000)), Ok(())),
        (format!("<a{}/>", "\n".repeat(60_000)), Ok(())),
        (
            format!("<{}/>", "x".repeat(100_000)),
            Err("envelope-tag-too-long"),
        ),
        (
            format!("<a></a{}>", " ".repeat(100_000)),
            Err("envelope-tag-too-long"),
        ),
        (
            format!("<?{}?>", "x".repeat(100_000)),
            Err("envelope-tag-too-long"),
        ),
        (format!("<!--{}-->", "- ".repeat(50_000)), Ok(())),
        (format!("<![CDATA[{}]]>", "]".repeat(100_000)), Ok(())),
        (format!("<?p {}?>", "?".repeat(100_000)), Ok(())),
        ("]".repeat(100_000), Ok(())),
        ("&amp;".repeat(20_000), Ok(())),
        ("\u{20ac}".repeat(30_000), Ok(())),
        (many(&|_| "<a/>".into()), Ok(())),
    ];
    for (inside, expected) in cases {
        let text = format!("<s:Envelope xmlns:s='{S11}'><s:Body>{inside}</s:Body></s:Envelope>");
        let whole = cut(text.as_bytes(), &policy).map(|cuts| cuts.report());
        let told = whole.as_ref().map(|_| ()).map_err(Refusal::code);
        assert_eq!(
            told,
            expected,
            "{}",
            &inside[..10.min(inside.len() / 3 * 3)]
        );
        let mut rewriter = EnvelopeRewriter::new(policy.clone());
        let mut out = Vec::new();
        let mut pushed = Ok(());
        for byte in text.as_bytes().chunks(1) {
            pushed = rewriter.push(Bytes::copy_from_slice(byte), &mut out);
            if pushed.is_err() {
                break;
            }
        }
        assert_eq!(pushed.and(rewriter.finish(&mut out)), whole);
    }
}

#[test]
fn every_truncation_of_every_variant_is_refused_or_leaves_body_alone() {
    for row in variants() {
        let whole = cut(&row.input, &Policy::default()).unwrap();
        for end in 0..row.input.len() {
            let part = &row.input[..end];
            let opened = open(part);
            match cut(part, &Policy::default()) {
                // Body's start tag is in: the same cut, whatever is missing behind.
                Ok(cuts) => assert_eq!(cuts.ranges(), whole.ranges(), "{} at {end}", row.name),
                Err(refusal) => {
                    assert!(refusal.offset() <= end, "{} at {end}: {refusal}", row.name);
                    let code = refusal.code();
                    assert!(
                        matches!(code, "envelope-truncated" | "envelope-not-xml"),
                        "{} at {end}: {refusal}",
                        row.name
                    );
                    assert!(opened.is_err(), "{} at {end}", row.name);
                }
            }
        }
    }
}

#[test]
fn unterminated_everything_is_refused() {
    for inside in [
        "<a",
        "<a ",
        "<a b",
        "<a b=",
        "<a b='",
        "<a b='c",
        "<a b='c'",
        "<a/",
        "<a>",
        "<!--",
        "<!-- -",
        "<![CDATA[",
        "<![CDATA[]]",
        "<?",
        "<?a",
        "<?a b?",
        "&",
        "&am",
        "&#x4",
        "</s:Header",
        "</",
        "<",
        "<!",
        "<![",
        "text",
    ] {
        let text = format!("<s:Envelope xmlns:s='{S11}'><s:Header>{inside}");
        assert_eq!(code(&text), "envelope-truncated", "{inside}");
        assert_eq!(
            open(text.as_bytes()).unwrap_err().code(),
            "envelope-truncated",
            "{inside}"
        );
    }
}

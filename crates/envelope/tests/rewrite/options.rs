//! What a policy may ask for beside the cut, whole and in chunks, in UTF-8 and UTF-16.

use bytes::{Bytes, BytesMut};
use castile_envelope::{EnvelopeRewriter, OtherActor, Policy, Report, Target, cut, cut_in_place};

use crate::table::{S12, WSSE, body, envelope11, security, security_with, variants};
use crate::wide::{WAYS, wide};

/// The output and the report, which are the same in every way to get them.
fn rewritten(text: &str, policy: &Policy) -> (String, Report) {
    let mut whole: Option<(String, Report)> = None;
    let narrow = text.as_bytes().to_vec();
    for (input, way) in [(narrow, None)]
        .into_iter()
        .chain(WAYS.map(|way| (wide(text, way), Some(way))))
    {
        let cuts = cut(&input, policy).unwrap_or_else(|refusal| panic!("{refusal} in {text}"));
        let mut owned = BytesMut::from(&input[..]);
        assert_eq!(
            cut_in_place(&mut owned, policy).expect("an envelope"),
            cuts.report()
        );
        assert_eq!(owned, cuts.to_vec(&input));
        for size in [1, 50] {
            let mut rewriter = EnvelopeRewriter::new(policy.clone());
            let mut out = Vec::new();
            for chunk in input.chunks(size) {
                rewriter
                    .push(Bytes::copy_from_slice(chunk), &mut out)
                    .expect("an envelope");
            }
            assert_eq!(
                rewriter.finish(&mut out).expect("an envelope"),
                cuts.report()
            );
            assert_eq!(out.concat(), cuts.to_vec(&input));
        }
        match (&whole, way) {
            (Some((output, _)), Some(way)) => assert_eq!(cuts.to_vec(&input), wide(output, way)),
            _ => {
                whole = Some((
                    String::from_utf8(cuts.to_vec(&input)).expect("an envelope"),
                    cuts.report(),
                ))
            }
        }
    }
    whole.expect("an envelope")
}

#[test]
fn a_given_actor_is_cut_and_no_other() {
    let given = |actor: &str| Policy {
        actor: Some(actor.to_owned()),
        ..Policy::default()
    };
    let ours = security_with(" s:actor=' urn:a&#58;b '", "");
    let text = envelope11(&format!("{ours}{}", security("")));
    let (output, report) = rewritten(&text, &given("urn:a:b"));
    assert_eq!(output, envelope11(""));
    assert_eq!(report.removed[0].target, Target::Named);
    for other in ["urn:a", "urn:a:b:c", ""] {
        let refusal = cut(text.as_bytes(), &given(other)).unwrap_err();
        assert_eq!(refusal.code(), "envelope-other-actor", "{other}");
    }
    let both = envelope11(&format!("{}{ours}", security_with(" s:actor='urn:c'", "")));
    assert_eq!(
        cut(both.as_bytes(), &given("urn:a:b")).unwrap_err().code(),
        "envelope-other-actor"
    );
    let policy = Policy {
        other_actor: OtherActor::Keep,
        ..given("urn:a:b")
    };
    let (output, report) = rewritten(&both, &policy);
    assert_eq!(output, envelope11(&security_with(" s:actor='urn:c'", "")));
    assert_eq!(report.findings[0].code(), "other-actor-left");
    // Two for the given one are two for one target.
    let twice = envelope11(&ours.repeat(2));
    assert_eq!(
        cut(twice.as_bytes(), &given("urn:a:b")).unwrap_err().code(),
        "envelope-second-block"
    );
    let role = format!(
        "<s:Envelope xmlns:s='{S12}'><s:Header>{}</s:Header>{}</s:Envelope>",
        security_with(" s:role='urn:r'", ""),
        body("s:")
    );
    assert_eq!(rewritten(&role, &given("urn:r")).1.removed.len(), 1);
}

#[test]
fn a_report_cuts_nothing_and_tells_the_same() {
    let policy = Policy {
        report_only: true,
        ..Policy::default()
    };
    for row in variants() {
        let cuts = cut(&row.input, &policy).unwrap();
        assert!(cuts.is_empty() && cuts.ranges().is_empty(), "{}", row.name);
        assert_eq!(cuts.to_vec(&row.input), row.input, "{}", row.name);
        let (told, done) = (
            cuts.report(),
            cut(&row.input, &Policy::default()).unwrap().report(),
        );
        assert!(told.report_only && !done.report_only);
        assert_eq!(told.output_length, row.input.len());
        assert_eq!(
            (told.removed, told.findings),
            (done.removed, done.findings),
            "{}",
            row.name
        );
    }
    let (output, report) = rewritten(&envelope11(&security("")), &policy);
    assert_eq!(output, envelope11(&security("")));
    assert_eq!(report.removed.len(), 1);
    // What the cut would refuse, the report refuses.
    let twice = envelope11(&security("").repeat(2));
    assert_eq!(
        cut(twice.as_bytes(), &policy).unwrap_err().code(),
        "envelope-second-block"
    );
    let dropping = Policy {
        drop_empty_header: true,
        ..policy
    };
    let (output, report) = rewritten(&envelope11(&security("")), &dropping);
    assert_eq!(output, envelope11(&security("")));
    assert!(report.dropped_header.is_some());
}

#[test]
fn a_header_left_empty_goes_if_the_policy_has_it() {
    let policy = Policy {
        drop_empty_header: true,
        ..Policy::default()
    };
    let template = |header: &str| envelope11("⟦⟧").replace("<s:Header>⟦⟧</s:Header>", header);
    let block = security("");
    for header in [
        format!("<s:Header>{block}</s:Header>"),
        format!("<s:Header xmlns:q='q'\n>\r\n\t {block} </s:Header\n>"),
        format!(
            "<s:Header>{block}\n{}</s:Header>",
            security_with(" s:actor='http://schemas.xmlsoap.org/soap/actor/next'", "")
        ),
    ] {
        let text = template(&format!("\n {header}\n "));
        let (output, report) = rewritten(&text, &policy);
        assert_eq!(output, template("\n \n "), "{header}");
        let range = text.find("<s:Header").unwrap()..text.find("\n <s:Body").unwrap_or_default();
        let dropped = report.dropped_header.unwrap();
        assert_eq!(dropped.start, range.start);
        assert_eq!(&text[dropped], header);
        assert!(cut(output.as_bytes(), &policy).unwrap().is_empty());
    }
    for left in [
        "<a/>",
        "<!-- c -->",
        "<?p i?>",
        "text",
        "<![CDATA[]]>",
        "&#32;",
    ] {
        for header in [format!("{left}{block}"), format!("{block} {left}")] {
            let (output, report) = rewritten(&envelope11(&header), &policy);
            assert_eq!(output, envelope11(&header.replace(&block, "")), "{left}");
            assert_eq!(report.dropped_header, None);
        }
    }
    // Where nothing is cut, nothing was left empty by it.
    for header in [
        "<s:Header/>",
        "<s:Header></s:Header>",
        "<s:Header> </s:Header>",
    ] {
        assert_eq!(rewritten(&template(header), &policy).0, template(header));
    }
    let kept = envelope11(&format!("<w:Security xmlns:w='{WSSE}'/>"));
    assert_eq!(rewritten(&kept, &Policy::default()).0, envelope11(""));
}

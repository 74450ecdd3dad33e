//! Pages of made-up profiles.

use jiff::civil::date;

use super::*;

const TODAY: Date = date(2026, 11, 21);

fn profile(name: &str, state: State) -> Profile {
    Profile {
        name: name.into(),
        inst_rt_id: "011001276".into(),
        inst_env: "TEST".into(),
        product: "loan-portal".into(),
        state,
        legacy_endpoint: None,
        oauth_endpoint: Some("https://gateway.example/OAuth/ServiceGateway.svc".into()),
        token_endpoint: None,
        client_id: Some("4b1f0c5e".into()),
        key: Key::Known {
            key_id: "kid-1".into(),
            thumbprint: "thumb-1".into(),
            algorithm: "PS256".into(),
        },
        jwks_url: Some("https://keys.example/jwks.json".into()),
        dates: Dates::default(),
        proof: None,
        shadow: None,
        unseen: None,
    }
}

#[test]
fn a_page_holds_the_facts_and_the_sheet_in_both_forms() {
    let mut facts = profile("first", State::Oauth);
    let printed =
        r#"{"schema_version":1,"holds":true,"files":[{"holds":true,"removed":[{"start":1}]}]}"#;
    facts.proof = Some(Proof::parse(printed).unwrap());
    facts.dates.requested = Some(date(2026, 9, 1));
    let page = profile_page(&facts, TODAY);
    for text in [html(&page), markdown(&page).replace('\\', "")] {
        for word in [
            "oauth",
            "4b1f0c5e",
            "kid-1",
            "thumb-1",
            "PS256",
            "https://keys.example/jwks.json",
            "2026-09-01",
            "1 pairs compared, 1 security headers removed",
            "Associated User",
            "group for loan-portal",
            "011001276",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn what_a_configuration_says_is_text_and_no_markup() {
    let mut facts = profile("<script>alert('1')</script>|a", State::Legacy);
    facts.product = "a\"b&c [x](javascript:1)\n# h".into();
    let page = profile_page(&facts, TODAY);
    let text = html(&page);
    assert!(!text.contains("<script") && text.contains("&lt;script&gt;alert(&#39;1&#39;)"));
    assert!(text.contains("a&quot;b&amp;c"));
    let text = markdown(&page);
    assert!(!text.contains("<script") && !text.contains("[x](") && !text.contains("\n# h"));
    assert!(text.contains("\\|a"));
}

#[test]
fn the_overview_ranks_by_risk_and_days() {
    let done = profile("done", State::Oauth);
    let mut worst = profile("worst", State::Legacy);
    worst.inst_env = "PROD".into();
    worst.jwks_url = None;
    let shadow = profile("shadow", State::Shadow);
    let all = [done.clone(), shadow, worst.clone()].map(|facts| (facts.clone(), facts.name));
    let text = markdown(&overview(&all, TODAY));
    let at = |name: &str| text.find(&format!("[{name}]({name}.md)")).unwrap();
    assert!(
        at("worst") < at("shadow") && at("shadow") < at("done"),
        "{text}"
    );
    assert!(
        text.contains("526 days to 2028-04-30") && text.contains("2028-01-31"),
        "{text}"
    );
    assert_eq!(risk(&done, TODAY).score, 0);
    let reasons = risk(&worst, TODAY).reasons.concat();
    for word in ["state legacy", "PROD", "jwks_url"] {
        assert!(reasons.contains(word), "{reasons}");
    }
}

#[test]
fn the_queue_and_the_end_weigh_more_the_nearer_they_are() {
    let mut facts = profile("a", State::Legacy);
    let early = risk(&facts, TODAY).score;
    let late = risk(&facts, date(2028, 2, 1));
    assert!(
        late.score > early && late.reasons[0].contains("has not begun"),
        "{late:?}"
    );
    let over = risk(&facts, date(2028, 5, 2));
    assert!(
        over.score > late.score && over.reasons[0].contains("2 days ago"),
        "{over:?}"
    );
    facts.dates.requested = Some(date(2026, 8, 1));
    let waiting = risk(&facts, TODAY).reasons.concat();
    assert!(waiting.contains("requested 112 days ago"), "{waiting}");
    facts.dates.jxchange_authorized = Some(date(2026, 11, 1));
    assert!(!risk(&facts, TODAY).reasons.concat().contains("requested"));
}

#[test]
fn a_proof_of_another_form_is_refused_and_one_over_nothing_does_not_hold() {
    assert_eq!(
        Proof::parse("[]").unwrap_err().code(),
        "migrate-proof-syntax"
    );
    let version = Proof::parse(r#"{"schema_version":2}"#).unwrap_err();
    assert_eq!(version.code(), "migrate-proof-version");
    let nothing = Proof::parse(r#"{"schema_version":1,"holds":true,"files":[]}"#).unwrap();
    assert!(!nothing.holds);
}

#[test]
fn what_a_shadow_showed_stands_on_the_page_and_weighs() {
    let mut facts = profile("a", State::Shadow);
    let before = risk(&facts, TODAY).score;
    let page = markdown(&profile_page(&facts, TODAY));
    assert!(page.contains("Nothing was seen"), "{page}");
    facts.shadow = Some(Shadow {
        first: "2026-11-01T00:00:00Z".into(),
        last: "2026-11-20T00:00:00Z".into(),
        operations: vec![ShadowOperation {
            name: "AcctInq".into(),
            agreed: 97,
            differed: 2,
            failed: 1,
            not_comparable: 41,
            not_a_read: 17,
            dropped: 13,
            paths: vec![("AcctInqResponse/AcctNum<script>".into(), 2)],
            codes: vec![("gateway-forbidden".into(), 1)],
        }],
    });
    let page = profile_page(&facts, TODAY);
    for text in [html(&page), markdown(&page).replace('\\', "")] {
        for word in [
            "100 reads",
            "from 2026-11-01T00:00:00Z to 2026-11-20T00:00:00Z",
            "3 answers were not the same",
            "71 more were not compared",
            "Not comparable",
            "41",
            "17",
            "13",
            "AcctInqResponse/AcctNum",
            "gateway-forbidden (1)",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(!text.contains("<script"), "{text}");
    }
    assert!(risk(&facts, TODAY).score > before);
    facts.state = State::Oauth;
    assert_eq!(risk(&facts, TODAY).score, 0);
    facts.unseen = Some("evidence-syntax".into());
    let page = markdown(&profile_page(&facts, TODAY));
    assert!(page.contains("cannot be read (evidence-syntax)"), "{page}");
    assert!(!page.contains("100 reads"), "{page}");
    assert!(risk(&facts, TODAY).score > 0);
}

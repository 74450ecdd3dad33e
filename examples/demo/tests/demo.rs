//! The demo as it is run: what it shows is what the peers saw, for people and for scripts.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

fn demo(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castile-demo"));
    command.args(words).output().expect("the demo starts")
}

/// The step whose title begins so.
fn step<'d>(document: &'d Value, title: &str) -> &'d Value {
    let steps = document["steps"].as_array().expect("steps");
    let found = steps.iter().find(|step| {
        let name = step["step"].as_str().unwrap_or_default();
        name.starts_with(title)
    });
    found.unwrap_or_else(|| panic!("no step {title}: {document:#}"))
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long the demo takes is a promise"
)]
fn the_json_tells_every_step_and_one_token_request_in_under_five_seconds() {
    let begin = Instant::now();
    let output = demo(&["--json"]);
    let took = begin.elapsed();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["schema_version"], 1);
    assert_eq!(document["ok"], true);
    assert_eq!(document["reason"], Value::Null);

    let old = step(&document, "The old request");
    let number = |name: &str| old[name].as_u64().expect("a number");
    assert!(number("removed_bytes") > 0);
    assert_eq!(
        number("input_bytes"),
        number("removed_bytes") + number("output_bytes")
    );
    let refused = step(&document, "The same request under a token");
    assert_eq!(
        (&refused["status"], &refused["answer"]),
        (&500.into(), &"Fault".into())
    );
    let accepted = step(&document, "Rewritten");
    assert_eq!(accepted["status"], 200);
    assert_eq!(accepted["answer"], "AcctSrchResponse");
    assert_eq!(step(&document, "AcctSrch with generated types")["rows"], 10);
    assert_eq!(step(&document, "The second page")["rows"], 10);
    let fault = step(&document, "CustInq");
    assert_eq!(fault["code"], "gateway-fault");
    assert_eq!(fault["records"], serde_json::json!(["400028"]));
    let counted = step(&document, "Counted");
    assert_eq!(counted["token_requests"], 1);
    assert_eq!(counted["calls"], 5);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn people_see_the_removed_lines_marked_and_no_colour_in_a_pipe() {
    let output = demo(&[]);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(!text.contains('\u{1b}'), "{text}");
    let marked: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with(" - "))
        .collect();
    assert!(marked.first().is_some_and(|line| line.contains("Security")));
    assert!(marked.iter().any(|line| line.contains("Password")));
    assert!(text.contains("1 token request served 5 calls"), "{text}");
    assert!(text.ends_with("All as it should be.\n"), "{text}");
}

#[test]
fn a_wrong_word_is_a_usage_error() {
    let output = demo(&["--yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

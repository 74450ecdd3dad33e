//! What a file may say, and what is told of one that says something else.

use super::*;

#[test]
fn every_step_can_be_said() {
    let text = "version = 1\ntoken_endpoint = ['unavailable']\ngateway = []\n[operation]\n\
        A = ['pass', 'unauthorized', 'forbidden', 'access_denied', 'bad_gateway_html', 'unavailable',\n\
        'cut_before', 'cut_after', 'html', 'mtom', { slow_ms = 1_500 }, { cut_at = 7 }, { hdr_fault = 900123 }]\n\
        'S.B' = []\n";
    let script = ScriptFile::read(text).unwrap();
    assert_eq!(script.token_endpoint, [Step::Unavailable]);
    assert_eq!(script.gateway, []);
    let [a, b] = &script.operations[..] else {
        panic!("two operations: {script:?}");
    };
    let mut all: Vec<Step> = WORDS.iter().map(|(_, step)| *step).collect();
    all.push(Step::Slow(Duration::from_millis(1500)));
    all.extend([Step::CutAt(7), Step::HdrFault(900_123)]);
    assert_eq!((&*a.name, a.line, &a.steps), ("A", 5, &all));
    assert_eq!((&*b.name, b.line), ("S.B", 7));
}

#[test]
fn what_it_may_not_say_is_told_with_its_line() {
    for (text, code, line) in [
        ("version = ", "sandbox-script-syntax", 1),
        ("version = 1\nversion = 1", "sandbox-script-syntax", 2),
        ("", "sandbox-script-version", 1),
        ("\nversion = 2", "sandbox-script-version", 2),
        ("version = 1\n\nCustInq = []", "sandbox-script-key", 3),
        ("version = 1\ngateway = 'pass'", "sandbox-script-value", 2),
        ("version = 1\noperation = []", "sandbox-script-value", 2),
        (
            "version = 1\ngateway = [\n'pass',\n'oops']",
            "sandbox-script-step",
            4,
        ),
        (
            "version = 1\ngateway = [{ slow = 1 }]",
            "sandbox-script-step",
            2,
        ),
        ("version = 1\ngateway = [7]", "sandbox-script-value", 2),
        (
            "version = 1\ngateway = [{ slow_ms = -1 }]",
            "sandbox-script-value",
            2,
        ),
        (
            "version = 1\ngateway = [{ cut_at = 'x' }]",
            "sandbox-script-value",
            2,
        ),
        (
            "version = 1\ngateway = [{ cut_at = 1, slow_ms = 1 }]",
            "sandbox-script-value",
            2,
        ),
        (
            "version = 1\n[operation]\nA = {}",
            "sandbox-script-value",
            3,
        ),
    ] {
        let error = ScriptFile::read(text).unwrap_err();
        assert_eq!(
            (error.code(), error.line()),
            (code, line),
            "{text}: {error}"
        );
    }
}

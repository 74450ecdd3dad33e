//! `castile contract sample`: messages of the sample contract.

use std::path::{Path, PathBuf};

use crate::run::{Ran, run};

fn sample(words: &[&str]) -> Ran {
    let contract: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample");
    let contract = contract.to_str().expect("UTF-8");
    let words = [&["contract", "sample"], words, &["--contract", contract]].concat();
    run(Path::new(env!("CARGO_MANIFEST_DIR")), &words)
}

#[test]
fn a_request_comes_in_an_envelope_or_bare() {
    let ran = sample(&["AcctInq"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let text = ran.text();
    assert!(
        text.contains("<soap:Header></soap:Header><soap:Body><AcctInq xmlns="),
        "{text}"
    );
    assert!(text.contains("\n  <InAcctId>\n    <AcctId>"), "{text}");
    let bare = sample(&["AcctInq", "--body"]);
    assert!(text.contains(bare.text().trim_end()), "{bare:?}");
    assert!(bare.text().starts_with("<AcctInq "), "{bare:?}");
}

#[test]
fn a_response_and_a_fault_can_be_had_too() {
    let response = sample(&["AcctInq", "--response", "--least", "--body"]);
    assert!(
        response.text().starts_with("<AcctInqResponse "),
        "{response:?}"
    );
    let fault = sample(&["Inquiry.Ping", "--fault"]);
    let wanted = "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>sample</faultstring><detail><HdrFault ";
    assert!(fault.text().contains(wanted), "{fault:?}");
}

#[test]
fn more_or_less_of_it_and_the_same_each_time() {
    let length = |words: &[&str]| sample(words).text().len();
    let (least, typical) = (length(&["CustInq", "--least"]), length(&["CustInq"]));
    let full = length(&["CustInq", "--full"]);
    assert!(
        least < typical && typical < full,
        "{least} {typical} {full}"
    );
    let random = |seed| sample(&["CustInq", "--random", "--seed", seed]).out;
    assert_eq!(random("7"), random("7"));
    assert!(
        ["8", "9", "10"]
            .iter()
            .any(|seed| random(seed) != random("7"))
    );
}

#[test]
fn an_operation_that_is_not_there_or_not_clear_is_told() {
    let ran = sample(&["AcctInk"]);
    ran.refused(2, "wsdl-unknown-operation");
    let ran = sample(&["Ping"]);
    let shown = ran.refused(2, "wsdl-ambiguous-operation");
    assert!(
        shown
            .line("do")
            .contains("Customer.Ping, Inquiry.Ping, Transaction.Ping")
    );
}

//! `castile sandbox --script`: what a client sees of it.

use std::path::Path;

use serde_json::Value;

use crate::call::XFER;
use crate::process::Process;
use crate::run::run;

#[test]
fn a_sandbox_goes_wrong_as_its_script_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample");
    let sample = sample.to_str().expect("UTF-8");
    let write = |text: &str| std::fs::write(folder.path().join("script.toml"), text);
    let words = [
        "sandbox",
        "--out",
        "bank",
        "--json",
        "--contract",
        sample,
        "--script",
        "script.toml",
    ];
    for (text, code, place) in [
        (
            "version = 1\ncust = []\n",
            "sandbox-script-key",
            "script.toml:2",
        ),
        (
            "version = 1\n[operation]\nCustInk = []\n",
            "sandbox-script-operation",
            "script.toml:3",
        ),
    ] {
        write(text).expect("a file");
        let ran = run(folder.path(), &words);
        assert_eq!(ran.error()["code"], code, "{ran:?}");
        assert_eq!(ran.error()["at"], place, "{ran:?}");
    }
    let script = "version = 1\n[operation]\nCustInq = ['unauthorized', 'pass', { hdr_fault = 900123 }]\n\
        \"Transaction.XferAdd\" = [{ cut_at = 10 }]\n";
    write(script).expect("a file");
    let mut sandbox = Process::start(folder.path(), &words);
    serde_json::from_str::<Value>(&sandbox.line()).expect("one line of JSON");
    let call = |words: &[&str]| {
        let known = ["--config", "bank/castile.toml", "--contract", sample];
        run(folder.path(), &[&["call"], words, &known].concat())
    };
    let inquiry = ["CustInq", "--set", "CustId=1"];
    let ran = call(&inquiry);
    assert_eq!(ran.exit, 0, "a read is asked again after a 401: {ran:?}");
    let ran = call(&inquiry);
    assert_eq!(ran.exit, 5, "{ran:?}");
    assert!(ran.err.starts_with("error[gateway-fault]"), "{ran:?}");
    assert_eq!(call(&inquiry).exit, 0);
    let transfer = XFER;
    let ran = call(&[&["XferAdd", "--write"], transfer].concat());
    ran.refused(6, "gateway-interrupted");
    let (exit, log) = sandbox.terminate();
    assert_eq!(exit, Some(0), "{log}");
}

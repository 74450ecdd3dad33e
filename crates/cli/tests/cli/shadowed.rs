//! A proxy that repeats the reads of its callers under the new model, after they were answered.

use std::time::Duration;

use serde_json::Value;

use crate::killed::{call, gateway, start};
use crate::process::Process;

#[test]
fn a_proxy_in_state_shadow_repeats_reads_and_keeps_what_it_saw() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let words = ["sandbox", "--out", "bank", "--json"];
    let mut sandbox = Process::start(folder.path(), &words);
    sandbox.line();
    let (url, _hanging) = gateway();
    let config = folder.path().join("bank/castile.toml");
    let text = std::fs::read_to_string(&config).expect("the sandbox's");
    // Both models at one gateway, which answers both alike.
    let lines = text.lines().map(|line| match line.starts_with("url = ") {
        true => format!("url = \"{url}\"\n"),
        false => format!("{line}\n"),
    });
    let text = lines
        .collect::<String>()
        .replace("[defaults]\n", "[defaults]\nevidence = \"seen\"\n")
        .replacen(
            "state = \"oauth\"",
            "state = \"shadow\"\nshadow = { rate = 1.0 }",
            1,
        );
    std::fs::write(&config, text).expect("a file in the folder");

    let (_proxy, address) = start(folder.path());
    for n in 0..3 {
        call(&address, "AcctInq", &format!("read-{n}"));
        call(&address, "XferAdd", &format!("write-{n}"));
    }
    let seen = || -> Option<Value> {
        let text = std::fs::read(folder.path().join("bank/seen/sandbox.json")).ok()?;
        let seen: Value = serde_json::from_slice(&text).expect("JSON");
        Some(seen["shadow"]["operations"].clone())
    };
    let agreed = || seen().is_some_and(|seen| seen["AcctInq"]["agreed"] == 3);
    for _ in 0..6_000 {
        if agreed() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(agreed(), "{:?}", seen());
    assert!(
        seen().is_some_and(|seen| seen.get("XferAdd").is_none()),
        "{:?}",
        seen()
    );
}

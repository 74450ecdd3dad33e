//! What we write is valid against the vendor's schemas, where these are at hand.

use std::path::PathBuf;
use std::process::Command;

use castile_tests::{NO_PYTHON, NO_SHARED, not_run, python, root, shared};

/// The judge and the vendor's contracts, or a note that the test did not run.
fn judge(test: &str) -> Option<(PathBuf, PathBuf)> {
    let Some(python) = python() else {
        not_run(test, NO_PYTHON);
        return None;
    };
    let Some(shared) = shared() else {
        not_run(test, NO_SHARED);
        return None;
    };
    Some((python, shared.join("wsdl/jxchange/R2024.1.03")))
}

/// Runs one of the Python peers; gives what it printed.
///
/// # Panics
/// When it ends with anything but success.
fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("python starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    said
}

#[test]
fn the_sample_contract_is_a_subset_of_the_release() {
    let Some((python, release)) = judge("schema::the_sample_contract_is_a_subset_of_the_release")
    else {
        return;
    };
    let said = succeeds(
        Command::new(python)
            .arg(root().join("tests/peers/python/subset.py"))
            .arg(root().join("wsdl/sample"))
            .arg(release),
    );
    assert_eq!(said.lines().count(), 3, "three services: {said}");
}

#[test]
fn messages_seen_in_use_are_valid_in_the_sample_contract() {
    let test = "schema::messages_seen_in_use_are_valid_in_the_sample_contract";
    let Some((python, _)) = judge(test) else {
        return;
    };
    let messages = shared().expect("judge found it").join("messages");
    for (service, numbers) in [
        (
            "Inquiry",
            &[
                "01", "02", "03", "04", "05", "06", "14", "15", "22", "30", "31", "32",
            ][..],
        ),
        (
            "Customer",
            &["07", "08", "09", "14", "15", "23", "30", "31", "32"],
        ),
        (
            "Transaction",
            &["14", "15", "16", "17", "18", "30", "31", "32"],
        ),
    ] {
        let files: Vec<PathBuf> = std::fs::read_dir(&messages)
            .expect("the folder of messages")
            .map(|entry| entry.expect("an entry of it").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                numbers.iter().any(|number| name.starts_with(number))
            })
            .collect();
        assert_eq!(files.len(), numbers.len(), "{service}: {files:?}");
        succeeds(
            Command::new(&python)
                .arg(root().join("tests/peers/python/validate.py"))
                .arg(root().join(format!("wsdl/sample/TPG_{service}Master.xsd")))
                .args(files),
        );
    }
}

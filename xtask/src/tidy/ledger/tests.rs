//! The ledger's rule can fail in each of its ways.

use super::*;
use crate::tidy::file;

const TEST: &str = "//! T.\n#[test]\nfn holds() {}\n";

fn ledger(test: &str) -> SourceFile {
    file(
        LEDGER,
        &format!(
            "[points]\n2 = [\"5\"]\n[[promise]]\nid = \"cut\"\nissue = 2\npoint = \"5\"\n\
             promise = \"It cuts.\"\ntest = \"{test}\"\ncommand = \"cargo xtask tidy\"\n"
        ),
    )
}

fn findings(test: &str, others: &[SourceFile]) -> Vec<Finding> {
    let mut files = vec![ledger(test)];
    files.extend_from_slice(others);
    check_all(&files)
}

/// With the file that the command of [`ledger`] needs.
fn check_all(files: &[SourceFile]) -> Vec<Finding> {
    let mut files = files.to_vec();
    files.push(file("xtask/src/tidy.rs", ""));
    check(&[], &files)
}

#[test]
fn a_promise_with_its_test_is_clean() {
    let tests = [
        TEST,
        "//! T.\n#[test]\n#[expect(\n    a,\n    reason = \"b\"\n)]\nfn holds() {}\n",
        "//! T.\n#[tokio::test(start_paused = true)]\n// why\n#[cfg(unix)]\nasync fn holds() {}\n",
    ];
    for text in tests {
        let found = findings("tests/tests/a.rs::holds", &[file("tests/tests/a.rs", text)]);
        assert_eq!(found, [], "{text}");
    }
    let script = file(".ci/run", "cargo fmt --all --check\n");
    assert_eq!(findings(".ci/run::cargo fmt", &[script]), []);
}

#[test]
fn a_promise_without_an_existing_test_is_found() {
    let a = |text: &str| [file("tests/tests/a.rs", text)];
    let named = "tests/tests/a.rs::holds";
    assert_eq!(findings(named, &[]).len(), 1, "no file");
    assert_eq!(findings("tests/tests/a.rs", &a(TEST)).len(), 1, "no name");
    assert_eq!(
        findings("tests/tests/a.rs::hold", &a(TEST)).len(),
        1,
        "part of a name"
    );
    assert_eq!(findings(named, &a("fn holds() {}\n")).len(), 1, "no test");
    let other = "#[test]\nfn other() {}\nfn holds() {}\n";
    assert_eq!(findings(named, &a(other)).len(), 1, "another's attribute");
    assert_eq!(
        findings(named, &a("// #[test]\n// fn holds() {}\n")).len(),
        1,
        "comment"
    );
    assert_eq!(
        findings(named, &a("#[test]\n#[ignore = \"slow\"]\nfn holds() {}\n")).len(),
        1,
        "ignored"
    );
    let comment = file(".ci/run", "# cargo fmt\n");
    assert_eq!(
        findings(".ci/run::cargo fmt", &[comment]).len(),
        1,
        "comment"
    );
}

#[test]
fn a_test_in_no_module_tree_is_found() {
    let orphan = file("crates/a/src/b/c.rs", TEST);
    let named = "crates/a/src/b/c.rs::holds";
    assert_eq!(findings(named, std::slice::from_ref(&orphan)).len(), 1);
    let b = file("crates/a/src/b.rs", "#[cfg(test)]\nmod c;\n");
    assert_eq!(findings(named, &[orphan.clone(), b.clone()]).len(), 1);
    let root = file("crates/a/src/lib.rs", "pub(crate) mod b;\n");
    assert_eq!(findings(named, &[orphan, b, root]), []);
}

#[test]
fn a_test_program_of_several_files_is_one_tree() {
    let named = "crates/a/tests/rewrite/cut.rs::holds";
    let cut = file("crates/a/tests/rewrite/cut.rs", TEST);
    let main = file("crates/a/tests/rewrite/main.rs", "mod cut;\n");
    assert_eq!(findings(named, std::slice::from_ref(&cut)).len(), 1);
    assert_eq!(findings(named, &[cut, main]), []);
}

#[test]
fn a_point_without_a_promise_is_found_as_is_a_promise_without_a_point() {
    let uncovered = file(LEDGER, "[points]\n2 = [\"5\", \"6\"]\n");
    assert_eq!(check_all(&[uncovered]).len(), 2);
    let mut stray = ledger("tests/tests/a.rs::holds");
    stray.text = stray.text.replace("point = \"5\"", "point = \"7\"");
    assert_eq!(check_all(&[stray, file("tests/tests/a.rs", TEST)]).len(), 2);
}

#[test]
fn what_is_no_ledger_is_found_with_its_line() {
    assert_eq!(check_all(&[]).len(), 1);
    let unknown = file(
        LEDGER,
        "[points]\n\n[[promise]]\nid = \"a\"\nproof = \"b\"\n",
    );
    let found = check_all(&[unknown]);
    assert_eq!(found.len(), 1);
    assert!(found[0].line >= 3, "{found:?}");
    let mut twice = ledger("tests/tests/a.rs::holds");
    let entry = twice.text.split_once("[[promise]]").unwrap().1.to_owned();
    twice.text.push_str(&format!("[[promise]]{entry}"));
    assert_eq!(check_all(&[twice, file("tests/tests/a.rs", TEST)]).len(), 1);
}

#[test]
fn a_command_that_nobody_can_type_is_found() {
    let files = [
        file("crates/a/tests/b.rs", ""),
        file("crates/cli/src/command/strip.rs", ""),
        file(".ci/run", ""),
    ];
    let a = Package {
        name: "castile-a".to_owned(),
        manifest: "crates/a/Cargo.toml".to_owned(),
        dependencies: Vec::new(),
    };
    let known = |command| shows(command, std::slice::from_ref(&a), &files).is_ok();
    let benched = [file("crates/a/benches/b.rs", "")];
    let bench = "cargo bench -p castile-a";
    assert!(shows(bench, std::slice::from_ref(&a), &benched).is_ok());
    for command in [
        "castile strip a.xml",
        "cargo test -p castile-a",
        "cargo test -p castile-a --test b c",
        ".ci/run",
    ] {
        assert!(known(command), "{command}");
    }
    let example = Package {
        name: "castile-e".to_owned(),
        manifest: "examples/e/Cargo.toml".to_owned(),
        dependencies: Vec::new(),
    };
    let program = [file("examples/e/src/main.rs", "")];
    let run = |package: &str| shows(package, std::slice::from_ref(&example), &program);
    assert!(run("cargo run -p castile-e").is_ok());
    assert!(run("cargo run -p castile-a").is_err());
    for command in [
        "",
        "castile peel a.xml",
        "cargo test -p castile-b",
        "cargo test -p castile-a --test c",
        "cargo bench -p castile-a",
        "cargo xtask polish",
        "make",
    ] {
        assert!(!known(command), "{command}");
    }
}

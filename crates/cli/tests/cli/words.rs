//! Help, version, explanations, and what is no command.

use crate::run::{castile, run};

fn here() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn without_words_it_shows_its_help_and_says_that_this_was_no_use() {
    let ran = run(here(), &[]);
    assert_eq!(ran.exit, 2);
    assert!(ran.out.is_empty());
    for command in [
        "strip", "prove", "generate", "contract", "token", "proxy", "sandbox", "explain",
    ] {
        assert!(ran.err.contains(&format!("\n  {command} ")), "{}", ran.err);
    }
}

#[test]
fn help_tells_the_exit_codes_and_that_nothing_is_sent_home() {
    let ran = run(here(), &["--help"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let text = ran.text();
    assert!(text.contains("0 done, 1 findings, 2 usage"), "{text}");
    assert!(text.contains("6 outcome unknown"), "{text}");
    assert!(text.contains("No telemetry"), "{text}");
    assert!(text.contains("not affiliated"), "{text}");
}

#[test]
fn version_is_the_packages_own() {
    let ran = run(here(), &["--version"]);
    assert_eq!(ran.exit, 0);
    assert_eq!(
        ran.text(),
        concat!("castile ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn what_is_no_command_or_option_is_refused_in_the_one_form() {
    for words in [
        &["polish"][..],
        &["strip", "--polish"],
        &["token"],
        &["token", "--token-endpoint", "https://x.invalid/"],
        &["generate"],
        &["proxy"],
        &["strip", "--report", "yaml"],
        &["token", "--profile", "a", "--client-id", "b"],
    ] {
        run(here(), words).refused(2, "usage-arguments");
    }
}

#[test]
fn a_misspelt_word_is_answered_with_the_one_that_may_have_been_meant() {
    for (words, meant) in [
        (&["stripp"][..], "did you mean `strip`?"),
        (
            &["token", "--profil", "sandbox"],
            "did you mean `--profile`?",
        ),
        (&["token", "--alg", "ES265"], "did you mean `ES256`?"),
    ] {
        let ran = run(here(), words);
        assert_eq!(ran.refused(2, "usage-arguments").line("do"), meant);
    }
    let ran = run(here(), &["proxy", "--profile", "a", "--listen", "8080"]);
    assert!(ran.err.contains("such as 127.0.0.1:8080"), "{}", ran.err);
}

#[test]
fn every_listed_code_explains_itself_and_others_do_not() {
    let list = run(here(), &["explain"]);
    assert_eq!(list.exit, 0);
    let codes: Vec<_> = list
        .text()
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(codes.len() > 100, "{codes:?}");
    for needed in [
        "envelope-dtd",
        "gateway-html",
        "token-unreachable",
        "config-unknown-key",
        "key-too-small",
    ] {
        assert!(codes.contains(&needed), "{needed}");
    }
    // A process for each would take long; the table itself is tested beside it.
    for code in codes.iter().step_by(10) {
        let ran = run(here(), &["explain", code]);
        assert_eq!(ran.exit, 0, "{code}");
        let text = ran.text();
        assert!(text.starts_with(&format!("{code}: ")), "{text}");
        for name in ["do:", "who:", "exit:"] {
            assert!(text.contains(name), "{text}");
        }
    }
    // As it stands in the brackets, or with them.
    let ran = run(here(), &["explain", "error[envelope-dtd]:"]);
    assert!(ran.text().starts_with("envelope-dtd: "), "{ran:?}");
    run(here(), &["explain", "no-such-code"]).refused(2, "usage-unknown-code");
}

/// What a terminal shows of the errors of a run.
#[cfg(target_os = "linux")]
fn on_a_terminal(change: impl FnOnce(&mut std::process::Command)) -> String {
    use std::io::Read as _;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal)
        .and_then(|()| unlockpt(&terminal))
        .expect("ours");
    let name = ptsname(&terminal, Vec::new()).expect("it has a name");
    let name = name.into_string().expect("a path");
    let side = std::fs::File::options().read(true).write(true).open(name);
    let mut command = castile(here(), &["strip", "no-such-file"]);
    command
        .env("TERM", "xterm")
        .stderr(side.expect("its other side"));
    change(&mut command);
    let status = command.status().expect("it starts");
    assert_eq!(status.code(), Some(2));
    // Its end of the terminal is closed with it; what was written stays to be read.
    drop(command);
    let mut shown = Vec::new();
    let mut terminal = std::fs::File::from(terminal);
    // Linux ends the reading of a terminal without another side with EIO.
    let _ = terminal.read_to_end(&mut shown);
    String::from_utf8(shown).expect("UTF-8")
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_there_is_colour_unless_it_is_not_wanted() {
    let shown = on_a_terminal(|_| {});
    assert!(
        shown.contains("\u{1b}[") && shown.contains("file-unreadable"),
        "{shown}"
    );
    let shown = on_a_terminal(|command| {
        command.env("NO_COLOR", "1");
    });
    assert!(
        !shown.contains('\u{1b}') && shown.contains("file-unreadable"),
        "{shown}"
    );
}

#[test]
fn colour_is_for_terminals_unless_it_is_forced() {
    let plain = run(here(), &["strip", "no-such-file"]);
    assert!(!plain.err.contains('\u{1b}'), "{}", plain.err);
    let forced = castile(here(), &["strip", "no-such-file"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .expect("it starts");
    let forced = String::from_utf8(forced.stderr).expect("UTF-8");
    assert!(forced.contains("\u{1b}["), "{forced}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_a_reader_that_has_gone_is_none() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let output = castile(here(), &["explain"])
        .stdout(full)
        .output()
        .expect("it starts");
    crate::run::Ran::of(output).refused(2, "file-unwritable");

    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = castile(here(), &["explain"])
        .stdout(writer)
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

//! What README shows is run here, or compared with what is run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use castile_tests::root;

const README: &str = include_str!("../../README.md");
const THIS_FILE: &str = include_str!("readme.rs");

/// A fenced block of README.
struct Block {
    language: &'static str,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = README.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let text = lines.by_ref().take_while(|line| *line != "```");
            blocks.push(Block {
                language,
                text: text.map(|line| format!("{line}\n")).collect(),
            });
        }
    }
    blocks
}

fn in_language(language: &str) -> Vec<String> {
    let blocks = blocks().into_iter();
    blocks
        .filter(|block| block.language == language)
        .map(|block| block.text)
        .collect()
}

/// The words of a command, which README must show in just this form.
fn shown(command: &str) -> Vec<&str> {
    let known = in_language("sh")
        .iter()
        .any(|block| block.lines().any(|line| line == command));
    assert!(known, "README does not show `{command}`");
    command.split_whitespace().collect()
}

/// The command line program, built as it is now.
fn castile() -> PathBuf {
    if let Some(built) = std::env::var_os("CASTILE_BIN") {
        return built.into();
    }
    let built = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["build", "--quiet", "--package", "castile-cli"])
        .status()
        .expect("cargo starts");
    assert!(built.success());
    let test = std::env::current_exe().expect("a test has a path");
    let profile = test.ancestors().nth(2).expect("it lies in PROFILE/deps");
    profile.join(format!("castile{}", std::env::consts::EXE_SUFFIX))
}

/// An empty folder of this name, apart from the checkout.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("readme")
        .join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// Runs `castile` with these words in a folder; gives what it printed.
fn runs(folder: &Path, words: &[&str]) -> String {
    assert_eq!(words[0], "castile");
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(castile())
        .args(&words[1..])
        .current_dir(folder)
        .output()
        .expect("castile starts");
    let complaint = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{words:?}: {complaint}");
    String::from_utf8(stdout).expect("UTF-8")
}

#[test]
fn everything_shown_is_run_or_compared_here() {
    let same_words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for Block { language, text } in blocks() {
        match language {
            "sh" => {
                for line in text.lines() {
                    let run = format!("shown(\"{line}\")");
                    assert!(THIS_FILE.contains(&run), "`{line}` is not run");
                }
            }
            "rust" => assert!(
                same_words(THIS_FILE).contains(&same_words(&text)),
                "not compiled:\n{text}"
            ),
            "xml" | "toml" => {}
            other => panic!("nothing runs blocks of `{other}`"),
        }
    }
    assert_eq!(in_language("xml").len(), 2);
}

#[test]
fn the_command_that_ci_runs_is_the_one_shown() {
    let script = include_str!("../../.ci/run");
    let command = shown("cargo xtask test").join(" ");
    assert!(script.contains(&format!("grep -m 1 -x '{command}' README.md")));
    assert!(script.contains("$command --strict"));
}

#[test]
fn the_message_before_becomes_the_message_after() {
    let folder = folder("strip");
    let [before, after] = in_language("xml").try_into().expect("two messages");
    std::fs::write(folder.join("old.xml"), before).unwrap();

    runs(&folder, &shown("castile strip old.xml -o new.xml"));
    assert_eq!(
        std::fs::read_to_string(folder.join("new.xml")).unwrap(),
        after
    );

    let report = runs(
        &folder,
        &shown("castile strip old.xml -o new.xml --report json"),
    );
    assert!(report.contains("schema_version"), "{report}");
    assert_eq!(
        std::fs::read_to_string(folder.join("new.xml")).unwrap(),
        after
    );
}

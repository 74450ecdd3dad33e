//! Puts the foreign programs that tests talk to into the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::not_run::NotRun;
use crate::workspace::Workspace;
use crate::{Stop, terminal};

/// What only the system can give: a program, arguments that prove it works, who gives it on Debian.
const SYSTEM: &[(&str, &[&str], &str)] = &[
    ("node", &["--version"], "apt-get install nodejs"),
    (NPM, &["--version"], "apt-get install npm"),
    (
        PYTHON,
        &["-c", "import venv, ensurepip"],
        "apt-get install python3-venv",
    ),
    (
        "java",
        &["-version"],
        "apt-get install default-jdk-headless",
    ),
    ("chromium", &["--version"], "apt-get install chromium"),
    (
        "chromedriver",
        &["--version"],
        "apt-get install chromium-driver",
    ),
];

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

const NPM_PEERS: [&str; 2] = ["tests/peers/oidc", "tests/peers/xmlconf"];
const VENV: &str = "tests/peers/python";

/// Fetches npm and Python packages; gives what could not be had, to be told at the end.
pub(super) fn fetch(workspace: &Workspace) -> Result<Vec<NotRun>, Stop> {
    let mut missing = Vec::new();
    for (program, proof, remedy) in SYSTEM {
        if !works(program, proof) {
            println!(
                "  {} {program}; Debian: {remedy}",
                terminal::red("missing:")
            );
            missing.push(*program);
        }
    }
    let mut not_run: Vec<NotRun> = SYSTEM
        .iter()
        .filter(|(program, ..)| missing.contains(program))
        .map(|(program, _, remedy)| {
            NotRun::new(
                format!("tests with {program}"),
                format!("missing; Debian: {remedy}"),
            )
        })
        .collect();

    if !missing.contains(&NPM) && !missing.contains(&"node") {
        for name in NPM_PEERS {
            let peer = workspace.root.join(name);
            let locks = [peer.join("package.json"), peer.join("package-lock.json")];
            let fetched = once(&locks, &peer.join("node_modules"), || {
                let mut npm = Command::new(NPM);
                npm.current_dir(&peer)
                    .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
                ran(npm)
            })?;
            not_run.extend(told(name, fetched));
        }
    }
    let python = workspace.root.join(VENV);
    if !missing.contains(&PYTHON) {
        let locks = [python.join("requirements.txt")];
        let venv = python.join(".venv");
        let fetched = once(&locks, &venv, || {
            let mut create = Command::new(PYTHON);
            create.args(["-m", "venv", "--clear"]).arg(&venv);
            let mut install = Command::new(python_of(&venv));
            install
                .args(["-m", "pip", "install", "--quiet", "--no-input"])
                .args(["--disable-pip-version-check", "--requirement"])
                .arg(&locks[0]);
            ran(create).and_then(|()| ran(install))
        })?;
        not_run.extend(told(VENV, fetched));
    }
    Ok(not_run)
}

/// Where a virtual environment keeps its interpreter.
fn python_of(venv: &Path) -> PathBuf {
    if cfg!(windows) {
        venv.join("Scripts").join("python.exe")
    } else {
        venv.join("bin").join("python")
    }
}

enum Fetched {
    Kept,
    New,
    Failed(String),
}

/// Runs `fetch` unless `into` was fetched from just these lock files, of which it keeps a copy.
fn once(
    locks: &[PathBuf],
    into: &Path,
    fetch: impl FnOnce() -> Result<(), String>,
) -> Result<Fetched, Stop> {
    let mut wanted = String::new();
    for lock in locks {
        wanted.push_str(
            &std::fs::read_to_string(lock)
                .map_err(|error| format!("{}: {error}", lock.display()))?,
        );
    }
    let stamp = into.join(".castile-lock");
    if std::fs::read_to_string(&stamp).is_ok_and(|kept| kept == wanted) {
        return Ok(Fetched::Kept);
    }
    if let Err(reason) = fetch() {
        return Ok(Fetched::Failed(reason));
    }
    std::fs::write(stamp, wanted)?;
    Ok(Fetched::New)
}

fn told(name: &str, fetched: Fetched) -> Option<NotRun> {
    match fetched {
        Fetched::Kept => println!("  {name}: as locked"),
        Fetched::New => println!("  {name}: fetched"),
        Fetched::Failed(reason) => {
            println!("  {} {name}: {reason}", terminal::red("not fetched:"));
            return Some(NotRun::new(format!("tests with {name}"), reason));
        }
    }
    None
}

fn works(program: &str, proof: &[&str]) -> bool {
    Command::new(program)
        .args(proof)
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Runs a command to its end; its last line of complaint is the reason if it fails.
fn ran(mut command: Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("`{program}` did not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = complaint.lines().rev().find(|line| !line.trim().is_empty());
    Err(format!(
        "`{program}` failed: {}",
        last.unwrap_or("it gave no reason").trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_fetched_once_for_each_state_of_the_lock_file() {
        let folder = std::env::temp_dir().join(format!("castile-once-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let lock = [folder.join("lock")];
        std::fs::write(&lock[0], "a 1").unwrap();
        let fetch = |result: Result<(), String>| once(&lock, &folder, || result).unwrap();

        assert!(matches!(
            fetch(Err("no network".to_owned())),
            Fetched::Failed(_)
        ));
        assert!(matches!(fetch(Ok(())), Fetched::New));
        assert!(matches!(fetch(Ok(())), Fetched::Kept));
        std::fs::write(&lock[0], "a 2").unwrap();
        assert!(matches!(fetch(Ok(())), Fetched::New));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_failed_command_gives_its_last_complaint() {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo.arg("--no-such-option");
        let reason = ran(cargo).unwrap_err();
        assert!(reason.contains("failed: "), "{reason}");
        assert!(ran(Command::new("no-such-program-castile")).is_err());
    }
}

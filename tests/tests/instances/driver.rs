//! A program made from generated clients, which reads messages into their types and writes them again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use castile_codegen::Output;
use castile_tests::root;

/// Which of an operation's messages is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
    Fault,
    /// A response that is read record by record.
    Records,
}

/// A message to read and write again.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    /// As `Inquiry.AcctInq`, after the name of the client when there are several: `jx/Inquiry.AcctInq`.
    pub(crate) operation: String,
    pub(crate) direction: Direction,
    pub(crate) message: String,
    /// The namespaces that it inherits from the envelope around it.
    pub(crate) scope: Vec<(String, String)>,
}

/// What became of a probe.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// What was written, or why nothing was.
    pub(crate) written: Result<String, String>,
    pub(crate) warnings: usize,
}

/// A built driver.
#[derive(Debug)]
pub(crate) struct Driver {
    program: PathBuf,
    folder: PathBuf,
    /// The operations with one fault; that of several is no message of its own.
    faulty: BTreeSet<String>,
    /// The operations that are searches by their contract.
    searches: BTreeSet<String>,
}

impl Driver {
    /// Writes the clients, and a program that knows all their operations; builds it.
    pub(crate) fn build(name: &str, clients: &[(String, Output)]) -> Self {
        Self::build_from(
            name,
            clients,
            include_str!("../../peers/driver/main.rs"),
            "",
        )
    }

    /// The same with another program, and what that depends on besides.
    pub(crate) fn build_from(
        name: &str,
        clients: &[(String, Output)],
        program: &str,
        more: &str,
    ) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let driver = folder.join("driver");
        std::fs::create_dir_all(driver.join("src")).expect("a folder");
        let mut dependencies = String::new();
        let (mut arms, mut search_arms) = (String::new(), String::new());
        let (mut faulty, mut searches) = (BTreeSet::new(), BTreeSet::new());
        for (client, output) in clients {
            let path = folder.join(client);
            // What an earlier run left behind may have another layout.
            let _ = std::fs::remove_dir_all(&path);
            output.write_to(&path).expect("the crate is written");
            let operations = operations(output);
            let mut modules: Vec<&String> = operations.iter().map(|op| &op.module).collect();
            modules.sort();
            modules.dedup();
            let _ = writeln!(
                dependencies,
                "{client} = {{ path = {path:?}, features = {modules:?} }}"
            );
            for operation in &operations {
                let Operation {
                    service,
                    name,
                    module,
                    rust,
                    fault,
                    is_search,
                } = operation;
                let krate = client.replace('-', "_");
                let fault = match fault {
                    Some(fault) => format!("{krate}::{module}::{fault}"),
                    None => "castile_model::NoFault".to_owned(),
                };
                let prefix = if clients.len() > 1 {
                    format!("{client}/")
                } else {
                    String::new()
                };
                let operation = format!("{prefix}{service}.{name}");
                if fault != "castile_model::NoFault" {
                    faulty.insert(operation.clone());
                }
                if *is_search {
                    searches.insert(operation.clone());
                    let _ = writeln!(
                        search_arms,
                        "        {operation:?} => records::<{krate}::{module}::{rust}>,"
                    );
                }
                let _ = writeln!(
                    arms,
                    "        {operation:?} => of::<{krate}::{module}::{rust}, {fault}>(),"
                );
            }
        }
        let manifest = format!(
            "[package]\nname = \"driver\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependencies}{more}castile-model = {{ path = {:?} }}\n\n\
             [profile.dev]\ndebug = false\nincremental = false\n\n\
             [profile.dev.package.castile-model]\nopt-level = 2\n\n[workspace]\n",
            root().join("crates/model")
        );
        std::fs::write(driver.join("Cargo.toml"), manifest).expect("a file");
        let main = program
            .replace("        // arms\n", &arms)
            .replace("        // searches\n", &search_arms);
        std::fs::write(driver.join("src/main.rs"), main).expect("a file");
        // The same versions as here, so that nothing needs to be fetched.
        std::fs::copy(root().join("Cargo.lock"), driver.join("Cargo.lock")).expect("a file");
        let target = folder.join("target");
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--quiet", "--offline", "--manifest-path"])
            .arg(driver.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &target)
            .output()
            .expect("cargo starts");
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complained}");
        Self {
            program: target
                .join("debug")
                .join(format!("driver{}", std::env::consts::EXE_SUFFIX)),
            folder,
            faulty,
            searches,
        }
    }

    /// The operations that are searches by their contract.
    pub(crate) fn searches(&self) -> &BTreeSet<String> {
        &self.searches
    }

    /// Whether it can read and write the fault of an operation.
    pub(crate) fn has_fault(&self, operation: &str) -> bool {
        self.faulty.contains(operation)
    }

    /// Reads and writes the messages in one run; `run` names its files.
    pub(crate) fn run(&self, run: &str, probes: &[Probe]) -> Vec<Outcome> {
        let (asked, answered) = (
            self.folder.join(format!("{run}.asked")),
            self.folder.join(format!("{run}.answered")),
        );
        let mut file = std::io::BufWriter::new(File::create(&asked).expect("a file"));
        for probe in probes {
            let (operation, message) = (&probe.operation, &probe.message);
            let (direction, length) = (probe.direction as u8, message.len());
            let bindings = probe.scope.iter().map(|(p, uri)| format!("\t{p}={uri}"));
            let scope: String = bindings.collect();
            writeln!(file, "{operation}\t{direction}\t{length}{scope}\n{message}")
                .expect("written");
        }
        file.into_inner().expect("written");
        let output = Command::new(&self.program)
            .args([&asked, &answered])
            .output()
            .expect("the driver starts");
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complained}");
        let mut file = BufReader::new(File::open(&answered).expect("answers"));
        let mut outcomes = Vec::new();
        let mut head = String::new();
        while file.read_line(&mut head).expect("a line") > 0 {
            let mut words = head.trim_end().split('\t');
            let mut number = || words.next()?.parse::<usize>().ok();
            let (ok, warnings, length) = (number(), number(), number());
            let mut text = vec![0; length.expect("a length") + 1];
            file.read_exact(&mut text).expect("a text");
            text.pop();
            let text = String::from_utf8(text).expect("UTF-8");
            outcomes.push(Outcome {
                written: if ok == Some(1) { Ok(text) } else { Err(text) },
                warnings: warnings.expect("a number"),
            });
            head.clear();
        }
        assert_eq!(outcomes.len(), probes.len());
        outcomes
    }
}

struct Operation {
    service: String,
    name: String,
    module: String,
    rust: String,
    /// The type of its fault, when that is a message.
    fault: Option<String>,
    is_search: bool,
}

/// The operations of a generated client, as its code says.
fn operations(output: &Output) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, text) in &output.files {
        for block in text.split("impl Operation for ").skip(1) {
            let constant = |name: &str| {
                let start = format!("const {name}: &'static str =");
                let value = block.split_once(&start).expect("the constant").1;
                unescaped(value.split('"').nth(1).expect("its value"))
            };
            let fault = block.split_once("type Fault = ").expect("its fault").1;
            let fault = fault.split(';').next().expect("its end").to_owned();
            let is_message = |fault: &String| {
                let message = format!("impl Message for {fault} {{");
                output.files.iter().any(|(_, text)| text.contains(&message))
            };
            let module = path.strip_prefix("src/").expect("a source file");
            let module = module.split(['/', '.']).next().expect("a module");
            let rust = block.split(' ').next().expect("a name").to_owned();
            found.push(Operation {
                is_search: text.contains(&format!("impl Search for {rust} {{")),
                service: constant("SERVICE"),
                name: constant("NAME"),
                module: module.to_owned(),
                rust,
                fault: Some(fault).filter(is_message),
            });
        }
    }
    found
}

/// The text of a literal that has escapes for characters outside ASCII only.
fn unescaped(literal: &str) -> String {
    let mut pieces = literal.split("\\u{");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('}').expect("its end");
        let code = u32::from_str_radix(code, 16).expect("a number");
        text.extend(char::from_u32(code));
        text.push_str(rest);
    }
    text
}

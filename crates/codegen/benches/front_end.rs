//! Measures what generation costs, beside the schema stage of xsd-parser, and holds it to its goals.
//!
//! Each run is a process of its own, so that its CPU time and its peak memory are its own; the rounds are
//! interleaved and the median counts. `CASTILE_SHARED` names the folder with the published contracts.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use castile_codegen::{Contract, Generator};
use xsd_parser::Parser;

const ROUNDS: usize = 5;
const CHILD: &str = "--in-a-process-of-its-own";

/// The most CPU seconds and MiB that a run may take.
type Goal = Option<(f64, f64)>;

/// What is run, on what, and its goal.
const RUNS: [(&str, &str, Goal); 6] = [
    ("xsd-parser", "Inquiry", None),
    ("read", "Inquiry", None),
    ("generate", "Inquiry", Some((0.6, 120.0))),
    ("xsd-parser", "all", None),
    ("read", "all", None),
    ("generate", "all", Some((2.5, 350.0))),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [mark, what, on] = words.as_slice()
        && mark == CHILD
    {
        run(what, on);
        println!(
            "{}",
            spent().map_or_else(String::new, |(cpu, peak)| format!("{cpu} {peak}"))
        );
        return ExitCode::SUCCESS;
    }
    // `cargo test` runs it too, without the word.
    if !words.iter().any(|word| word == "--bench") {
        return ExitCode::SUCCESS;
    }
    if !contracts().is_dir() || spent().is_none() || cfg!(debug_assertions) {
        println!("NOT RUN: it needs the published contracts, /proc and a release build");
        return ExitCode::SUCCESS;
    }
    let mut samples = vec![Vec::new(); RUNS.len()];
    for _ in 0..ROUNDS {
        for ((what, on, _), samples) in RUNS.iter().zip(&mut samples) {
            samples.extend(in_a_process(what, on));
        }
    }
    let mut missed = false;
    println!("{:12} {:8} {:>9} {:>9}  goal", "", "", "CPU s", "peak MiB");
    for ((what, on, goal), samples) in RUNS.iter().zip(&samples) {
        let [cpu, peak] = [0, 1].map(|at| median(samples.iter().map(|sample| sample[at])));
        let verdict = goal.map_or_else(String::new, |(most_cpu, most_peak)| {
            let holds = cpu <= most_cpu && peak <= most_peak;
            missed |= !holds;
            let word = if holds { "holds" } else { "MISSED" };
            format!("{most_cpu} s, {most_peak} MiB: {word}")
        });
        println!("{what:12} {on:8} {cpu:9.2} {peak:9.1}  {verdict}");
    }
    ExitCode::from(u8::from(missed))
}

fn run(what: &str, on: &str) {
    let contract = match on {
        "all" => contracts(),
        service => contracts().join(format!("TPG_{service}.wsdl")),
    };
    match what {
        "generate" => {
            let output = Generator::new().wsdl(contract).generate();
            assert!(output.expect("a contract").counts.structs > 100);
        }
        "read" => {
            let read = Contract::read([contract]).expect("a contract");
            assert!(read.types.len() > 1_000);
        }
        _ => {
            let mut parser = Parser::new().with_default_resolver();
            for schema in schemas(on) {
                parser = parser.add_schema_from_file(schema).expect("a schema");
            }
            let schemas = parser.finish();
            assert!(schemas.schemas().count() > 1);
        }
    }
}

fn contracts() -> PathBuf {
    let shared = std::env::var_os("CASTILE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    shared.join("wsdl/jxchange/R2024.1.03")
}

/// The schemas of the services: xsd-parser reads no WSDL.
fn schemas(on: &str) -> Vec<PathBuf> {
    if on != "all" {
        return vec![contracts().join(format!("TPG_{on}Master.xsd"))];
    }
    let entries = std::fs::read_dir(contracts()).expect("the contracts");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut masters: Vec<PathBuf> = paths
        .filter(|path| path.to_string_lossy().ends_with("Master.xsd"))
        // Empty in the release.
        .filter(|path| !path.ends_with("TPG_JHAEnterpriseMaster.xsd"))
        .collect();
    masters.sort();
    masters
}

fn in_a_process(what: &str, on: &str) -> Option<[f64; 2]> {
    let this = std::env::current_exe().expect("this program");
    let output = Command::new(this).args([CHILD, what, on]).output();
    let output = output.expect("it starts");
    assert!(
        output.status.success(),
        "{what} {on}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("numbers");
    let mut numbers = text
        .split_whitespace()
        .map(|number| number.parse().expect("a number"));
    Some([numbers.next()?, numbers.next()?])
}

/// The CPU seconds and the peak memory in MiB of this process so far, from `/proc`.
fn spent() -> Option<(f64, f64)> {
    // Nanoseconds on a CPU; the ticks of `stat` are too coarse.
    let scheduled = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: f64 = scheduled.split_whitespace().next()?.parse().ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some((nanoseconds / 1e9, kib / 1024.0))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

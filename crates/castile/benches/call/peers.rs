//! The same call by the clients of other languages, each in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{gsoap, message};

/// What the issue asks for: so many times the CPU of a typed call.
const GOALS: [(&str, f64); 3] = [("gSOAP", 2.0), ("node-soap", 35.0), ("zeep", 80.0)];

/// Prints what a call costs each of them; `ours` is the CPU of a typed call in microseconds.
pub(crate) fn run(gateway: &str, ours: f64, calls: usize) {
    for (name, goal) in GOALS {
        let Some(mut command) = command(name) else {
            println!("{name}: NOT RUN, not here; see the head of its program in tests/peers");
            continue;
        };
        command
            .arg(format!("{gateway}/Inquiry.svc"))
            .arg(calls.to_string());
        let output = command.output().expect("a process");
        let errors = String::from_utf8_lossy(&output.stderr);
        let told: Value = serde_json::from_slice(&output.stdout).expect(&errors);
        assert_eq!(told["records"], message::RECORDS);
        let cpu = told["cpu"].as_f64().expect("a number");
        let ratio = cpu / ours;
        println!(
            " 1 connection, {name:<9} {cpu:>7.0} µs CPU a call: {ratio:.1} x the typed call (goal {goal})"
        );
    }
}

fn command(name: &str) -> Option<Command> {
    let peers = root().join("tests/peers");
    let wsdl = root().join("wsdl/sample/TPG_Inquiry.wsdl");
    match name {
        "gSOAP" => gsoap::program(&root()).map(Command::new),
        "zeep" => {
            let program = peers.join("python/.venv/bin/python");
            program.exists().then(|| {
                let mut command = Command::new(program);
                command.arg(peers.join("python/zeep_calls.py")).arg(wsdl);
                command
            })
        }
        _ => peers.join("soap/node_modules").is_dir().then(|| {
            let mut command = Command::new("node");
            command.arg(peers.join("soap/calls.mjs")).arg(wsdl);
            command
        }),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

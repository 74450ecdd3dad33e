//! An independent validator, asked once for many documents.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use castile_tests::root;

/// A document, and the schema or WSDL that it must be valid by.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) schema: PathBuf,
    pub(crate) label: String,
    pub(crate) document: &'a str,
}

/// What the validator found.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// The number of documents that it judged.
    pub(crate) judged: usize,
    /// Labels of the invalid ones, with the first reason.
    pub(crate) invalid: Vec<String>,
    /// Schemas that it cannot use.
    pub(crate) unusable: Vec<String>,
}

/// Asks `python`'s validator; `run` names the file for it.
pub(crate) fn judge(python: &Path, run: &str, cases: &[Case<'_>]) -> Verdict {
    let documents = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{run}.documents"));
    let mut file = std::io::BufWriter::new(File::create(&documents).expect("a file"));
    for case in cases {
        let (schema, label, document) = (case.schema.display(), &case.label, case.document);
        writeln!(file, "{schema}\t{label}\t{}\n{document}", document.len()).expect("written");
    }
    file.into_inner().expect("written");
    let output = Command::new(python)
        .arg(root().join("tests/peers/python/judge.py"))
        .arg(&documents)
        .output()
        .expect("python starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    let mut verdict = Verdict::default();
    for line in said.lines() {
        match line.split_once('\t') {
            Some(("invalid", what)) => verdict.invalid.push(what.to_owned()),
            Some(("unusable", what)) => verdict.unusable.push(what.to_owned()),
            Some(("judged", numbers)) => {
                let judged = numbers.split('\t').next().and_then(|n| n.parse().ok());
                verdict.judged = judged.expect("a number");
            }
            _ => panic!("{line}"),
        }
    }
    verdict
}

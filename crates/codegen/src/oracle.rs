//! Holds the readers against those of others: xsd-parser for schemas, yaserde for WSDL.

mod schema;
mod wsdl;

use std::io::Write as _;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders of contracts to compare on: the sample, and the published ones where they are at hand.
fn folders(test: &str) -> Vec<PathBuf> {
    let shared =
        std::env::var_os("CASTILE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let published = shared.join("wsdl/jxchange/R2024.1.03");
    let mut folders = vec![root().join("wsdl/sample")];
    if published.is_dir() {
        folders.push(published);
    } else if let Some(list) = std::env::var_os("CASTILE_NOT_RUN") {
        let mut list = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(list)
            .unwrap();
        writeln!(
            list,
            "{test}\ton the published contracts: CASTILE_SHARED names their folder"
        )
        .unwrap();
    }
    folders
}

//! The published contracts, where they are at hand, and the sample.

// A test that cannot set the scene should stop.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;

use castile_codegen::{Contract, Generator};

#[test]
fn the_sample_is_listed_with_actions_and_elements() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample");
    let contract = Contract::read([sample]).unwrap();
    let names: Vec<&str> = contract
        .services
        .iter()
        .map(|service| service.short_name.as_str())
        .collect();
    assert_eq!(names, ["Customer", "Inquiry", "Transaction"]);
    assert_eq!(contract.version.as_deref(), Some("2024.1.03"));
    let inquiry = &contract.services[1];
    let names: Vec<&str> = inquiry
        .operations
        .iter()
        .map(|operation| operation.name.as_str())
        .collect();
    assert_eq!(names, ["Ping", "AcctSrch", "AcctInq", "AcctHistSrch"]);
    let operation = &inquiry.operations[2];
    assert_eq!(operation.action, "http://jackhenry.com/ws/AcctInq");
    let namespace = "http://jackhenry.com/jxchange/TPG/2008";
    for (name, local) in [
        (operation.request.as_ref(), "AcctInq"),
        (operation.response.as_ref(), "AcctInqResponse"),
        (operation.faults.first(), "HdrFault"),
    ] {
        let name = name.unwrap();
        assert_eq!((name.namespace(), name.local()), (namespace, local));
    }
}

#[test]
fn the_published_ach_contract_compiles() {
    let Some(folder) = support::contracts("the_published_ach_contract_compiles") else {
        return;
    };
    let generator = Generator::new().wsdl(folder.join("TPG_ACH.wsdl"));
    let output = generator.generate().unwrap();
    assert_eq!(output.diagnostics, []);
    let counts = output.counts;
    assert_eq!(
        (counts.operations, counts.structs, counts.fields),
        (10, 53, 251)
    );
    let workspace = support::Crates::new("ach");
    workspace.add("ach", generator);
    workspace.check();
    workspace.format();
}

#[test]
fn all_published_contracts_are_one_crate_with_each_type_once() {
    let Some(folder) =
        support::contracts("all_published_contracts_are_one_crate_with_each_type_once")
    else {
        return;
    };
    let contract = Contract::read([&folder]).unwrap();
    let operations: usize = contract
        .services
        .iter()
        .map(|service| service.operations.len())
        .sum();
    assert_eq!((contract.services.len(), operations), (16, 568));
    // Each has the endpoint of its own service; the names that stand in several are `Ping` and one other.
    let addresses: BTreeSet<&str> = contract.services.iter().map(|s| &*s.address).collect();
    assert!(addresses.len() == 16 && !addresses.contains(""));
    let all = contract.services.iter().flat_map(|s| &s.operations);
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    all.for_each(|operation| *names.entry(&operation.name).or_default() += 1);
    assert_eq!(names.len(), 552);
    let several: Vec<_> = names.iter().filter(|(_, count)| **count > 1).collect();
    assert_eq!(several, [(&"Ping", &16), (&"PltfmStatInq", &2)]);

    let output = Generator::new().wsdl(&folder).generate().unwrap();
    let counts = output.counts;
    assert_eq!(
        (counts.services, counts.operations, counts.definitions),
        (16, 568, 7_098)
    );
    let sources = || output.files.iter().map(|(_, text)| text.as_str());
    let rendered = |line: &str| {
        sources()
            .map(|text| text.matches(line).count())
            .sum::<usize>()
    };
    assert_eq!(rendered("\nimpl Operation for "), 568);
    for service in &contract.services {
        let line = format!("const SERVICE: &'static str = \"{}\";", service.short_name);
        assert_eq!(rendered(&line), service.operations.len());
    }
    // The two names that the files define differently, and nothing else.
    let remarks: Vec<&str> = output
        .diagnostics
        .iter()
        .map(|remark| remark.code)
        .collect();
    assert_eq!(remarks, ["definition-differs"; 2]);
    let about = |name: &str| {
        output
            .diagnostics
            .iter()
            .any(|remark| remark.message.contains(name))
    };
    assert!(about("x_IdVerify_CType") && about("PltfmStatInqRs_MType"));
    // The one type with an element at two places, and one with parts side by side.
    let source = |name: &str| {
        let found = output
            .files
            .iter()
            .find(|(_, text)| text.contains(&format!("pub struct {name} {{")));
        found.unwrap().1.as_str()
    };
    assert!(source("PltfmConsmCollatInfo").contains(
        "    [twin]\n    \"CollatHolderAddr\" => collat_holder_addr_,\n    [end_twin]\n"
    ));
    assert!(source("Alien").contains("    [end_version]\n    [version 3]\n"));
}

#[test]
fn the_published_contracts_are_read_from_their_archive() {
    let Some(folder) = support::contracts("the_published_contracts_are_read_from_their_archive")
    else {
        return;
    };
    let target = tempfile::tempdir().unwrap();
    let path = target.path().join("TPG_R2026.0.00_XSD.zip");
    let mut archive = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    // All that the release has, the DOCTYPE and the DTDs of the standards among it.
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap();
        let name = format!("TPG_R2026.0.00_XSD/R2026.0.00TPGPub/Validation/{name}");
        let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
        archive.start_file(name, options).unwrap();
        archive.write_all(&fs::read(&file).unwrap()).unwrap();
    }
    archive.finish().unwrap();
    let (archived, unpacked) = (
        Contract::read([&path]).unwrap(),
        Contract::read([&folder]).unwrap(),
    );
    assert_eq!(archived.services, unpacked.services);
    assert_eq!(archived.version, unpacked.version);
    assert!(archived.types.keys().eq(unpacked.types.keys()));
}

//! Each kind of difference on the sample and a next release of it.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use crate::{Change, ChangeKind, Contract, ContractDiff};

fn sample() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample")
}

/// The sample against the sample with some text in files of one name replaced.
fn diff(changes: &[(&str, &str, &str)], operations: &[&str]) -> ContractDiff {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(sample()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut text = fs::read_to_string(&path).unwrap();
        for (_, from, to) in changes.iter().filter(|(file, ..)| name.contains(file)) {
            assert!(text.contains(from), "{name}: {from}");
            text = text.replacen(from, to, 1);
        }
        fs::write(folder.path().join(name), text).unwrap();
    }
    static OLD: LazyLock<Contract> = LazyLock::new(|| Contract::read([sample()]).unwrap());
    let new = Contract::read([folder.path()]).unwrap();
    let operations: Vec<String> = operations.iter().map(|name| (*name).to_owned()).collect();
    OLD.diff(&new, &operations).unwrap()
}

fn one(changes: &[(&str, &str, &str)]) -> Change {
    let diff = diff(changes, &[]);
    let [change] = diff.changes.as_slice() else {
        panic!("{:#?}", diff.changes)
    };
    change.clone()
}

const TRANSFER: &str = "TPG_TransactionMaster";

/// The end of a type that is sent, and of one that is read.
fn with_field(file: &'static str, ty: &str, field: &str) -> (&'static str, String, String) {
    let text = fs::read_to_string(sample().join(format!("{file}.xsd"))).unwrap();
    let at = text
        .find(&format!("<xsd:complexType name=\"{ty}\">"))
        .unwrap();
    let end = at + text[at..].find("<xsd:sequence>").unwrap();
    let from = text[at..end].to_owned() + "<xsd:sequence>";
    let to = format!("{from}{field}");
    (file, from, to)
}

#[test]
fn each_kind_of_difference_is_found_and_marked_by_direction() {
    let optional = "<xsd:element name=\"New\" type=\"xsd:string\" minOccurs=\"0\" />";
    let required = "<xsd:element name=\"New\" type=\"xsd:string\" />";
    for (ty, field, breaking) in [
        ("XferAddRq_MType", optional, false),
        ("XferAddRq_MType", required, true),
        ("XferAddRs_MType", required, false),
    ] {
        let (file, from, to) = with_field(TRANSFER, ty, field);
        let found = one(&[(file, &from, &to)]);
        assert_eq!(found.kind, ChangeKind::FieldAdded);
        assert_eq!(found.subject, format!("{ty}/New"));
        assert_eq!(found.breaking, breaking, "{found:?}");
        assert!(found.operations[0].starts_with("Transaction.XferAdd"));
    }

    let to = "<xsd:element name=\"AcctIdTo\" type=\"AcctIdTo_CType\" minOccurs=\"0\" nillable=\"true\" />";
    let from = "<xsd:element name=\"AcctIdFrom\" type=\"AcctIdFrom_CType\" />";
    let key = "<xsd:element name=\"XferKey\" type=\"XferKey_Type\" minOccurs=\"0\" nillable=\"true\" />\n      \
               <xsd:element name=\"RsStat\"";
    let status = "<xsd:element name=\"RsStat\" type=\"RsStat_Type\" />";
    let about = "Moves money from one account to another, now or on a schedule.";
    let swapped = format!("{to}\n      {from}");
    let both = format!("{from}\n      {to}");
    let cases = [
        // What is sent must stay allowed; what is read must stay there.
        (
            to,
            String::new(),
            ChangeKind::FieldRemoved,
            true,
            "AcctIdTo_CType, 0..1",
        ),
        (
            to,
            to.replace(" minOccurs=\"0\"", ""),
            ChangeKind::FieldOccurrence,
            true,
            "0..1 becomes 1",
        ),
        (
            from,
            from.replace(" />", " minOccurs=\"0\" />"),
            ChangeKind::FieldOccurrence,
            false,
            "1 becomes 0..1",
        ),
        (
            from,
            from.replace(" />", " maxOccurs=\"unbounded\" />"),
            ChangeKind::FieldOccurrence,
            false,
            "1 becomes 1..*",
        ),
        (
            status,
            status.replace(" />", " minOccurs=\"0\" />"),
            ChangeKind::FieldOccurrence,
            true,
            "1 becomes 0..1",
        ),
        (
            to,
            to.replace(" nillable=\"true\"", ""),
            ChangeKind::FieldNillable,
            true,
            "may not be null",
        ),
        (
            key,
            key.replace(" nillable=\"true\"", ""),
            ChangeKind::FieldNillable,
            false,
            "may not be null",
        ),
        (
            status,
            status.replace(" />", " nillable=\"true\" />"),
            ChangeKind::FieldNillable,
            true,
            "may be null",
        ),
        (
            key,
            key.replace("XferKey_Type", "AcctIdTo_CType"),
            ChangeKind::FieldType,
            true,
            "XferKey_Type becomes AcctIdTo_CType",
        ),
        (
            key,
            key.replace("XferKey_Type", "xsd:string"),
            ChangeKind::FieldType,
            false,
            "XferKey_Type becomes string",
        ),
        (
            &both,
            swapped,
            ChangeKind::FieldOrder,
            true,
            "`AcctIdTo` stands elsewhere",
        ),
        (
            about,
            "Moves money.".to_owned(),
            ChangeKind::Documentation,
            false,
            "now: Moves money.",
        ),
    ];
    for (from, to, kind, breaking, detail) in cases {
        let found = one(&[(TRANSFER, from, &to)]);
        let expected = (kind, breaking, detail);
        assert_eq!(
            (found.kind, found.breaking, &*found.detail),
            expected,
            "{from}"
        );
    }
}

#[test]
fn operations_are_compared_by_service_and_name() {
    let action = one(&[(
        "TPG_Transaction.wsdl",
        "soapAction=\"http://jackhenry.com/ws/XferAdd\"",
        "soapAction=\"urn:XferAdd\"",
    )]);
    assert_eq!(
        (action.kind, action.breaking),
        (ChangeKind::OperationAction, true)
    );
    assert_eq!(action.subject, "Transaction.XferAdd");
    let address = one(&[(
        "TPG_Transaction.wsdl",
        "https://gateway.invalid/",
        "https://other.invalid/",
    )]);
    assert_eq!(
        (address.kind, address.breaking),
        (ChangeKind::ServiceAddress, false)
    );

    // Both releases of three services and of two.
    let all = Contract::read([sample()]).unwrap();
    let files = ["TPG_Inquiry.wsdl", "TPG_Customer.wsdl"].map(|name| sample().join(name));
    let fewer = Contract::read(files).unwrap();
    let diff = all.diff(&fewer, &[]).unwrap();
    let removed: Vec<&str> = diff
        .changes
        .iter()
        .filter(|change| change.kind == ChangeKind::OperationRemoved && change.breaking)
        .map(|change| change.subject.as_str())
        .collect();
    let names = [
        "Transaction.Ping",
        "Transaction.XferAdd",
        "Transaction.XferAddValidate",
    ];
    assert_eq!(removed, names);
    // Who calls another service does not notice.
    let diff = all.diff(&fewer, &["AcctInq".to_owned()]).unwrap();
    assert!(!diff.is_breaking() && !diff.changes.is_empty());
    let added = fewer.diff(&all, &[]).unwrap();
    assert!(!added.is_breaking());
    let is_added = |change: &&Change| change.kind == ChangeKind::OperationAdded;
    assert_eq!(added.changes.iter().filter(is_added).count(), 3);
    assert_eq!(all.diff(&all, &[]).unwrap().changes, []);
}

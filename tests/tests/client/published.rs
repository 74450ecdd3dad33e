//! The published messages, served by a false gateway to the client that is generated from the vendor's contract.

use std::path::Path;
use std::process::Command;

use castile_codegen::{Generator, ModelDependency};
use castile_tests::{Institution, NO_SHARED, Reply, Scripted, not_run, root, shared};
use roxmltree::Document;

/// What the gateway answers with, in the order in which `tests/peers/messages` asks.
const ANSWERS: [&str; 14] = [
    "03", "06", "08", "09", "11", "13", "15", "18", "30", "31", "32", "18", "33", "33",
];
const OPERATIONS: [&str; 7] = [
    "AcctSrch",
    "AcctInq",
    "CustSrch",
    "CustMsgMod",
    "LOCAcctInq",
    "XferAdd",
    "Inquiry.Ping",
];

/// Neither the contract nor the types made of it are ours to keep, so the client is made and compiled here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn published_messages_go_through_the_client_of_the_vendors_contract() {
    let test = "published::published_messages_go_through_the_client_of_the_vendors_contract";
    let Some(shared) = shared() else {
        not_run(test, NO_SHARED);
        return;
    };
    let messages = shared.join("messages");
    let workshop = Path::new(env!("CARGO_TARGET_TMPDIR")).join("published");
    let generated = Generator::new()
        .wsdl(shared.join("wsdl/jxchange/R2024.1.03"))
        .ops(OPERATIONS)
        .crate_name("bank")
        .model_dependency(ModelDependency::Path(root().join("crates/model")))
        .generate()
        .expect("the contract is read");
    generated
        .write_to(workshop.join("client"))
        .expect("the crate is written");
    let caller = caller(&workshop);

    let answers = ANSWERS.iter().map(|number| {
        let status = match number.starts_with('3') {
            true => "500 Internal Server Error\r\nContent-Type: text/xml; charset=utf-8",
            false => "200 OK\r\nContent-Type: text/xml; charset=utf-8",
        };
        Reply::Answer(status, message(&messages, number))
    });
    let gateway = Scripted::start(answers.collect()).await;
    let bank = Institution::open().await;
    let config = config(&bank, gateway.url());
    let called = tokio::task::spawn_blocking(move || {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(["run", "--quiet", "--offline", "--manifest-path"])
            .arg(caller)
            .arg("--")
            .args([config, messages])
            .env("CARGO_TARGET_DIR", workshop.join("target"))
            .output()
    });
    let output = called.await.expect("no panic").expect("cargo starts");
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "all as published\n"
    );

    let arrivals = gateway.arrivals();
    // The last answer is one more than is asked for: nothing was sent twice.
    assert_eq!(arrivals.len(), ANSWERS.len() - 1);
    let texts = |element: &str| -> Vec<Vec<String>> {
        let bodies = arrivals.iter().map(|arrival| &arrival.body);
        bodies
            .map(|body| {
                let text = std::str::from_utf8(body).expect("UTF-8");
                let document = Document::parse(text).expect("well-formed");
                let nodes = document.descendants();
                let named = nodes.filter(|node| node.tag_name().name() == element);
                let text = named.filter_map(|node| node.text().map(str::to_owned));
                text.collect()
            })
            .collect()
    };
    // The second page is asked for by the cursor of the first, and overrides go with the one call they were chosen for.
    let cursors = texts("Cursor");
    assert_eq!(
        (&*cursors[3], cursors[2].is_empty()),
        (&["3".to_owned()][..], true)
    );
    let codes = texts("ErrCode");
    for (number, codes) in codes.iter().enumerate() {
        let expected: &[&str] = if number == 11 { &["400123"] } else { &[] };
        assert_eq!(codes, expected, "request {number}");
    }
    let ids = texts("jXLogTrackingId");
    assert_ne!(ids[11], ids[10]);
}

/// The published message of that number.
fn message(messages: &Path, number: &str) -> Vec<u8> {
    let mut folder = std::fs::read_dir(messages).expect("the folder of messages");
    let path = folder.find_map(|entry| {
        let path = entry.expect("an entry").path();
        let name = path.file_name()?.to_str()?;
        name.starts_with(number).then(|| path.clone())
    });
    std::fs::read(path.expect("the message")).expect("a file")
}

/// A crate beside the generated one; gives its manifest.
fn caller(workshop: &Path) -> std::path::PathBuf {
    let caller = workshop.join("caller");
    std::fs::create_dir_all(caller.join("src")).expect("a folder");
    let source = root().join("tests/peers/messages/main.rs");
    std::fs::copy(source, caller.join("src/main.rs")).expect("a file");
    let crates = root().join("crates");
    let manifest = format!(
        "[package]\nname = \"published-caller\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nbank = {{ path = {:?}, features = [\"customer\", \"inquiry\", \"transaction\"] }}\n\
         castile = {{ path = {:?} }}\ntokio = {{ version = \"1\", features = [\"net\", \"rt\", \"time\"] }}\n\n\
         [profile.dev]\ndebug = false\n\n[workspace]\n",
        workshop.join("client"),
        crates.join("castile"),
    );
    let path = caller.join("Cargo.toml");
    std::fs::write(&path, manifest).expect("a file");
    // The same versions as here, so that nothing needs to be fetched.
    std::fs::copy(root().join("Cargo.lock"), caller.join("Cargo.lock")).expect("a file");
    path
}

/// The institution's configuration, for the institution of the messages and with the gateway at `url`.
fn config(bank: &Institution, url: &str) -> std::path::PathBuf {
    let text = std::fs::read_to_string(bank.config()).expect("the profile's own file");
    let text = text
        .replace(&bank.sandbox().gateway_url("ServiceGateway"), url)
        .replace("012345678", "011001276");
    let path = bank.folder().join("published.toml");
    std::fs::write(&path, text).expect("a file");
    path
}

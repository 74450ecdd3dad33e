//! What README shows is run here, or compared with what is run.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use castile_tests::root;

const README: &str = include_str!("../../README.md");
const THIS_FILE: &str = include_str!("readme.rs");
const GENERATED: &str = include_str!("../../crates/jx/src/transaction/xfer_add.rs");

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
    ends(folder, words, 0)
}

/// The same for a command that ends with this exit code.
fn ends(folder: &Path, words: &[&str], code: i32) -> String {
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
    assert_eq!(status.code(), Some(code), "{words:?}: {complaint}");
    String::from_utf8(stdout).expect("UTF-8")
}

/// A `castile` that runs until it is dropped.
struct Running(Child);

impl Running {
    /// Starts it; gives the first line that it prints, with which it is ready.
    fn start(folder: &Path, words: &[&str]) -> (Self, String) {
        assert_eq!(words[0], "castile");
        let mut child = Command::new(castile())
            .args(&words[1..])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("castile starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let running = Self(child);
        let mut ready = String::new();
        stdout.read_line(&mut ready).expect("UTF-8");
        // Else it would end at its next line.
        std::thread::spawn(move || stdout.read_to_string(&mut String::new()));
        (running, ready)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn everything_shown_is_run_or_compared_here() {
    let same_words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for Block { language, text } in blocks() {
        match language {
            "sh" => {
                for line in text.lines() {
                    let run = format!("\"{line}\"");
                    assert!(THIS_FILE.contains(&run), "`{line}` is not run");
                }
            }
            "rust" if text.starts_with("// @generated") => assert_eq!(text, GENERATED),
            "rust" => assert!(
                same_words(THIS_FILE).contains(&same_words(&text)),
                "not compiled:\n{text}"
            ),
            // Each is taken by the one test that is about it.
            "xml" | "toml" => {}
            other => panic!("nothing runs blocks of `{other}`"),
        }
    }
    assert_eq!(
        (in_language("xml").len(), in_language("toml").len()),
        (2, 2)
    );
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

#[test]
fn a_folder_is_stripped_and_that_is_proved() {
    let folder = folder("strip-folder");
    let [before, after] = in_language("xml").try_into().expect("two messages");
    std::fs::create_dir_all(folder.join("messages/june")).unwrap();
    std::fs::write(folder.join("messages/june/old.xml"), before).unwrap();

    runs(&folder, &shown("castile strip messages --out stripped"));
    let new = std::fs::read_to_string(folder.join("stripped/june/old.xml")).unwrap();
    assert_eq!(new, after);
    let proof = runs(&folder, &shown("castile prove messages stripped"));
    assert!(proof.contains(": holds\n"), "{proof}");
}

#[test]
fn the_demo_ends_well() {
    let words = shown("cargo xtask demo");
    let done = Command::new(env!("CARGO"))
        .args(&words[1..])
        .current_dir(root())
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = done.expect("cargo starts");
    let said = String::from_utf8_lossy(&stdout);
    assert!(
        status.success(),
        "{said}{}",
        String::from_utf8_lossy(&stderr)
    );
    assert!(said.contains("1 token request served"), "{said}");
}

#[test]
fn what_is_to_be_installed_is_called_castile() {
    assert!(README.contains("`cargo install --locked --path crates/cli`"));
    let manifest = std::fs::read_to_string(root().join("crates/cli/Cargo.toml")).unwrap();
    assert!(manifest.contains("[[bin]]\nname = \"castile\"\n"));
}

#[test]
fn the_configuration_is_one() {
    let text = &in_language("toml")[0];
    let config = castile::http::Config::parse(text, "castile.toml").unwrap();
    let profile = config.profile("first-bank-test").unwrap();
    assert!(profile.in_oauth().is_ok());
}

/// Copies the sample contract to where README has it.
fn copy_sample(folder: &Path) {
    let wsdl = folder.join("wsdl/sample");
    std::fs::create_dir_all(&wsdl).expect("a folder");
    for entry in std::fs::read_dir(root().join("wsdl/sample")).expect("the sample") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), wsdl.join(entry.file_name())).expect("a copy");
    }
}

#[test]
fn a_contract_is_looked_into() {
    let folder = folder("contract");
    copy_sample(&folder);
    let says = |command, expected| {
        let said = runs(&folder, &shown(command));
        assert!(said.contains(expected), "{command}: {said}");
    };
    says("castile contract list --contract wsdl/sample", "XferAdd");
    says(
        "castile contract show XferAdd --contract wsdl/sample",
        "AcctIdFrom",
    );
    says(
        "castile contract sample XferAdd --contract wsdl/sample",
        "<AcctIdFrom>",
    );
    let same = "castile contract diff wsdl/sample wsdl/sample --ops XferAdd --fail-on breaking";
    runs(&folder, &shown(same));
}

#[test]
fn code_of_the_old_model_is_found() {
    let folder = folder("scan");
    std::fs::create_dir(folder.join("src")).unwrap();
    let old = "token = UsernameToken('user', 'password')\n";
    std::fs::write(folder.join("src/client.py"), old).unwrap();
    let told = ends(&folder, &shown("castile migrate scan src"), 1);
    assert!(told.contains("client.py:1"), "{told}");
}

#[test]
fn a_key_is_made_and_published() {
    let folder = folder("keys");
    runs(&folder, &shown("castile keys new --out client.pem"));
    let document = runs(&folder, &shown("castile keys jwks --key client.pem"));
    assert!(
        document.contains("\"keys\"") && !document.contains("\"d\""),
        "{document}"
    );
}

#[test]
fn a_client_is_generated_and_stays_as_it_is() {
    let folder = folder("generate");
    copy_sample(&folder);
    let model = root().join("crates/model");
    let model = model.to_str().expect("a path in UTF-8");
    // The folder of the test is no checkout, so the model lies elsewhere.
    let words = |command| -> Vec<_> {
        let words = shown(command).into_iter();
        words
            .map(|word| if word == "crates/model" { model } else { word })
            .collect()
    };
    runs(
        &folder,
        &words(
            "castile generate --wsdl wsdl/sample --ops AcctSrch,AcctInq --out ../my-client --crate-name my-client --model-path crates/model",
        ),
    );
    let manifest = std::fs::read_to_string(folder.join("../my-client/Cargo.toml")).unwrap();
    assert!(manifest.contains("name = \"my-client\""));
    runs(
        &folder,
        &words(
            "castile generate --wsdl wsdl/sample --ops AcctSrch,AcctInq --out ../my-client --crate-name my-client --model-path crates/model --check",
        ),
    );
}

#[test]
fn the_dependencies_are_where_the_manifest_says() {
    let text = &in_language("toml")[1];
    let table: toml::Table = text.parse().expect("TOML");
    let dependencies = table["dependencies"].as_table().expect("a table");
    let path = |name: &str| dependencies[name]["path"].as_str().expect("a path");

    // Beside the checkout, which is called `castile` there.
    let library = path("castile").strip_prefix("../castile/").unwrap();
    let manifest = std::fs::read_to_string(root().join(library).join("Cargo.toml")).unwrap();
    assert!(manifest.contains("name = \"castile\"\n"));

    let generate = "castile generate --wsdl wsdl/sample --ops AcctSrch,AcctInq --out ../my-client --crate-name my-client --model-path crates/model";
    let out = shown(generate).windows(2).find_map(|words| match words {
        ["--out", folder] => Some(*folder),
        _ => None,
    });
    assert_eq!(out, Some(path("my-client")));
    let features = dependencies["my-client"]["features"].as_array().unwrap();
    let jx = std::fs::read_to_string(root().join("crates/jx/Cargo.toml")).unwrap();
    for feature in features {
        let line = format!("\n{} = []\n", feature.as_str().unwrap());
        assert!(jx.contains(&line), "{feature}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sandbox_token_proxy_and_code_work_together() {
    let folder = folder("sandbox");
    let (_sandbox, _) = Running::start(&folder, &shown("castile sandbox --out sandbox"));

    let token = runs(
        &folder,
        &shown("castile token --config sandbox/castile.toml --profile sandbox"),
    );
    assert!(token.contains("openid"), "{token}");
    let doctor = "castile doctor --config sandbox/castile.toml --profile sandbox --gateway";
    let told = ends(&folder, &shown(doctor), 1);
    let report = "castile migrate report --config sandbox/castile.toml --out report";
    runs(&folder, &shown(report));
    assert!(folder.join("report").read_dir().unwrap().count() > 1);
    assert!(told.contains("answered Ping"), "{told}");
    assert!(told.contains("cause-no-jwks-url"), "{told}");

    by_hand(&folder);

    let proxy = shown(
        "castile proxy --config sandbox/castile.toml --profile sandbox --listen 127.0.0.1:8080",
    );
    // Any free port: somebody may be using that one here.
    let proxy: Vec<_> = proxy
        .iter()
        .map(|word| word.replace(":8080", ":0"))
        .collect();
    let proxy: Vec<_> = proxy.iter().map(String::as_str).collect();
    let (_proxy, ready) = Running::start(&folder, &proxy);
    let address = ready
        .split_whitespace()
        .find(|word| word.starts_with("http://"));
    let [before, _] = in_language("xml").try_into().expect("two messages");
    let answer = reqwest::Client::new()
        .post(address.expect("the proxy says where it listens"))
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", "\"http://jackhenry.com/ws/Ping\"")
        .body(before.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("PingResponse"));

    // README's paths are relative to where the sandbox was started.
    std::env::set_current_dir(&folder).unwrap();
    assert_eq!(typed_rows().await.unwrap(), 3);
    assert_eq!(tested().await.unwrap(), 1);
    assert_eq!(
        transferred().await.unwrap(),
        "the service refused it and says why"
    );
    assert!(
        untyped_answer(before)
            .await
            .unwrap()
            .contains("PingResponse")
    );
}

/// Calls of any contract, and the move of a profile from one state to another.
fn by_hand(folder: &Path) {
    let wsdl = folder.join("wsdl").join("sample");
    std::fs::create_dir_all(&wsdl).expect("a folder for the contract");
    for entry in root().join("wsdl/sample").read_dir().expect("the sample") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, wsdl.join(path.file_name().expect("a name"))).expect("copied");
    }
    let ping = "castile ping --config sandbox/castile.toml --all --contract wsdl/sample";
    let told = runs(folder, &shown(ping));
    assert_eq!(told.matches(" ok ").count(), 3, "{told}");
    let call = "castile call CustInq --contract wsdl/sample --config sandbox/castile.toml --set CustId=SBX0001";
    let told = runs(folder, &shown(call));
    assert!(told.contains("Lathersby"), "{told}");
    let switch = "castile switch sandbox --config sandbox/castile.toml --to shadow";
    runs(folder, &shown(switch));
    let status = "castile status --config sandbox/castile.toml";
    let told = runs(folder, &shown(status));
    assert!(
        told.contains("shadow") && told.contains("2028-04-30"),
        "{told}"
    );
    let back = "castile switch sandbox --config sandbox/castile.toml --to oauth";
    runs(folder, &shown(back));
}

async fn tested() -> Result<usize, Box<dyn Error>> {
    use castile::{Client, http::Config};
    use castile_sandbox::testing::TestBank;

    let bank = TestBank::start("wsdl/sample").await?;
    let profile = Config::read(bank.config())?.profile("sandbox")?;
    let client = Client::connect(&profile)?;

    let inquiry = castile_jx::customer::CustInq {
        cust_id: Some("C-1".into()),
        ..Default::default()
    };
    client.call(&inquiry).send().await?;
    let sent = bank.sent("CustInq").all().len();
    bank.stop().await;
    Ok(sent)
}

async fn typed_rows() -> Result<usize, Box<dyn Error>> {
    use castile::Client;
    use castile::http::Config;
    use castile_jx::inquiry::{AcctSrch, SrchMsgRqHdr};

    let profile = Config::read("sandbox/castile.toml")?.profile("sandbox")?;
    let client = Client::connect(&profile)?;

    let search = AcctSrch {
        srch_msg_rq_hdr: SrchMsgRqHdr {
            max_rec: 10.into(),
            ..Default::default()
        },
        cust_id: Some("SBX0001".into()),
        ..Default::default()
    };
    let page = client.call(&search).send().await?;

    let records = page.acct_srch_rec_array.ok_or("no rows")?;
    Ok(records.acct_srch_rec.len())
}

async fn transferred() -> Result<&'static str, Box<dyn Error>> {
    use castile::Client;
    use castile::http::Config;

    let profile = Config::read("sandbox/castile.toml")?.profile("sandbox")?;
    let client = Client::connect(&profile)?;
    // From an account that there is not.
    let transfer = castile_jx::transaction::XferAdd {
        acct_id_from: castile_jx::transaction::AcctIdFrom {
            from_acct_id: "0".into(),
            ..Default::default()
        },
        ..Default::default()
    };

    let outcome = match client.call(&transfer).send().await {
        Ok(_) => "it is done",
        Err(error) if error.outcome_unknown() => "it may be done: look it up, never just repeat it",
        Err(error) if error.fault().is_some() => "the service refused it and says why",
        // `castile explain CODE` tells more.
        Err(error) => error.code(),
    };
    Ok(outcome)
}

async fn untyped_answer(old_envelope: String) -> Result<String, Box<dyn Error + Send + Sync>> {
    use castile::http::{Body, Config, SoapTransport as _, connect};

    let profile = Config::read("sandbox/castile.toml")?.profile("sandbox")?;
    let (_, oauth) = profile.in_oauth()?;
    let gateway = connect::raw(&profile)?;

    let request = http::Request::post(oauth.url.as_str())
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", "\"http://jackhenry.com/ws/Ping\"")
        .body(Body::whole(old_envelope))?;
    let answer = gateway.send(request).await?;

    let body = http_body_util::BodyExt::collect(answer.into_body()).await?;
    Ok(String::from_utf8(body.to_bytes().to_vec())?)
}

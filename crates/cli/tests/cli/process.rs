//! `castile sandbox` and `castile proxy` as processes: they tell their address, serve, and end when told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use serde_json::Value;

use crate::run::{castile, run};

const PASSWORD: &str = "canary-of-a-password";
const ACCOUNT: &str = "0000000010017";

/// A running process; it does not outlive its test.
pub(crate) struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(folder: &Path, words: &[&str]) -> Self {
        Self::start_logging(folder, words, "trace")
    }

    pub(crate) fn start_logging(folder: &Path, words: &[&str], level: &str) -> Self {
        let mut child = castile(folder, words)
            .env("RUST_LOG", level)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, out }
    }

    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("UTF-8");
        line
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let told = std::process::Command::new("kill")
            .args([name, &id])
            .status();
        assert!(told.expect("POSIX has kill").success());
    }

    /// Waits for a line with these words on standard error.
    fn log_line(&mut self, words: &str) -> String {
        let stderr = self.child.stderr.as_mut().expect("piped");
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            stderr.read_exact(&mut byte).expect("it goes on");
            line.push(byte[0]);
            if byte == *b"\n" {
                let text = String::from_utf8(std::mem::take(&mut line)).expect("UTF-8");
                if text.contains(words) {
                    return text;
                }
            }
        }
    }

    /// Ends it at once, with SIGKILL where there is one.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Ends it as a service manager does; gives its exit code and what it wrote to standard error.
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        self.signal("-TERM");
        let mut err = String::new();
        let stderr = self.child.stderr.as_mut().expect("piped");
        stderr.read_to_string(&mut err).expect("UTF-8");
        let status = self.child.wait().expect("it ends");
        (status.code(), err)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The answer to an old client's request, by plain HTTP.
fn post(address: &str, action: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(address).expect("it listens");
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/xml; charset=utf-8\r\n\
         SOAPAction: \"http://jackhenry.com/ws/{action}\"\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    answer
}

fn old_acct_inq() -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
         <w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">\
         <w:UsernameToken><w:Username>user</w:Username><w:Password>{PASSWORD}</w:Password>\
         </w:UsernameToken></w:Security></s:Header><s:Body>\
         <AcctInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><MsgRqHdr><jXchangeHdr>\
         <AuditUsrId/><AuditWsId/><InstEnv>TEST</InstEnv></jXchangeHdr></MsgRqHdr>\
         <InAcctId><AcctId>{ACCOUNT}</AcctId><AcctType>D</AcctType></InAcctId>\
         <IncXtendElemArray><IncXtendElemInfo><XtendElem>x_DepInfoRec</XtendElem>\
         </IncXtendElemInfo></IncXtendElemArray></AcctInq>\
         </s:Body></s:Envelope>"
    )
}

#[test]
fn a_sandbox_and_a_proxy_serve_an_old_client_and_end_when_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let words = ["sandbox", "--out", "bank", "--json"];
    let mut sandbox = Process::start(folder.path(), &words);
    let told: Value = serde_json::from_str(&sandbox.line()).expect("one line of JSON");
    assert_eq!(told["schema_version"], 1);
    assert_eq!(told["config"], "bank/castile.toml");
    for name in ["provider", "token_endpoint", "gateway"] {
        let url = told[name].as_str().expect("a URL");
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    }
    let profile = ["--config", "bank/castile.toml", "--profile", "sandbox"];

    let token = [&["token", "--json"], &profile[..]].concat();
    let token = run(folder.path(), &token);
    assert_eq!(token.exit, 0, "{token:?}");
    assert_eq!(token.json()["token_endpoint"], told["token_endpoint"]);

    let words = [&["proxy", "--listen", "127.0.0.1:0"], &profile[..]].concat();
    let mut proxy = Process::start(folder.path(), &words);
    let line = proxy.line();
    let address = line
        .strip_prefix("listening on http://")
        .and_then(|rest| rest.split(' ').next())
        .unwrap_or_else(|| panic!("{line}"));
    let answer = post(address, "AcctInq", &old_acct_inq());
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("AcctInqResponse"), "{answer}");
    assert!(answer.contains(ACCOUNT), "{answer}");
    let refused = post(address, "AcctInq", "<!DOCTYPE a><a/>");
    assert!(refused.contains("envelope-dtd"), "{refused}");

    let (exit, log) = sandbox.terminate();
    assert_eq!(exit, Some(0), "{log}");
    assert!(log.contains("answered AcctInq"), "{log}");
    for secret in [PASSWORD, ACCOUNT, "eyJ"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    let nobody = post(address, "AcctInq", &old_acct_inq());
    assert!(nobody.contains("gateway-unreachable"), "{nobody}");

    let (exit, log) = proxy.terminate();
    assert_eq!(exit, Some(0), "{log}");
    assert!(log.contains("forwarded"), "{log}");
    let gateway = told["gateway"].as_str().expect("a URL");
    let origin = gateway.split_inclusive('/').take(3).collect::<String>();
    let origin = format!("gateway=\"{}\"", origin.trim_end_matches('/'));
    assert!(log.contains(&origin), "{origin} not in {log}");
    let mut failures = log.lines().filter(|line| line.contains(" WARN "));
    let failure = failures.find(|line| line.contains("gateway-unreachable"));
    let failure = failure.unwrap_or_else(|| panic!("{log}"));
    assert!(failure.contains("(os error "), "no cause: {failure}");
    for secret in [PASSWORD, ACCOUNT, "eyJ"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// In one step, so that nobody reads half of it.
fn replace(path: &Path, text: &str) {
    let next = path.with_extension("next");
    std::fs::write(&next, text).expect("a file");
    std::fs::rename(next, path).expect("a folder of ours");
}

#[test]
fn a_proxy_reads_its_configuration_anew_and_a_bad_one_changes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut sandbox = Process::start(folder.path(), &["sandbox", "--out", "bank", "--json"]);
    sandbox.line();
    let profile = ["--config", "bank/castile.toml", "--profile", "sandbox"];
    let words = [&["proxy", "--listen", "127.0.0.1:0"], &profile[..]].concat();
    let mut proxy = Process::start_logging(folder.path(), &words, "info");
    let line = proxy.line();
    let address = line
        .strip_prefix("listening on http://")
        .and_then(|rest| rest.split(' ').next())
        .unwrap_or_else(|| panic!("{line}"));
    let serves = || post(address, "AcctInq", &old_acct_inq()).contains("AcctInqResponse");
    assert!(serves());

    let file = folder.path().join("bank/castile.toml");
    let good = std::fs::read_to_string(&file).expect("the sandbox's");
    // Seen without being told.
    replace(
        &file,
        &good.replace("inst_env", &format!("inst_{PASSWORD}")),
    );
    let told = proxy.log_line("stays as it was");
    assert!(told.contains("config-unknown-key"), "{told}");
    proxy.signal("-HUP");
    let told = proxy.log_line("stays as it was");
    assert!(told.contains("config-unknown-key"), "{told}");
    assert!(serves());

    let elsewhere = good.replace("/OAuth/ServiceGateway.svc", "/OAuth/Nowhere.svc");
    assert_ne!(elsewhere, good);
    replace(&file, &elsewhere);
    proxy.signal("-HUP");
    proxy.log_line("read anew");
    assert!(!serves());
    replace(&file, &good);
    proxy.signal("-HUP");
    // The signal before may be told twice: once by itself, once because the file was seen to change.
    while !serves() {
        proxy.log_line("read anew");
    }
    assert_eq!(proxy.terminate().0, Some(0));
}

#[test]
fn told_to_end_at_once_they_end_cleanly() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut sandbox = Process::start(folder.path(), &["sandbox"]);
    assert!(sandbox.line().starts_with("identity provider  http://127."));
    let words = [
        "proxy",
        "--config",
        "sandbox/castile.toml",
        "--profile",
        "sandbox",
        "--listen",
        "127.0.0.1:0",
    ];
    let mut proxy = Process::start(folder.path(), &words);
    assert!(proxy.line().starts_with("listening on "));
    assert_eq!(proxy.terminate().0, Some(0));
    assert_eq!(sandbox.terminate().0, Some(0));
}

#[cfg(unix)]
#[test]
fn the_sandboxs_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut sandbox = Process::start(folder.path(), &["sandbox", "--json"]);
    let first = sandbox.line();
    assert!(first.contains("schema_version"), "{first}");
    let key = folder.path().join("sandbox/client-key.pem");
    let mode = key.metadata().expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_proxy_that_cannot_serve_says_so_before_it_says_that_it_listens() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut sandbox = Process::start(folder.path(), &["sandbox", "--json"]);
    let first = sandbox.line();
    assert!(first.contains("schema_version"), "{first}");
    let proxy = |profile: &str, listen: &str| {
        let words = [
            "proxy",
            "--config",
            "sandbox/castile.toml",
            "--profile",
            profile,
            "--listen",
            listen,
        ];
        run(folder.path(), &words)
    };
    proxy("nobody", "127.0.0.1:0").refused(2, "config-no-profile");
    proxy("sandbox", "0.0.0.0:0").refused(2, "proxy-remote");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = taken.local_addr().expect("bound").to_string();
    let ran = proxy("sandbox", &address);
    assert_eq!(ran.refused(2, "proxy-listener").line("at"), address);
    std::fs::write(folder.path().join("sandbox/client-key.pem"), "no key").expect("ours");
    proxy("sandbox", "127.0.0.1:0").refused(2, "key-unreadable");
}

#[cfg(unix)]
#[test]
fn a_sandbox_keeps_a_contract_that_it_is_given() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/sample");
    let sample = sample.to_str().expect("UTF-8");
    let words = [
        "sandbox",
        "--out",
        "bank",
        "--json",
        "--contract",
        sample,
        "--seed",
        "7",
    ];
    let mut sandbox = Process::start(folder.path(), &words);
    serde_json::from_str::<Value>(&sandbox.line()).expect("one line of JSON");
    let words = [
        "call",
        "CustInq",
        "--set",
        "CustId=1",
        "--config",
        "bank/castile.toml",
    ];
    // The only profile needs no name.
    let ran = run(
        folder.path(),
        &[&words, &["--contract", sample, "--json"][..]].concat(),
    );
    assert_eq!(ran.exit, 0, "{ran:?}");
    let again = run(
        folder.path(),
        &[&words, &["--contract", sample, "--json"][..]].concat(),
    );
    assert_eq!(ran.json()["leaves"], again.json()["leaves"]);
    let (exit, log) = sandbox.terminate();
    assert_eq!(exit, Some(0), "{log}");
    assert!(log.contains("answered Customer.CustInq"), "{log}");
    let ran = run(folder.path(), &["sandbox", "--contract", "absent.wsdl"]);
    ran.refused(2, "wsdl-unreadable");
}

/// One more profile for the sandbox's file, which goes by the old model to where only the new one is served.
fn with_an_old_profile(config: &std::path::Path) {
    let text = std::fs::read_to_string(config).expect("the configuration");
    let value = |key: &str| {
        let line = text.lines().find(|line| line.starts_with(key));
        line.expect("the key").to_owned()
    };
    let more = format!(
        "\n[profile.old]\ninst_rt_id = \"012345678\"\ninst_env = \"TEST\"\nproduct = \"old\"\nstate = \"legacy\"\n\
         {}\n{}\n\n[profile.old.legacy]\n{}\n\n[profile.old.oauth]\n{}\n{}\n",
        value("client_id"),
        value("key ="),
        value("url"),
        value("url"),
        value("token_endpoint"),
    );
    std::fs::write(config, text + &more).expect("the configuration");
}

#[test]
fn one_proxy_serves_banks_in_different_states_and_follows_a_switch() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut sandbox = Process::start(folder.path(), &["sandbox", "--out", "bank", "--json"]);
    sandbox.line();
    with_an_old_profile(&folder.path().join("bank/castile.toml"));
    let config = ["--config", "bank/castile.toml"];
    let served = [
        "--profile",
        "sandbox=127.0.0.1:0",
        "--profile",
        "old=127.0.0.1:0",
    ];
    let words = [&["proxy"], &config[..], &served[..]].concat();
    let mut proxy = Process::start(folder.path(), &words);
    let addresses = ["sandbox, in state oauth", "old, in state legacy"].map(|end| {
        let line = proxy.line();
        assert!(line.trim_end().ends_with(end), "{line}");
        let rest = line.strip_prefix("listening on http://");
        let address = rest.and_then(|rest| rest.split(' ').next());
        address.expect("an address").to_owned()
    });
    let call = |address: &str| post(address, "AcctInq", &old_acct_inq());
    assert!(call(&addresses[0]).starts_with("HTTP/1.1 200 OK\r\n"));
    // Without a token this gateway says so: the message went out by the old model.
    assert!(call(&addresses[1]).starts_with("HTTP/1.1 401 "));
    let words = [&["switch", "old", "--to", "oauth"], &config[..]].concat();
    assert_eq!(run(folder.path(), &words).exit, 0);
    // The proxy looks at its files once a second.
    let mut answer = call(&addresses[1]);
    for _ in 0..600 {
        if answer.starts_with("HTTP/1.1 200 OK\r\n") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        answer = call(&addresses[1]);
    }
    assert!(answer.contains("AcctInqResponse"), "{answer}");
    assert!(call(&addresses[0]).starts_with("HTTP/1.1 200 OK\r\n"));
    let (exit, log) = proxy.terminate();
    assert_eq!(exit, Some(0), "{log}");
    assert!(log.contains("the configuration was read anew"), "{log}");
    assert!(!log.contains(PASSWORD), "{log}");
}

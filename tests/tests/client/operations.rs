//! One profile whose transfers have an endpoint, a client and header values of their own.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use castile::Client;
use castile::http::connect::Profiles;
use castile_sandbox::{ClientKey, Running, Sandbox};
use castile_tests::request::{acct_srch, xfer_add};
use tempfile::TempDir;

/// A bank that knows two clients, and a folder with their keys.
async fn bank() -> (Running, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut builder = Sandbox::builder();
    for client in ["the-caller", "the-teller"] {
        let key = ClientKey::generate().expect("randomness");
        let path = folder.path().join(format!("{client}.pem"));
        fs::write(&path, key.private_pem()).expect("a file in the folder");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
        }
        builder = builder.client(client, key.jwks());
    }
    (builder.start().await.expect("a sandbox"), folder)
}

/// The profile, in which one operation goes to its own service instead of to the one for all.
fn write(sandbox: &Running, folder: &Path, operation: &str, service: &str) -> std::path::PathBuf {
    let file = folder.join("castile.toml");
    let text = format!(
        r#"version = 1

[profile.bank]
inst_rt_id = "012345678"
inst_env = "TEST"
product = "the-product"
state = "oauth"
client_id = "the-caller"
key = {{ file = "the-caller.pem" }}

[profile.bank.oauth]
url = "{}"
token_endpoint = "{}"
audit_usr_id = "caller"
audit_ws_id = "portal"

[profile.bank.operation.{operation}]
client_id = "the-teller"
key = {{ file = "the-teller.pem" }}
audit_usr_id = "teller"
oauth.url = "{}"
"#,
        sandbox.gateway_url("ServiceGateway"),
        sandbox.token_endpoint(),
        sandbox.gateway_url(service),
    );
    fs::write(&file, text).expect("a file in the folder");
    file
}

/// Path, client of the token, and who acts, of each message that arrived.
fn arrived(sandbox: &Running) -> Vec<(String, String, String)> {
    let requests = sandbox.requests();
    let told = requests.iter().map(|request| {
        let claims = request.claims.as_ref().expect("a token of the sandbox");
        let client = claims["client_id"].as_str().expect("a client").to_owned();
        let header = ["MsgRqHdr", "SrchMsgRqHdr"]
            .iter()
            .find_map(|header| request.value(&format!("{header}/jXchangeHdr/AuditUsrId")));
        (request.path.clone(), client, header.expect("who acts"))
    });
    told.collect()
}

fn path(url: &str) -> String {
    url.splitn(4, '/')
        .nth(3)
        .map(|path| format!("/{path}"))
        .expect("a path")
}

#[tokio::test]
async fn an_operation_goes_to_its_own_endpoint_as_its_own_client_and_the_rest_does_not() {
    let (sandbox, folder) = bank().await;
    let file = write(&sandbox, folder.path(), "XferAdd", "Transaction");
    let profiles = Arc::new(Profiles::read(&file).expect("a configuration"));
    let client = Client::follow(&profiles, "bank").expect("usable keys");
    let mut search = acct_srch("SBX0001", 10, None);
    search.srch_msg_rq_hdr.jxchange_hdr = Default::default();
    let mut transfer = xfer_add("0000000010017", "0000000010025", 1);
    transfer.msg_rq_hdr.jxchange_hdr = Default::default();

    let [usual, money, inquiry] = ["ServiceGateway", "Transaction", "Inquiry"]
        .map(|service| path(&sandbox.gateway_url(service)));
    let row =
        |path: &str, client: &str, who: &str| (path.to_owned(), client.to_owned(), who.to_owned());
    for _ in 0..2 {
        client.call(&search).send().await.expect("accounts");
        client.call(&transfer).send().await.expect("a transfer");
    }
    let expected = [
        row(&usual, "the-caller", "caller"),
        row(&money, "the-teller", "teller"),
    ];
    assert_eq!(arrived(&sandbox), [&expected[..], &expected[..]].concat());
    // One token for each client.
    assert_eq!(sandbox.counters().tokens_issued, 2);

    // The other way round, without a restart and without another token.
    write(&sandbox, folder.path(), "AcctSrch", "Inquiry");
    profiles.reload().expect("a configuration");
    client.call(&search).send().await.expect("accounts");
    client.call(&transfer).send().await.expect("a transfer");
    let expected = [
        row(&inquiry, "the-teller", "teller"),
        row(&usual, "the-caller", "caller"),
    ];
    assert_eq!(arrived(&sandbox)[4..], expected);
    assert_eq!(sandbox.counters().tokens_issued, 2);
}

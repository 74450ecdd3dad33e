//! How connections leave: proxy, roots, client certificate, packed answers.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use castile_http::profile::Limits;
use castile_http::{Config, Effect, Profile, SoapTransport as _, connect, stack};
use flate2::write::GzEncoder;
use tempfile::TempDir;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::authority::{Authority, ConnectProxy};
use crate::bank::{key_file, provider, token};
use crate::peer::{Peer, Reply, ok};
use crate::ways::Way;

/// A folder with a key, the authority's certificate and a client certificate.
fn folder(authority: &Authority) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("roots.pem"), &authority.pem).unwrap();
    fs::write(folder.path().join("client.pem"), authority.client()).unwrap();
    fs::write(folder.path().join("proxy-password"), "pa:ss-canary\n").unwrap();
    #[cfg(unix)]
    for secret in ["client.pem", "proxy-password"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(folder.path().join(secret), mode).unwrap();
    }
    key_file(folder.path());
    folder
}

fn bank(gateway: &Peer, provider: &Peer, folder: &Path, egress: &str) -> Arc<Profile> {
    let text = format!(
        "version = 1\n[profile.a]\ninst_rt_id = \"011001276\"\ninst_env = \"TEST\"\nproduct = \"p\"\n\
         state = \"oauth\"\nclient_id = \"client-1\"\nkey = {{ file = \"key.pem\" }}\n\
         [profile.a.oauth]\nurl = \"{}\"\ntoken_endpoint = \"{}\"\nanswer_limit = \"1MiB\"\n\
         [profile.a.egress]\n{egress}\n",
        gateway.url, provider.url,
    );
    let config = Config::parse(&text, folder.join("castile.toml")).unwrap();
    config.profile("a").unwrap()
}

/// The stack of a profile, over each transport.
fn stacks(profile: &Profile) -> [stack::Typed<Way>; 2] {
    let ways = Way::both_by(&profile.egress, Limits::default()).unwrap();
    ways.map(|way| {
        let source = Arc::new(connect::token_source(profile).unwrap());
        stack::typed(connect::plan(profile, source).unwrap(), way)
    })
}

const TRUST: &str = "roots = \"roots.pem\"\nclient_certificate = { file = \"client.pem\" }";

#[tokio::test]
async fn gateway_and_token_endpoint_are_reached_through_the_proxy_by_own_root_and_certificate() {
    let authority = Authority::new();
    let folder = folder(&authority);
    let tls = authority.server(&[&TLS12, &TLS13], true);
    let gateway = Peer::start_tls(tls.clone(), |_, _| ok()).await;
    let provider = Peer::start_tls(tls, |n, _| token(n)).await;
    let proxy = ConnectProxy::start("canary-user:pa:ss-canary").await;
    let egress = format!(
        "proxy = \"http://{}\"\nproxy_username = \"canary-user\"\nproxy_password = {{ file = \"proxy-password\" }}\n\
         {TRUST}\nonly_roots = true",
        proxy.address
    );
    let profile = bank(&gateway, &provider, folder.path(), &egress);
    assert!(
        !format!("{profile:?}").contains("canary-user"),
        "{profile:?}"
    );
    let stack = connect::typed(&profile).unwrap();
    let answer = stack.send(gateway.ping(Effect::Write)).await.unwrap();
    assert_eq!(
        answer.into_body().bytes(Effect::Write).await.unwrap(),
        "<ok/>"
    );
    let token = gateway.arrivals()[0].header("authorization")[0].to_owned();
    assert_eq!(token, "Bearer tok-canary-1");
    let heads = proxy.heads();
    assert_eq!(heads.len(), 2, "{heads:?}");
    for (head, peer) in heads.iter().zip([&provider, &gateway]) {
        let authority = format!("127.0.0.1:{}", peer.url.port().unwrap());
        assert!(
            head.starts_with(&format!("CONNECT {authority} HTTP/1.1\r\n")),
            "{head}"
        );
        assert!(!head.to_lowercase().contains("\nauthorization:"), "{head}");
    }
}

/// What the causes of an error say.
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        said = format!("{said}: {cause}");
        source = cause.source();
    }
    said
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_and_nothing_was_sent() {
    let authority = Authority::new();
    let folder = folder(&authority);
    let gateway = Peer::start_tls(authority.server(&[&TLS13], false), |_, _| ok()).await;
    let provider = provider().await;
    let proxy = ConnectProxy::start("svc:another").await;
    let egress = format!(
        "proxy = \"http://{}\"\nproxy_username = \"svc\"\nproxy_password = {{ file = \"proxy-password\" }}\n{TRUST}",
        proxy.address
    );
    let profile = bank(&gateway, &provider, folder.path(), &egress);
    let stack = connect::typed(&profile).unwrap();
    let error = stack.send(gateway.ping(Effect::Write)).await.unwrap_err();
    assert_eq!(error.code(), "gateway-unreachable");
    assert!(!error.outcome_unknown());
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    let said = causes(&error);
    assert!(said.contains("proxy authorization required"), "{said}");
    assert!(gateway.arrivals().is_empty());
    // http on loopback, as to this provider, is not for a proxy's eyes.
    assert_eq!(provider.arrivals().len(), 1);
    assert!(
        proxy
            .heads()
            .iter()
            .all(|head| head.starts_with("CONNECT "))
    );
}

#[tokio::test]
async fn what_is_not_trusted_and_who_has_no_certificate_get_nothing() {
    let authority = Authority::new();
    let folder = folder(&authority);
    let gateway = Peer::start_tls(authority.server(&[&TLS12, &TLS13], true), |_, _| ok()).await;
    let provider = provider().await;
    for egress in [
        "",
        "client_certificate = { file = \"client.pem\" }",
        "roots = \"roots.pem\"",
    ] {
        let profile = bank(&gateway, &provider, folder.path(), egress);
        for stack in stacks(&profile) {
            let error = stack.send(gateway.ping(Effect::Read)).await.unwrap_err();
            assert_eq!(
                error.blame(),
                castile_http::Blame::Network,
                "{egress}: {error}"
            );
        }
    }
    assert!(gateway.arrivals().is_empty());
    let profile = bank(&gateway, &provider, folder.path(), TRUST);
    for stack in stacks(&profile) {
        stack.send(gateway.ping(Effect::Read)).await.unwrap();
    }
}

#[tokio::test]
async fn the_token_endpoint_is_reached_directly_where_that_is_said() {
    let authority = Authority::new();
    let folder = folder(&authority);
    let tls = authority.server(&[&TLS13], false);
    let gateway = Peer::start_tls(tls.clone(), |_, _| ok()).await;
    let provider = Peer::start_tls(tls, |n, _| token(n)).await;
    // By the system's roots, of which this authority is none.
    let profile = bank(
        &gateway,
        &provider,
        folder.path(),
        &format!("{TRUST}\ntoken_direct = true"),
    );
    let stack = connect::typed(&profile).unwrap();
    let error = stack.send(gateway.ping(Effect::Read)).await.unwrap_err();
    assert_eq!(error.code(), "token-unreachable");
    let profile = bank(&gateway, &provider, folder.path(), TRUST);
    let stack = connect::typed(&profile).unwrap();
    stack.send(gateway.ping(Effect::Read)).await.unwrap();
}

#[tokio::test]
async fn tls_may_be_no_older_than_is_said() {
    let authority = Authority::new();
    let folder = folder(&authority);
    let gateway = Peer::start_tls(authority.server(&[&TLS12], false), |_, _| ok()).await;
    let provider = provider().await;
    for (tls, is_spoken) in [("tls = \"1.2\"", true), ("tls = \"1.3\"", false)] {
        let profile = bank(
            &gateway,
            &provider,
            folder.path(),
            &format!("{TRUST}\n{tls}"),
        );
        for stack in stacks(&profile) {
            let answer = stack.send(gateway.ping(Effect::Read)).await;
            assert_eq!(answer.is_ok(), is_spoken, "{tls}: {answer:?}");
        }
    }
}

fn packed(bytes: &[u8], times: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..times {
        packer.write_all(bytes).unwrap();
    }
    packer.finish().unwrap()
}

const PACKED: &str = "200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip";

#[tokio::test]
async fn a_packed_answer_is_unpacked_and_a_bomb_ends_at_the_limit() {
    let authority = Authority::new();
    let folder = folder(&authority);
    let provider = provider().await;
    // 16 MiB in a small part of one.
    let bomb = packed(&[b'a'; 1 << 20], 16);
    let gateway = Peer::replies(vec![
        Reply::Answer(PACKED, packed(b"<packed/>", 1)),
        Reply::Answer(PACKED, bomb),
    ])
    .await;
    let profile = bank(&gateway, &provider, folder.path(), "gzip = true");
    let stack = connect::raw(&profile).unwrap();
    // As the proxy does it: what the client behind can read is not what is asked for here.
    let mut request = gateway.ping(Effect::Write);
    let identity = http::HeaderValue::from_static("identity");
    request.headers_mut().insert("accept-encoding", identity);
    let answer = stack.send(request).await.unwrap();
    assert!(answer.headers().get("content-encoding").is_none());
    assert_eq!(
        answer.into_body().bytes(Effect::Write).await.unwrap(),
        "<packed/>"
    );
    assert_eq!(gateway.arrivals()[0].header("accept-encoding"), ["gzip"]);

    let answer = stack.send(gateway.ping(Effect::Write)).await.unwrap();
    let error = answer.into_body().bytes(Effect::Write).await.unwrap_err();
    assert_eq!(error.code(), "answer-too-large");
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn nothing_packed_is_asked_for_unless_that_is_said() {
    let authority = Authority::new();
    let folder = folder(&authority);
    let (gateway, provider) = (Peer::replies(vec![ok()]).await, provider().await);
    let profile = bank(&gateway, &provider, folder.path(), "");
    let stack = connect::typed(&profile).unwrap();
    stack.send(gateway.ping(Effect::Read)).await.unwrap();
    assert!(gateway.arrivals()[0].header("accept-encoding").is_empty());
}

#[tokio::test]
async fn files_of_no_use_are_told_before_anything_is_sent() {
    let authority = Authority::new();
    let folder = folder(&authority);
    let (gateway, provider) = (Peer::replies(vec![ok()]).await, provider().await);
    let broken = "-----BEGIN CERTIFICATE-----\nY2FuYXJ5\n-----END CERTIFICATE-----\n";
    let mixed = format!("{}{broken}", authority.pem);
    fs::write(folder.path().join("mixed.pem"), mixed).unwrap();
    let mismatched = authority.mismatched_client();
    // There is a file with the rights of a secret.
    fs::write(folder.path().join("proxy-password"), &mismatched).unwrap();
    for (egress, code) in [
        ("roots = \"absent.pem\"", "config-roots"),
        ("roots = \"mixed.pem\"", "config-roots"),
        ("roots = \"mixed.pem\"\nonly_roots = true", "config-roots"),
        (
            "client_certificate = { file = \"proxy-password\" }",
            "config-client-certificate",
        ),
        ("roots = \"castile.toml\"", "config-roots"),
        ("roots = \"key.pem\"", "config-roots"),
        (
            "client_certificate = { file = \"key.pem\" }",
            "config-client-certificate",
        ),
        (
            "client_certificate = { env = \"CASTILE_NO_SUCH\" }",
            "config-secret-env",
        ),
        (
            "proxy = \"http://127.0.0.1:1\"\nproxy_username = \"u\"\nproxy_password = { env = \"CASTILE_NO_SUCH\" }",
            "config-secret-env",
        ),
    ] {
        let profile = bank(&gateway, &provider, folder.path(), egress);
        let by_transport = Way::both_by(&profile.egress, Limits::default()).unwrap_err();
        for error in [connect::typed(&profile).unwrap_err(), by_transport] {
            assert_eq!(error.code(), code, "{egress}: {error}");
            let said = format!("{error:?}");
            let key = mismatched.lines().rev().nth(1).unwrap();
            assert!(!said.contains(key), "{said}");
        }
    }
    assert!(provider.arrivals().is_empty());
}

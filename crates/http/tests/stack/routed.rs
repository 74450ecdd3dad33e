//! Each operation goes where its profile sends it, under its own client's token, and nowhere else.

use std::sync::Arc;

use castile_http::connect::{self, Pool};
use castile_http::{Body, Config, Effect, Error, Profile, SoapTransport};
use http::StatusCode;

use crate::bank::key_file;
use crate::peer::Peer;
use crate::reloaded::{gateway, provider};

fn profile(folder: &std::path::Path, usual: &Peer, provider: &Peer, more: &str) -> Arc<Profile> {
    let text = format!(
        "version = 1\n[profile.a]\ninst_rt_id = \"011001276\"\ninst_env = \"TEST\"\nproduct = \"p\"\n\
         state = \"oauth\"\nclient_id = \"usual\"\nkey = {{ file = \"key.pem\" }}\n\
         [profile.a.oauth]\nurl = \"{}\"\ntoken_endpoint = \"{}\"\n{more}",
        usual.url, provider.url,
    );
    let config = Config::parse(&text, folder.join("castile.toml")).unwrap();
    config.profile("a").unwrap()
}

/// A message of an old client: nothing but its action says what it is.
async fn send(
    stack: &impl SoapTransport<Error = Error>,
    action: &str,
) -> Result<StatusCode, &'static str> {
    let envelope = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
        <s:Body><X/></s:Body></s:Envelope>";
    let request = http::Request::post("/")
        .header("content-type", "text/xml; charset=utf-8")
        .header(
            "soapaction",
            format!("\"http://jackhenry.com/ws/{action}\""),
        )
        .extension(Effect::Write)
        .body(Body::whole(envelope))
        .unwrap();
    let answer = stack.send(request).await.map_err(|error| error.code())?;
    Ok(answer.status())
}

#[tokio::test]
async fn an_operation_goes_to_its_own_origin_under_its_own_clients_token() {
    let folder = tempfile::tempdir().unwrap();
    key_file(folder.path());
    // Each takes one client's tokens and no other's.
    let (usual, money) = (gateway("usual").await, gateway("money").await);
    let provider = provider().await;
    let more = format!(
        "[profile.a.service.Transfer]\noperations = [\"XferAdd\"]\nclient_id = \"money\"\noauth.url = \"{}\"\n",
        money.url
    );
    let profile = profile(folder.path(), &usual, &provider, &more);
    let stack = Pool::new().raw_routed(&profile).unwrap();
    for _ in 0..2 {
        assert_eq!(send(&stack, "AcctInq").await, Ok(StatusCode::OK));
        assert_eq!(send(&stack, "XferAdd").await, Ok(StatusCode::OK));
    }
    for (peer, client) in [(&usual, "usual"), (&money, "money")] {
        let arrivals = peer.arrivals();
        assert_eq!(arrivals.len(), 2);
        for arrival in arrivals {
            assert_eq!(
                arrival.header("authorization"),
                [format!("Bearer of-{client}")]
            );
        }
    }
    assert_eq!(provider.arrivals().len(), 2, "one token for each client");
}

#[tokio::test]
async fn where_it_depends_on_a_service_that_nobody_names_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    key_file(folder.path());
    let (usual, provider) = (gateway("usual").await, provider().await);
    for (more, action, code) in [
        // A service that does not list its operations could be anyone's.
        (
            "[profile.a.service.Transfer]\ntimeout = 5\n",
            "AcctInq",
            Some("service-unknown"),
        ),
        (
            "[profile.a.operation.XferAdd]\ntimeout = 5\n",
            "AcctInq",
            None,
        ),
        // What it is cannot be told: it may be a transfer.
        (
            "[profile.a.operation.XferAdd]\ntimeout = 5\n",
            "",
            Some("service-unknown"),
        ),
        ("", "", None),
    ] {
        let profile = profile(folder.path(), &usual, &provider, more);
        let stack = Pool::new().raw_routed(&profile).unwrap();
        let before = usual.arrivals().len();
        let sent = send(&stack, action).await;
        assert_eq!(sent.err(), code, "{more}{action}");
        let arrived = usual.arrivals().len() - before;
        assert_eq!(arrived, usize::from(code.is_none()), "{more}{action}");
    }
}

#[tokio::test]
async fn one_stack_for_all_is_refused_where_an_operation_has_settings_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    key_file(folder.path());
    let (usual, provider) = (gateway("usual").await, provider().await);
    let profile = |more| profile(folder.path(), &usual, &provider, more);
    let divided = profile("[profile.a.operation.XferAdd]\ntimeout = 5\n");
    for error in [
        connect::raw(&divided).unwrap_err(),
        connect::typed(&divided).unwrap_err(),
    ] {
        assert_eq!(error.code(), "config-divided");
    }
    assert!(connect::raw(&profile("")).is_ok() && connect::typed(&profile("")).is_ok());
}

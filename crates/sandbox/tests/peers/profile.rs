//! Castile's own client reaches the sandbox by nothing but the configuration that it writes.

use std::path::Path;
use std::sync::Arc;

use castile_http::profile::Config;
use castile_http::{Body, Effect, Profile, SoapTransport, connect};
use castile_sandbox::{Cause, Event, Running, Sandbox};
use http::Request;
use jsonwebtoken::Algorithm;

use crate::client::{Bench, CLIENT, Key, TPG, envelope, jwks};

const SECURITY: &str = "<w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/\
    oasis-200401-wss-wssecurity-secext-1.0.xsd\"><w:UsernameToken/></w:Security>";

/// A sandbox by the machine's clock, and the profile by which a client with this key reaches it.
async fn reached(key: &Key) -> (Running, Arc<Profile>, tempfile::TempDir) {
    let sandbox = Sandbox::builder()
        .client(CLIENT, jwks([key]))
        .start()
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("key.pem");
    std::fs::write(&pem, &key.pem).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&pem, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let file = folder.path().join("castile.toml");
    let text = sandbox.castile_toml(CLIENT, Path::new("key.pem"));
    std::fs::write(&file, text).unwrap();
    let profile = Config::read(file).unwrap().profile("sandbox").unwrap();
    (sandbox, profile, folder)
}

#[tokio::test]
async fn the_configuration_that_it_writes_is_valid_by_the_schema() {
    let key = Key::ec("k1");
    let (sandbox, _, _folder) = reached(&key).await;
    let text = sandbox.castile_toml(CLIENT, Path::new("key.pem"));
    let text = format!(
        "{text}{}",
        sandbox.legacy_toml("user", Path::new("password"))
    );
    let table: toml::Table = text.parse().unwrap();
    let schema = castile_http::profile::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let told: Vec<_> = validator
        .iter_errors(&serde_json::to_value(table).unwrap())
        .map(|error| error.to_string())
        .collect();
    assert!(told.is_empty(), "{told:?}");
}

fn ping(profile: &Profile, security: &str) -> Request<Body> {
    let body = envelope(
        security,
        &format!("<Ping xmlns=\"{TPG}\"><PingRq>hello</PingRq></Ping>"),
    );
    Request::post(profile.oauth.as_ref().unwrap().url.as_str())
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", "\"http://jackhenry.com/ws/Ping\"")
        .extension(Effect::Read)
        .body(Body::whole(body))
        .unwrap()
}

/// Status and whether the answer is that of `Ping`.
async fn send(
    stack: &impl SoapTransport<Error = castile_http::Error>,
    request: Request<Body>,
) -> (u16, bool) {
    let answer = stack.send(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer
        .into_body()
        .bytes(castile_http::Effect::Read)
        .await
        .unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    (status, body.contains("<PingRs>hello</PingRs>"))
}

#[tokio::test]
async fn an_old_envelope_is_answered_only_when_rewritten() {
    for key in [Key::ec(""), Key::rsa("", Algorithm::PS256)] {
        let (sandbox, profile, _folder) = reached(&key).await;
        let raw = connect::raw(&profile).unwrap();
        assert_eq!(send(&raw, ping(&profile, SECURITY)).await, (200, true));
        let typed = connect::typed(&profile).unwrap();
        assert_eq!(send(&typed, ping(&profile, SECURITY)).await, (500, false));
        let refused = Event::Refused {
            cause: Cause::HeaderSecurity,
        };
        assert_eq!(sandbox.log().last().unwrap().event, refused);
    }
}

#[tokio::test]
async fn many_calls_share_one_token_until_it_is_revoked() {
    let (sandbox, profile, _folder) = reached(&Key::ec("")).await;
    let stack = Arc::new(connect::raw(&profile).unwrap());
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let (stack, request) = (stack.clone(), ping(&profile, SECURITY));
            tokio::spawn(async move { send(&*stack, request).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), (200, true));
    }
    assert_eq!(sandbox.counters().token_requests, 1);
    sandbox.revoke_tokens();
    assert_eq!(send(&*stack, ping(&profile, "")).await, (200, true));
    let counters = sandbox.counters();
    assert_eq!(
        (counters.token_requests, counters.gateway_unauthorized),
        (2, 1)
    );
}

#[tokio::test]
async fn any_path_and_client_id_can_be_written() {
    let bench = Bench::start().await;
    let path = Path::new("keys/with \"quote\" and \\ slash.pem");
    let text = bench.sandbox.castile_toml("an \"odd\" id", path);
    let config = Config::parse(&text, "castile.toml").unwrap();
    let profile = config.profile("sandbox").unwrap();
    let (client, oauth) = profile.in_oauth().unwrap();
    assert_eq!(client.client_id, "an \"odd\" id");
    assert_eq!(
        oauth.url.as_str(),
        bench.sandbox.gateway_url("ServiceGateway")
    );
    assert_eq!(
        oauth.token_endpoint.as_str(),
        bench.sandbox.token_endpoint()
    );
    assert_eq!(
        (profile.inst_env.as_str(), profile.inst_rt_id.as_str()),
        ("TEST", "012345678")
    );
    assert!(profile.header().audit_usr_id.is_some());
}

//! Profiles with something wrong, examined without a network.

use castile_auth::keys::{KeyKind, NewKey};

use std::net::IpAddr;

use castile_auth::ports::{BoxFuture, TokenHttp, TokenHttpError};

use super::*;
use crate::Config;
use crate::keys::write_new;

/// A server that answers every GET alike, two minutes behind this machine, and must not be asked for a token.
struct Server(String);

impl TokenHttp for Server {
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>> {
        assert_eq!(request.method(), http::Method::GET, "no token request");
        let answer = http::Response::builder()
            // Long ago: the clock here is ahead.
            .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
            .body(self.0.clone().into_bytes())
            .unwrap();
        Box::pin(std::future::ready(Ok(answer)))
    }
}

async fn offline(oauth: &str) -> Vec<(&'static str, Certainty)> {
    let scope = Scope {
        offline: true,
        ..Scope::default()
    };
    let outside = Outside::system(Limits::default()).unwrap();
    examined(oauth, &scope, &outside).await
}

async fn examined(oauth: &str, scope: &Scope, outside: &Outside) -> Vec<(&'static str, Certainty)> {
    let folder = tempfile::tempdir().unwrap();
    let key = NewKey::generate(KeyKind::P256).unwrap();
    write_new(&folder.path().join("key.pem"), key.pem()).unwrap();
    let text = format!(
        "version = 1\n[profile.p]\ninst_rt_id = \"1\"\ninst_env = \"TEST\"\nproduct = \"x\"\nstate = \"oauth\"\n\
         client_id = \"c\"\nkey = {{ file = \"key.pem\" }}\njwks_url = \"https://vendor.example/jwks.json\"\n\
         [profile.p.oauth]\n{oauth}\n"
    );
    let config = Config::parse(&text, folder.path().join("castile.toml")).unwrap();
    let profile = config.profile("p").unwrap();
    let report = examine(&profile, scope, outside).await.unwrap();
    report
        .findings
        .iter()
        .map(|finding| (finding.cause.code(), finding.certainty))
        .collect()
}

#[tokio::test]
async fn what_the_configuration_shows_is_found_without_asking() {
    let good = "url = \"https://gw.jackhenry.com/jx/OAuth/ServiceGateway.svc\"";
    assert_eq!(offline(good).await, []);
    for (oauth, expected) in [
        (
            "url = \"https://gw.jackhenry.com/jx/ServiceGateway.svc\"".to_owned(),
            ("cause-old-gateway-path", Certainty::Possible),
        ),
        (
            "url = \"https://jxdmz.jackhenry.com/jx/ServiceGateway.svc\"".to_owned(),
            ("cause-old-gateway-host", Certainty::Likely),
        ),
        (
            format!("{good}\nscope = \"openid full\""),
            ("cause-scope-full", Certainty::Possible),
        ),
        (
            format!("{good}\ntoken_endpoint = \"https://banno.com/a/oidc-provider/api/v0/token\""),
            ("cause-old-token-host", Certainty::Likely),
        ),
        (
            format!("{good}\naudience = \"https://login.jackhenry.com/\""),
            ("cause-audience", Certainty::Certain),
        ),
        (
            format!("{good}\nalgorithm = \"PS256\""),
            ("key-algorithm", Certainty::Certain),
        ),
    ] {
        assert_eq!(offline(&oauth).await, [expected], "{oauth}");
    }
}

#[tokio::test]
async fn clock_metadata_and_a_private_address_are_found_without_a_token_request() {
    let metadata = r#"{"issuer":"https://login.jackhenry.com","keys":[],
        "token_endpoint":"https://login.jackhenry.com/other",
        "token_endpoint_auth_methods_supported":["client_secret_basic"],
        "token_endpoint_auth_signing_alg_values_supported":["PS256"],
        "scopes_supported":["openid"]}"#;
    let mut outside = Outside::system(Limits::default()).unwrap();
    outside.ports.http = Arc::new(Server(metadata.to_owned()));
    outside.resolve = |_, _| Ok(vec![IpAddr::from([10, 1, 2, 3])]);
    let scope = Scope {
        gateway: true,
        ..Scope::default()
    };
    let oauth = "url = \"https://gw.jackhenry.com/jx/OAuth/ServiceGateway.svc\"";
    let found = examined(oauth, &scope, &outside).await;
    assert_eq!(found[0], ("cause-clock", Certainty::Certain));
    for expected in [
        ("cause-kid-unpublished", Certainty::Certain),
        ("cause-metadata-differs", Certainty::Likely),
        ("cause-not-offered", Certainty::Likely),
        ("cause-private-address", Certainty::Likely),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    let offered = found.iter().filter(|found| found.0 == "cause-not-offered");
    assert_eq!(offered.count(), 2, "the method and the algorithm");
}

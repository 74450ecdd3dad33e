use castile_auth::keys::{KeyKind, NewKey};

use super::*;
use crate::Config;
use crate::keys::write_new;

async fn offline(oauth: &str) -> Vec<(&'static str, Certainty)> {
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
    let scope = Scope {
        offline: true,
        ..Scope::default()
    };
    let outside = Outside::system(Limits::default()).unwrap();
    let report = examine(&profile, &scope, &outside).await.unwrap();
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

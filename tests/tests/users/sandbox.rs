//! What the sandbox refuses of an end user's flow, with the cause in its log.

use std::sync::Arc;
use std::time::Duration;

use castile::auth::oidc::{
    AuthorizationRequest, Logout, OidcError, RelyingParty, Session, Trust, UserTokens,
};
use castile::auth::{
    Algorithm, AssertionPolicy, ClientAuth, ClientSecret, LocalSigner, PrivateKeyJwt, TokenEndpoint,
};
use castile::http::connect::system_ports;
use castile::http::profile::Limits;
use castile_sandbox::{Cause, ClientKey, Institution, Running, Sandbox, Website};
use castile_tests::Browser;
use reqwest::Method;

const CALLBACK: &str = "https://app.example/callback";
const SIGNED_OUT: &str = "https://app.example/signed-out";
const SECRET: &str = "s3cr3t:/ +&";

struct Bench {
    sandbox: Running,
    by_key: Arc<RelyingParty>,
    by_secret: Arc<RelyingParty>,
}

async fn bench() -> Bench {
    let key = ClientKey::generate().expect("randomness");
    let mut website = Website::new(CALLBACK);
    website.post_logout_redirect_uris = vec![SIGNED_OUT.to_owned()];
    website.secret = Some(SECRET.to_owned());
    website.institutions = vec![Institution {
        id: "012345678".to_owned(),
        name: "First Bank".to_owned(),
    }];
    let sandbox = Sandbox::builder()
        .client("app", key.jwks())
        .website("app", website)
        .start()
        .await
        .expect("a sandbox");
    let ports = system_ports(Limits::default()).expect("ports");
    let endpoint = TokenEndpoint::parse(&sandbox.token_endpoint()).expect("a URL");
    let trust = Trust::new(sandbox.provider_url(), endpoint).expect("an issuer");
    let provider = trust.discover(&*ports.http).await.expect("metadata");
    let party = |auth: Arc<dyn ClientAuth>| {
        let party = RelyingParty::new(provider.clone(), auth, ports.clone());
        Arc::new(party.with_algorithm(Algorithm::ES256))
    };
    let signer = LocalSigner::read(key.private_pem().as_bytes()).expect("a key");
    let (clock, random) = (ports.clock.clone(), ports.random.clone());
    let policy = AssertionPolicy::new("app").expect("a client id");
    let secret = ClientSecret::post("app", SECRET.to_owned().into()).expect("a secret");
    Bench {
        by_key: party(Arc::new(PrivateKeyJwt::new(
            policy,
            Arc::new(signer),
            clock,
            random,
        ))),
        by_secret: party(Arc::new(secret)),
        sandbox,
    }
}

impl Bench {
    fn last_cause(&self) -> Option<Cause> {
        self.sandbox.log().last()?.event.cause().cloned()
    }
}

fn request() -> AuthorizationRequest {
    AuthorizationRequest::new(CALLBACK, "offline_access").expect("a request")
}

fn query(callback: &str) -> &str {
    callback.split_once('?').expect("a query").1
}

async fn sign_in(party: &RelyingParty) -> UserTokens {
    let pushed = party.push(&request()).await.expect("pushed");
    let (url, pending) = pushed.redirect(party.steady()).expect("in time");
    let callback = Browser::default()
        .sign_in(url.as_str(), "ida", CALLBACK)
        .await;
    party
        .complete(pending, query(&callback))
        .await
        .expect("tokens")
}

#[tokio::test]
async fn a_pushed_request_counts_once_and_a_code_for_its_sign_in_only() {
    let bench = bench().await;
    let party = &bench.by_key;
    let (url, pending) = party
        .push(&request())
        .await
        .unwrap()
        .redirect(party.steady())
        .unwrap();
    let mut browser = Browser::default();
    let callback = browser.sign_in(url.as_str(), "ida", CALLBACK).await;
    let again = browser.go(Method::GET, url.as_str(), None).await;
    assert_eq!(again.status(), 400);
    assert!(
        matches!(bench.last_cause(), Some(Cause::PushRefused { reason }) if reason.contains("used"))
    );

    let late = party.push(&request()).await.unwrap();
    let error = late
        .redirect(party.steady() + Duration::from_secs(60))
        .unwrap_err();
    assert_eq!(error.code(), "pushed-expired");

    // The callback of one sign-in in another, and one from another issuer.
    let (_, other) = party.begin(&request()).unwrap();
    let error = party.complete(other, query(&callback)).await.unwrap_err();
    assert!(matches!(error, OidcError::CallbackState), "{error:?}");
    let (url, mixed) = party.begin(&request()).unwrap();
    let mixed_back = Browser::default()
        .sign_in(url.as_str(), "ida", CALLBACK)
        .await;
    let error = party
        .complete(mixed, &query(&mixed_back).replace("iss=http", "iss=https"))
        .await;
    assert!(matches!(error, Err(OidcError::CallbackIssuer)), "{error:?}");

    party
        .complete(pending, query(&callback))
        .await
        .expect("the right one");
}

#[tokio::test]
async fn a_code_of_another_sign_in_fails_for_its_verifier() {
    let bench = bench().await;
    let party = &bench.by_key;
    let (mine, pending) = party.begin(&request()).unwrap();
    let (theirs, _) = party.begin(&request()).unwrap();
    let theirs = Browser::default()
        .sign_in(theirs.as_str(), "mallory", CALLBACK)
        .await;
    let mine = Browser::default()
        .sign_in(mine.as_str(), "ida", CALLBACK)
        .await;
    let code = |query: &str| {
        let pair = query
            .split('&')
            .find(|pair| pair.starts_with("code="))
            .expect("a code");
        pair.to_owned()
    };
    // An attacker's code under the victim's state (code injection).
    let injected = query(&mine).replace(&code(query(&mine)), &code(query(&theirs)));
    let error = party.complete(pending, &injected).await.unwrap_err();
    assert!(
        matches!(&error, OidcError::Exchange(inner) if inner.status() == Some(400)),
        "{error:?}"
    );
    assert!(
        matches!(bench.last_cause(), Some(Cause::GrantRefused { reason }) if reason.contains("verifier"))
    );
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_both_sessions() {
    let bench = bench().await;
    let tokens = sign_in(&bench.by_key).await;
    let session = Session::new(bench.by_key.clone(), tokens.clone());
    let stolen = Session::new(bench.by_key.clone(), tokens);
    session.renew(1).await.expect("rotated");
    assert_eq!(stolen.renew(1).await.unwrap_err().code(), "session-ended");
    assert_eq!(session.renew(2).await.unwrap_err().code(), "session-ended");
}

#[tokio::test]
async fn revocation_demands_a_secret_and_says_so_to_a_client_with_a_key() {
    let bench = bench().await;
    let tokens = sign_in(&bench.by_key).await;
    let refresh = tokens.refresh_token.clone().expect("a refresh token");
    let error = bench
        .by_key
        .revoke(&refresh, "refresh_token")
        .await
        .unwrap_err();
    assert_eq!(error.code(), "revoke-needs-secret");
    assert!(error.to_string().contains("client_secret"), "{error}");
    assert_eq!(bench.last_cause(), Some(Cause::RevocationNeedsSecret));

    bench
        .by_secret
        .revoke("unknown", "access_token")
        .await
        .expect("200 for unknown ones");
    bench.by_key.user_info(&tokens).await.expect("still good");
    bench
        .by_secret
        .revoke(&refresh, "refresh_token")
        .await
        .expect("revoked");
    let error = bench.by_key.user_info(&tokens).await.unwrap_err();
    assert!(
        matches!(error, OidcError::Status { status: 401, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_logout_goes_back_to_registered_addresses_only() {
    let bench = bench().await;
    let tokens = sign_in(&bench.by_key).await;
    let there = async |logout: Logout<'_>| {
        let url = bench.by_key.logout_url(logout).expect("an address");
        let answer = Browser::default().go(Method::GET, url.as_str(), None).await;
        let to = answer
            .headers()
            .get("location")
            .map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to)
    };
    let good = Logout {
        id_token: Some(&tokens.id_token),
        post_logout_redirect_uri: Some(SIGNED_OUT),
        state: Some("s"),
    };
    let back = Some(format!("{SIGNED_OUT}?state=s"));
    assert_eq!(there(good).await, (303, back.clone()));
    assert_eq!(
        there(Logout {
            id_token: None,
            ..good
        })
        .await,
        (303, back)
    );
    let foreign = Logout {
        post_logout_redirect_uri: Some("https://evil.example/"),
        ..good
    };
    assert_eq!(there(foreign).await, (400, None));
    let forged = Logout {
        id_token: Some("e30.e30."),
        ..good
    };
    assert_eq!(there(forged).await, (400, None));
}

#[tokio::test]
async fn an_authorization_request_that_is_wrong_sends_nobody_anywhere() {
    let key = ClientKey::generate().expect("randomness");
    let sandbox = Sandbox::builder()
        .client("app", key.jwks())
        .website("app", Website::new(CALLBACK))
        .start()
        .await
        .expect("a sandbox");
    let auth = format!("{}/a/oidc-provider/api/v0/auth", sandbox.provider_url());
    let plain = format!("{auth}?client_id=app&response_type=code&scope=openid&redirect_uri=");
    for wrong in [
        "https%3A%2F%2Fevil.example%2F&code_challenge=x&code_challenge_method=S256",
        "https%3A%2F%2Fapp.example%2Fcallback&code_challenge=x&code_challenge_method=plain",
        "https%3A%2F%2Fapp.example%2Fcallback",
    ] {
        let mut browser = Browser::default();
        let answer = browser
            .go(Method::GET, &format!("{plain}{wrong}"), None)
            .await;
        assert_eq!(answer.status(), 400, "{wrong}");
        assert!(
            !answer.headers().contains_key("location"),
            "never sent to a wrong address"
        );
    }
    let unknown = format!("{auth}?client_id=app&request_uri=urn%3Ax");
    let mut browser = Browser::default();
    assert_eq!(browser.go(Method::GET, &unknown, None).await.status(), 400);
}

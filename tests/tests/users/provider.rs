//! The flows of an end user at the certified oidc-provider, as openid-client does them.

use std::sync::Arc;

use castile::auth::oidc::{
    AuthorizationRequest, Logout, OidcError, Provider as Issuer, RelyingParty, Session, Trust,
};
use castile::auth::ports::Ports;
use castile::auth::{
    Algorithm, AssertionPolicy, ClientAuth, ClientCredentials, ClientSecret, Dpop, LocalSigner,
    PrivateKeyJwt, SenderConstraint, TokenCache, TokenEndpoint, TokenSource as _,
};
use castile::http::Config;
use castile::http::connect::{Pool, system_ports, token_source};
use castile::http::profile::Limits;
use castile_tests::{Browser, NO_NODE, Provider, node, not_run};
use serde_json::{Value, json};

const CALLBACK: &str = "https://app.example/callback";
const SIGNED_OUT: &str = "https://app.example/signed-out";

/// A provider that knows one client, by its key and by a secret.
struct Bench {
    provider: Provider,
    signer: LocalSigner,
    ports: Ports,
}

impl Bench {
    /// `None`, written down as not run, where there is no Node.js.
    fn start(test: &str, mut options: Value) -> Option<Self> {
        let Some(node) = node() else {
            not_run(&format!("users::provider::{test}"), NO_NODE);
            return None;
        };
        let signer = LocalSigner::ephemeral().expect("a key");
        let jwks: Value = serde_json::from_str(&signer.jwks().expect("its JWKS")).expect("JSON");
        let client = |id: &str, more: Value| {
            let mut client = json!({
                "client_id": id,
                "grant_types": ["client_credentials", "authorization_code", "refresh_token"],
                "response_types": ["code"],
                "redirect_uris": [CALLBACK],
                "post_logout_redirect_uris": [SIGNED_OUT],
            });
            let members = client.as_object_mut().expect("an object");
            members.extend(more.as_object().expect("an object").clone());
            client
        };
        options["users"] = true.into();
        options["clients"] = json!([
            client("by-key", json!({ "jwks": jwks })),
            client(
                "by-secret",
                json!({
                    "token_endpoint_auth_method": "client_secret_basic",
                    "client_secret": "s3cr3t:/ +&",
                })
            ),
        ]);
        Some(Self {
            provider: Provider::start_with(&node, &options),
            signer,
            ports: system_ports(Limits::default()).expect("ports"),
        })
    }

    fn by_key(&self) -> Arc<dyn ClientAuth> {
        Arc::new(PrivateKeyJwt::new(
            AssertionPolicy::new("by-key").expect("a client id"),
            Arc::new(self.signer.clone()),
            self.ports.clock.clone(),
            self.ports.random.clone(),
        ))
    }

    fn endpoint(&self) -> TokenEndpoint {
        TokenEndpoint::parse(&self.provider.token_endpoint()).expect("a URL")
    }

    async fn discover(&self) -> Issuer {
        Trust::new(self.provider.issuer(), self.endpoint())
            .expect("a trustworthy issuer")
            .discover(&*self.ports.http)
            .await
            .expect("its metadata")
    }

    async fn party(&self, auth: Arc<dyn ClientAuth>) -> RelyingParty {
        RelyingParty::new(self.discover().await, auth, self.ports.clone())
            .with_algorithm(Algorithm::ES256)
    }

    fn dpop(&self) -> Arc<Dpop> {
        let key = LocalSigner::ephemeral().expect("a key");
        let dpop = Dpop::new(key, self.ports.clock.clone(), self.ports.random.clone());
        Arc::new(dpop.expect("a key that can be told"))
    }
}

fn request() -> AuthorizationRequest {
    AuthorizationRequest::new(CALLBACK, "openid offline_access")
        .expect("a request")
        .with_prompt("consent")
        .with_login_hint("ida")
        .with_claims(json!({
            "userinfo": { "institution_id": { "value": "012345678" } }
        }))
}

fn query(callback: &str) -> &str {
    callback.split_once('?').expect("a query").1
}

/// Signs `ida` in by a pushed request, and gives the session.
async fn signed_in(party: &Arc<RelyingParty>) -> Session {
    let pushed = party.push(&request()).await.expect("pushed");
    let (url, pending) = pushed.redirect(party.steady()).expect("in time");
    let names: Vec<_> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(
        names,
        ["client_id", "request_uri"],
        "nothing else is in the address"
    );
    let callback = Browser::default()
        .sign_in(url.as_str(), "ida", CALLBACK)
        .await;
    let tokens = party
        .complete(pending, query(&callback))
        .await
        .expect("tokens");
    assert_eq!(tokens.identity.subject(), "ida");
    Session::new(party.clone(), tokens)
}

#[tokio::test]
async fn a_user_signs_in_is_refreshed_asked_about_and_signed_out() {
    let test = "a_user_signs_in_is_refreshed_asked_about_and_signed_out";
    let Some(bench) = Bench::start(test, json!({})) else {
        return;
    };
    let party = Arc::new(bench.party(bench.by_key()).await);
    assert!(party.provider().names_itself, "each callback carries iss");
    let session = signed_in(&party).await;

    let user = session.user_info().await.expect("what /me says");
    assert_eq!(user.institution_id(), Some("012345678"));

    // Ten callers at once who all met a 401: one refresh, after which the refresh token is another.
    let first = session.tokens().await.expect("tokens");
    let calls = bench.provider.stats().await.token_calls;
    let renewals: Vec<_> = (0..10)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.renew(1).await.expect("new tokens") })
        })
        .collect();
    let mut renewed = Vec::new();
    for renewal in renewals {
        renewed.push(renewal.await.expect("no panic"));
    }
    assert_eq!(bench.provider.stats().await.token_calls, calls + 1);
    let second = &renewed[0];
    assert!(renewed.iter().all(|tokens| Arc::ptr_eq(tokens, second)));
    assert_ne!(first.refresh_token, second.refresh_token, "rotated");
    assert_ne!(first.access_token.reveal(), second.access_token.reveal());
    session.user_info().await.expect("the new token is good");

    // Signed out here first; the server asks the user and sends the browser back with 303.
    let last = session.tokens().await.expect("tokens");
    session.end().await.expect("revoked");
    assert_eq!(
        session.tokens().await.expect_err("ended").code(),
        "session-expired"
    );
    let unknown = party.revoke("no-such-token", "refresh_token").await;
    unknown.expect("RFC 7009: 200 for unknown tokens too");
    let copy = Session::new(party.clone(), (*last).clone());
    assert_eq!(
        copy.renew(2).await.expect_err("revoked").code(),
        "session-ended"
    );

    let logout = Logout {
        id_token: Some(&last.id_token),
        post_logout_redirect_uri: Some(SIGNED_OUT),
        state: Some("after"),
    };
    let url = party.logout_url(logout).expect("an address");
    let back = Browser::default()
        .sign_in(url.as_str(), "ida", SIGNED_OUT)
        .await;
    assert_eq!(query(&back), "state=after");
    let without_hint = Logout {
        id_token: None,
        ..logout
    };
    let url = party.logout_url(without_hint).expect("an address");
    let back = Browser::default()
        .sign_in(url.as_str(), "ida", SIGNED_OUT)
        .await;
    assert_eq!(query(&back), "state=after", "by client_id");
}

#[tokio::test]
async fn a_refresh_token_that_is_used_twice_ends_the_session() {
    let test = "a_refresh_token_that_is_used_twice_ends_the_session";
    let Some(bench) = Bench::start(test, json!({})) else {
        return;
    };
    let party = Arc::new(bench.party(bench.by_key()).await);
    let session = signed_in(&party).await;
    let stolen = Session::new(
        party.clone(),
        (*session.tokens().await.expect("tokens")).clone(),
    );
    session.renew(1).await.expect("rotated");
    // The thief's use of the old one makes the server revoke all that came of the sign-in.
    assert_eq!(
        stolen.renew(1).await.expect_err("reuse").code(),
        "session-ended"
    );
    let calls = bench.provider.stats().await.token_calls;
    assert_eq!(
        session.renew(2).await.expect_err("the chain").code(),
        "session-ended"
    );
    assert_eq!(
        session.renew(2).await.expect_err("for good").code(),
        "session-ended"
    );
    assert_eq!(
        bench.provider.stats().await.token_calls,
        calls + 1,
        "asked once"
    );
}

#[tokio::test]
async fn a_client_with_a_secret_signs_users_in_without_a_pushed_request() {
    let test = "a_client_with_a_secret_signs_users_in_without_a_pushed_request";
    let Some(bench) = Bench::start(test, json!({})) else {
        return;
    };
    let secret = ClientSecret::basic("by-secret", "s3cr3t:/ +&".to_owned().into());
    let party = Arc::new(bench.party(Arc::new(secret.expect("a secret"))).await);
    let (url, pending) = party.begin(&request()).expect("an address");
    let callback = Browser::default()
        .sign_in(url.as_str(), "otto", CALLBACK)
        .await;
    let tokens = party
        .complete(pending, query(&callback))
        .await
        .expect("tokens");
    assert_eq!(tokens.identity.subject(), "otto");

    // The same code again, or the callback of another sign-in.
    let (_, other) = party.begin(&request()).expect("an address");
    let error = party
        .complete(other, query(&callback))
        .await
        .expect_err("another sign-in");
    assert!(matches!(error, OidcError::CallbackState), "{error:?}");
}

#[tokio::test]
async fn a_profile_says_that_tokens_are_bound() {
    let test = "a_profile_says_that_tokens_are_bound";
    let Some(bench) = Bench::start(test, json!({ "dpopNonce": true })) else {
        return;
    };
    let profile = |more: &str| {
        let text = format!(
            "version = 1\n[profile.bank]\ninst_rt_id = \"1\"\ninst_env = \"TEST\"\nproduct = \"p\"\nstate = \"oauth\"\n\
             client_id = \"by-secret\"\nclient_secret = {{ command = [\"printf\", \"%s\", \"s3cr3t:/ +&\"] }}\n\
             [profile.bank.oauth]\nurl = \"https://gateway.example/\"\ntoken_endpoint = \"{}\"\n{more}",
            bench.provider.token_endpoint()
        );
        let config = Config::parse(&text, "castile.toml").expect("a configuration");
        config.profile("bank").expect("the profile")
    };
    let bound = profile("dpop = true\n");
    let pool = Pool::new();
    let source = pool.token_source(&bound).expect("a source");
    let token = source.token().await.expect("a bound token");
    let claims = token.claims().expect("a JWT");
    let key = &claims["cnf"]["jkt"];
    assert!(key.is_string(), "{claims:?}");
    assert_eq!(source.constraint().expect("bound").token_type(), "DPoP");

    // A reload finds the token again; a source of its own is bound to the same key, whose nonce is known.
    let again = pool.token_source(&bound).expect("a source");
    let same = again.token().await.expect("kept");
    assert_eq!(same.generation(), token.generation());
    let calls = bench.provider.stats().await.token_calls;
    let alone = token_source(&bound).expect("a source");
    let other = alone.token().await.expect("a token of its own");
    assert_eq!(&other.claims().expect("a JWT")["cnf"]["jkt"], key);
    assert_eq!(bench.provider.stats().await.token_calls, calls + 1);

    let free = pool.token_source(&profile("")).expect("a source");
    let token = free.token().await.expect("a bearer token");
    assert!(!token.claims().expect("a JWT").contains_key("cnf"));
    assert!(free.constraint().is_none());
}

#[tokio::test]
async fn tokens_are_bound_to_a_key_with_the_nonces_that_the_server_demands() {
    let test = "tokens_are_bound_to_a_key_with_the_nonces_that_the_server_demands";
    let Some(bench) = Bench::start(test, json!({ "dpopNonce": true })) else {
        return;
    };
    // Client credentials.
    let dpop = bench.dpop();
    let request = ClientCredentials::new(bench.endpoint())
        .with_scope("openid")
        .expect("a scope")
        .with_constraint(dpop.clone());
    let cache = TokenCache::new(request, bench.by_key(), bench.ports.clone());
    let token = cache.token().await.expect("a bound token");
    let claims = token.claims().expect("a JWT");
    assert_eq!(claims["cnf"]["jkt"], dpop.thumbprint());
    assert_eq!(
        bench.provider.stats().await.token_calls,
        2,
        "one challenge, one repetition"
    );
    let next = cache.token().await.expect("kept");
    assert_eq!(next.generation(), token.generation());

    // The code flow, the refresh and /me.
    let constraint: Arc<dyn SenderConstraint> = bench.dpop();
    let party = bench
        .party(bench.by_key())
        .await
        .with_constraint(constraint);
    let party = Arc::new(party);
    let session = signed_in(&party).await;
    session.renew(1).await.expect("refreshed");
    let user = session
        .user_info()
        .await
        .expect("what /me says under a bound token");
    assert_eq!(user.institution_id(), Some("012345678"));

    let log = bench.provider.log().await;
    assert!(
        log.iter().all(|refusal| refusal.error == "use_dpop_nonce"),
        "no replay: {log:?}"
    );
}

//! The flows against an authorization server that answers as it is told.

mod session;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::*;
use crate::ports::{
    BoxFuture, Clock, NoRandomness, Ports, Random, Sleep, Spawn, TokenHttp, TokenHttpError,
};
use crate::{ClientAuth, Error, LocalSigner, Proof, Signer as _, TokenEndpoint};

const ISSUER: &str = "https://login.example";
const NOW: u64 = 1_800_000_000;

/// Time, randomness and tasks of the test itself.
struct World {
    steady: Mutex<Duration>,
}

impl Clock for World {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW)
    }

    fn steady(&self) -> Duration {
        *self.steady.lock().unwrap()
    }
}

impl Random for World {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        aws_lc_rs::rand::fill(buffer).map_err(|_| NoRandomness)
    }
}

impl Sleep for World {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

impl Spawn for World {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}

/// Answers in turn; keeps what it was asked, as `path body`.
#[derive(Default)]
struct Server {
    answers: Mutex<VecDeque<(u16, String)>>,
    asked: Mutex<Vec<String>>,
    /// Answers only once somebody lets it.
    gate: Option<Arc<tokio::sync::Semaphore>>,
}

impl TokenHttp for Server {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, TokenHttpError>> {
        let path = request.uri().path().to_owned();
        let body = String::from_utf8(request.into_body()).unwrap();
        self.asked.lock().unwrap().push(format!("{path} {body}"));
        Box::pin(async move {
            if let Some(gate) = &self.gate {
                gate.acquire().await.unwrap().forget();
            }
            let (status, body) = self.answers.lock().unwrap().pop_front().unwrap();
            if status == 0 {
                return Err(TokenHttpError::Unreachable("gone".into()));
            }
            let answer = Response::builder()
                .status(status)
                .header("retry-after", "7");
            Ok(answer.body(body.into_bytes()).unwrap())
        })
    }
}

/// A client that proves itself by an assertion.
struct ByAssertion;

impl ClientAuth for ByAssertion {
    fn prove<'a>(&'a self, _: &'a TokenEndpoint) -> BoxFuture<'a, Result<Proof, Error>> {
        let proof = Proof::new(vec![(
            "client_assertion",
            String::from("canary-assertion").into(),
        )]);
        Box::pin(std::future::ready(Ok(proof)))
    }

    fn client_id(&self) -> &str {
        "the-client"
    }

    fn fingerprint(&self) -> u64 {
        0
    }
}

struct Bench {
    party: Arc<RelyingParty>,
    server: Arc<Server>,
    world: Arc<World>,
    signer: LocalSigner,
}

fn bench(gate: Option<Arc<tokio::sync::Semaphore>>, answers: &[(u16, &str)]) -> Bench {
    let world = Arc::new(World {
        steady: Mutex::new(Duration::from_secs(1000)),
    });
    let answers = answers
        .iter()
        .map(|(status, body)| (*status, (*body).to_owned()));
    let server = Arc::new(Server {
        answers: Mutex::new(answers.collect()),
        gate,
        ..Server::default()
    });
    let ports = Ports {
        http: server.clone(),
        clock: world.clone(),
        sleep: world.clone(),
        spawn: world.clone(),
        random: world.clone(),
    };
    let at = |path: &str| format!("{ISSUER}/{path}");
    let metadata = json!({
        "issuer": ISSUER,
        "token_endpoint": at("token"),
        "authorization_endpoint": at("auth"),
        "jwks_uri": at("jwks"),
        "pushed_authorization_request_endpoint": at("request"),
        "revocation_endpoint": at("revoke"),
        "userinfo_endpoint": at("me"),
        "authorization_response_iss_parameter_supported": true,
    });
    let endpoint = TokenEndpoint::parse(&at("token")).unwrap();
    let trust = Trust::new(ISSUER, endpoint).unwrap();
    let provider = trust
        .read(Response::new(metadata.to_string().into_bytes()))
        .unwrap();
    let party = RelyingParty::new(provider, Arc::new(ByAssertion), ports);
    Bench {
        party: Arc::new(party.with_algorithm(Algorithm::ES256)),
        server,
        world,
        signer: LocalSigner::ephemeral().unwrap(),
    }
}

fn request() -> AuthorizationRequest {
    AuthorizationRequest::new("https://app.example/callback", "openid").unwrap()
}

impl Bench {
    fn answer(&self, status: u16, body: impl Into<String>) {
        self.server
            .answers
            .lock()
            .unwrap()
            .push_back((status, body.into()));
    }

    fn asked(&self) -> usize {
        self.server.asked.lock().unwrap().len()
    }

    async fn id_token(&self, nonce: &str) -> String {
        Self::id_token_of(&self.signer, nonce).await
    }

    async fn id_token_of(signer: &LocalSigner, nonce: &str) -> String {
        let claims = json!({
            "iss": ISSUER, "sub": "canary-subject", "aud": "the-client", "nonce": nonce,
            "iat": NOW, "exp": NOW + 60,
        });
        let header = json!({ "alg": "ES256", "kid": signer.key_id() });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = signer.sign(signed.as_bytes()).await.unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.0))
    }

    /// Signs in; the refresh token is `canary-refresh-1`.
    async fn signed_in(&self) -> UserTokens {
        let (url, pending) = self.party.begin(&request()).unwrap();
        let find = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs
                .find(|(found, _)| found == name)
                .unwrap()
                .1
                .into_owned()
        };
        let tokens = json!({
            "access_token": "canary-access-1", "token_type": "Bearer", "expires_in": "600",
            "refresh_token": "canary-refresh-1", "id_token": self.id_token(&find("nonce")).await,
        });
        self.answer(200, tokens.to_string());
        self.answer(200, self.signer.jwks().unwrap());
        let callback = format!(
            "code=canary-code&state={}&iss=https%3A%2F%2Flogin.example",
            find("state")
        );
        self.party.complete(pending, &callback).await.unwrap()
    }

    fn refreshed(&self, n: u32) {
        let tokens = json!({
            "access_token": format!("canary-access-{n}"), "token_type": "Bearer", "expires_in": 600,
            "refresh_token": format!("canary-refresh-{n}"),
        });
        self.answer(200, tokens.to_string());
    }
}

#[tokio::test]
async fn a_pushed_request_is_answered_in_many_ways() {
    let uri = r#"{"request_uri":"urn:x","expires_in":"60"}"#;
    let bench = bench(
        None,
        &[
            (201, uri),
            (200, r#"{"request_uri":"urn:x","expires_in":60}"#),
            (400, "<html><body>Bad Request</body></html>"),
            (400, r#"{"error":"invalid request"}"#),
            (201, r#"{"expires_in":60}"#),
            (302, ""),
        ],
    );
    for _ in 0..2 {
        let pushed = bench.party.push(&request()).await.expect("201, or 200");
        let (url, _) = pushed.redirect(bench.party.steady()).unwrap();
        assert_eq!(
            url.as_str(),
            "https://login.example/auth?client_id=the-client&request_uri=urn%3Ax"
        );
    }
    for code in [
        "token-not-json",
        "token-invalid-request",
        "oidc-unreadable",
        "token-redirected",
    ] {
        assert_eq!(bench.party.push(&request()).await.unwrap_err().code(), code);
    }
    assert_eq!(bench.asked(), 6, "nothing was repeated");
    let body = bench.server.asked.lock().unwrap()[0].clone();
    for part in [
        "code_challenge_method=S256",
        "client_assertion=",
        "nonce=",
        "state=",
    ] {
        assert!(body.contains(part), "{body}");
    }

    bench.answer(201, uri);
    let late = bench.party.push(&request()).await.unwrap();
    *bench.world.steady.lock().unwrap() += Duration::from_secs(60);
    let error = late.redirect(bench.party.steady()).unwrap_err();
    assert_eq!(error.code(), "pushed-expired");
}

#[tokio::test]
async fn a_callback_is_believed_only_if_it_is_of_this_sign_in_and_issuer() {
    let bench = bench(None, &[]);
    for (change, code) in [
        (
            "state=other&code=c&iss=https%3A%2F%2Flogin.example",
            "callback-state",
        ),
        ("code=c&iss=https%3A%2F%2Flogin.example", "callback-state"),
        ("STATE&code=c", "callback-issuer"),
        (
            "STATE&code=c&iss=https%3A%2F%2Fevil.example",
            "callback-issuer",
        ),
        (
            "STATE&code=c&code=d&iss=https%3A%2F%2Flogin.example",
            "callback-malformed",
        ),
        (
            "STATE&iss=https%3A%2F%2Flogin.example",
            "callback-malformed",
        ),
        (
            "STATE&error=access_denied&iss=https%3A%2F%2Flogin.example",
            "callback-refused",
        ),
    ] {
        let (url, pending) = bench.party.begin(&request()).unwrap();
        let state = url
            .query_pairs()
            .find(|(name, _)| name == "state")
            .unwrap()
            .1;
        let query = change.replace("STATE", &format!("state={state}"));
        let error = bench.party.complete(pending, &query).await.unwrap_err();
        assert_eq!(error.code(), code, "{change}");
    }
    assert_eq!(bench.asked(), 0, "no code went anywhere");
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_lose_the_rotated_token() {
    let gate = Arc::new(tokio::sync::Semaphore::new(2));
    let bench = bench(Some(gate.clone()), &[]);
    let session = Session::new(bench.party.clone(), bench.signed_in().await);
    bench.refreshed(2);
    {
        let renewal = session.renew(1);
        tokio::pin!(renewal);
        // Polled until the request is under way, then dropped.
        while bench.asked() < 3 {
            tokio::select! {
                biased;
                _ = &mut renewal => panic!("the server has not answered"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    gate.add_permits(1);
    let tokens = session
        .renew(1)
        .await
        .expect("what the dropped caller asked for");
    assert_eq!(
        tokens.refresh_token.as_ref().unwrap().as_str(),
        "canary-refresh-2"
    );
    assert_eq!(bench.asked(), 3, "the refresh token was used once");
}

#[tokio::test]
async fn an_outage_ends_no_session_and_a_refusal_ends_it_for_good() {
    let bench = bench(None, &[]);
    let session = Session::new(bench.party.clone(), bench.signed_in().await);
    bench.answer(503, "");
    bench.answer(0, "");
    assert_eq!(
        session.renew(1).await.unwrap_err().code(),
        "token-server-error"
    );
    assert_eq!(
        session.renew(1).await.unwrap_err().code(),
        "token-unreachable"
    );
    assert_eq!(session.tokens().await.unwrap().access_token.generation(), 1);

    *bench.world.steady.lock().unwrap() += Duration::from_secs(541);
    bench.refreshed(2);
    assert_eq!(
        session.tokens().await.unwrap().access_token.generation(),
        2,
        "renewed ahead"
    );

    bench.answer(400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(session.renew(2).await.unwrap_err().code(), "session-ended");
    let asked = bench.asked();
    assert_eq!(session.tokens().await.unwrap_err().code(), "session-ended");
    assert_eq!(bench.asked(), asked);
}

#[tokio::test]
async fn revocation_and_me_say_what_is_wrong() {
    let bench = bench(None, &[]);
    let tokens = bench.signed_in().await;
    bench.answer(200, "");
    bench
        .party
        .revoke("unknown", "access_token")
        .await
        .expect("RFC 7009 section 2.2");
    bench.answer(503, "");
    let later = bench.party.revoke("t", "access_token").await.unwrap_err();
    let seconds = Some(Duration::from_secs(7));
    assert!(matches!(later, OidcError::RevokeLater { retry_after } if retry_after == seconds));
    bench.answer(400, r#"{"error":"invalid_request"}"#);
    let refused = bench.party.revoke("t", "access_token").await.unwrap_err();
    assert_eq!(refused.code(), "revoke-needs-secret");
    bench.answer(400, r#"{"error":"unsupported_token_type"}"#);
    assert_eq!(
        bench.party.revoke("t", "x").await.unwrap_err().code(),
        "token-refused"
    );

    for (answer, code) in [
        (r#"{"sub":"another"}"#, "userinfo-subject"),
        ("{}", "userinfo-subject"),
        ("<html>", "oidc-unreadable"),
    ] {
        bench.answer(200, answer);
        assert_eq!(
            bench.party.user_info(&tokens).await.unwrap_err().code(),
            code
        );
    }
    bench.answer(
        200,
        r#"{"sub":"canary-subject","institution_id":"canary-institution"}"#,
    );
    let user = bench.party.user_info(&tokens).await.unwrap();
    assert_eq!(user.institution_id(), Some("canary-institution"));
    let session = Session::new(bench.party.clone(), tokens.clone());
    let (_, pending) = bench.party.begin(&request()).unwrap();
    bench.answer(201, r#"{"request_uri":"canary-uri","expires_in":60}"#);
    let pushed = bench.party.push(&request()).await.unwrap();
    let shown = format!(
        "{user:?} {tokens:?} {session:?} {pending:?} {pushed:?} {:?}",
        bench.party
    );
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!shown.contains(pending.state.as_str()) && !shown.contains(pending.verifier.as_str()));
}

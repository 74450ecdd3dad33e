//! End users' sign-in: codes, verifiers, shared secrets and proofs of possession.

use std::sync::{Arc, Mutex};

use castile::auth::oidc::{AuthorizationRequest, RelyingParty, Session, Trust};
use castile::auth::ports::{BoxFuture, Ports, TokenHttp, TokenHttpError};
use castile::auth::{
    AssertionPolicy, ClientAuth, ClientSecret, Dpop, LocalSigner, PrivateKeyJwt, TokenEndpoint,
};
use castile::http::connect::system_ports;
use castile_sandbox::{ClientKey, Sandbox, Website};
use castile_tests::Browser;
use http::{Request, Response};

use crate::witness::Witness;
use crate::world::{CODE, SHARED_SECRET, World};

const CALLBACK: &str = "https://app.example/callback";

/// Passes requests on, and remembers what secrets they carried.
struct Wire {
    inner: Arc<dyn TokenHttp>,
    carried: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl TokenHttp for Wire {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, TokenHttpError>> {
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let mut carried = self.carried.lock().expect("no panic");
        for name in [
            "code_verifier",
            "code",
            "client_secret",
            "client_assertion",
            "refresh_token",
        ] {
            let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
            let values = pairs.filter(|(found, _)| *found == name);
            carried.extend(values.map(|(_, value)| (name, value.to_owned())));
        }
        for name in ["dpop", "authorization"] {
            let value = request.headers().get(name);
            let value = value.and_then(|value| value.to_str().ok());
            // Without the scheme, which is no secret.
            let value = value.and_then(|value| value.rsplit(' ').next());
            carried.extend(value.map(|value| (name, value.to_owned())));
        }
        drop(carried);
        self.inner.send(request)
    }
}

fn request() -> AuthorizationRequest {
    AuthorizationRequest::new(CALLBACK, "offline_access").expect("a request")
}

pub(crate) async fn signed_in(world: &mut World, witness: &mut Witness) {
    let key = ClientKey::generate().expect("randomness");
    let mut website = Website::new(CALLBACK);
    website.secret = Some(SHARED_SECRET.to_owned());
    let sandbox = Sandbox::builder()
        .client("app", key.jwks())
        .website("app", website)
        .start()
        .await
        .expect("loopback");
    let mut ports: Ports = system_ports(Default::default()).expect("ports");
    let carried = Arc::default();
    ports.http = Arc::new(Wire {
        inner: ports.http,
        carried: Arc::clone(&carried),
    });
    let endpoint = TokenEndpoint::parse(&sandbox.token_endpoint()).expect("a URL");
    let trust = Trust::new(sandbox.provider_url(), endpoint).expect("an issuer");
    let provider = trust.discover(&*ports.http).await.expect("metadata");
    let secret = || SHARED_SECRET.to_owned().into();
    let by_key = PrivateKeyJwt::new(
        AssertionPolicy::new("app").expect("a client id"),
        Arc::new(LocalSigner::read(key.private_pem().as_bytes()).expect("a key")),
        ports.clock.clone(),
        ports.random.clone(),
    );
    let ways: [Arc<dyn ClientAuth>; 3] = [
        Arc::new(ClientSecret::post("app", secret()).expect("a secret")),
        Arc::new(ClientSecret::basic("app", secret()).expect("a secret")),
        Arc::new(by_key),
    ];
    for auth in ways {
        let party = RelyingParty::new(provider.clone(), auth, ports.clone())
            .with_algorithm(castile::auth::Algorithm::ES256);
        let party = Arc::new(party);
        witness.debug("RelyingParty", &party);
        let (url, pending) = party.begin(&request()).expect("a sign-in");
        witness.debug("Pending", &pending);
        let callback = Browser::default()
            .sign_in(url.as_str(), "ida", CALLBACK)
            .await;
        let (_, query) = callback.split_once('?').expect("a query");
        match party.complete(pending, query).await {
            Ok(tokens) => {
                witness.debug("UserTokens", &tokens);
                world.watch("a user's access token", tokens.access_token.reveal());
                world.watch("an ID token", &tokens.id_token);
                let refresh = tokens.refresh_token.clone().expect("a refresh token");
                world.watch("a refresh token", &refresh);
                let me = party.user_info(&tokens).await.expect("the user");
                witness.debug("/me", &me);
                let session = Session::new(party.clone(), tokens);
                witness.debug("Session", &session);
                session.renew(1).await.expect("rotated");
                witness.debug("a renewed Session", &session);
                // Used up.
                let error = party.revoke(&refresh, "refresh_token").await.err();
                witness.debug("what a revocation says", &error);
            }
            Err(error) => witness.error("a sign-in that is refused", &error),
        }

        // A code that is none, under a proof of possession.
        let proofs = Dpop::new(
            LocalSigner::ephemeral().expect("randomness"),
            ports.clock.clone(),
            ports.random.clone(),
        );
        let proofs = Arc::new(proofs.expect("a key"));
        witness.debug("Dpop", &proofs);
        let party = Arc::into_inner(party);
        let party = party.map(|party| party.with_constraint(proofs));
        let Some(party) = party else { continue };
        let (url, pending) = party.begin(&request()).expect("a sign-in");
        let state = url.query_pairs().find(|(name, _)| name == "state");
        let (_, state) = state.expect("a state");
        let query = format!("code={CODE}&state={state}&iss={}", sandbox.provider_url());
        let error = party.complete(pending, &query).await.expect_err("no code");
        witness.error("a code that is none", &error);
    }
    let carried = carried.lock().expect("no panic").clone();
    for name in [
        "code_verifier",
        "code",
        "client_secret",
        "client_assertion",
        "refresh_token",
        "dpop",
        "authorization",
    ] {
        assert!(
            carried.iter().any(|(found, _)| *found == name),
            "no request carried {name}"
        );
    }
    for (name, value) in carried {
        world.watch(name, &value);
    }
}

//! The example backend: signs in by a plain browser and by Chromium, at the certified provider and at the sandbox.

use std::sync::{Arc, Mutex};

use castile::auth::oidc::{RelyingParty, Trust};
use castile::auth::ports::{BoxFuture, Ports, TokenHttp, TokenHttpError};
use castile::auth::{
    Algorithm, AssertionPolicy, ClientAuth, ClientSecret, LocalSigner, PrivateKeyJwt, TokenEndpoint,
};
use castile::http::connect::system_ports;
use castile::http::profile::Limits;
use castile_bff::{ACCOUNTS_READ, Fixed, Institution, Settings, router};
use castile_sandbox::{ClientKey, Sandbox, Website};
use castile_tests::{
    Browser, Chromium, NO_CHROMIUM, NO_NODE, Provider, chromedriver, node, not_run,
};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const CLIENT: &str = "the-application";

/// Keeps every token that the provider gives.
struct Recording {
    inner: Arc<dyn TokenHttp>,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl TokenHttp for Recording {
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>> {
        Box::pin(async move {
            let answer = self.inner.send(request).await?;
            if let Ok(body) = serde_json::from_slice::<Value>(answer.body()) {
                let given = ["access_token", "refresh_token", "id_token"]
                    .into_iter()
                    .filter_map(|name| Some(body[name].as_str()?.to_owned()));
                self.tokens.lock().expect("no panic").extend(given);
            }
            Ok(answer)
        })
    }
}

/// A running backend.
struct Backend {
    /// With a slash at its end.
    origin: String,
    tokens: Arc<Mutex<Vec<String>>>,
}

/// A place for a backend before it runs: its address must be registered first.
async fn place() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    // Another site than the provider's, as in life.
    (listener, format!("http://localhost:{port}/"))
}

impl Backend {
    async fn start(
        (listener, origin): (TcpListener, String),
        issuer: &str,
        token_endpoint: &str,
        auth: impl FnOnce(&Ports) -> Arc<dyn ClientAuth>,
    ) -> Self {
        let mut ports = system_ports(Limits::default()).expect("ports");
        let tokens = Arc::new(Mutex::new(Vec::new()));
        ports.http = Arc::new(Recording {
            inner: ports.http,
            tokens: tokens.clone(),
        });
        let endpoint = TokenEndpoint::parse(token_endpoint).expect("a URL");
        let trust = Trust::new(issuer, endpoint).expect("a trustworthy issuer");
        let provider = trust.discover(&*ports.http).await.expect("its metadata");
        let auth = auth(&ports);
        let party = RelyingParty::new(provider, auth, ports).with_algorithm(Algorithm::ES256);
        let institution = |id: &str, name: &str| Institution {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        let settings = Settings {
            origin: origin.parse().expect("a URL"),
            party: Arc::new(party),
            directory: Arc::new(Fixed(vec![
                institution("012345678", "First Bank & Trust"),
                institution("999999992", "Second Credit Union"),
            ])),
            scope: format!("openid offline_access {ACCOUNTS_READ}"),
        };
        let server = axum::serve(listener, router(settings));
        tokio::spawn(async move { server.await });
        Self { origin, tokens }
    }

    /// At the certified provider.
    async fn at_provider(node: &std::path::Path) -> (Self, Provider) {
        let place = place().await;
        let signer = LocalSigner::ephemeral().expect("a key");
        let jwks: Value = serde_json::from_str(&signer.jwks().expect("its JWKS")).expect("JSON");
        let options = json!({ "users": true, "clients": [{
            "client_id": CLIENT,
            "jwks": jwks,
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "redirect_uris": [format!("{}callback", place.1)],
            "post_logout_redirect_uris": [format!("{}signed-out", place.1)],
        }] });
        let provider = Provider::start_with(node, &options);
        let by_key = |ports: &Ports| -> Arc<dyn ClientAuth> {
            let policy = AssertionPolicy::new(CLIENT).expect("a client id");
            let (clock, random) = (ports.clock.clone(), ports.random.clone());
            Arc::new(PrivateKeyJwt::new(policy, Arc::new(signer), clock, random))
        };
        let endpoint = provider.token_endpoint();
        let backend = Self::start(place, provider.issuer(), &endpoint, by_key).await;
        (backend, provider)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    async fn get(&self, browser: &mut Browser, path: &str) -> (u16, Value) {
        let answer = browser.go(Method::GET, &self.at(path), None).await;
        told(browser, answer).await
    }

    async fn post(&self, browser: &mut Browser, path: &str, form: &str) -> Response {
        browser
            .go(Method::POST, &self.at(path), Some(form.to_owned()))
            .await
    }

    /// The institution is chosen by a form of the page.
    async fn choose(&self, browser: &mut Browser, id: &str, login: &str, until: &str) -> String {
        let page = browser
            .go(Method::GET, &self.at("institutions"), None)
            .await;
        let page = browser.read(page).await;
        let csrf = csrf(&page);
        let form = format!("csrf={csrf}&institution={id}");
        let answer = self.post(browser, "institutions", &form).await;
        browser.follow(answer, login, &self.at(until)).await
    }

    /// Nothing that the provider gave stands in `seen`.
    fn assert_no_token_in(&self, seen: &str) {
        let tokens = self.tokens.lock().expect("no panic");
        assert!(tokens.len() >= 3, "nothing was recorded");
        for token in tokens.iter() {
            assert!(
                !seen.contains(token.as_str()),
                "a token reached the browser"
            );
        }
    }
}

async fn told(browser: &mut Browser, answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = browser.read(answer).await;
    (status, serde_json::from_str(&text).unwrap_or_default())
}

fn csrf(page: &str) -> &str {
    let rest = page
        .split_once("name=\"csrf\" value=\"")
        .expect("a CSRF token")
        .1;
    rest.split_once('"').expect("its end").0
}

/// From nobody to a user of an institution, and out again; each guard is tried on the way.
async fn whole_visit(backend: &Backend) {
    let browser = &mut Browser::default();
    assert_eq!(backend.get(browser, "api/me").await.0, 401);
    let there = browser
        .sign_in(&backend.at("login"), "ida", &backend.at("institutions"))
        .await;
    assert_eq!(there, backend.at("institutions"));
    let (status, body) = backend.get(browser, "api/accounts").await;
    assert_eq!(
        (status, &body["error"]),
        (403, &json!("institution-missing"))
    );

    // Without the token of the page, with another's, or for an institution that is not offered.
    for form in ["institution=012345678", "institution=012345678&csrf=AAAA"] {
        let answer = backend.post(browser, "institutions", form).await;
        let (status, body) = told(browser, answer).await;
        assert_eq!((status, &body["error"]), (403, &json!("csrf")));
    }
    let page = browser
        .go(Method::GET, &backend.at("institutions"), None)
        .await;
    let page = browser.read(page).await;
    let form = format!("csrf={}&institution=123456789", csrf(&page));
    let answer = backend.post(browser, "institutions", &form).await;
    assert_eq!(
        told(browser, answer).await.1["error"],
        "institution-unknown"
    );

    let callback = backend
        .choose(browser, "012345678", "ida", "callback")
        .await;
    let answer = browser.go(Method::GET, &callback, None).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (303, &http::HeaderValue::from_static("/"))
    );
    let (status, me) = backend.get(browser, "api/me").await;
    assert_eq!((status, &me["institution_id"]), (200, &json!("012345678")));
    assert_eq!(me["subject"], "ida");
    let (status, accounts) = backend.get(browser, "api/accounts").await;
    assert_eq!(
        (status, &accounts["institution_id"]),
        (200, &json!("012345678"))
    );

    // The scope of transfers was never asked for.
    let csrf = me["csrf"].as_str().expect("a CSRF token").to_owned();
    let answer = backend
        .post(browser, "api/transfers", &format!("csrf={csrf}"))
        .await;
    let (status, body) = told(browser, answer).await;
    assert_eq!(
        (status, &body["error"]),
        (403, &json!("insufficient-scope"))
    );
    let answer = backend.post(browser, "logout", "").await;
    assert_eq!(
        told(browser, answer).await.0,
        403,
        "no sign-out by another site"
    );

    // The callback counts once.
    let answer = browser.go(Method::GET, &callback, None).await;
    let (status, body) = told(browser, answer).await;
    assert_eq!((status, &body["error"]), (401, &json!("signed-out")));

    let answer = backend
        .post(browser, "logout", &format!("csrf={csrf}"))
        .await;
    assert_eq!(answer.status(), 303);
    let out = browser
        .follow(answer, "ida", &backend.at("signed-out"))
        .await;
    assert_eq!(out, backend.at("signed-out"));
    assert_eq!(backend.get(browser, "api/me").await.0, 401);

    backend.assert_no_token_in(browser.seen());
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(browser.seen().contains(attribute), "{attribute}");
    }
}

#[tokio::test]
async fn a_plain_browser_visits_by_the_certified_provider() {
    let Some(node) = node() else {
        let test = "a_plain_browser_visits_by_the_certified_provider";
        return not_run(&format!("users::backend::{test}"), NO_NODE);
    };
    let (backend, provider) = Backend::at_provider(&node).await;
    whole_visit(&backend).await;

    // `/me` names another institution than the one chosen: nobody is let in.
    let browser = &mut Browser::default();
    let chosen = backend.at("institutions");
    browser
        .sign_in(&backend.at("login"), "elsewhere", &chosen)
        .await;
    let callback = backend
        .choose(browser, "012345678", "elsewhere", "callback")
        .await;
    let answer = browser.go(Method::GET, &callback, None).await;
    let (status, body) = told(browser, answer).await;
    assert_eq!(
        (status, &body["error"]),
        (403, &json!("institution-differs"))
    );
    assert_eq!(backend.get(browser, "api/me").await.0, 401);
    assert_eq!(provider.log().await, []);
}

#[tokio::test]
async fn a_plain_browser_visits_by_the_sandbox() {
    let place = place().await;
    let mut website = Website::new(format!("{}callback", place.1));
    website.post_logout_redirect_uris = vec![format!("{}signed-out", place.1)];
    website.secret = Some("s3cr3t:/ +&".to_owned());
    let key = ClientKey::generate().expect("randomness");
    let sandbox = Sandbox::builder()
        .client(CLIENT, key.jwks())
        .website(CLIENT, website)
        .start()
        .await
        .expect("a sandbox");
    let by_secret = |_: &Ports| -> Arc<dyn ClientAuth> {
        let secret = ClientSecret::basic(CLIENT, "s3cr3t:/ +&".to_owned().into());
        Arc::new(secret.expect("a secret"))
    };
    let endpoint = sandbox.token_endpoint();
    let backend = Backend::start(place, sandbox.provider_url(), &endpoint, by_secret).await;
    whole_visit(&backend).await;
    let refused: Vec<_> = sandbox
        .log()
        .into_iter()
        .filter(|entry| entry.status >= 400)
        .collect();
    assert_eq!(refused, []);
}

#[tokio::test]
async fn a_user_signs_in_with_chromium_at_the_providers_own_page() {
    let test = "users::backend::a_user_signs_in_with_chromium_at_the_providers_own_page";
    let Some(node) = node() else {
        return not_run(test, NO_NODE);
    };
    let Some(driver) = chromedriver() else {
        return not_run(test, NO_CHROMIUM);
    };
    let (backend, _provider) = Backend::at_provider(&node).await;
    let chromium = Chromium::start(&driver).await;
    let mut seen = String::new();

    chromium.go(&backend.origin).await;
    chromium.click("#login").await;
    // The provider's own pages: who it is, and whether the application may.
    chromium.type_into("input[name=login]", "ida").await;
    chromium.type_into("input[name=password]", "any").await;
    chromium.click("button[type=submit]").await;
    chromium.text("input[name=prompt][value=consent]").await;
    seen.push_str(&chromium.source().await);
    chromium.click("button[type=submit]").await;

    // Ours: which institution; then the provider's again.
    let choice = "button[value='012345678']";
    assert_eq!(chromium.text(choice).await, "First Bank & Trust");
    seen.push_str(&chromium.source().await);
    chromium.click(choice).await;
    chromium.text("input[name=prompt][value=consent]").await;
    chromium.click("button[type=submit]").await;

    assert_eq!(chromium.text("#user").await, "ida");
    assert_eq!(chromium.url().await, backend.origin);
    seen.push_str(&chromium.source().await);
    let readable = chromium
        .script("return [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)]")
        .await;
    assert_eq!(
        readable,
        json!(["", "{}", "{}"]),
        "nothing that a script could read"
    );
    let cookies = chromium.cookies().await;
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    for (attribute, value) in [
        ("name", json!("session")),
        ("httpOnly", json!(true)),
        ("secure", json!(true)),
        ("sameSite", json!("Lax")),
        ("path", json!("/")),
    ] {
        assert_eq!(cookies[0][attribute], value, "{attribute}");
    }
    seen.push_str(&cookies[0].to_string());

    chromium.go(&backend.at("api/accounts")).await;
    let accounts = chromium.source().await;
    assert!(accounts.contains("012345678"), "{accounts}");
    seen.push_str(&accounts);

    chromium.go(&backend.origin).await;
    chromium.click("#logout").await;
    // The provider asks whether to sign out there too.
    chromium.click("button[name=logout]").await;
    assert_eq!(chromium.text("h1").await, "Signed out");
    assert_eq!(chromium.url().await, backend.at("signed-out"));
    assert_eq!(chromium.cookies().await, Vec::<Value>::new());
    chromium.go(&backend.at("api/me")).await;
    assert!(chromium.source().await.contains("signed-out"));
    backend.assert_no_token_in(&seen);
}

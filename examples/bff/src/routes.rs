//! Which address does what, and for whom.

mod api;
mod guard;
mod leave;
mod sign_in;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::{get, post};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::visits::Visits;
use crate::{Settings, cookie};

/// What all routes share.
pub(crate) struct App {
    settings: Settings,
    visits: Visits,
    content_security: String,
}

/// The backend.
pub fn router(settings: Settings) -> Router {
    // Browsers hold a form's redirects to this too, and the choice of an institution leads to the provider.
    let issuer = settings.party.provider().authorization.url().origin();
    let content_security = format!(
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' {}",
        issuer.ascii_serialization()
    );
    let app = Arc::new(App {
        settings,
        visits: Visits::default(),
        content_security,
    });
    Router::new()
        .route("/", get(sign_in::home))
        .route("/login", get(sign_in::login))
        .route("/callback", get(sign_in::callback))
        .route("/institutions", get(sign_in::offer).post(sign_in::choose))
        .route("/api/me", get(api::me))
        .route("/api/accounts", get(api::accounts))
        .route("/api/transfers", post(api::transfer))
        .route("/logout", post(leave::log_out))
        .route("/signed-out", get(leave::signed_out))
        .with_state(app)
}

impl App {
    fn now(&self) -> std::time::Duration {
        self.settings.party.steady()
    }

    fn id<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        cookie::read(&self.settings.origin, headers)
    }

    fn html(&self, html: String) -> Response {
        self.answer("text/html; charset=utf-8", html)
    }

    fn json(&self, value: &serde_json::Value) -> Response {
        self.answer("application/json", value.to_string())
    }

    fn answer(&self, media: &'static str, body: String) -> Response {
        let mut answer = Response::new(Body::from(body));
        set(&mut answer, CONTENT_TYPE, media);
        set(&mut answer, CACHE_CONTROL, "no-store");
        set(&mut answer, CONTENT_SECURITY_POLICY, &self.content_security);
        // Not `no-referrer`: then browsers would say `Origin: null` with our own forms too.
        set(&mut answer, REFERRER_POLICY, "same-origin");
        set(&mut answer, X_CONTENT_TYPE_OPTIONS, "nosniff");
        answer
    }

    /// 303 to `url`, with another cookie if one is given.
    fn see_other(&self, url: &str, cookie: Option<String>) -> Response {
        let mut answer = self.answer("text/plain", String::new());
        *answer.status_mut() = StatusCode::SEE_OTHER;
        set(&mut answer, LOCATION, url);
        if let Some(cookie) = cookie {
            set(&mut answer, SET_COOKIE, &cookie);
        }
        answer
    }
}

/// A value that no header can carry is left out; ours are all ASCII.
fn set(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

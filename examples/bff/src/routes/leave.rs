//! The way out: here first, then at the provider.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use castile::auth::oidc::Logout;
use http::HeaderMap;
use http::header::SET_COOKIE;

use super::App;
use crate::problem::Problem;
use crate::{cookie, page};

/// `POST /logout`: ends the session here, revokes its tokens, and sends the browser on to the provider.
pub(super) async fn log_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    app.form(&headers, body).await?;
    let closed = app.id(&headers).and_then(|id| app.visits.close(id));
    let clear = Some(cookie::clear(&app.settings.origin));
    let Some(user) = closed.and_then(|visit| visit.user) else {
        return Ok(app.see_other("/signed-out", clear));
    };
    // By client_id: an ID token in an address would be a token in the browser.
    let back = app.settings.address("signed-out");
    let logout = Logout {
        id_token: None,
        post_logout_redirect_uri: Some(&back),
        state: None,
    };
    // The provider need not have heard of it for the session to be over here.
    let _ = user.session.end().await;
    let url = app.settings.party.logout_url(logout);
    Ok(match url {
        Ok(url) => app.see_other(url.as_str(), clear),
        Err(_) => app.see_other("/signed-out", clear),
    })
}

/// `GET /signed-out`: back from the provider.
pub(super) async fn signed_out(State(app): State<Arc<App>>) -> Response {
    let mut answer = app.html(page::signed_out());
    super::set(
        &mut answer,
        SET_COOKIE,
        &cookie::clear(&app.settings.origin),
    );
    answer
}

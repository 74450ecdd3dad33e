//! What the frontend asks for, once a user of an institution is there.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde_json::json;

use super::App;
use crate::problem::Problem;
use crate::{ACCOUNTS_READ, TRANSFERS_WRITE};

/// `GET /api/me`: the user, and the CSRF token for scripts.
pub(super) async fn me(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let admitted = app.admit(&headers, None).await?;
    let (_, csrf) = app.user(&headers)?;
    Ok(app.json(&json!({
        "subject": admitted.user.subject,
        "institution_id": admitted.institution.id,
        "csrf": csrf,
    })))
}

/// `GET /api/accounts`.
pub(super) async fn accounts(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let admitted = app.admit(&headers, Some(ACCOUNTS_READ)).await?;
    // An application calls the bank here, under `tokens.access_token`, and passes on what its frontend may see.
    Ok(app.json(&json!({
        "institution_id": admitted.institution.id,
        "under_token_generation": admitted.tokens.access_token.generation(),
        "accounts": [],
    })))
}

/// `POST /api/transfers`.
pub(super) async fn transfer(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    app.form(&headers, body).await?;
    let admitted = app.admit(&headers, Some(TRANSFERS_WRITE)).await?;
    Ok(app.json(&json!({ "institution_id": admitted.institution.id })))
}

//! What a browser is told when something does not go: a status and a code, nothing of the cause.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use castile::auth::oidc::OidcError;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("nobody is signed in")]
    SignedOut,
    #[error("no institution is chosen")]
    NoInstitution,
    #[error("the institution is not one of those offered")]
    InstitutionUnknown,
    /// `/me` names another institution than the one chosen.
    #[error("signed in to another institution than the one chosen")]
    InstitutionDiffers,
    #[error("another user came back than the one who went")]
    OtherUser,
    #[error("the scope {0} was not granted")]
    Scope(&'static str),
    #[error("the request does not come from a page of this application")]
    Csrf,
    #[error("the request cannot be read")]
    Unreadable,
    #[error("no room for another visit")]
    Busy,
    #[error(transparent)]
    Oidc(#[from] OidcError),
}

impl Problem {
    fn told(&self) -> (StatusCode, &'static str) {
        match self {
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed-out"),
            Self::NoInstitution => (StatusCode::FORBIDDEN, "institution-missing"),
            Self::InstitutionUnknown => (StatusCode::BAD_REQUEST, "institution-unknown"),
            Self::InstitutionDiffers => (StatusCode::FORBIDDEN, "institution-differs"),
            Self::OtherUser => (StatusCode::FORBIDDEN, "other-user"),
            Self::Scope(_) => (StatusCode::FORBIDDEN, "insufficient-scope"),
            Self::Csrf => (StatusCode::FORBIDDEN, "csrf"),
            Self::Unreadable => (StatusCode::BAD_REQUEST, "unreadable"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Oidc(error) => match error {
                OidcError::SessionEnded | OidcError::SessionExpired => {
                    (StatusCode::UNAUTHORIZED, error.code())
                }
                OidcError::CallbackMalformed
                | OidcError::CallbackState
                | OidcError::CallbackIssuer
                | OidcError::CallbackRefused { .. } => (StatusCode::BAD_REQUEST, error.code()),
                _ => (StatusCode::BAD_GATEWAY, error.code()),
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = self.told();
        let mut answer = Response::new(Body::from(json!({ "error": code }).to_string()));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }
}

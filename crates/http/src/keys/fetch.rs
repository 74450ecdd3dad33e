//! Fetches a JWKS document from where an authorization server would.

use std::time::Duration;

use castile_auth::TokenEndpoint;
use castile_auth::keys::{Document, cached_for};
use castile_auth::ports::TokenHttp;
use http::header::{ACCEPT, CACHE_CONTROL};

use super::KeysError;

/// The document at `url`, and how long its headers let a server keep it.
///
/// One GET over https (http on loopback only), no redirects, at most
/// [`TOKEN_ANSWER_LIMIT`](castile_auth::ports::TOKEN_ANSWER_LIMIT) bytes.
///
/// # Errors
/// Another URL, no answer, another status than 200, no document of public keys.
pub async fn fetch_document(
    http: &dyn TokenHttp,
    url: &str,
) -> Result<(Document, Duration), KeysError> {
    // The same rules as for a token endpoint: what is read here decides which keys are trusted.
    let url = TokenEndpoint::parse(url).map_err(|_| KeysError::InsecureUrl)?;
    let request = http::Request::get(url.url().as_str())
        .header(ACCEPT, "application/jwk-set+json, application/json")
        // A cache on the way must not show an older document.
        .header(CACHE_CONTROL, "no-cache")
        .body(Vec::new())
        .map_err(|_| KeysError::InsecureUrl)?;
    let answer = http.send(request).await.map_err(KeysError::Unreachable)?;
    if answer.status() != http::StatusCode::OK {
        return Err(KeysError::Status {
            status: answer.status().as_u16(),
        });
    }
    let document = Document::parse(answer.body())?;
    Ok((document, cached_for(answer.headers())))
}

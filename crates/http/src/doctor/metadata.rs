//! Asks an authorization server what it says of itself.

use std::time::SystemTime;

use castile_auth::TokenEndpoint;
use castile_auth::diagnosis::{Advertised, server_time};
use castile_auth::ports::{TokenHttp, TokenHttpError};

/// The answer to a question for the metadata.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The metadata, if there was such a document.
    pub advertised: Option<Advertised>,
    /// The time by the server's clock.
    pub now: Option<SystemTime>,
}

/// One GET of `/.well-known/openid-configuration` on the origin of `endpoint`, for what it says and for the `Date` it
/// comes with.
///
/// # Errors
/// No answer.
pub async fn ask_server(
    http: &dyn TokenHttp,
    endpoint: &TokenEndpoint,
) -> Result<Answered, TokenHttpError> {
    let mut url = endpoint.url().clone();
    url.set_path("/.well-known/openid-configuration");
    url.set_query(None);
    let request = http::Request::get(url.as_str())
        .body(Vec::new())
        .map_err(|error| TokenHttpError::Unreachable(error.into()))?;
    let answer = http.send(request).await?;
    let status = answer.status().as_u16();
    Ok(Answered {
        status,
        advertised: (status == 200)
            .then(|| Advertised::parse(answer.body()))
            .flatten(),
        now: server_time(answer.headers()),
    })
}

//! Reaches the authorization server through reqwest.

use std::time::Duration;

use ::reqwest::Client;
use castile_auth::ports::{BoxFuture, TOKEN_ANSWER_LIMIT, TokenHttp, TokenHttpError};

use super::{egress, quiet};
use crate::Error;
use crate::profile::Egress;

/// How long one token request may take by default.
pub const TOKEN_TIME_LIMIT: Duration = Duration::from_secs(15);

/// One exchange with a token endpoint: no redirects, no retries, a time limit, a bounded answer.
#[derive(Clone)]
pub struct ReqwestTokenHttp {
    client: Client,
    limit: Duration,
}

impl ReqwestTokenHttp {
    /// A client of its own; `connect` bounds the connection, `limit` the whole exchange.
    ///
    /// # Errors
    /// [`Error::Setup`] when the system offers no TLS roots.
    pub fn new(connect: Duration, limit: Duration) -> Result<Self, Error> {
        Self::through(&Egress::default(), connect, limit)
    }

    /// The same by another way. Blocks while it reads the files and secrets that are named.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`Error::Config`] when a file or a secret cannot be used.
    pub fn through(egress: &Egress, connect: Duration, limit: Duration) -> Result<Self, Error> {
        let client = egress::apply(egress, quiet(connect))?
            .timeout(limit)
            // Token requests are minutes apart; a kept connection would only be found dead.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| Error::Setup(error.into()))?;
        Ok(Self { client, limit })
    }

    async fn exchange(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, TokenHttpError> {
        let failed = |error: ::reqwest::Error| {
            if error.is_timeout() && !error.is_connect() {
                TokenHttpError::TimedOut { limit: self.limit }
            } else {
                TokenHttpError::Unreachable(error.without_url().into())
            }
        };
        let request = ::reqwest::Request::try_from(request).map_err(failed)?;
        let mut answer = self.client.execute(request).await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if chunk.len() > TOKEN_ANSWER_LIMIT - body.len() {
                return Err(TokenHttpError::TooLarge {
                    limit: TOKEN_ANSWER_LIMIT,
                });
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

impl TokenHttp for ReqwestTokenHttp {
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>> {
        Box::pin(self.exchange(request))
    }
}

impl std::fmt::Debug for ReqwestTokenHttp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReqwestTokenHttp")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

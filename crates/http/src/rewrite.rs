//! Cuts the security header out of each message on its way.

use bytes::Bytes;
use castile_envelope::Policy;
use http::{Request, Response, header};

use crate::{Body, Error, Phase, Progress, SoapTransport};

/// Rewrites request bodies; answers pass untouched.
///
/// A message is held in memory up to a limit, so that it can be sent again after a 401.
#[derive(Debug, Clone)]
pub struct Rewrite<T> {
    inner: T,
    policy: Policy,
    limit: usize,
}

impl<T> Rewrite<T> {
    /// Rewriting in front of `inner`; longer messages than `limit` bytes are refused.
    pub fn new(inner: T, policy: Policy, limit: usize) -> Self {
        Self {
            inner,
            policy,
            limit,
        }
    }
}

impl<T> SoapTransport for Rewrite<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        Progress::of(&request).reach(Phase::Request);
        let (mut parts, body) = request.into_parts();
        let message = body.bytes_up_to(self.limit).await?;
        let message = without_security_header(&message, &self.policy)?;
        // The length has changed; the transport counts anew.
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::TRANSFER_ENCODING);
        let request = Request::from_parts(parts, Body::whole(message));
        self.inner.send(request).await.map_err(Into::into)
    }
}

fn without_security_header(message: &Bytes, policy: &Policy) -> Result<Bytes, Error> {
    let cuts = castile_envelope::cut(message, policy)?;
    for finding in cuts.findings() {
        tracing::warn!(code = finding.code(), offset = finding.offset(), "found");
    }
    tracing::debug!(from = message.len(), to = cuts.output_length(), "rewritten");
    if cuts.is_empty() {
        return Ok(message.clone());
    }
    Ok(cuts.to_vec(message).into())
}

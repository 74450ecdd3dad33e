//! Cuts the security header out of each message on its way.

use bytes::{Bytes, BytesMut};
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
    let removed: usize = cuts.ranges().iter().map(ExactSizeIterator::len).sum();
    tracing::debug!(bytes = message.len(), removed, "rewritten");
    if removed == 0 {
        return Ok(message.clone());
    }
    let mut kept = BytesMut::with_capacity(message.len() - removed);
    for slice in cuts.kept(message) {
        kept.extend_from_slice(slice);
    }
    Ok(kept.freeze())
}

//! Cuts the security header out of each message on its way.

mod body;

use bytes::Bytes;
use castile_envelope::{Document, Finding, Policy, Refusal};
use http::{HeaderMap, HeaderName, Request, Response, header};
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::{Body, Error, Phase, Progress, SoapTransport};
pub use body::RewriteBody;

/// Rewrites request bodies, multipart ones in their root part; answers pass untouched.
///
/// A message of up to `replay_limit` bytes is held in memory, so that it can be sent again after a 401.
/// A longer one is streamed and goes out once at most: held back is what comes before the envelope's Body
/// ([`Limits::header_bytes`](castile_envelope::Limits::header_bytes)), then each chunk is passed on as it comes.
///
/// What is refused is refused before a byte is sent, with two exceptions, both in messages longer than
/// `replay_limit`: if the root part is not the first, the parts before it have gone out already; and what
/// [`Policy::well_formed`] finds in Body comes when its beginning has gone out.
/// Then the body ends in an error, and the message at the gateway is incomplete.
///
/// Content-Length is counted anew. It is left out when the length cannot be known beforehand: for a
/// streamed message that came without it, or whose root part is not the first.
#[derive(Debug, Clone)]
pub struct Rewrite<T> {
    inner: T,
    policy: Policy,
    replay_limit: usize,
}

impl<T> Rewrite<T> {
    /// Rewriting in front of `inner`; messages longer than `replay_limit` bytes are streamed.
    pub fn new(inner: T, policy: Policy, replay_limit: usize) -> Self {
        Self {
            inner,
            policy,
            replay_limit,
        }
    }

    async fn rewritten(&self, headers: &HeaderMap, body: Body) -> Result<Body, Error> {
        let document = Document::of(content_type(headers)?)?;
        if let Some(message) = body.as_whole() {
            let edits = document.cut(message, &self.policy)?;
            note(edits.findings());
            if edits.is_empty() {
                return Ok(Body::whole(message.clone()));
            }
            keep_digests_true(headers)?;
            return Ok(Body::whole(edits.to_vec(message)));
        }
        let length = body.size_hint();
        let mut passing = RewriteBody::new(body, document.rewriter(self.policy.clone()));
        let mut held = 0;
        let long = length.lower() > self.replay_limit as u64;
        while !(is_decided(&passing) && (long || held > self.replay_limit)) {
            let Some(chunk) = chunk(&mut passing.body).await? else {
                passing.end()?;
                let message: Bytes = Vec::from(passing.ready).concat().into();
                if message.len() != held {
                    keep_digests_true(headers)?;
                }
                return Ok(Body::whole(message));
            };
            held += chunk.len();
            passing.push(chunk)?;
        }
        let saved = passing.saved();
        if saved != Some(0) {
            keep_digests_true(headers)?;
        }
        passing.left = saved.and_then(|saved| length.exact()?.checked_sub(saved as u64));
        Ok(Body::stream(passing))
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
        let body = self.rewritten(&parts.headers, body).await?;
        // The length has changed; the transport counts anew.
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::TRANSFER_ENCODING);
        let request = Request::from_parts(parts, body);
        self.inner.send(request).await.map_err(Into::into)
    }
}

/// Whether it can be streamed from here on: nothing is to be refused any more, or it is too late for that.
fn is_decided(passing: &RewriteBody<Body>) -> bool {
    passing.saved().is_some() || !passing.ready.is_empty()
}

/// The next bytes. Trailer fields are dropped: they may speak of the message as it was.
pub(crate) async fn chunk(body: &mut Body) -> Result<Option<Bytes>, Error> {
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(Error::RequestBroken)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// The one Content-Type of the message, if it has any.
pub(crate) fn content_type(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let refused = Refusal::ContentType { offset: 0 };
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| refused),
        (Some(_), Some(_)) => Err(refused),
    }
}

/// Refuses a message that carries a digest of what it was (RFC 9530, RFC 3230, RFC 1864).
pub(crate) fn keep_digests_true(headers: &HeaderMap) -> Result<(), Error> {
    const DIGESTS: [HeaderName; 4] = [
        HeaderName::from_static("content-digest"),
        HeaderName::from_static("repr-digest"),
        HeaderName::from_static("digest"),
        HeaderName::from_static("content-md5"),
    ];
    match DIGESTS.into_iter().find(|name| headers.contains_key(name)) {
        Some(header) => Err(Error::Digest { header }),
        None => Ok(()),
    }
}

fn note(findings: &[Finding]) {
    for finding in findings {
        tracing::warn!(code = finding.code(), offset = finding.offset(), "found");
    }
}

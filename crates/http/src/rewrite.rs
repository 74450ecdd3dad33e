//! Cuts the security header out of each message on its way.

mod passing;

use std::collections::VecDeque;

use bytes::Bytes;
use castile_envelope::{Document, DocumentRewriter, Finding, Policy, Refusal};
use http::{HeaderMap, HeaderName, Request, Response, header};
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::{Body, Error, Phase, Progress, SoapTransport};
use passing::Passing;

/// Rewrites request bodies, multipart ones in their root part; answers pass untouched.
///
/// A message of up to `replay_limit` bytes is held in memory, so that it can be sent again after a 401.
/// A longer one is streamed and goes out once at most: held back is what comes before the envelope's Body
/// ([`Limits::header_bytes`](castile_envelope::Limits::header_bytes)), then each chunk is passed on as it comes.
///
/// What is refused is refused before a byte is sent, with one exception: in a message longer than
/// `replay_limit` whose root part is not the first, the parts before it have gone out already.
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
        let mut start = Start {
            body,
            rewriter: document.rewriter(self.policy.clone()),
            ready: VecDeque::new(),
        };
        let mut held = 0;
        let long = length.lower() > self.replay_limit as u64;
        while !(start.is_decided() && (long || held > self.replay_limit)) {
            let Some(chunk) = start.chunk().await? else {
                let (report, message) = start.end()?;
                note(&report.findings);
                if report.output_length != report.input_length {
                    keep_digests_true(headers)?;
                }
                return Ok(Body::whole(message));
            };
            held += chunk.len();
            start.push(chunk)?;
        }
        let saved = start.rewriter.saved();
        if saved != Some(0) {
            keep_digests_true(headers)?;
        }
        if let Some(report) = start.rewriter.report() {
            note(&report.findings);
        }
        let exact = saved.and_then(|saved| length.exact()?.checked_sub(saved as u64));
        Ok(Body::stream(Passing::new(start, exact, saved.is_some())))
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

/// A message of which the first bytes are here.
struct Start {
    body: Body,
    rewriter: DocumentRewriter,
    /// What may go out.
    ready: VecDeque<Bytes>,
}

impl Start {
    /// Whether it can be streamed from here on: nothing is to be refused any more, or it is too late for that.
    fn is_decided(&self) -> bool {
        self.rewriter.saved().is_some() || !self.ready.is_empty()
    }

    /// The next bytes; trailer fields end here, for they may speak of the message as it was.
    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        while let Some(frame) = self.body.frame().await {
            if let Ok(data) = frame.map_err(Error::RequestBroken)?.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    fn push(&mut self, chunk: Bytes) -> Result<(), Refusal> {
        let mut out = Vec::new();
        self.rewriter.push(chunk, &mut out)?;
        self.ready.extend(out);
        Ok(())
    }

    fn end(self) -> Result<(castile_envelope::Report, Bytes), Refusal> {
        let mut out = Vec::from(self.ready);
        let report = self.rewriter.finish(&mut out)?;
        Ok((report, out.concat().into()))
    }
}

/// The one Content-Type of the message, if it has any.
fn content_type(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let refused = Refusal::ContentType { offset: 0 };
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| refused),
        (Some(_), Some(_)) => Err(refused),
    }
}

/// Refuses a message that carries a digest of what it was (RFC 9530, RFC 3230, RFC 1864).
fn keep_digests_true(headers: &HeaderMap) -> Result<(), Error> {
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

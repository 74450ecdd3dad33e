//! A call whose answer's attachments are read as they come.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use castile_envelope::{Arrival, ArrivingParts, PartHead, Refusal, XopLimits, content_id};
use castile_http::{Answer, Body, Effect, Error as HttpError, JournalEntry, SoapTransport};
use castile_model::{Field, Operation};
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::response::Parts;
use http_body_util::BodyExt as _;
use tracing::Instrument as _;

use super::attached::{accept, is_multipart};
use super::open::start;
use super::{Call, Prepared, Reply, answer, read, settle, soap_of};
use crate::error::Context;
use crate::{Cause, Error};

/// A response, and the attachments behind it as they come.
#[derive(Debug)]
#[non_exhaustive]
pub struct StreamedReply<R, F> {
    /// The response, as [`Call::send_whole`] gives it, but for the values that come as attachments: those fields are
    /// empty and say which attachment is theirs ([`AttachedPart::is_of`]), and `attachments` is empty.
    pub reply: Reply<R>,
    /// What comes behind it.
    pub parts: AttachedParts<F>,
}

/// The attachments of an answer, one after the other, in their order.
///
/// The answer is whole when [`next`](Self::next) has said that there are no more. Dropping it before that gives the
/// rest of the answer up, and its connection.
pub struct AttachedParts<F> {
    /// None when the answer was read to its end.
    source: Option<Source>,
    status: StatusCode,
    effect: Effect,
    context: Context,
    entry: Option<JournalEntry>,
    fault: PhantomData<fn() -> F>,
}

/// One attachment; what is not read of it is passed by when the next one is asked for.
pub struct AttachedPart<'p, F> {
    parts: &'p mut AttachedParts<F>,
    head: PartHead,
    is_read: bool,
}

/// What of an answer has not been read.
struct Source {
    body: Body,
    arriving: ArrivingParts,
    /// Bytes that came.
    taken: usize,
    /// Whether the closing delimiter came.
    is_closed: bool,
    /// Whether the connection broke.
    is_broken: bool,
}

/// What a step may fail with, before it is known of which call it is.
type Step<R, F> = Result<R, Cause<F>>;

impl<T, O> Call<'_, T, O>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation,
{
    /// Sends the request and returns the response as soon as it is there, before the attachments (MTOM) behind it.
    ///
    /// For answers whose attachments are large: of them no more than a chunk is in memory, of the answer's envelope
    /// 16 MiB at most, and there are 1,000 parts at most ([`send_attached_within`](Self::send_attached_within) has
    /// other limits). An answer without attachments is read as [`send`](Self::send) reads it. The limits of the client
    /// for the answer's length and for the time hold for all that is read; [`within`](Self::within) gives others.
    ///
    /// A value that comes as an attachment is an empty [`Field`] with the attribute `href="cid:…"`, and a warning of
    /// the response ([`EmptyValue`](castile_model::WarningKind::EmptyValue)); [`AttachedPart::is_of`] tells which is
    /// whose. Such a field is not for a request.
    ///
    /// ```no_run
    /// # use castile::{Client, http::SoapTransport, model::Operation};
    /// # use tokio::io::AsyncWriteExt as _;
    /// # async fn example<T, O>(client: Client<T>, request: O) -> Result<(), Box<dyn std::error::Error>>
    /// # where T: SoapTransport<Error = castile::http::Error>, O: Operation<Fault: std::fmt::Debug + 'static> {
    /// let mut answer = client.call(&request).send_attached().await?;
    /// let response = &answer.reply.response.value;
    /// while let Some(mut part) = answer.parts.next().await? {
    ///     let name = part.content_id().unwrap_or("unnamed");
    ///     while let Some(chunk) = part.chunk().await? {
    ///         // write it where it belongs
    ///     }
    /// }
    /// // Now the answer is whole.
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send); a fault is told when it is there. An answer whose envelope is not its first part is
    /// refused ([`Refusal::RootNotFirst`](castile_envelope::Refusal::RootNotFirst)): [`send`](Self::send) reads it. What
    /// is wrong behind the response is told by [`AttachedParts::next`] and [`AttachedPart::chunk`].
    pub async fn send_attached(
        self,
    ) -> Result<StreamedReply<O::Response, O::Fault>, Error<O::Fault>> {
        self.send_attached_within(XopLimits::default()).await
    }

    /// The same within other limits; [`XopLimits::assembled`] has no meaning here.
    ///
    /// # Errors
    /// As [`send_attached`](Self::send_attached).
    pub async fn send_attached_within(
        self,
        limits: XopLimits,
    ) -> Result<StreamedReply<O::Response, O::Fault>, Error<O::Fault>> {
        // On the heap, so that the futures of callers stay small.
        Box::pin(self.streamed(limits)).await
    }

    async fn streamed(
        self,
        limits: XopLimits,
    ) -> Result<StreamedReply<O::Response, O::Fault>, Error<O::Fault>> {
        let Prepared {
            mut request,
            progress,
            mut context,
            span,
        } = self.prepared()?;
        request.headers_mut().insert(ACCEPT, accept(soap_of::<O>()));
        let begun = async {
            let (head, body) = self.transport.send(request).await?.into_parts();
            let effect = progress.effect().unwrap_or_default();
            let begun = Self::begun(&head, body, limits, effect).await;
            settle(head.extensions.get(), &begun);
            Ok((begun?, head, effect))
        };
        let begun = begun.instrument(span).await;
        context.tracked(progress.attempts());
        let ((reply, source), mut head, effect) = match begun {
            Ok(begun) => begun,
            Err(cause) => return Err(Error::new(cause, context)),
        };
        Ok(StreamedReply {
            reply: Reply {
                tracking_ids: progress.attempts().ids(),
                ..reply
            },
            parts: AttachedParts {
                source,
                status: head.status,
                effect,
                context,
                entry: head.extensions.remove(),
                fault: PhantomData,
            },
        })
    }

    /// The response, and what comes behind it.
    async fn begun(
        head: &Parts,
        mut body: Body,
        limits: XopLimits,
        effect: Effect,
    ) -> Step<(Reply<O::Response>, Option<Source>), O::Fault> {
        let refused = |refusal| Cause::Reply {
            refusal,
            status: head.status,
            effect,
        };
        let content_type = head.headers.get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let arriving = match content_type.filter(|text| is_multipart(text)) {
            Some(text) => ArrivingParts::of(text, limits).map_err(refused)?,
            None => None,
        };
        let Some(mut arriving) = arriving else {
            return Ok((answer::<O>(head, body.bytes(effect).await?, effect)?, None));
        };
        let start = start(&mut body, effect).await?;
        if Answer::classify(head.status, &head.headers, &start) != Answer::Soap {
            return Ok((answer::<O>(head, start, effect)?, None));
        }
        arriving.push(&start);
        let mut source = Source {
            body,
            arriving,
            taken: start.len(),
            is_closed: false,
            is_broken: false,
        };
        let envelope = match source.arrival(head.status, effect).await? {
            Some(Arrival::Envelope(envelope)) => envelope,
            // It comes first.
            _ => Bytes::new(),
        };
        tracing::debug!(
            status = head.status.as_u16(),
            bytes = envelope.len(),
            "response, before its attachments"
        );
        Ok((read(&envelope, head.status, effect)?, Some(source)))
    }
}

impl Source {
    /// What comes next; none when the whole body was read, and all of it was there.
    ///
    /// Dropping the future loses nothing.
    async fn arrival<F>(&mut self, status: StatusCode, effect: Effect) -> Step<Option<Arrival>, F> {
        let refused = |refusal| Cause::Reply {
            refusal,
            status,
            effect,
        };
        if self.is_broken {
            let offset = self.taken;
            return Err(refused(Refusal::Truncated { offset }));
        }
        loop {
            if !self.is_closed {
                let arrival = self.arriving.next().map_err(refused)?;
                self.is_closed = arrival == Some(Arrival::End);
                if arrival.is_some() && !self.is_closed {
                    return Ok(arrival);
                }
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    let chunk = frame.into_data().unwrap_or_default();
                    self.taken += chunk.len();
                    self.arriving.push(&chunk);
                }
                Some(Err(error)) => {
                    self.is_broken = true;
                    return Err(HttpError::from_body(error, effect).into());
                }
                None if self.is_closed => return Ok(None),
                None => self.arriving.finish(),
            }
        }
    }
}

impl<F> AttachedParts<F> {
    /// The next attachment, behind what was not read of the one before; none when the answer was read to its end, and
    /// was whole.
    ///
    /// Dropping its future loses nothing.
    ///
    /// # Errors
    /// A broken connection, an answer that ends too early
    /// ([`Refusal::Truncated`](castile_envelope::Refusal::Truncated)), or one that breaks a limit or a rule, as
    /// [`ArrivingParts::next`] has them. Every further call gives an error, too. The response, which is in hand, stays
    /// what it is; [`Error::outcome_unknown`] goes by the answer as a whole.
    pub async fn next(&mut self) -> Result<Option<AttachedPart<'_, F>>, Error<F>> {
        loop {
            match self.arrival().await? {
                Some(Arrival::Part(head)) => {
                    return Ok(Some(AttachedPart {
                        parts: self,
                        head,
                        is_read: false,
                    }));
                }
                // The rest of the part before.
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    /// Which call it belongs to.
    #[cfg(feature = "blocking")]
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    async fn arrival(&mut self) -> Result<Option<Arrival>, Error<F>> {
        let Some(source) = &mut self.source else {
            return Ok(None);
        };
        let arrival = source.arrival(self.status, self.effect).await;
        if !matches!(arrival, Ok(Some(_))) {
            settle(self.entry.as_ref(), &arrival);
        }
        if matches!(arrival, Ok(None)) {
            self.source = None;
        }
        arrival.map_err(|cause| Error::new(cause, self.context.clone()))
    }
}

impl<F> AttachedPart<'_, F> {
    /// Its Content-ID without angle brackets.
    pub fn content_id(&self) -> Option<&str> {
        self.head.content_id.as_deref()
    }

    /// Its Content-Type as `type/subtype` in lower case.
    pub fn media_type(&self) -> Option<&str> {
        self.head.media_type.as_deref()
    }

    /// Whether the response refers to it: then it is the value of a field, of several if they have the same bytes.
    pub fn is_referred_to(&self) -> bool {
        self.head.is_referred_to
    }

    /// Whether it is the value of `field`, a field of the response that it came with.
    pub fn is_of<T>(&self, field: &Field<T>) -> bool {
        let id = field.attribute("href").and_then(content_id);
        id.is_some() && id.as_deref() == self.content_id()
    }

    /// Its next bytes, as many as have come; none behind its last.
    ///
    /// Dropping its future loses nothing.
    ///
    /// # Errors
    /// As [`AttachedParts::next`]. What was given before is the beginning of the part, not all of it.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error<F>> {
        if self.is_read {
            return Ok(None);
        }
        match self.parts.arrival().await? {
            Some(Arrival::Content(content)) => Ok(Some(content)),
            _ => {
                self.is_read = true;
                Ok(None)
            }
        }
    }
}

/// Prints whether there may be more.
impl<F> fmt::Debug for AttachedParts<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachedParts")
            .field("is_read", &self.source.is_none())
            .finish_non_exhaustive()
    }
}

/// Prints what its header says.
impl<F> fmt::Debug for AttachedPart<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachedPart")
            .field("media_type", &self.head.media_type)
            .field("is_read", &self.is_read)
            .finish_non_exhaustive()
    }
}

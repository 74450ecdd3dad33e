//! Attachments of an answer, read as they come by a program that waits for them.

use std::fmt;
use std::io::{self, Read};

use bytes::{Buf as _, Bytes};
use castile_envelope::XopLimits;
use castile_http::SoapTransport;
use castile_model::{Field, Operation};

use super::{Call, Engine, InsideAsync};
use crate::error::Context;
use crate::{Cause, Error, Reply};

/// A response, and the attachments behind it as they come.
#[derive(Debug)]
#[non_exhaustive]
pub struct StreamedReply<'c, R, F> {
    /// As [`castile::StreamedReply::reply`](crate::StreamedReply::reply).
    pub reply: Reply<R>,
    /// What comes behind it.
    pub parts: AttachedParts<'c, F>,
}

/// The attachments of an answer, one after the other, in their order.
///
/// The answer is whole when [`next`](Self::next) has said that there are no more. Dropping it before that gives the
/// rest of the answer up, and its connection.
pub struct AttachedParts<'c, F> {
    inner: crate::AttachedParts<F>,
    engine: &'c Engine,
}

/// One attachment, to be read ([`Read`]); what is not read of it is passed by when the next one is asked for.
///
/// An error while it is read is an [`io::Error`] with the [`Error`] of the call in it
/// ([`io::Error::into_inner`], then `downcast`). What was read before is the beginning of the attachment, not all of
/// it.
pub struct AttachedPart<'p, F> {
    inner: crate::AttachedPart<'p, F>,
    engine: &'p Engine,
    context: Context,
    /// What came and was not read.
    chunk: Bytes,
}

#[allow(clippy::type_complexity, reason = "both halves are of the operation")]
impl<'c, T, O> Call<'c, T, O>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation,
{
    /// Sends the request, waits, and returns the response as soon as it is there, before the attachments (MTOM)
    /// behind it.
    ///
    /// For answers whose attachments are large: of them no more than a chunk is in memory, of the answer's envelope
    /// 16 MiB at most, and there are 1,000 parts at most ([`send_attached_within`](Self::send_attached_within) has
    /// other limits). All else is as [`castile::Call::send_attached`](crate::Call::send_attached) says, the limits for
    /// length and time included.
    ///
    /// ```no_run
    /// # use castile::{blocking::Client, http::SoapTransport, model::Operation};
    /// # fn example<T, O>(client: Client<T>, request: O) -> Result<(), Box<dyn std::error::Error>>
    /// # where T: SoapTransport<Error = castile::http::Error>, O: Operation,
    /// # O::Fault: std::fmt::Debug + Send + Sync + 'static {
    /// let mut answer = client.call(&request).send_attached()?;
    /// let response = &answer.reply.response.value;
    /// let mut number = 0;
    /// while let Some(mut part) = answer.parts.next()? {
    ///     number += 1;
    ///     let mut file = std::fs::File::create(format!("image-{number}.tif"))?;
    ///     std::io::copy(&mut part, &mut file)?;
    /// }
    /// // Now the answer is whole.
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As there; [`Cause::InsideAsync`] inside of an async runtime.
    pub fn send_attached(
        self,
    ) -> Result<StreamedReply<'c, O::Response, O::Fault>, Error<O::Fault>> {
        self.send_attached_within(XopLimits::default())
    }

    /// The same within other limits; [`XopLimits::assembled`] has no meaning here.
    ///
    /// # Errors
    /// As [`send_attached`](Self::send_attached).
    pub fn send_attached_within(
        self,
        limits: XopLimits,
    ) -> Result<StreamedReply<'c, O::Response, O::Fault>, Error<O::Fault>> {
        let engine = self.engine;
        let context = self.context();
        let sent = self.inner.send_attached_within(limits);
        let streamed = waited(engine, sent, &context)?;
        Ok(StreamedReply {
            reply: streamed.reply,
            parts: AttachedParts {
                inner: streamed.parts,
                engine,
            },
        })
    }
}

impl<F> AttachedParts<'_, F> {
    /// The next attachment, behind what was not read of the one before; none when the answer was read to its end, and
    /// was whole.
    ///
    /// # Errors
    /// As [`castile::AttachedParts::next`](crate::AttachedParts::next); [`Cause::InsideAsync`] inside of an async
    /// runtime.
    #[allow(clippy::should_implement_trait, reason = "a part is lent")]
    pub fn next(&mut self) -> Result<Option<AttachedPart<'_, F>>, Error<F>> {
        let context = self.inner.context().clone();
        let part = waited(self.engine, self.inner.next(), &context)?;
        Ok(part.map(|inner| AttachedPart {
            inner,
            engine: self.engine,
            context,
            chunk: Bytes::new(),
        }))
    }
}

impl<F> AttachedPart<'_, F> {
    /// Its Content-ID without angle brackets.
    pub fn content_id(&self) -> Option<&str> {
        self.inner.content_id()
    }

    /// Its Content-Type as `type/subtype` in lower case.
    pub fn media_type(&self) -> Option<&str> {
        self.inner.media_type()
    }

    /// Whether the response refers to it: then it is the value of a field, of several if they have the same bytes.
    pub fn is_referred_to(&self) -> bool {
        self.inner.is_referred_to()
    }

    /// Whether it is the value of `field`, a field of the response that it came with.
    pub fn is_of<T>(&self, field: &Field<T>) -> bool {
        self.inner.is_of(field)
    }

    /// Its next bytes, as many as have come; none behind its last.
    ///
    /// # Errors
    /// As [`AttachedParts::next`].
    pub fn chunk(&mut self) -> Result<Option<Bytes>, Error<F>> {
        let left = std::mem::take(&mut self.chunk);
        if !left.is_empty() {
            return Ok(Some(left));
        }
        waited(self.engine, self.inner.chunk(), &self.context)
    }
}

impl<F: fmt::Debug + Send + Sync + 'static> Read for AttachedPart<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while self.chunk.is_empty() {
            match self.chunk().map_err(io::Error::other)? {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.chunk.len());
        self.chunk.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

fn waited<R, F>(
    engine: &Engine,
    future: impl Future<Output = Result<R, Error<F>>>,
    context: &Context,
) -> Result<R, Error<F>> {
    match engine.wait(future) {
        Ok(result) => result,
        Err(InsideAsync) => Err(Error::new(Cause::InsideAsync, context.clone())),
    }
}

impl<F> fmt::Debug for AttachedParts<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<F> fmt::Debug for AttachedPart<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

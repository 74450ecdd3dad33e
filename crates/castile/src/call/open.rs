//! A call whose answer is read as it comes.

use bytes::{Bytes, BytesMut};
use castile_http::{Answer, Body, Effect, Error as HttpError, SoapTransport};
use castile_model::Operation;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use tracing::Instrument as _;

use super::attached::{envelope_of, is_multipart};
use super::{Call, Prepared};
use crate::error::Context;
use crate::{Cause, Error};

/// So many bytes tell a page for people from a message.
const START: usize = 512;

/// An answer that begins as a SOAP message.
pub(crate) struct Unread {
    /// Its first bytes.
    pub(crate) start: Bytes,
    /// The bytes behind them.
    pub(crate) body: Body,
    pub(crate) status: StatusCode,
    pub(crate) effect: Effect,
    pub(crate) context: Context,
}

impl<T, O> Call<'_, T, O>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation,
{
    /// Sends the request, and reads of the answer no more than tells whether it is a SOAP message; of one in parts
    /// all, which may be so many bytes.
    pub(crate) async fn open(self, most_in_parts: usize) -> Result<Unread, Error<O::Fault>> {
        let Prepared {
            request,
            progress,
            mut context,
            span,
        } = self.prepared()?;
        let begun = async {
            let (head, mut body) = self.transport.send(request).await?.into_parts();
            let effect = progress.effect().unwrap_or_default();
            let mut start = start(&mut body, effect).await?;
            match Answer::classify(head.status, &head.headers, &start) {
                Answer::Soap => {}
                answer => return Err(Cause::Status { answer, effect }),
            }
            let content_type = head.headers.get(CONTENT_TYPE);
            if content_type.is_some_and(|value| value.to_str().is_ok_and(is_multipart)) {
                // What a record refers to comes behind all of them.
                let whole = whole(start, body, most_in_parts, effect).await?;
                let (envelope, others) = envelope_of(&head.headers, whole, head.status, effect)?;
                if !others.is_empty() {
                    tracing::warn!(
                        attachments = others.len(),
                        "attachments of a page are left out"
                    );
                }
                (start, body) = (envelope, Body::whole(Bytes::new()));
            }
            Ok((start, body, head.status, effect))
        };
        let begun = begun.instrument(span).await;
        context.tracked(progress.attempts());
        match begun {
            Ok((start, body, status, effect)) => Ok(Unread {
                start,
                body,
                status,
                effect,
                context,
            }),
            Err(cause) => Err(Error::new(cause, context)),
        }
    }
}

/// All of an answer whose beginning was read.
async fn whole(start: Bytes, body: Body, limit: usize, effect: Effect) -> Result<Bytes, HttpError> {
    let left = limit.saturating_sub(start.len());
    match body.bytes_up_to(left).await {
        Ok(rest) if start.len() <= limit => Ok([start, rest].concat().into()),
        Ok(_) | Err(HttpError::RequestTooLarge { .. }) => {
            Err(HttpError::AnswerTooLarge { limit, effect })
        }
        Err(HttpError::RequestBroken(error)) => Err(HttpError::from_body(error, effect)),
        Err(error) => Err(error),
    }
}

/// The first bytes of an answer: those that [`Answer::classify`] needs, and what came with them.
pub(super) async fn start(body: &mut Body, effect: Effect) -> Result<Bytes, HttpError> {
    let mut start = BytesMut::new();
    while start.len() < START {
        match body.frame().await {
            Some(Ok(frame)) => start.extend_from_slice(&frame.into_data().unwrap_or_default()),
            Some(Err(error)) => return Err(HttpError::from_body(error, effect)),
            None => break,
        }
    }
    Ok(start.freeze())
}

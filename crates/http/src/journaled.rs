//! Keeps a journal of the writes that pass through a transport.

mod judge;

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body::{Frame, SizeHint};

use crate::body::sought;
use crate::journal::{EntryId, Note, Outcome, WriteLog};
use crate::{
    Attempts, Body, BodyError, Effect, Error, OperationName, Phase, Progress, SoapTransport,
};
use judge::Judge;

/// Notes each attempt to send what is no read before it goes out, and what came of it.
///
/// A write that cannot be noted is refused before it is sent ([`Error::Journal`]).
/// The outcome is judged by the answer as it passes: a fault that says the message was not taken, or one that the
/// provider declares, settles it as not done; whatever leaves a doubt stays open. Who can tell more, because the
/// answer was read against a contract, says so by the [`JournalEntry`] in the answer's extensions.
#[derive(Clone)]
pub struct Journaled<T> {
    inner: T,
    log: Option<Arc<dyn WriteLog>>,
    profile: Option<Arc<str>>,
}

impl<T> Journaled<T> {
    /// A journal around `inner`; none is kept without one.
    pub fn new(inner: T, log: Option<Arc<dyn WriteLog>>, profile: Option<Arc<str>>) -> Self {
        Self {
            inner,
            log,
            profile,
        }
    }
}

impl<T> SoapTransport for Journaled<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        async move {
            if let Some(log) = &self.log {
                let effect = Effect::of(&request);
                if effect != Effect::Read {
                    return Box::pin(self.noted(request, effect, log)).await;
                }
            }
            let sent = pin!(self.inner.send(request));
            sent.await.map_err(Into::into)
        }
    }
}

impl<T> Journaled<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    async fn noted(
        &self,
        mut request: Request<Body>,
        effect: Effect,
        log: &Arc<dyn WriteLog>,
    ) -> Result<Response<Body>, Error> {
        let progress = Progress::of(&request);
        let tracking_id = match request.body().as_whole() {
            Some(message) => tracking_id(message),
            None => {
                progress.reach(Phase::Request);
                let (parts, body) = request.into_parts();
                let (found, body) = sought(body, SOUGHT, told_tracking_id).await;
                request = Request::from_parts(parts, body);
                found.flatten()
            }
        };
        let operation = OperationName::of(&request);
        let note = Note {
            profile: self.profile.clone(),
            service: operation
                .as_ref()
                .and_then(|operation| operation.service().map(str::to_owned)),
            operation: operation.map(|operation| operation.name().to_owned()),
            tracking_id,
            attempt: Attempts::of(&request).count().max(1),
        };
        progress.reach(Phase::Journal);
        let id = log.begin(note).await?;
        let entry = JournalEntry(Arc::new(Pending {
            log: Arc::clone(log),
            id,
            settled: Mutex::new(None),
            progress: progress.clone(),
        }));
        progress.reach(Phase::Answer);
        let answer = match self.inner.send(request).await.map_err(Into::into) {
            Ok(answer) => answer,
            Err(error) => {
                entry.settle(outcome_of(error.outcome_unknown()), Some(error.code()));
                return Err(error);
            }
        };
        Ok(entry.follow(answer, effect))
    }
}

fn outcome_of(is_open: bool) -> Outcome {
    if is_open {
        Outcome::Open
    } else {
        Outcome::NotDone
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Journaled<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journaled")
            .field("inner", &self.inner)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// The entry of a write whose answer this is, in the extensions of the answer.
///
/// Dropped before anything is said, it stays open if a byte of the write may have left.
#[derive(Clone)]
pub struct JournalEntry(Arc<Pending>);

struct Pending {
    log: Arc<dyn WriteLog>,
    id: EntryId,
    settled: Mutex<Option<(Outcome, Option<&'static str>)>>,
    progress: Progress,
}

impl JournalEntry {
    /// The entry's name.
    pub fn id(&self) -> EntryId {
        self.0.id
    }

    /// Says what came of the write, and by which code if it is not done; what is said last counts.
    pub fn settle(&self, outcome: Outcome, code: Option<&'static str>) {
        let mut settled = self
            .0
            .settled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *settled != Some((outcome, code)) {
            *settled = Some((outcome, code));
            self.0.log.end(self.0.id, outcome, code);
        }
    }

    /// Judges the answer by what of it passes.
    fn follow(self, answer: Response<Body>, effect: Effect) -> Response<Body> {
        let (mut head, body) = answer.into_parts();
        head.extensions.insert(self.clone());
        let judge = Judge::new(&head, effect);
        if let Some(whole) = body.as_whole() {
            let (outcome, code) = judge.whole(whole);
            self.settle(outcome, code);
            return Response::from_parts(head, body);
        }
        // Of what is empty nobody reads the end.
        if http_body::Body::is_end_stream(&body) {
            let (outcome, code) = judge.whole(b"");
            self.settle(outcome, code);
            return Response::from_parts(head, body);
        }
        let followed = Followed {
            body,
            read: BytesMut::new(),
            is_long: false,
            judge: Some((judge, self)),
        };
        let body = Body::stream(followed);
        Response::from_parts(head, body)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let settled = self.settled.get_mut();
        if settled.unwrap_or_else(PoisonError::into_inner).is_none() {
            let outcome = outcome_of(self.progress.give_up() == Phase::Answer);
            self.log.end(self.id, outcome, Some("call-dropped"));
        }
    }
}

impl std::fmt::Debug for JournalEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "JournalEntry({})", self.0.id)
    }
}

/// So much of an answer is kept for the judgement.
const KEPT: usize = 64 * 1024;

/// An answer's body; its entry is settled before its end is told.
struct Followed {
    body: Body,
    read: BytesMut,
    is_long: bool,
    judge: Option<(Judge, JournalEntry)>,
}

impl Followed {
    fn end(&mut self) {
        if let Some((judge, entry)) = self.judge.take() {
            let (outcome, code) = match self.is_long {
                true => judge.long(&self.read),
                false => judge.whole(&self.read),
            };
            entry.settle(outcome, code);
        }
    }
}

impl http_body::Body for Followed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                let data = frame.data_ref().map_or(&[][..], |data| &data[..]);
                let room = KEPT - self.read.len();
                self.is_long |= data.len() > room;
                let kept = &data[..data.len().min(room)];
                self.read.extend_from_slice(kept);
                if self.body.is_end_stream() {
                    self.end();
                }
            }
            Some(Err(_)) => {
                if let Some((_, entry)) = self.judge.take() {
                    entry.settle(Outcome::Open, Some("gateway-interrupted"));
                }
            }
            None => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A 401, unread: its status alone refuses.
impl Drop for Followed {
    fn drop(&mut self) {
        if let Some((judge, entry)) = self.judge.take()
            && let Some((outcome, code)) = judge.unread()
        {
            entry.settle(outcome, code);
        }
    }
}

/// So much of a streamed message is looked through for its tracking id.
const SOUGHT: usize = 64 * 1024;

/// The same as [`tracking_id`] of the beginning of a message, as soon as it is there or cannot come any more.
fn told_tracking_id(start: &[u8]) -> Option<Option<String>> {
    if let Some(id) = tracking_id(start) {
        return Some(Some(id));
    }
    let mut headers = memchr::memmem::find_iter(start, b"jXchangeHdr");
    let ends = |at: usize| {
        let before = &start[at.saturating_sub(LONGEST_PREFIX)..at];
        let tag = before.iter().rposition(|byte| *byte == b'<');
        tag.is_some_and(|tag| before.get(tag + 1) == Some(&b'/'))
    };
    headers.any(ends).then_some(None)
}

/// The `jXLogTrackingId` of a message, if it has one that looks like an id.
fn tracking_id(message: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"jXLogTrackingId";
    let found = memchr::memmem::find_iter(message, NAME);
    found
        .filter(|at| {
            at.checked_sub(1)
                .is_some_and(|before| matches!(message[before], b'<' | b':'))
        })
        .find_map(|at| {
            let rest = &message[at + NAME.len()..];
            let tag = rest.iter().take(LONGEST_TAG);
            let tag = tag.copied().position(|byte| byte == b'>')?;
            if rest[..tag].ends_with(b"/") {
                return None;
            }
            let text = &rest[tag + 1..];
            let end = text
                .iter()
                .take(LONGEST_ID + 1)
                .position(|byte| *byte == b'<')?;
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
            let id = text[..end].trim_ascii();
            let is_id = !id.is_empty() && id.iter().all(is_part);
            is_id.then(|| String::from_utf8_lossy(id).into_owned())
        })
}

/// A longer tracking id is none.
const LONGEST_ID: usize = 64;

/// No more than so much of a tag is looked at behind its name and before it: a message that says the name again and
/// again must not cost its length squared.
const LONGEST_TAG: usize = 1024;
const LONGEST_PREFIX: usize = 128;

#[cfg(test)]
mod tests {
    use super::{LONGEST_TAG, told_tracking_id, tracking_id};

    #[test]
    fn a_tracking_id_is_found_under_any_prefix_and_no_other_text_is_taken_for_one() {
        for (message, id) in [
            ("<jXLogTrackingId>a-1</jXLogTrackingId>", Some("a-1")),
            (
                "<j:jXLogTrackingId Rstr=''> a_1 </j:jXLogTrackingId>",
                Some("a_1"),
            ),
            ("<jXLogTrackingId/><x>1</x>", None),
            ("<jXLogTrackingId>John Doe</jXLogTrackingId>", None),
            ("<jXLogTrackingId></jXLogTrackingId>", None),
            ("jXLogTrackingId>a<", None),
            ("<jXLogTrackingId", None),
            (
                &format!("<jXLogTrackingId a='{}'>a-1<", "x".repeat(LONGEST_TAG)),
                None,
            ),
        ] {
            let found = tracking_id(message.as_bytes());
            assert_eq!(found.as_deref(), id, "{message}");
        }
    }

    #[test]
    fn of_a_beginning_it_is_told_as_soon_as_it_is_certain() {
        let with = "<j:jXchangeHdr><jXLogTrackingId>a-1</jXLogTrackingId><b/></j:jXchangeHdr><c>";
        let without = "<j:jXchangeHdr><b/></j:jXchangeHdr><jXLogTrackingId>late</jXLogTrackingId>";
        for (text, until, id) in [
            (with, "a-1<", Some("a-1")),
            (without, "</j:jXchangeHdr", None),
        ] {
            let enough = text.find(until).unwrap() + until.len();
            for end in 0..enough + 1 {
                let told = told_tracking_id(&text.as_bytes()[..end]);
                assert_eq!(told.is_some(), end >= enough, "{}", &text[..end]);
                assert!(told.is_none_or(|told| told.as_deref() == id));
            }
        }
    }
}

//! A body that tells when its first byte is about to leave.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

use crate::progress::Attempt;
use crate::{Body, BodyError, Phase, Progress};

/// A body that says when it is first asked for: then the head is about to leave, and what comes after is open.
///
/// If it was given up before that, it fails instead, and hyper ends the connection before it writes the head.
pub(crate) struct Departing {
    /// reqwest wants a body that threads may share; nobody ever waits for this lock.
    body: Mutex<Body>,
    progress: Progress,
    /// What is still to be said; nothing once it was.
    attempt: Option<Attempt>,
}

impl Departing {
    /// Says on `progress` when `body` departs; before that, what is waited for is a connection.
    pub(crate) fn new(body: Body, progress: &Progress) -> Self {
        // hyper does not poll a body that is empty: then nothing tells that the head was sent.
        let attempt = if body.is_end_stream() {
            progress.reach(Phase::Answer);
            None
        } else {
            Some(progress.set_out(Phase::Connect))
        };
        Self {
            body: Mutex::new(body),
            progress: progress.clone(),
            attempt,
        }
    }

    /// A body that came in, for those who want one that threads may share.
    #[cfg(feature = "reqwest-middleware")]
    pub(crate) fn arrived(body: Body) -> Self {
        Self {
            body: Mutex::new(body),
            progress: Progress::default(),
            attempt: None,
        }
    }

    fn body(&mut self) -> Pin<&mut Body> {
        Pin::new(self.body.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl http_body::Body for Departing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(attempt) = self.attempt {
            self.progress.depart(attempt)?;
            self.attempt = None;
        }
        self.body().poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::task::Waker;

    use http_body::Body as _;

    use super::*;
    use crate::progress::GivenUp;

    /// Whether the message left; if not, it was given up.
    fn leaves(body: &mut Departing) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(Some(Ok(frame))) => {
                assert_eq!(frame.into_data().unwrap(), "message");
                true
            }
            Poll::Ready(Some(Err(error))) => {
                assert!(error.is::<GivenUp>(), "{error:?}");
                false
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_given_up_does_not_leave_and_what_left_is_not_given_up() {
        let progress = Progress::default();
        let mut body = Departing::new(Body::whole("message"), &progress);
        assert_eq!(progress.give_up(), Phase::Connect);
        assert!(!leaves(&mut body) && !leaves(&mut body));
        assert_eq!(progress.give_up(), Phase::Connect);

        let mut body = Departing::new(Body::whole("message"), &progress);
        assert!(leaves(&mut body));
        assert_eq!(progress.give_up(), Phase::Answer);

        // Nothing tells when the head of an empty one leaves.
        let _body = Departing::new(Body::whole(""), &progress);
        assert_eq!(progress.give_up(), Phase::Answer);
    }

    #[test]
    fn an_attempt_after_one_that_was_given_up_leaves_and_the_other_never_does() {
        let progress = Progress::default();
        let mut first = Departing::new(Body::whole("message"), &progress);
        progress.give_up();
        for phase in [Phase::Token, Phase::Answer] {
            progress.reach(phase);
            assert_eq!(progress.phase(), phase);
        }
        let mut second = Departing::new(Body::whole("message"), &progress);
        assert!(!leaves(&mut first));
        assert_eq!(progress.phase(), Phase::Connect);
        assert!(leaves(&mut second));
        assert!(!leaves(&mut first));
        assert_eq!(progress.phase(), Phase::Answer);
    }

    #[test]
    fn of_two_threads_one_wins() {
        for _ in 0..200 {
            let progress = Progress::default();
            let mut body = Departing::new(Body::whole("message"), &progress);
            let both = Barrier::new(2);
            let (left, phase) = std::thread::scope(|scope| {
                let left = scope.spawn(|| {
                    both.wait();
                    leaves(&mut body)
                });
                both.wait();
                let phase = progress.give_up();
                (left.join().unwrap(), phase)
            });
            assert_eq!(left, phase == Phase::Answer);
        }
    }
}

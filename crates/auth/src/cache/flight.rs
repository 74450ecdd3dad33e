//! One token request that many callers wait for and none can cancel.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::plan::Held;
use crate::ports::BoxFuture;
use crate::{AccessToken, Error};

/// The place where an outcome will be.
#[derive(Default)]
pub(super) struct Flight(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    outcome: Option<Result<AccessToken, Error>>,
    next: u64,
    wakers: BTreeMap<u64, Waker>,
}

impl Flight {
    /// The outcome, once there is one.
    pub(super) fn outcome(&self) -> Passenger<'_> {
        Passenger {
            flight: self,
            seat: None,
        }
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().wakers.len()
    }

    /// Tells all who wait, and how many those were; the first outcome stands.
    pub(super) fn complete(&self, outcome: Result<AccessToken, Error>) -> usize {
        let wakers = {
            let mut waiting = self.lock();
            waiting.outcome.get_or_insert(outcome);
            std::mem::take(&mut waiting.wakers)
        };
        let waiting = wakers.len();
        wakers.into_values().for_each(Waker::wake);
        waiting
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A caller who waits. Leaves no trace when dropped.
pub(super) struct Passenger<'a> {
    flight: &'a Flight,
    seat: Option<u64>,
}

impl Future for Passenger<'_> {
    type Output = Result<AccessToken, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut waiting = self.flight.lock();
        if let Some(outcome) = &waiting.outcome {
            return Poll::Ready(outcome.clone());
        }
        let seat = self.seat.unwrap_or_else(|| {
            waiting.next += 1;
            waiting.next
        });
        let before = waiting.wakers.insert(seat, context.waker().clone());
        drop(waiting);
        // Only now: the last waker of a task drops the task, which may wait here too.
        drop(before);
        self.seat = Some(seat);
        Poll::Pending
    }
}

impl Drop for Passenger<'_> {
    fn drop(&mut self) {
        if let Some(seat) = self.seat {
            let waker = self.flight.lock().wakers.remove(&seat);
            drop(waker);
        }
    }
}

type Land = Box<dyn FnOnce(Result<Held, Error>) + Send>;

/// Lands exactly once, also when the task is dropped or panics: nobody waits for ever.
pub(super) struct Landing(Option<Land>);

impl Landing {
    pub(super) fn new(land: impl FnOnce(Result<Held, Error>) + Send + 'static) -> Self {
        Self(Some(Box::new(land)))
    }

    pub(super) fn land(mut self, outcome: Result<Held, Error>) {
        if let Some(land) = self.0.take() {
            land(outcome);
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if let Some(land) = self.0.take() {
            land(Err(Error::Dropped));
        }
    }
}

/// The output of `work`, or `None` if `limit` completes first.
pub(super) async fn race<T>(mut work: BoxFuture<'_, T>, mut limit: BoxFuture<'_, ()>) -> Option<T> {
    poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        limit.as_mut().poll(context).map(|()| None)
    })
    .await
}

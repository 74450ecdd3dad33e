//! Brings the outcome of a detached task to the one who waits for it, without a runtime.

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

struct State<T> {
    /// `Some(None)` once there will be none.
    outcome: Option<Option<T>>,
    waker: Option<Waker>,
}

/// Tells the outcome; dropped before, it tells that there is none.
pub(super) struct Teller<T>(Arc<Mutex<State<T>>>);

/// A teller, and what it will tell.
pub(super) fn pair<T>() -> (Teller<T>, impl Future<Output = Option<T>>) {
    let state = Arc::new(Mutex::new(State {
        outcome: None,
        waker: None,
    }));
    let teller = Teller(Arc::clone(&state));
    let waiting = poll_fn(move |context| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    });
    (teller, waiting)
}

impl<T> Teller<T> {
    pub(super) fn tell(self, outcome: T) {
        self.set(Some(outcome));
    }

    fn set(&self, outcome: Option<T>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.outcome.get_or_insert(outcome);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Drop for Teller<T> {
    fn drop(&mut self) {
        self.set(None);
    }
}

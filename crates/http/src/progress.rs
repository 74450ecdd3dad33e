//! How far a request has come, as a request extension: decides whether its outcome is known.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use crate::{Attempts, Effect, OperationName};

/// What an exchange waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The caller's message. Nothing was sent.
    Request,
    /// A token. Nothing was sent, or the attempt before was refused.
    Token,
    /// The note in the journal. Nothing was sent, or the attempt before was refused.
    Journal,
    /// A connection. Nothing was sent.
    Connect,
    /// The answer. The request, or a part of it, was sent.
    Answer,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "before the message was complete",
            Self::Token => "before there was a token",
            Self::Journal => "before it stood in the journal",
            Self::Connect => "before there was a connection",
            Self::Answer => "after the request was sent",
        })
    }
}

/// Shared by the layers and the transport of one exchange.
///
/// A layer that hands a request to a transport says [`Phase::Answer`], the careful assumption; a transport
/// that knows better says [`Phase::Connect`] and then [`Phase::Answer`] before the first byte leaves. One that sends on
/// a thread or task of its own leaves it at [`Phase::Answer`], for it would not learn of [`give_up`](Self::give_up).
///
/// Whoever makes a request may say here what it is, all at once ([`of_call`](Self::of_call)); an [`Effect`], an
/// [`OperationName`] or [`Attempts`] that travel with the request by themselves count before that.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// The phase in the lowest byte; above it, how often what had not left was given up.
    stage: AtomicU32,
    effect: AtomicU8,
    operation: Option<OperationName>,
    attempts: Attempts,
}

impl Progress {
    /// The beginning of a call of `operation`, which does `effect`.
    pub fn of_call(operation: OperationName, effect: Effect, attempts: Attempts) -> Self {
        let progress = Self(Arc::new(State {
            operation: Some(operation),
            attempts,
            ..State::default()
        }));
        progress.affect(effect);
        progress
    }

    /// The progress that travels with `request`; a new one if none does.
    pub fn of<B>(request: &http::Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// The same, which travels with `request` from here on.
    pub(crate) fn carried<B>(request: &mut http::Request<B>) -> Self {
        if let Some(progress) = request.extensions().get::<Self>() {
            return progress.clone();
        }
        let progress = Self(Arc::new(State {
            attempts: Attempts::of(request),
            ..State::default()
        }));
        request.extensions_mut().insert(progress.clone());
        progress
    }

    /// Says what is waited for from now on.
    pub fn reach(&self, phase: Phase) {
        self.set_out(phase);
    }

    /// The same, for a body that is handed over; gives what it must [`depart`](Self::depart) by.
    pub(crate) fn set_out(&self, phase: Phase) -> Attempt {
        let reached = |stage| Some((stage & !PHASE) | phase as u32);
        let (Ok(stage) | Err(stage)) =
            self.0
                .stage
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, reached);
        Attempt(stage & !PHASE)
    }

    /// Says that the first byte leaves now, unless it was given up since `attempt` set out: then it must not leave.
    pub(crate) fn depart(&self, attempt: Attempt) -> Result<(), GivenUp> {
        let departed =
            |stage| (stage & !PHASE == attempt.0).then_some(attempt.0 | Phase::Answer as u32);
        self.0
            .stage
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, departed)
            .map(drop)
            .map_err(|_| GivenUp)
    }

    /// What is waited for, by whoever waits no longer and says so now.
    ///
    /// In one step: if it is not [`Phase::Answer`], nothing that was handed to a transport of this crate before leaves
    /// any more. What is sent after that begins afresh.
    pub fn give_up(&self) -> Phase {
        let given_up =
            |stage| (phase_of(stage) != Phase::Answer).then_some(stage.wrapping_add(GIVEN_UP));
        let (Ok(stage) | Err(stage)) =
            self.0
                .stage
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, given_up);
        phase_of(stage)
    }

    /// Says what the request does, once a layer knows better than the request's extension.
    pub fn affect(&self, effect: Effect) {
        let number = match effect {
            Effect::Read => 1,
            Effect::Write => 2,
            Effect::Unknown => 3,
        };
        self.0.effect.store(number, Ordering::SeqCst);
    }

    /// What the request does, if a layer said so.
    pub fn effect(&self) -> Option<Effect> {
        match self.0.effect.load(Ordering::SeqCst) {
            1 => Some(Effect::Read),
            2 => Some(Effect::Write),
            3 => Some(Effect::Unknown),
            _ => None,
        }
    }

    /// The operation, if it was said here.
    pub(crate) fn operation(&self) -> Option<&OperationName> {
        self.0.operation.as_ref()
    }

    /// How often it was sent.
    pub fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    /// What is waited for now.
    pub fn phase(&self) -> Phase {
        phase_of(self.0.stage.load(Ordering::SeqCst))
    }
}

/// The bits of a stage that are its phase.
const PHASE: u32 = 0xff;

/// What a stage grows by when it is given up.
const GIVEN_UP: u32 = PHASE + 1;

fn phase_of(stage: u32) -> Phase {
    match stage & PHASE {
        0 => Phase::Request,
        1 => Phase::Token,
        2 => Phase::Journal,
        3 => Phase::Connect,
        _ => Phase::Answer,
    }
}

/// One body on its way: how often was given up before it set out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt(u32);

/// Nobody waits for it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("given up before it was sent")]
pub(crate) struct GivenUp;

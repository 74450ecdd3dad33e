//! What provider and gateway share while the sandbox runs.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};

use crate::bank::Bank;
use crate::log::Log;
use crate::provider::{Issued, ProviderKey, TOKEN_PATH, Used, Users};
use crate::received::{Kept, Received};
use crate::script::Script;
use crate::{Clock, Contract, Counters, Entry, Event, Jwks, Reply, Step, Unauthorized, Website};

/// What is told each decision.
pub(crate) type Observer = Box<dyn Fn(&Entry) + Send + Sync>;

/// Settings that stay as they were at the start.
pub(crate) struct Settings {
    pub(crate) token_lifetime: u64,
    /// Another audience than the gateway's origin.
    pub(crate) token_audience: Option<String>,
    /// Told each decision as it is made.
    pub(crate) observer: Observer,
    pub(crate) unauthorized: Unauthorized,
    /// What the gateway keeps in place of the sample contract.
    pub(crate) contract: Option<Contract>,
    /// What answers of a contract are drawn by.
    pub(crate) seed: u64,
    /// User name and password of the old model, if it is served.
    pub(crate) username: Option<(String, String)>,
}

/// What answers an operation in place of what is drawn.
pub(crate) type Answer = Arc<dyn Fn(&Received) -> Reply + Send + Sync>;

/// A registered client.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) jwks: Jwks,
    pub(crate) institution_id: String,
    /// How it signs end users in, if it does.
    pub(crate) website: Option<Website>,
}

/// The running sandbox, as its handlers see it.
pub(crate) struct Sandboxed {
    pub(crate) clock: Box<dyn Clock>,
    /// Origin of the provider, which is its issuer.
    pub(crate) issuer: String,
    /// Origin of the gateway, which is the audience of the tokens.
    pub(crate) gateway: String,
    pub(crate) key: ProviderKey,
    pub(crate) settings: Settings,
    pub(crate) clients: Mutex<HashMap<String, Client>>,
    pub(crate) used: Mutex<Used>,
    pub(crate) issued: Mutex<Issued>,
    pub(crate) users: Mutex<Users>,
    pub(crate) script: Mutex<Script>,
    /// The answers that tests set, by full names of operations.
    pub(crate) answers: Mutex<HashMap<String, Answer>>,
    pub(crate) bank: Mutex<Bank>,
    pub(crate) log: Mutex<Log>,
    pub(crate) received: Mutex<Kept>,
    pub(crate) counts: Counts,
}

/// The counters while they count.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) token_requests: AtomicU64,
    pub(crate) tokens_issued: AtomicU64,
    pub(crate) at_token_endpoint: AtomicU64,
    pub(crate) most_at_once: AtomicU64,
    pub(crate) gateway_requests: AtomicU64,
    pub(crate) gateway_unauthorized: AtomicU64,
    pub(crate) operations_answered: AtomicU64,
    /// Numbers the tracking ids that the gateway makes.
    pub(crate) tracking: AtomicU64,
}

impl Sandboxed {
    /// The URL that `aud` must name.
    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}{TOKEN_PATH}", self.issuer)
    }

    /// Writes a decision into the log.
    pub(crate) fn note(&self, status: StatusCode, event: Event) {
        self.write(status.as_u16(), event);
    }

    /// Writes into the log that a connection was cut in place of an answer.
    pub(crate) fn note_cut(&self, step: Step) {
        self.write(0, Event::Scripted { step });
    }

    fn write(&self, status: u16, event: Event) {
        let entry = Entry {
            at: self.clock.now(),
            status,
            event,
        };
        (self.settings.observer)(&entry);
        lock(&self.log).push(entry);
    }

    /// Keeps a request as it came.
    pub(crate) fn keep(&self, received: Received) {
        lock(&self.received).push(received);
    }

    pub(crate) fn kept(&self) -> VecDeque<Received> {
        lock(&self.received).all()
    }

    pub(crate) fn counters(&self) -> Counters {
        let read = |count: &AtomicU64| count.load(Ordering::SeqCst);
        Counters {
            token_requests: read(&self.counts.token_requests),
            tokens_issued: read(&self.counts.tokens_issued),
            token_requests_at_once: read(&self.counts.most_at_once),
            gateway_requests: read(&self.counts.gateway_requests),
            gateway_unauthorized: read(&self.counts.gateway_unauthorized),
            operations_answered: read(&self.counts.operations_answered),
        }
    }

    /// The gateway's 401, in the form that was set.
    pub(crate) fn unauthorized(&self) -> Response {
        let form = &self.settings.unauthorized;
        let mut answer = Response::new(Body::from(form.body.clone()));
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
        for (name, value) in [
            (WWW_AUTHENTICATE, &form.challenge),
            (CONTENT_TYPE, &form.content_type),
        ] {
            // A value that no header can carry is left out; the form is the test's own.
            if let Some(value) = value.as_ref().and_then(|text| text.parse().ok()) {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }
}

/// Locks; a panic elsewhere does not make the data unusable to a test that looks at it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

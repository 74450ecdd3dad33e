//! Tells the `metrics` façade what came of each exchange.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::{Label, SharedString, counter, gauge, histogram};

use crate::OperationName;

/// So many operations that callers named by themselves are told apart: a caller who makes names up fills no memory.
const MOST_NAMES: usize = 1000;

/// An exchange under way, as metrics see it.
pub(crate) struct Under {
    profile: Arc<str>,
    method: SharedString,
    server: SharedString,
    sent: Option<usize>,
}

impl Under {
    /// Counts it among those under way.
    pub(crate) fn way(
        profile: Arc<str>,
        operation: Option<&OperationName>,
        method: String,
        server: &str,
        sent: Option<usize>,
    ) -> Self {
        let is_known = operation.is_some_and(|operation| operation.service().is_some());
        let method = if is_known || is_told_apart(&method) {
            method
        } else {
            "_OTHER".to_owned()
        };
        let under = Self {
            profile,
            method: method.into(),
            server: server.to_owned().into(),
            sent,
        };
        gauge!("http.client.active_requests", under.labels(Vec::new())).increment(1);
        under
    }

    /// Takes it out again, with what came of it.
    pub(crate) fn end(
        &self,
        took: Option<Duration>,
        attempts: u32,
        received: u64,
        failure: Option<&str>,
        is_open: bool,
    ) {
        gauge!("http.client.active_requests", self.labels(Vec::new())).decrement(1);
        let method = || vec![Label::new("rpc.method", self.method.clone())];
        if let Some(took) = took {
            let outcome = match (is_open, failure) {
                (true, _) => "unknown",
                (false, Some(_)) => "failed",
                (false, None) => "ok",
            };
            let mut labels = method();
            labels.push(Label::from_static_parts("rpc.system.name", "soap"));
            labels.push(Label::new("server.address", self.server.clone()));
            labels.push(Label::from_static_parts("castile.outcome", outcome));
            if let Some(failure) = failure {
                labels.push(Label::new("error.type", failure.to_owned()));
            }
            histogram!("rpc.client.call.duration", self.labels(labels)).record(took);
        }
        if let Some(sent) = self.sent {
            // Exact up to 2^53.
            let sizes = histogram!("http.client.request.body.size", self.labels(method()));
            sizes.record(sent as f64);
        }
        let sizes = histogram!("http.client.response.body.size", self.labels(method()));
        sizes.record(received as f64);
        if let Some(repetitions) = attempts.checked_sub(1).filter(|count| *count > 0) {
            let counted = counter!("castile.client.repetitions", self.labels(method()));
            counted.increment(repetitions.into());
        }
    }

    fn labels(&self, more: Vec<Label>) -> Vec<Label> {
        let profile = SharedString::from(Arc::clone(&self.profile));
        let profile = Label::new("castile.profile", profile);
        std::iter::once(profile).chain(more).collect()
    }
}

fn is_told_apart(method: &str) -> bool {
    static NAMES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if names.contains(method) {
        return true;
    }
    names.len() < MOST_NAMES && names.insert(method.to_owned())
}

//! The layer that lets the old model answer, and the new one after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{Request, Response, Uri};

use super::case::{Case, Place};
use super::tee::{Copy, Tee};
use super::{Outcome, ShadowWatch, Shadowing};
use crate::{Body, Effect, Error, SoapTransport};

/// Sends everything by the old model, whose answer alone counts; afterwards repeats reads by the new one.
///
/// Repeated is what [`Effect::Read`] says reads, what its body confirms to be that read, and what reserves nothing
/// for a change to come ([`Intent::reserves`](castile_envelope::Intent::reserves)); of that, as much as
/// [`Shadowing::rate`] says. The repetition begins when the caller has taken the last byte of the answer, or let go of
/// it; it runs as a task of its own with a time limit of its own, and where as many run as
/// may it is dropped. So it can neither delay nor fail the call, whatever becomes of it.
///
/// What differs is told as element paths, never as values. Nothing is repeated outside of a tokio runtime.
pub struct Shadow<L, O> {
    legacy: L,
    side: Arc<Side<O>>,
}

/// What repeats and compares.
pub(super) struct Side<O> {
    pub(super) oauth: O,
    pub(super) target: Uri,
    pub(super) settings: Shadowing,
    watch: Option<Arc<dyn ShadowWatch>>,
    /// Reads so far.
    reads: AtomicU64,
    under_way: Arc<AtomicU64>,
}

impl<L, O> Shadow<L, O> {
    /// Answers from `legacy`; repetitions through `oauth` to `target`, told to `watch`.
    ///
    /// `oauth` must take messages as they come to `legacy`: a security header in them must not leave it.
    pub fn new(
        legacy: L,
        oauth: O,
        target: Uri,
        settings: Shadowing,
        watch: Option<Arc<dyn ShadowWatch>>,
    ) -> Self {
        Self {
            legacy,
            side: Arc::new(Side {
                oauth,
                target,
                settings,
                watch,
                reads: AtomicU64::new(0),
                under_way: Arc::default(),
            }),
        }
    }

    /// How many repetitions are under way.
    pub fn under_way(&self) -> u64 {
        self.side.under_way.load(Ordering::SeqCst)
    }
}

impl<O> Side<O> {
    pub(super) fn tell(&self, operation: &str, outcome: &Outcome) {
        match outcome {
            Outcome::Differed(found) => tracing::info!(
                operation,
                paths = found.paths.len(),
                first = found.paths.keys().next().map(String::as_str),
                "the answers differ"
            ),
            Outcome::Failed(code) => tracing::info!(operation, code, "no answer to compare"),
            other => tracing::debug!(operation, outcome = ?other, "shadowed"),
        }
        if let Some(watch) = &self.watch {
            watch.shadowed(operation, outcome);
        }
    }
}

impl<L, O> SoapTransport for Shadow<L, O>
where
    L: SoapTransport,
    L::Error: Into<Error>,
    O: SoapTransport + 'static,
    O::Error: Into<Error>,
{
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let side = &self.side;
        let reads = Effect::of(&request) == Effect::Read;
        let drawn = reads
            && side
                .settings
                .rate
                .draws(side.reads.fetch_add(1, Ordering::Relaxed));
        // The answer's body may end where no runtime is; a task is then spawned on this one.
        let runtime = ::tokio::runtime::Handle::try_current().ok();
        let Some(runtime) = runtime.filter(|_| drawn) else {
            return self.legacy.send(request).await.map_err(Into::into);
        };
        let limit = side.settings.message_limit;
        let (request, case) = Case::begin(request, limit);
        let answer = self.legacy.send(request).await.map_err(Into::into)?;
        let (parts, body) = answer.into_parts();
        let copy = Copy::new(limit);
        let case = case.answered(&parts, copy.clone());
        let launch = Launch {
            case: Some(case),
            side: side.clone(),
            runtime,
        };
        Ok(Response::from_parts(
            parts,
            Tee::body(body, copy, Some(Box::new(launch))),
        ))
    }
}

/// Begins the repetition when the caller has done with the answer.
struct Launch<O>
where
    O: SoapTransport + 'static,
    O::Error: Into<Error>,
{
    case: Option<Case>,
    side: Arc<Side<O>>,
    runtime: ::tokio::runtime::Handle,
}

impl<O> Drop for Launch<O>
where
    O: SoapTransport + 'static,
    O::Error: Into<Error>,
{
    fn drop(&mut self) {
        // An answer that did not come to its end is none to compare with.
        let Some(case) = self.case.take().filter(Case::is_answered) else {
            return;
        };
        let side = self.side.clone();
        let most = side.settings.max_in_flight;
        match Place::take(&side.under_way, most) {
            None => side.tell(case.operation(), &Outcome::Dropped),
            Some(place) => {
                self.runtime.spawn(case.run(side, place));
            }
        }
    }
}

impl<L: std::fmt::Debug, O> std::fmt::Debug for Shadow<L, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shadow")
            .field("legacy", &self.legacy)
            .field("settings", &self.side.settings)
            .field("under_way", &self.under_way())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

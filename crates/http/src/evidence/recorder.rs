//! Takes note of what is seen, and adds it to the file from time to time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use castile_auth::ports::Clock;

use super::{EvidenceError, LastCall, Moment, Seen};
use crate::profile::State;
use crate::shadow::{Outcome, ShadowWatch};
use crate::{SystemClock, locked};

/// How long what was seen may stay in memory alone.
const PAUSE: Duration = Duration::from_secs(1);

/// How long to wait for other processes that keep the same file.
const PATIENCE: Duration = Duration::from_secs(5);

/// The evidence of one profile. Taking note takes no time; a task writes what came together, at most once a second.
///
/// What the last of its handles leaves unwritten, it writes when it is dropped.
/// A file that cannot be written stops nothing: that is logged once, and tried again with what is seen next.
#[derive(Clone)]
pub struct Evidence(Arc<Recorder>);

struct Recorder {
    path: PathBuf,
    profile: String,
    clock: Arc<dyn Clock>,
    pending: Mutex<Option<Seen>>,
    /// Of the token that was noted last.
    generation: AtomicU64,
    is_planned: AtomicBool,
    has_failed: AtomicBool,
}

impl Evidence {
    /// Keeps what is seen of `profile` at `path`; its folder is made when something is written.
    pub fn new(path: impl Into<PathBuf>, profile: impl Into<String>) -> Self {
        Self::with_clock(path, profile, Arc::new(SystemClock))
    }

    /// The one evidence of this process at `path`.
    pub fn shared(path: &Path, profile: &str) -> Self {
        static KNOWN: Mutex<BTreeMap<PathBuf, Weak<Recorder>>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(recorder) = known.get(path).and_then(Weak::upgrade)
            && recorder.profile == profile
        {
            return Self(recorder);
        }
        known.retain(|_, recorder| recorder.strong_count() > 0);
        let evidence = Self::new(path, profile);
        known.insert(path.to_owned(), Arc::downgrade(&evidence.0));
        evidence
    }

    /// The same by another clock.
    pub fn with_clock(
        path: impl Into<PathBuf>,
        profile: impl Into<String>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Recorder {
            path: path.into(),
            profile: profile.into(),
            clock,
            pending: Mutex::new(None),
            // No cache ever counts that far.
            generation: AtomicU64::new(u64::MAX),
            is_planned: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
        }))
    }

    /// A call ended in `state`, with the status of an answer or the code of an error.
    pub fn called(&self, state: State, end: Result<u16, &'static str>) {
        self.note(|seen, at| {
            seen.last_call = Some(LastCall {
                at,
                state: state.to_string(),
                status: end.ok(),
                code: end.err().map(str::to_owned),
            });
        });
    }

    /// A call goes under the token of this generation; noted is the first that does.
    pub fn token(&self, generation: u64) {
        if self.0.generation.swap(generation, Ordering::Relaxed) != generation {
            self.note(|seen, at| seen.last_token = Some(at));
        }
    }

    /// Writes what was seen so far. Blocks while it does.
    ///
    /// # Errors
    /// A file that cannot be written, or that is none of this profile's.
    pub fn flush(&self) -> Result<(), EvidenceError> {
        self.0.flush()
    }

    fn note(&self, note: impl FnOnce(&mut Seen, Moment)) {
        let at = Moment::of(self.0.clock.now());
        let recorder = &self.0;
        {
            let mut pending = recorder.pending();
            note(
                pending.get_or_insert_with(|| Seen::nothing(&recorder.profile)),
                at,
            );
        }
        if recorder.is_planned.swap(true, Ordering::SeqCst) {
            return;
        }
        // Where there is no runtime, the last handle writes.
        let Ok(runtime) = ::tokio::runtime::Handle::try_current() else {
            return;
        };
        let recorder = recorder.clone();
        runtime.spawn(async move {
            ::tokio::time::sleep(PAUSE).await;
            recorder.is_planned.store(false, Ordering::SeqCst);
            // Ends in the log if it goes wrong.
            let _ = ::tokio::task::spawn_blocking(move || recorder.flush_or_log()).await;
        });
    }
}

impl Recorder {
    fn pending(&self) -> std::sync::MutexGuard<'_, Option<Seen>> {
        // What is added up under this lock is whole at any time.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flush_or_log(&self) {
        match self.flush() {
            Ok(()) => self.has_failed.store(false, Ordering::SeqCst),
            Err(error) => {
                if !self.has_failed.swap(true, Ordering::SeqCst) {
                    tracing::warn!(code = error.code(), %error, "evidence is not kept");
                }
            }
        }
    }

    fn flush(&self) -> Result<(), EvidenceError> {
        let Some(news) = self.pending().take() else {
            return Ok(());
        };
        let written = self.add_to_file(&news);
        if written.is_err() {
            let mut pending = self.pending();
            // What was seen in the meantime comes on top.
            let later = pending.replace(news);
            if let (Some(all), Some(later)) = (&mut *pending, later) {
                all.add(later);
            }
        }
        written
    }

    fn add_to_file(&self, news: &Seen) -> Result<(), EvidenceError> {
        let failed = |source| EvidenceError::File {
            path: self.path.clone(),
            source,
        };
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut refused = None;
        let change = |kept: Option<Vec<u8>>| {
            let seen = match &kept {
                None => Ok(Seen::nothing(&self.profile)),
                Some(bytes) => Seen::parse(bytes, &self.path, &self.profile),
            };
            let text = seen.and_then(|mut seen| {
                seen.add(news.clone());
                serde_json::to_vec_pretty(&seen).map_err(|error| EvidenceError::File {
                    path: self.path.clone(),
                    source: error.into(),
                })
            });
            text.unwrap_or_else(|error| {
                refused = Some(error);
                // The same again: nothing is replaced.
                kept.unwrap_or_default()
            })
        };
        locked::replace(&self.path, PATIENCE, change).map_err(failed)?;
        refused.map_or(Ok(()), Err)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.flush_or_log();
    }
}

impl ShadowWatch for Evidence {
    fn shadowed(&self, operation: &str, outcome: &Outcome) {
        self.note(|seen, at| seen.note(at, operation, outcome));
    }
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path: &Path = &self.0.path;
        f.debug_tuple("Evidence").field(&path).finish()
    }
}

#[cfg(test)]
mod tests;

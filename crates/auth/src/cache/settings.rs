//! What can be chosen about a cache.

use std::sync::Arc;
use std::time::Duration;

use super::DEFAULT_DEADLINE;
use crate::{FailureBudget, TokenEvent, Watch};

/// What can be chosen about a [`TokenCache`](crate::TokenCache): all of it has defaults.
#[derive(Clone)]
pub struct CacheSettings {
    pub(super) deadline: Duration,
    pub(super) budget: Option<FailureBudget>,
    watch: Option<Arc<dyn Watch>>,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            deadline: DEFAULT_DEADLINE,
            budget: None,
            watch: None,
        }
    }
}

impl CacheSettings {
    /// The same, giving up each token request after `deadline`, a turn that it waits for included.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The same within a budget of failures.
    #[must_use]
    pub fn with_budget(mut self, budget: FailureBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The same, telling `watch` what happens.
    #[must_use]
    pub fn with_watch(mut self, watch: Arc<dyn Watch>) -> Self {
        self.watch = Some(watch);
        self
    }

    pub(super) fn tell(&self, event: &TokenEvent) {
        if let Some(watch) = &self.watch {
            watch.event(event);
        }
    }
}

impl std::fmt::Debug for CacheSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CacheSettings")
            .field("deadline", &self.deadline)
            .field("budget", &self.budget)
            .field("watched", &self.watch.is_some())
            .finish_non_exhaustive()
    }
}

//! What was sent of one operation, with assertions.

use crate::Received;

/// The requests of one operation that reached the gateway, in order: each attempt is one.
///
/// The assertions panic, as tests want it; their messages show counts and no value.
#[derive(Debug, Clone)]
pub struct Sent {
    operation: String,
    requests: Vec<Received>,
}

impl Sent {
    pub(super) fn new(operation: &str, requests: Vec<Received>) -> Self {
        Self {
            operation: operation.to_owned(),
            requests,
        }
    }

    /// The one request.
    ///
    /// # Panics
    ///
    /// If there was none, or more than one.
    #[track_caller]
    pub fn once(self) -> Received {
        let mut requests = self.times(1);
        // There is one: it was counted.
        requests.remove(0)
    }

    /// Nothing was sent.
    ///
    /// # Panics
    ///
    /// If something was.
    #[track_caller]
    pub fn never(self) {
        self.times(0);
    }

    /// So many requests.
    ///
    /// # Panics
    ///
    /// If there were more or fewer.
    #[track_caller]
    pub fn times(self, count: usize) -> Vec<Received> {
        let found = self.requests.len();
        assert!(
            found == count,
            "{} was sent {}, not {}",
            self.operation,
            times(found),
            times(count)
        );
        self.requests
    }

    /// All of them.
    pub fn all(self) -> Vec<Received> {
        self.requests
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

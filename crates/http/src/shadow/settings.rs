//! How reads are repeated, and what may differ.

use std::time::Duration;

use super::Rate;

/// What may always differ between two answers to one question: ids, places in a list and times that each answer has of
/// its own, and what the gateway writes into `jXchangeHdr` by the way a message came.
pub const VOLATILE: &[&str] = &[
    "jXLogTrackingId",
    "BusCorrelId",
    "WorkflowCorrelId",
    "JxVer",
    "AuthenUsrId",
    "ConsumerName",
    "ConsumerProd",
    "ActIntentKey",
    "ActIntenKey",
    "Cursor",
    "Timestamp",
];

/// How reads are repeated under OAuth while the old model answers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Shadowing {
    /// Which share of the reads; a tenth by default.
    pub rate: Rate,
    /// How many may be under way at once; what comes on top is dropped and counted. 4 by default.
    pub max_in_flight: u64,
    /// For one repetition, token included; 30 s by default.
    pub timeout: Duration,
    /// What may differ besides [`VOLATILE`]: local names of elements, or the ends of their paths; the last step may
    /// be an attribute (`@Rstr`). None by default.
    pub ignore: Vec<String>,
    /// The longest request, and the longest answer, that is kept for a comparison, in bytes; 1 MiB by default.
    pub message_limit: usize,
}

impl Default for Shadowing {
    fn default() -> Self {
        Self {
            rate: Rate::default(),
            max_in_flight: 4,
            timeout: Duration::from_secs(30),
            ignore: Vec::new(),
            message_limit: 1024 * 1024,
        }
    }
}

//! How much an instance holds.

/// How much an instance holds, and within which bounds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Plan {
    /// How much of what is optional it holds.
    pub amount: Amount,
    /// The depth from which on it holds only what it must.
    pub depth: usize,
    /// The number of elements from which on it holds only what it must.
    pub elements: usize,
    /// Whether wildcards hold elements and attributes that no schema knows.
    pub unknown: bool,
    /// Whether each element stands on a line of its own, where white space means nothing.
    pub indent: bool,
}

/// How much of what is optional an instance holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Amount {
    /// Nothing.
    Least,
    /// The upper levels, as an example to read.
    Typical,
    /// Everything once, within the bounds of the plan.
    Full,
    /// Any of it, any number of times, with texts from the edges of their types.
    Random,
}

impl Default for Plan {
    fn default() -> Self {
        Self::new(Amount::Typical)
    }
}

impl Plan {
    /// A plan with the usual bounds of its amount.
    #[must_use]
    pub fn new(amount: Amount) -> Self {
        let (depth, elements) = match amount {
            Amount::Least => (0, 0),
            Amount::Typical => (3, 60),
            Amount::Full => (40, 20_000),
            Amount::Random => (12, 1_500),
        };
        Self {
            amount,
            depth,
            elements,
            unknown: amount == Amount::Random,
            indent: false,
        }
    }

    pub(super) fn is_random(&self) -> bool {
        self.amount == Amount::Random
    }
}

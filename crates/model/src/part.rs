//! A part of an answer that comes only when the request names it.

use std::fmt;
use std::marker::PhantomData;

/// The name of a part of `O`'s answer that is left out unless the request names it.
///
/// Generated requests have a constant for each such part of their own answer, so one of another operation does not
/// compile.
pub struct Part<O> {
    name: &'static str,
    of: PhantomData<fn() -> O>,
}

impl<O> Part<O> {
    /// The part of that element name, for example one of a newer contract.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            of: PhantomData,
        }
    }

    /// Local name of the element.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<O> Clone for Part<O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O> Copy for Part<O> {}

impl<O> PartialEq for Part<O> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl<O> Eq for Part<O> {}

impl<O> fmt::Debug for Part<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

//! Keeps the open elements with the namespaces they declare, in one piece of memory.

use crate::error::Refusal;
use crate::scan::{Bindings, Ns, Span};

#[derive(Debug, Clone, Copy)]
struct Open {
    name: Span,
    /// How many declarations were in scope before this element.
    bindings: usize,
}

/// The open elements, outermost first.
#[derive(Default)]
pub(super) struct Stack {
    /// Names, prefixes and namespace names one behind the other.
    memory: Vec<u8>,
    open: Vec<Open>,
    bindings: Bindings,
}

impl Stack {
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(super) fn namespaces(&self) -> usize {
        self.bindings.len()
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        self.open.last().map(|open| open.name.of(&self.memory))
    }

    /// Opens an element; what it declares follows.
    pub(super) fn push(&mut self, name: &[u8]) {
        let name = self.keep(name);
        self.open.push(Open {
            name,
            bindings: self.bindings.len(),
        });
    }

    pub(super) fn declare(&mut self, prefix: &[u8], value: &[u8]) -> Result<(), Refusal> {
        let (prefix, value) = (self.keep(prefix), self.keep(value));
        self.bindings.declare(&self.memory, prefix, value)
    }

    pub(super) fn resolve(&self, prefix: &[u8]) -> Option<Ns> {
        self.bindings.resolve(&self.memory, prefix)
    }

    pub(super) fn same(&self, one: Ns, other: Ns) -> bool {
        one.same(other, &self.memory)
    }

    pub(super) fn pop(&mut self) {
        if let Some(open) = self.open.pop() {
            self.memory.truncate(open.name.start);
            self.bindings.truncate(open.bindings);
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Span {
        let start = self.memory.len();
        self.memory.extend_from_slice(bytes);
        Span {
            start,
            end: self.memory.len(),
        }
    }
}

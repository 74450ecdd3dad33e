//! The typed client against the sandbox, and against a false gateway that answers what none should.

mod answered;
mod attached;
mod changes;
mod money;
mod odd;
mod operations;
mod options;
mod paged;
mod published;
mod repeated;
mod shapes;
mod states;

//! The typed client against the sandbox, and against a false gateway that answers what none should.

mod answered;
mod odd;
mod repeated;

//! What a request does to the books, as a request extension.

/// Decides what may be repeated; [`Effect::Unknown`] when no one said.
///
/// The typed client sets it from the contract, the proxy from a table by `SOAPAction`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing: may be repeated.
    Read,
    /// Changes something: is never repeated once it may have been processed.
    Write,
    /// Not known: treated as [`Effect::Write`].
    #[default]
    Unknown,
}

impl Effect {
    /// The effect that travels with `request`.
    pub fn of<B>(request: &http::Request<B>) -> Self {
        request.extensions().get().copied().unwrap_or_default()
    }
}

//! What makes a request an operation.

/// A request message of one service's operation.
///
/// An operation is service and name together: `Ping` stands in every service, so each service has its own
/// request type. The trait is implemented on the request, so the call site needs no turbofish.
pub trait Operation: Send + Sync {
    /// Local name of the operation in the WSDL port type, for example `AcctInq`.
    const NAME: &'static str;

    /// The `SOAPAction` of the WSDL binding, for example `http://jackhenry.com/ws/AcctInq`.
    const ACTION: &'static str;

    /// The service the operation belongs to, for example `Inquiry`.
    const SERVICE: &'static str;

    /// What a second call would do.
    const EFFECT: Effect;

    /// The output message.
    type Response;

    /// The declared fault message.
    type Fault;
}

/// What an operation does to the books. Decides what may be repeated.
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

//! What makes a struct a message, and a request an operation.

use crate::{EncodeError, Ext, Struct, write};

/// A struct that can stand alone in a SOAP body or a fault detail: the type of a global element.
pub trait Message: Struct + Default {
    /// Namespace of the root element, for example `http://jackhenry.com/jxchange/TPG/2008`.
    const NAMESPACE: &'static str;

    /// Local name of the root element, for example `AcctInqResponse`.
    const ELEMENT: &'static str;

    /// Whether the message is what its contract asks for: all that is required is there, of each choice one part,
    /// each element as often as it may stand, and XML can carry it.
    ///
    /// Facets such as lengths are left to the provider.
    ///
    /// # Errors
    /// [`EncodeError::Invalid`] with the path of everything that is missing or too much, or another variant for what
    /// cannot be written at all.
    fn validate(&self) -> Result<(), EncodeError>
    where
        Self: Sized,
    {
        write::encode_valid(self).map(drop)
    }
}

/// A request message of one service's operation.
///
/// An operation is service and name together: `Ping` stands in every service, so each service has its own
/// request type. The trait is implemented on the request, so the call site needs no turbofish.
pub trait Operation: Message + Send + Sync {
    /// Local name of the operation in the WSDL port type, for example `AcctInq`.
    const NAME: &'static str;

    /// The `SOAPAction` of the WSDL binding, for example `http://jackhenry.com/ws/AcctInq`.
    const ACTION: &'static str;

    /// The service the operation belongs to, for example `Inquiry`.
    const SERVICE: &'static str;

    /// What a second call would do.
    const EFFECT: Effect;

    /// The output message.
    type Response: Message;

    /// The declared fault message.
    type Fault: Message;
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

/// The fault type of an operation that declares none. No payload is ever read as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NoFault {
    ext: Ext,
}

crate::elements! { NoFault: }

impl Message for NoFault {
    const NAMESPACE: &'static str = "";
    // No element can have this name.
    const ELEMENT: &'static str = "";
}

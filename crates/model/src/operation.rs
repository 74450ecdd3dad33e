//! What makes a struct a message, and a request an operation.

use crate::{DecodeError, EncodeError, Ext, Raw, Reader, Scope, Struct, Writer, decode, write};

/// A struct that can stand alone in a SOAP body or a fault detail: the type of a global element.
pub trait Message: Struct + Default {
    /// Namespace of the root element, for example `http://jackhenry.com/jxchange/TPG/2008`.
    const NAMESPACE: &'static str;

    /// Local name of the root element, for example `AcctInqResponse`; empty for a body without element.
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

    /// Namespace of the names that [`Struct::read`] and [`Struct::write`] give without one.
    ///
    /// That of the root element, unless the messages of a contract are of several namespaces and share types.
    const NAMES: &'static str = Self::NAMESPACE;

    /// Reads the root element: into the struct, unless the element holds a simple value.
    fn read_root(&mut self, r: &mut Reader<'_>) {
        r.structure(self);
    }

    /// Writes the root element under its name.
    fn write_root(&self, w: &mut Writer) {
        w.structure(Self::ELEMENT, self);
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

    /// The version of SOAP that the port speaks.
    const SOAP: Soap = Soap::V1_1;

    /// Whether the service sends no message back.
    const ONE_WAY: bool = false;

    /// The output message; [`EmptyBody`] where there is none.
    type Response: Message;

    /// The declared fault message, or one of several.
    type Fault: Detail;
}

/// A version of SOAP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Soap {
    /// SOAP 1.1.
    #[default]
    V1_1,
    /// SOAP 1.2.
    V1_2,
}

/// What the detail of a fault can hold: a declared message, or one of several.
pub trait Detail: Sized {
    /// Reads an element of a detail; `None` if it is not declared.
    ///
    /// # Errors
    /// As [`decode`] for an element that is declared.
    fn read_detail(element: &[u8], scope: &Scope) -> Result<Option<Self>, DecodeError>;

    /// Whether the contract foresees it.
    fn is_declared(&self) -> bool {
        true
    }
}

impl<T: Message> Detail for T {
    fn read_detail(element: &[u8], scope: &Scope) -> Result<Option<Self>, DecodeError> {
        match decode(element, scope) {
            Ok(decoded) => Ok(Some(decoded.into_value())),
            Err(DecodeError::Root { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// An undeclared detail, as it came.
impl Detail for Raw {
    fn read_detail(element: &[u8], scope: &Scope) -> Result<Option<Self>, DecodeError> {
        // What came in an envelope was seen to be UTF-8; of anything else nothing is kept.
        std::str::from_utf8(element)
            .ok()
            .map(|element| Self::parse(element, scope))
            .transpose()
    }

    fn is_declared(&self) -> bool {
        false
    }
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

/// The response of an operation that answers with an empty body, or not at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EmptyBody {
    ext: Ext,
}

/// The fault type of an operation that declares none. No payload is ever read as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NoFault {
    ext: Ext,
}

crate::elements! { EmptyBody: }
crate::elements! { NoFault: }

/// Makes a type a message without element.
macro_rules! no_element {
    ($($name:ident)*) => {$(
        impl Message for $name {
            const NAMESPACE: &'static str = "";
            // No element can have this name.
            const ELEMENT: &'static str = "";
        }
    )*};
}

no_element!(EmptyBody NoFault);

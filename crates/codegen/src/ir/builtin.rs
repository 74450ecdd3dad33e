//! The built-in simple types of XML Schema, by what the model stores.

/// What a scalar holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Builtin {
    /// Text as it came.
    Text,
    Boolean,
    Decimal,
    /// `xs:integer` and its kin without a machine size, kept as their digits.
    Integer,
    Int,
    Long,
    Date,
    Time,
    DateTime,
    Base64,
}

impl Builtin {
    /// The type for a local name of the XML Schema namespace; `None` when there is no such simple type.
    pub(crate) fn of(local: &str) -> Option<Self> {
        Some(match local {
            "boolean" => Self::Boolean,
            "decimal" => Self::Decimal,
            "integer" | "nonNegativeInteger" | "nonPositiveInteger" | "positiveInteger"
            | "negativeInteger" | "unsignedLong" => Self::Integer,
            "int" | "short" | "byte" | "unsignedShort" | "unsignedByte" => Self::Int,
            "long" | "unsignedInt" => Self::Long,
            "date" => Self::Date,
            "time" => Self::Time,
            "dateTime" => Self::DateTime,
            "base64Binary" => Self::Base64,
            // Floating point keeps its text: no number type gives back the digits that came.
            "string" | "normalizedString" | "token" | "language" | "Name" | "NCName"
            | "NMTOKEN" | "NMTOKENS" | "ID" | "IDREF" | "IDREFS" | "ENTITY" | "ENTITIES"
            | "anyURI" | "QName" | "NOTATION" | "anySimpleType" | "anyAtomicType" | "float"
            | "double" | "duration" | "gYear" | "gYearMonth" | "gMonth" | "gMonthDay" | "gDay"
            | "hexBinary" => Self::Text,
            _ => return None,
        })
    }

    /// The name in XML Schema of what is stored.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::Int => "int",
            Self::Long => "long",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "dateTime",
            Self::Base64 => "base64Binary",
        }
    }
}

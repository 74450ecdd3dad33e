//! What a change does to one stored value: keep it, blank it, or put another in its place.

use crate::{Field, Scalar};

/// # In a change
///
/// A provider takes an element that is absent, and one that is empty, as "leave the stored value"; only
/// `JHANull="true"` blanks it. So the three things that a `Mod` operation can do to an optional value have a name
/// each, and an empty text is not one of them:
///
/// ```
/// use castile_model::{Decimal, Ext, Field, Message, Text, elements, encode};
/// # #[derive(Debug, Clone, Default, PartialEq)]
/// # pub struct CustMod {
/// #     cust_id: Text,
/// #     phone_num: Option<Text>,
/// #     email_addr: Option<Text>,
/// #     ann_incm_amt: Option<Field<Decimal>>,
/// #     ext: Ext,
/// # }
/// # elements! { CustMod:
/// #     "CustId" => cust_id,
/// #     "PhoneNum" => phone_num,
/// #     "EmailAddr" => email_addr,
/// #     "AnnIncmAmt" => ann_incm_amt,
/// # }
/// # impl Message for CustMod {
/// #     const NAMESPACE: &'static str = "urn:x";
/// #     const ELEMENT: &'static str = "CustMod";
/// # }
/// let mut change = CustMod {
///     cust_id: "SBX0001".into(),
///     phone_num: Field::keep(),
///     email_addr: Field::clear(),
///     ann_incm_amt: Field::set(52_000),
///     ..Default::default()
/// };
/// assert_eq!(
///     encode(&change)?,
///     "<CustMod xmlns=\"urn:x\"><CustId>SBX0001</CustId><EmailAddr JHANull=\"true\"/>\
///      <AnnIncmAmt>52000</AnnIncmAmt></CustMod>",
/// );
///
/// // Whoever sets a value to nothing meant to clear it, or did not mean it: it is not sent.
/// change.email_addr = Field::set("");
/// assert_eq!(encode(&change).unwrap_err().code(), "model-blank");
/// # Ok::<(), castile_model::EncodeError>(())
/// ```
///
/// Values that only say what they are stored as, in an answer or in a search, are made by `From` and `Into`.
impl<T> Field<T> {
    /// Leaves the stored value as it is: the element is not sent.
    #[must_use]
    pub fn keep() -> Option<Self> {
        None
    }

    /// Blanks the stored value: an empty element with `JHANull="true"`.
    ///
    /// For elements whose documentation names `JHANull` among the attributes; the contract has no way to blank others.
    ///
    /// An empty number or date is no value of its type, so a gateway that validates may refuse it with a fault. It is
    /// sent so all the same: with `xsi:nil` beside it, readers that make nothing of a nil element would drop the
    /// `JHANull` and change nothing without a word.
    #[must_use]
    pub fn clear() -> Option<Self> {
        Some(Self::null())
    }

    /// What the element says, for a change and in general.
    ///
    /// `JHANull="true"` goes before a value that stands beside it, and `xsi:nil` after both: a provider told to blank
    /// a value blanks it.
    pub fn given(&self) -> Given<&T> {
        match self.value() {
            _ if self.is_null() => Given::Null,
            Some(value) => Given::Value(value),
            None if self.is_nil() => Given::Nil,
            None if self.is_given() => Given::Empty,
            None => Given::Absent,
        }
    }
}

impl<T: Scalar> Field<T> {
    /// Puts `value` in the place of the stored value.
    ///
    /// A value whose text is empty or blank cannot be sent: it would leave the stored value as it is
    /// ([`EncodeError::Blank`](crate::EncodeError::Blank)).
    #[must_use]
    pub fn set(value: impl Into<T>) -> Option<Self> {
        Some(Self::of_change(value.into()))
    }
}

/// What an element says; five things that a bank treats apart, or may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given<T> {
    /// The element is not there. A change leaves the stored value.
    Absent,
    /// The element is there without text. A change leaves the stored value.
    Empty,
    /// `JHANull="true"`. A change blanks the stored value.
    Null,
    /// `xsi:nil="true"` without a value, as serialisers of XML Schema write what is not given. What a provider makes
    /// of it in a change is not documented.
    Nil,
    /// A value. A change puts it in the place of the stored one.
    Value(T),
}

impl<'a, T> Given<&'a T> {
    /// What an optional element says.
    pub fn of(field: Option<&'a Field<T>>) -> Self {
        field.map_or(Self::Absent, Field::given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decimal, Text};

    #[test]
    fn each_of_five_things_is_itself_and_none_of_the_others() {
        let all: [(Option<Text>, Given<&str>); 10] = [
            (Field::keep(), Given::Absent),
            (Some(Text::default()), Given::Absent),
            (Some(Text::empty()), Given::Empty),
            (Some("".into()), Given::Empty),
            (
                Some(Text::empty().with_attribute("JHANull", "")),
                Given::Empty,
            ),
            (Field::clear(), Given::Null),
            (
                Some(Text::from("x").with_attribute("JHANull", "true")),
                Given::Null,
            ),
            (Some(Text::nil()), Given::Nil),
            (Field::set("x"), Given::Value("x")),
            (Field::set(" "), Given::Empty),
        ];
        for (field, expected) in &all {
            let found = match Given::of(field.as_ref()) {
                Given::Value(value) => Given::Value(value.as_str()),
                Given::Absent => Given::Absent,
                Given::Empty => Given::Empty,
                Given::Null => Given::Null,
                Given::Nil => Given::Nil,
            };
            assert_eq!(found, *expected, "{field:?}");
        }
    }

    #[test]
    fn what_was_read_as_blanks_is_written_as_it_came_and_what_was_set_to_blanks_is_not() {
        #[derive(Debug, Clone, Default, PartialEq)]
        struct Change {
            name: Option<Text>,
            ext: crate::Ext,
        }
        crate::elements! { Change: "Name" => name, }
        impl crate::Message for Change {
            const NAMESPACE: &'static str = "urn:x";
            const ELEMENT: &'static str = "Change";
        }
        let read = b"<Change xmlns=\"urn:x\"><Name> </Name></Change>";
        let mut change: Change = crate::decode(read, &crate::Scope::new())
            .unwrap()
            .into_value();
        assert_eq!(crate::encode(&change).unwrap().as_bytes(), read);
        for nothing in ["", " ", "\n\t"] {
            change.name = Field::set(nothing);
            let error = crate::encode(&change).unwrap_err();
            assert_eq!(error.code(), "model-blank");
            assert!(error.to_string().starts_with("/Change/Name: "), "{error}");
        }
    }

    #[test]
    fn a_value_is_set_from_whatever_its_type_is_made_of() {
        let amount: Option<Field<Decimal>> = Field::set(5);
        assert_eq!(amount, Some(Decimal::from(5).into()));
        let text: Option<Text> = Field::set(String::from("x"));
        assert_eq!(text, Some("x".into()));
    }
}

//! Values for elements that a message leaves open.

use std::fmt;

/// Values for the elements of one parent, written where the message has none of its own.
///
/// For what every request of a caller has in common, such as the institution in `jXchangeHdr`. What the message
/// gives, an empty value or a null included, stays. A parent that the message does not have is not made.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fill {
    parent: String,
    values: Vec<(String, String)>,
}

impl Fill {
    /// No values yet for the elements inside of `parent`, a local name.
    pub fn of(parent: impl Into<String>) -> Self {
        Self {
            parent: parent.into(),
            values: Vec::new(),
        }
    }

    /// Sets the value of the element of that local name; one set before is replaced.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// The value for an element inside of `parent`.
    pub(crate) fn value(&self, parent: Option<&&'static str>, name: &str) -> Option<&str> {
        if parent.is_none_or(|parent| **parent != *self.parent) {
            return None;
        }
        let mut values = self.values.iter();
        values
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Prints the names only: the values are a customer's.
impl fmt::Debug for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.values.iter().map(|(name, _)| name);
        write!(f, "Fill of {} ", self.parent)?;
        f.debug_list().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Ext, Fill, Message, Text, elements, encode, encode_filled, encode_filled_valid,
        encode_valid,
    };

    #[derive(Debug, Clone, Default, PartialEq)]
    struct Hdr {
        usr: Text,
        inst: Option<Text>,
        env: Option<Text>,
        ext: Ext,
    }

    elements! { Hdr:
        "Usr" => usr,
        [version 1]
        "Inst" => inst,
        [version 2]
        "Env" => env,
    }

    #[derive(Debug, Clone, Default, PartialEq)]
    struct Inq {
        hdr: Hdr,
        env: Option<Text>,
        ext: Ext,
    }

    elements! { Inq:
        "Hdr" => hdr,
        "Env" => env,
    }

    impl Message for Inq {
        const NAMESPACE: &'static str = "urn:x";
        const ELEMENT: &'static str = "Inq";
    }

    fn fill() -> Fill {
        Fill::of("Hdr")
            .with("Usr", "wrong")
            .with("Env", "T<1")
            .with("Usr", "u")
    }

    #[test]
    fn what_the_message_leaves_open_is_filled_with_the_markers_it_needs() {
        let inq = Inq::default();
        assert_eq!(
            encode_filled_valid(&inq, &fill()).unwrap(),
            "<Inq xmlns=\"urn:x\"><Hdr><Usr>u</Usr><Ver_1/><Ver_2/><Env>T&lt;1</Env></Hdr></Inq>"
        );
        assert!(encode_valid(&inq).is_err());
    }

    #[test]
    fn what_the_message_says_stays() {
        let mut inq = Inq::default();
        inq.hdr.usr = "".into();
        inq.hdr.env = Some("PROD".into());
        let told = encode(&inq).unwrap();
        assert_eq!(encode_filled(&inq, &fill()).unwrap(), told);
        assert!(told.contains("<Usr/>") && told.contains("PROD"), "{told}");
    }

    #[test]
    fn its_values_are_not_printed() {
        assert_eq!(format!("{:?}", fill()), r#"Fill of Hdr ["Env", "Usr"]"#);
    }
}

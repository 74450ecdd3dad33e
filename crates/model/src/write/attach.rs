//! Writes messages whose large binary values go as attachments (XOP 1.0 section 3.1).

use super::Writer;
use crate::{EncodeError, Fill, Leaf, Message};

/// Which binary values leave the message, and what they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attach {
    /// Values of so many bytes or more leave it.
    pub above: usize,
    /// The Content-ID of the first is `1.` and this, of the second `2.`, and so on; letters, digits, `.`, `-` and `@`.
    pub stem: String,
}

/// Attachments by their Content-ID, in the order of the message.
pub type Attachments = Vec<(String, Vec<u8>)>;

/// The values that left so far.
pub(super) struct Attached {
    attach: Attach,
    values: Attachments,
}

/// The same as [`encode_filled`](crate::encode_filled), or [`encode_filled_valid`](crate::encode_filled_valid) if
/// `is_valid`, with `xop:Include` in place of what leaves the message.
///
/// Only what the contract calls `base64Binary` leaves it: a text stays one, whatever it looks like.
///
/// # Errors
/// As these two.
pub fn encode_attached<T: Message>(
    message: &T,
    fill: &Fill,
    is_valid: bool,
    attach: Attach,
) -> Result<(String, Attachments), EncodeError> {
    let mut writer = Writer {
        audit: is_valid.then(Vec::new),
        fill: Some(fill.clone()),
        attached: Some(Box::new(Attached {
            attach,
            values: Vec::new(),
        })),
        ..Writer::new(T::NAMES, T::NAMESPACE)
    };
    let text = writer.text(message)?;
    let attached = writer.attached.map(|attached| attached.values);
    Ok((text, attached.unwrap_or_default()))
}

impl Writer {
    /// Writes the reference to a value that leaves the message; tells whether it does.
    #[cold]
    pub(super) fn attach(&mut self, leaf: &dyn Leaf) -> bool {
        let Some(attached) = &mut self.attached else {
            return false;
        };
        let Some(value) = leaf.binary().filter(|v| v.len() >= attached.attach.above) else {
            return false;
        };
        let id = format!("{}.{}", attached.values.len() + 1, attached.attach.stem);
        self.out.push_str(
            "><xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:",
        );
        self.out.push_str(&id);
        self.out.push_str("\"/>");
        attached.values.push((id, value.to_vec()));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Base64, Ext, Field, Text, elements, encode};

    #[derive(Debug, Clone, Default, PartialEq)]
    struct Add {
        note: Text,
        image: Vec<Field<Base64>>,
        ext: Ext,
    }

    elements! { Add:
        "Note" => note,
        "Image" => image,
    }

    impl Message for Add {
        const NAMESPACE: &'static str = "urn:x";
        const ELEMENT: &'static str = "Add";
    }

    fn add() -> Add {
        Add {
            note: "QUJDREVGR0g=".into(),
            image: ["small", "larger", "largest"]
                .map(|text| Base64::from(text.as_bytes().to_vec()).into())
                .into(),
            ext: Ext::default(),
        }
    }

    fn attached(above: usize) -> (String, Attachments) {
        let stem = "u@castile".to_owned();
        let attach = Attach { above, stem };
        encode_attached(&add(), &Fill::default(), true, attach).unwrap()
    }

    #[test]
    fn binary_values_from_a_length_on_leave_the_message() {
        let (text, values) = attached(6);
        let include = |id| {
            format!(
                "<xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:{id}.u@castile\"/>"
            )
        };
        assert_eq!(
            text,
            format!(
                "<Add xmlns=\"urn:x\"><Note>QUJDREVGR0g=</Note><Image>c21hbGw=</Image><Image>{}</Image><Image>{}</Image></Add>",
                include(1),
                include(2)
            )
        );
        assert_eq!(values[0], ("1.u@castile".to_owned(), b"larger".to_vec()));
        assert_eq!(values[1], ("2.u@castile".to_owned(), b"largest".to_vec()));
    }

    #[test]
    fn smaller_ones_stay_and_what_is_required_is_asked_for() {
        let (text, values) = attached(100);
        assert_eq!((text, values), (encode(&add()).unwrap(), Vec::new()));
        let attach = Attach {
            above: 0,
            stem: "u".to_owned(),
        };
        let lacks = encode_attached(&Add::default(), &Fill::default(), true, attach);
        assert_eq!(lacks.unwrap_err().code(), "model-invalid");
    }
}

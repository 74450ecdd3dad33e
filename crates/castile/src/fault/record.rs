//! The records of a `HdrFault`, whichever crate its type was generated into.

use std::fmt;

use castile_model::{Ext, Message, Scope, Text, elements};

/// One thing that a provider says against a call: a `FaultMsgRec`.
///
/// `Debug` and `Display` show code, category and element; providers put account numbers into the rest.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultRecord {
    /// `ErrCode`, for example `400028`.
    pub code: String,
    /// `ErrCat`, for example `Error`. Providers have words of their own.
    pub category: String,
    /// `ErrDesc`. May hold customer data.
    pub description: String,
    /// `ErrElem`: the element that it is about, if it is about one.
    pub element: Option<String>,
    /// `ErrElemVal`: what stood in it. Customer data.
    pub value: Option<String>,
    /// `ErrLoc`: the provider's program.
    pub location: Option<String>,
}

impl FaultRecord {
    /// Whether the provider may pass over it when asked: its category is another than `Error`.
    ///
    /// Which words providers use is not documented, so this says what is worth showing to whoever decides.
    pub fn is_overridable(&self) -> bool {
        let category = self.category.trim();
        !category.is_empty() && !category.eq_ignore_ascii_case("Error")
    }

    /// The records of the elements of a detail; none of what is no `HdrFault`.
    pub(super) fn read(detail: &[u8], scope: &Scope) -> Vec<Self> {
        let fault = castile_model::decode::<HdrFault>(detail, scope);
        let array = fault.ok().and_then(|fault| fault.into_value().array);
        let records = array.into_iter().flat_map(|array| array.records);
        records.map(Self::from).collect()
    }
}

impl From<FaultMsgRec> for FaultRecord {
    fn from(record: FaultMsgRec) -> Self {
        let text = |text: Text| text.as_str().to_owned();
        Self {
            code: text(record.code),
            category: text(record.category),
            description: text(record.description),
            element: record.element.map(text),
            value: record.value.map(text),
            location: record.location.map(text),
        }
    }
}

impl fmt::Display for FaultRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", word(&self.code), word(&self.category))?;
        match &self.element {
            Some(element) => write!(f, " at {}", word(element)),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for FaultRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultRecord({self})")
    }
}

/// A code or a name, unless it is a sentence in the place of one.
fn word(text: &str) -> &str {
    let is_word = text.len() <= 32 && !text.contains(char::is_whitespace);
    if is_word { text } else { "?" }
}

// As much of the contract's `HdrFault` as all its releases have.

#[derive(Debug, Clone, Default, PartialEq)]
struct HdrFault {
    array: Option<Box<FaultRecInfoArray>>,
    ext: Ext,
}

elements! { HdrFault: "FaultRecInfoArray" => array, }

impl Message for HdrFault {
    const NAMESPACE: &'static str = "http://jackhenry.com/jxchange/TPG/2008";
    const ELEMENT: &'static str = "HdrFault";
}

#[derive(Debug, Clone, Default, PartialEq)]
struct FaultRecInfoArray {
    records: Vec<FaultMsgRec>,
    ext: Ext,
}

elements! { FaultRecInfoArray: "FaultMsgRec" => records, }

#[derive(Debug, Clone, Default, PartialEq)]
struct FaultMsgRec {
    code: Text,
    category: Text,
    description: Text,
    element: Option<Text>,
    value: Option<Text>,
    location: Option<Text>,
    ext: Ext,
}

elements! { FaultMsgRec:
    "ErrCode" => code,
    "ErrCat" => category,
    "ErrDesc" => description,
    "ErrElem" => element,
    "ErrElemVal" => value,
    "ErrLoc" => location,
    [version 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_keep_apart_what_each_says() {
        let detail = "<HdrFault xmlns='http://jackhenry.com/jxchange/TPG/2008'><FaultHdr><AuditUsrId/></FaultHdr>\
            <FaultRecInfoArray><FaultMsgRec><ErrCode>400123</ErrCode><ErrCat>Override</ErrCat>\
            <ErrDesc>for 0017</ErrDesc><ErrElem>Amt</ErrElem><ErrElemVal>0017</ErrElemVal></FaultMsgRec>\
            <FaultMsgRec><ErrCat>Error</ErrCat></FaultMsgRec>\
            <FaultMsgRec><ErrCode>0017 is in arrears</ErrCode><ErrCat/></FaultMsgRec>\
            </FaultRecInfoArray></HdrFault>";
        let records = FaultRecord::read(detail.as_bytes(), &Scope::new());
        let told: Vec<_> = records
            .iter()
            .map(|record| (record.to_string(), record.is_overridable()))
            .collect();
        let told: Vec<_> = told.iter().map(|(text, is)| (text.as_str(), *is)).collect();
        assert_eq!(
            told,
            [
                ("400123 (Override) at Amt", true),
                (" (Error)", false),
                ("? ()", false)
            ]
        );
        assert_eq!(records[0].description, "for 0017");
        assert_eq!(records[0].value.as_deref(), Some("0017"));
        assert!(!format!("{records:?}").contains("0017"), "{records:?}");
    }

    #[test]
    fn what_is_no_hdr_fault_has_no_records() {
        for detail in ["<a/>", "<HdrFault xmlns='urn:x'/>", "<HdrFault", ""] {
            let records = FaultRecord::read(detail.as_bytes(), &Scope::new());
            assert_eq!(records, [], "{detail}");
        }
    }
}

//! How to find out whether an operation was carried out whose answer did not come.

use std::fmt;

use crate::leaves::leaves;

/// By which operations an open outcome is looked up, and by which of the values that were sent.
///
/// It names the accounts, amounts and dates of the request. Keys that a provider gives in its answer are never among
/// them: that answer did not come. Prints names only, never a value.
#[derive(Clone, PartialEq, Eq)]
pub struct LookUp {
    operations: Vec<String>,
    sent: Vec<(String, String)>,
}

/// No more values are offered.
const MOST: usize = 64;

impl LookUp {
    /// For a request that was sent as this envelope, or would have been.
    pub fn of(operation: &str, envelope: &str) -> Self {
        let mut sent = Vec::new();
        leaves(envelope, |path, value| {
            // Of an envelope, the names from its payload's children on.
            let Some([rest @ .., name]) = path.get(3..) else {
                return;
            };
            let is_wanted = tells(name) && !rest.contains(&"jXchangeHdr");
            if is_wanted && path[1] == "Body" && !value.is_empty() && sent.len() < MOST {
                sent.push((path[3..].join("/"), value.to_owned()));
            }
        });
        Self {
            operations: operations(operation),
            sent,
        }
    }

    /// The operations to ask, the best first; a contract may lack some of them.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().map(String::as_str)
    }

    /// The elements of the request whose values find it again, as paths below the request's element.
    pub fn elements(&self) -> impl Iterator<Item = &str> {
        self.sent.iter().map(|(path, _)| path.as_str())
    }

    /// The same elements with the values that were sent. They are customer data.
    pub fn reveal(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sent.iter().map(|(path, value)| (&**path, &**value))
    }
}

/// Whether the name is one of an account, an amount or a date.
fn tells(name: &str) -> bool {
    let endings = ["AcctId", "AcctType", "Amt", "Dt"];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// What jXchange's names say: transfers have a search of their own, what moves money stands in the history of its
/// account, and anything else is asked for under its own noun.
fn operations(operation: &str) -> Vec<String> {
    let noun = ["Add", "Mod"]
        .iter()
        .find_map(|verb| operation.strip_suffix(verb))
        .unwrap_or(operation);
    if noun == "Xfer" {
        return vec!["XferSrch".to_owned(), "AcctHistSrch".to_owned()];
    }
    if noun.ends_with("Trn") {
        return vec!["AcctHistSrch".to_owned()];
    }
    vec![format!("{noun}Srch"), format!("{noun}Inq")]
}

impl fmt::Display for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operations.join(" or "))?;
        let mut before = " by ";
        for path in self.elements() {
            write!(f, "{before}{path}")?;
            before = ", ";
        }
        Ok(())
    }
}

impl fmt::Debug for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LookUp({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_is_looked_up_by_what_was_sent() {
        let envelope = "<s:Envelope xmlns:s='e'><s:Header><AcctId>h</AcctId></s:Header><s:Body><XferAdd xmlns='u'>\
            <MsgRqHdr><jXchangeHdr><AuditDt>x</AuditDt></jXchangeHdr></MsgRqHdr>\
            <AcctIdFrom><FromAcctId>0017</FromAcctId><FromAcctType>D</FromAcctType></AcctIdFrom>\
            <XferRec><Amt>12.50</Amt><Desc>rent</Desc><EffDt/></XferRec></XferAdd></s:Body></s:Envelope>";
        let look_up = LookUp::of("XferAdd", envelope);
        let shown = "XferSrch or AcctHistSrch by AcctIdFrom/FromAcctId, AcctIdFrom/FromAcctType, XferRec/Amt";
        assert_eq!(look_up.to_string(), shown);
        assert_eq!(format!("{look_up:?}"), format!("LookUp({shown})"));
        let sent: Vec<_> = look_up.reveal().collect();
        assert_eq!(
            sent,
            [
                ("AcctIdFrom/FromAcctId", "0017"),
                ("AcctIdFrom/FromAcctType", "D"),
                ("XferRec/Amt", "12.50"),
            ]
        );
    }

    #[test]
    fn names_tell_where_to_look() {
        assert_eq!(operations("XferMod"), ["XferSrch", "AcctHistSrch"]);
        assert_eq!(operations("TrnAdd"), ["AcctHistSrch"]);
        assert_eq!(operations("CustMod"), ["CustSrch", "CustInq"]);
        assert_eq!(
            operations("StopChkCan"),
            ["StopChkCanSrch", "StopChkCanInq"]
        );
    }
}

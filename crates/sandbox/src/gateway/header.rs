//! Reads a request's `jXchangeHdr` and echoes it as the gateway does.

use crate::xml::{Element, Writer};

/// The release whose subset the sample contract is; the gateway fills in its own version.
const VERSION: &str = "R2024.1.03";

/// The elements of `jXchangeHdr_CType` in their order, marks included.
const ORDER: [&str; 19] = [
    "JxVer",
    "AuditUsrId",
    "AuditWsId",
    "AuthenUsrId",
    "ConsumerName",
    "ConsumerProd",
    "Ver_1",
    "jXLogTrackingId",
    "Ver_2",
    "InstRtId",
    "InstEnv",
    "Ver_3",
    "BusCorrelId",
    "Ver_4",
    "WorkflowCorrelId",
    "Ver_5",
    "ValidConsmName",
    "ValidConsmProd",
    "Ver_6",
];

/// What a request's `jXchangeHdr` says, each value as it came.
#[derive(Clone, Default)]
pub(crate) struct Header {
    values: Vec<(&'static str, String)>,
}

impl Header {
    /// Reads the header, or nothing if there is none; `tracking` numbers the tracking id that is
    /// made where the caller gave none.
    pub(crate) fn read(header: Option<&Element>, tracking: u64) -> Self {
        let value = |name: &str| {
            let element = header?.child(name)?;
            Some(element.text.trim().to_owned())
        };
        let values = ORDER
            .into_iter()
            .filter(|name| !name.starts_with("Ver_"))
            .filter_map(|name| {
                let value = match name {
                    "JxVer" => Some(VERSION.to_owned()),
                    "jXLogTrackingId" => value(name)
                        .filter(|id| !id.is_empty())
                        .or_else(|| Some(format!("5a4db0c5-0000-4000-8000-{tracking:012x}"))),
                    _ => value(name),
                };
                Some((name, value?))
            })
            .collect();
        Self { values }
    }

    /// A value, empty or not, as it came.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.values.iter().find(|(known, _)| *known == name)?;
        Some(value)
    }

    /// Writes it as `jXchangeHdr` or as `FaultHdr`, whose content is the same.
    pub(crate) fn write(&self, x: &mut Writer, name: &str) {
        x.within(name, |x| {
            for name in ORDER {
                match self.value(name) {
                    Some(value) => x.leaf(name, value),
                    None if name.starts_with("Ver_") => x.leaf(name, ""),
                    // The schema wants both, also in a fault that says one is missing.
                    None if name.starts_with("Audit") => x.leaf(name, ""),
                    None => {}
                }
            }
        });
    }
}

//! Answers the operations of the Transaction service; each transfer that arrives is one transfer.

use super::{Transfer, cents, inquiry};
use crate::Cause;
use crate::data::Posting;
use crate::gateway::{Call, Fault, Record};
use crate::xml::Element;

/// Passed by `ErrOvrRdInfoArray`.
const BALANCE_EXCEEDED: &str = "900123";

/// The day on which transfers are posted, behind all invented postings.
const POSTED: &str = "2026-12-31";

/// Moves the money, and says by which key the transfer is found again.
pub(crate) fn xfer_add(call: &mut Call<'_>) -> Result<(), Fault> {
    call.does_not_judge(None, &["XferType"]);
    call.does_not_judge(Some("XferRec"), &["Fee", "RedPrinc"]);
    let order = Order::judge(call, call.request)?;
    let key = order.carry_out(call);
    call.write_header();
    call.out.leaf("XferKey", &key);
    call.out.leaf("RsStat", "Success");
    Ok(())
}

/// Judges as [`xfer_add`] does, and writes nothing.
pub(crate) fn xfer_add_validate(call: &mut Call<'_>) -> Result<(), Fault> {
    let request = call
        .request
        .child("XferAdd")
        .ok_or_else(|| call.missing("XferAdd"))?;
    Order::judge(call, request)?;
    call.write_header();
    call.out.leaf("RsStat", "Success");
    Ok(())
}

/// A transfer that may be carried out.
struct Order {
    from: String,
    to: String,
    amount: i64,
}

impl Order {
    fn judge(call: &Call<'_>, request: &Element) -> Result<Self, Fault> {
        let required = |path: &[&'static str]| {
            let element = path.last().copied().unwrap_or_default();
            request.value(path).ok_or_else(|| call.missing(element))
        };
        // To carry out at once what was meant for later would be false.
        if request.child("FutXferRec").is_some() {
            return Err(call.unusable("FutXferRec", ""));
        }
        let from = required(&["AcctIdFrom", "FromAcctId"])?;
        let kind = request.value(&["AcctIdFrom", "FromAcctType"]);
        let source = inquiry::account(call, call.bank, (from, kind), "FromAcctId")?;
        if source.kind == "L" {
            return Err(call.unusable("FromAcctId", from));
        }
        let to = required(&["AcctIdTo", "ToAcctId"])?;
        let kind = request.value(&["AcctIdTo", "ToAcctType"]);
        inquiry::account(call, call.bank, (to, kind), "ToAcctId")?;
        let text = required(&["XferRec", "Amt"])?;
        let amount = cents(text)
            .filter(|amount| *amount > 0)
            .ok_or_else(|| call.unusable("Amt", text))?;
        if amount > source.balance.saturating_sub(source.held) && !overridden(request) {
            let record = Record {
                code: BALANCE_EXCEEDED,
                category: "Override",
                text: "Amount exceeds the available balance",
                element: "Amt",
                value: text.to_owned(),
            };
            return Err(call.fault(Cause::BalanceExceeded, record));
        }
        Ok(Self {
            from: from.to_owned(),
            to: to.to_owned(),
            amount,
        })
    }

    fn carry_out(self, call: &mut Call<'_>) -> String {
        let bank = &mut *call.bank;
        let key = format!("SBX-XFER-{:08}", bank.transfers.len() + 1);
        for (id, amount) in [(&self.from, -self.amount), (&self.to, self.amount)] {
            for account in bank
                .data
                .accounts
                .iter_mut()
                .filter(|known| known.id == *id)
            {
                // What comes to a loan pays it down.
                let change = if account.kind == "L" { -amount } else { amount };
                account.balance = account.balance.saturating_add(change);
                account.postings.push(Posting {
                    date: POSTED.to_owned(),
                    amount,
                    description: "Transfer".to_owned(),
                    check: None,
                    transfer: Some(key.clone()),
                });
            }
        }
        let tracking_id = call.header.value("jXLogTrackingId").unwrap_or_default();
        bank.transfers.push(Transfer {
            key: key.clone(),
            from: self.from,
            to: self.to,
            amount: self.amount,
            tracking_id: tracking_id.to_owned(),
        });
        key
    }
}

fn overridden(request: &Element) -> bool {
    request.child("ErrOvrRdInfoArray").is_some_and(|array| {
        let passes = |code: &Element| code.value(&["ErrCode"]) == Some(BALANCE_EXCEEDED);
        array.children.iter().any(passes)
    })
}

//! Answers the operations of the Inquiry service.

use super::page::{page, write_header};
use super::{Bank, Cents, cents, customer, write_account_id, write_name, write_tax_id};
use crate::Cause;
use crate::data::{Account, Posting};
use crate::gateway::{Call, Fault, Record};
use crate::xml::{Element, Writer};

/// The account that `path` names, or the fault that tells there is none.
pub(crate) fn account<'b>(
    call: &Call<'_>,
    bank: &'b Bank,
    (id, kind): (&str, Option<&str>),
    element: &'static str,
) -> Result<&'b Account, Fault> {
    bank.account(id, kind).ok_or_else(|| {
        let record = Record {
            code: "900028",
            category: "Error",
            text: "Account not found",
            element,
            value: id.to_owned(),
        };
        call.fault(Cause::NotFound { element }, record)
    })
}

/// Accounts by `CustId`, `AcctId`, `PersonName` or `TaxId`, narrowed by `AcctType`.
///
/// `TaxId` finds nothing: the data has masks of tax ids only.
pub(crate) fn acct_srch(call: &mut Call<'_>) -> Result<(), Fault> {
    let request = call.request;
    let (by_customer, by_account) = (request.value(&["CustId"]), request.value(&["AcctId"]));
    let by_name = request.child("PersonName").filter(|name| {
        name.children
            .iter()
            .any(|part| !part.text.trim().is_empty())
    });
    let by_tax_id = request.value(&["TaxId"]);
    call.does_not_judge(None, &["AvlBalCalcCode"]);
    if by_customer.or(by_account).or(by_tax_id).is_none() && by_name.is_none() {
        return Err(call.missing("CustId"));
    }
    if let Some(id) = by_customer {
        customer::customer(call, call.bank, id)?;
    }
    let kind = request.value(&["AcctType"]);
    let found: Vec<Account> = call
        .bank
        .data
        .accounts
        .iter()
        .filter(|_| by_tax_id.is_none())
        .filter(|account| by_customer.is_none_or(|id| account.customer == id))
        .filter(|account| by_account.is_none_or(|id| account.id == id))
        .filter(|account| kind.is_none_or(|kind| account.kind == kind))
        .filter(|account| {
            by_name.is_none_or(|name| {
                let owner = call.bank.customer(&account.customer);
                owner.is_some_and(|owner| customer::is_called(owner, name))
            })
        })
        .cloned()
        .collect();
    let page = page(call, found.len())?;
    write_header(call, &page);
    let bank = &*call.bank;
    call.out.within("AcctSrchRecArray", |x| {
        for account in &found[page.rows] {
            write_found(x, bank, account);
        }
    });
    Ok(())
}

fn write_found(x: &mut Writer, bank: &Bank, account: &Account) {
    let owner = bank.customer(&account.customer);
    x.within_with("AcctSrchRec", &restriction(account), |x| {
        write_account_id(x, "AccountId", account);
        x.leaf("CustId", &account.customer);
        x.leaf("ProdCode", &account.product_code);
        x.leaf("ProdDesc", &account.product);
        if let Some(owner) = owner {
            write_tax_id(x, owner);
        }
        x.leaf("Amt", &Cents(account.balance).to_string());
        x.leaf("AcctStat", "1");
        x.leaf("AcctStatDesc", "Active");
        x.leaf("AcctRelCode", "P");
        x.leaf("AcctRelDesc", "Primary");
        x.marks(1, 1);
        if let Some(owner) = owner {
            write_name(x, owner);
        }
        x.marks(2, 3);
        if account.kind == "D" {
            x.leaf("AvlBal", &Cents(account.balance - account.held).to_string());
        }
    });
}

/// One account; its `x_` parts only where the request names them.
pub(crate) fn acct_inq(call: &mut Call<'_>) -> Result<(), Fault> {
    let id = call.required(&["InAcctId", "AcctId"])?;
    let kind = call.required(&["InAcctId", "AcctType"])?;
    let account = account(call, call.bank, (&id, Some(&kind)), "AcctId")?.clone();
    call.does_not_judge(None, &["AvlBalCalcCode"]);
    let intent = call.request.value(&["ActIntent"]);
    let loan = account.kind == "L";
    let (info, balances) = if loan {
        ("x_LnInfoRec", "x_LnBalDtInfo")
    } else {
        ("x_DepInfoRec", "x_DepBalDtInfo")
    };
    let (asks_info, asks_balances) = (call.asks_for(info), call.asks_for(balances));
    call.write_header();
    let bank = &*call.bank;
    let x = &mut *call.out;
    let record = if loan {
        "LnAcctInqRec"
    } else {
        "DepAcctInqRec"
    };
    x.within_with(record, &restriction(&account), |x| {
        if asks_info {
            x.within(info, |x| write_info(x, bank, &account));
        }
        if asks_balances {
            let balance = Cents(account.balance).to_string();
            x.within(balances, |x| {
                // A loan's stands behind two marks.
                if loan {
                    x.marks(1, 2);
                }
                x.leaf("YestBal", &balance);
            });
        }
    });
    if let Some(intent) = intent {
        x.marks(1, 2);
        x.leaf("ActIntent", intent);
        if matches!(intent, "Upd" | "Dlt") {
            x.leaf("ActIntentKey", &format!("SBX-KEY-{}", account.id));
        }
    }
    Ok(())
}

fn write_info(x: &mut Writer, bank: &Bank, account: &Account) {
    let balance = Cents(account.balance).to_string();
    let loan = account.kind == "L";
    let id = if loan { "LoanAcctId" } else { "DepAcctId" };
    write_account_id(x, id, account);
    match bank.customer(&account.customer) {
        Some(owner) => write_name(x, owner),
        None => x.leaf("PersonName", ""),
    }
    if loan {
        x.leaf("CurPayOff", &balance);
        x.leaf("CurBal", &balance);
        x.leaf("AcctStatDesc", "Active");
        x.leaf("ProdDesc", &account.product);
    } else {
        x.leaf("AvlBal", &Cents(account.balance - account.held).to_string());
        x.leaf("CurBal", &balance);
        x.leaf("ColBal", &balance);
        x.leaf("ProdDesc", &account.product);
        x.leaf("AcctStatDesc", "Active");
        if let Some(last) = account.postings.last() {
            x.leaf("LastActDt", &last.date);
        }
    }
}

/// An account's history, the newest first.
///
/// `StartDt`, `EndDt`, `LowAmt`, `HighAmt`, `ChkNumStart`, `ChkNumEnd` and `XferKey` narrow it.
pub(crate) fn acct_hist_srch(call: &mut Call<'_>) -> Result<(), Fault> {
    let id = call.required(&["InAcctId", "AcctId"])?;
    let kind = call.required(&["InAcctId", "AcctType"])?;
    account(call, call.bank, (&id, Some(&kind)), "AcctId")?;
    call.does_not_judge(None, &["SrtMthd", "TrnType", "MemoPostInc"]);
    let narrow = Narrow::read(call)?;
    // By number: an account may have a million of them.
    let found: Vec<usize> = account(call, call.bank, (&id, Some(&kind)), "AcctId")?
        .postings
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, posting)| narrow.admits(posting))
        .map(|(number, _)| number)
        .collect();
    let page = page(call, found.len())?;
    write_header(call, &page);
    let account = account(call, call.bank, (&id, Some(&kind)), "AcctId")?;
    call.out.within("AcctHistSrchRecArray", |x| {
        for number in &found[page.rows] {
            let posting = &account.postings[*number];
            x.within("AcctHistSrchRec", |x| write_posting(x, account, posting));
        }
    });
    Ok(())
}

fn write_posting(x: &mut Writer, account: &Account, posting: &Posting) {
    let (record, id) = if account.kind == "L" {
        ("LnHistSrchRec", "LoanAcctId")
    } else {
        ("DepHistSrchRec", "DepAcctId")
    };
    let debit = posting.amount < 0;
    x.within(record, |x| {
        write_account_id(x, id, account);
        x.leaf("TrnCodeCode", if debit { "D" } else { "C" });
        x.leaf("TrnCodeDesc", &posting.description);
        x.leaf("PostDt", &posting.date);
        x.leaf("Amt", &Cents(posting.amount.saturating_abs()).to_string());
        x.leaf("TrnType", if debit { "Dr" } else { "Cr" });
        x.leaf("AffCode", if debit { "-" } else { "+" });
        if let Some(check) = posting.check {
            x.leaf("ChkNum", &check.to_string());
        }
        if let Some(key) = &posting.transfer {
            x.marks(1, 1);
            x.leaf("XferKey", key);
        }
    });
}

/// What narrows a history; each bound is inclusive.
struct Narrow<'r> {
    dates: (Option<&'r str>, Option<&'r str>),
    amounts: (Option<i64>, Option<i64>),
    checks: (Option<u32>, Option<u32>),
    transfer: Option<&'r str>,
}

impl<'r> Narrow<'r> {
    fn read(call: &Call<'r>) -> Result<Self, Fault> {
        let request: &'r Element = call.request;
        let amount = |element: &'static str| {
            let Some(text) = request.value(&[element]) else {
                return Ok(None);
            };
            let value = cents(text).ok_or_else(|| call.unusable(element, text))?;
            Ok(Some(value))
        };
        let check = |element: &'static str| {
            let Some(text) = request.value(&[element]) else {
                return Ok(None);
            };
            let value = text.parse().map_err(|_| call.unusable(element, text))?;
            Ok(Some(value))
        };
        Ok(Self {
            dates: (request.value(&["StartDt"]), request.value(&["EndDt"])),
            amounts: (amount("LowAmt")?, amount("HighAmt")?),
            checks: (check("ChkNumStart")?, check("ChkNumEnd")?),
            transfer: request.value(&["XferKey"]),
        })
    }

    fn admits(&self, posting: &Posting) -> bool {
        let amount = posting.amount.saturating_abs();
        let date = posting.date.as_str();
        let cheques = self.checks != (None, None);
        // A date of the schema may carry a zone behind its ten letters.
        self.dates
            .0
            .is_none_or(|start| date >= &start[..start.len().min(10)])
            && self
                .dates
                .1
                .is_none_or(|end| date <= &end[..end.len().min(10)])
            && self.amounts.0.is_none_or(|low| amount >= low)
            && self.amounts.1.is_none_or(|high| amount <= high)
            && (!cheques
                || posting.check.is_some_and(|check| {
                    self.checks.0.is_none_or(|start| check >= start)
                        && self.checks.1.is_none_or(|end| check <= end)
                }))
            && self
                .transfer
                .is_none_or(|key| posting.transfer.as_deref() == Some(key))
    }
}

fn restriction(account: &Account) -> Vec<(&'static str, &str)> {
    account
        .restriction
        .iter()
        .map(|value| ("Rstr", value.as_str()))
        .collect()
}

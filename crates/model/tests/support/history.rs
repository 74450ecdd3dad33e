//! An answer with 1,000 history records, as the generator writes its types.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "as generated"
)]

use castile_model::{Date, Decimal, Ext, Field, Message, Text, elements};

/// Writes what the generator would.
macro_rules! generated {
    ($name:ident { $($field:ident $element:literal: $type:ty,)* }
     $($version:literal { $($more:ident $behind:literal: $of:ty,)* })*) => {
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $name { $(pub $field: $type,)* $($(pub $more: $of,)*)* pub ext: Ext }

        elements! { $name: $($element => $field,)* $([version $version] $($behind => $more,)*)* }
    };
}

generated!(AcctHistSrchResponse { more_rec "MoreRec": Text, sent_rec "SentRec": Field<i32>, records "AcctHistSrchRec": Vec<AcctHistSrchRec>, }
);
generated!(AcctHistSrchRec { deposit "DepHistSrchRec": Option<Box<DepHistSrchRec>>, loan "LnHistSrchRec": Option<Box<LnHistSrchRec>>, }
);
generated!(DepHistSrchRec {
        acct_type "AcctType": Option<Text>, sort_date "SortDt": Option<Field<Date>>,
        posted "PostDt": Option<Field<Date>>, effective "EffDt": Option<Field<Date>>,
        trn_code "TrnCode": Option<Text>, trn_desc "TrnCodeDesc": Option<Text>, trn_type "TrnType": Option<Text>,
        amount "Amt": Option<Field<Decimal>>, balance "TrnHistBalAmt": Option<Field<Decimal>>,
        check "ChkNum": Option<Field<i32>>, image "ImgNum": Option<Text>, source "SrcCode": Option<Text>,
        source_desc "SrcCodeDesc": Option<Text>, batch "BatchNum": Option<Text>, seq "SeqNum": Option<Text>,
        rec_id "HistRecId": Option<Text>,
    }
    1 {
        eft "EftDesc": Vec<EftDesc>, merchant "MerchName": Option<Text>, city "City": Option<Text>,
        state "StateCode": Option<Text>, terminal "TermId": Option<Text>, fee "FeeAmt": Option<Field<Decimal>>,
    }
    2 { channel "Channel": Option<Text>, memo "MemoPost": Option<Text>, branch "BrCode": Option<Text>, }
);
generated!(LnHistSrchRec {
        effective "EffDt": Option<Field<Date>>, trn_code "TrnCode": Option<Text>,
        principal "PrncAmt": Option<Field<Decimal>>, interest "IntAmt": Option<Field<Decimal>>,
    }
    1 { balance "CurBal": Option<Field<Decimal>>, note "Rmk": Option<Text>, }
);
generated!(EftDesc { text "EftDescText": Option<Text>, kind "EftDescType": Option<Text>, });

impl Message for AcctHistSrchResponse {
    const NAMESPACE: &'static str = "http://jackhenry.com/jxchange/TPG/2008";
    const ELEMENT: &'static str = "AcctHistSrchResponse";
}

/// How many records there are.
pub const RECORDS: i32 = 1_000;

/// The answer.
pub fn answer() -> AcctHistSrchResponse {
    let records = (0..RECORDS).map(|n| match n % 7 {
        6 => AcctHistSrchRec {
            loan: Some(Box::new(loan(n))),
            ..Default::default()
        },
        _ => AcctHistSrchRec {
            deposit: Some(Box::new(deposit(n))),
            ..Default::default()
        },
    });
    AcctHistSrchResponse {
        more_rec: "false".into(),
        sent_rec: RECORDS.into(),
        records: records.collect(),
        ..Default::default()
    }
}

fn deposit(n: i32) -> DepHistSrchRec {
    let text = |text: &str| Some(Text::from(text));
    let money = |text: &str| Some(text.parse::<Decimal>().expect("decimal").into());
    let day = || Some("2024-02-29".parse::<Date>().expect("date").into());
    DepHistSrchRec {
        acct_type: text("D"),
        sort_date: day(),
        posted: day(),
        effective: day(),
        trn_code: text("183"),
        trn_desc: text("ATM withdrawal & fee"),
        trn_type: text("Dr"),
        amount: money("123.45"),
        balance: Some(Field::null()),
        check: Some((10_000 + n).into()),
        image: text(&format!("{n:012}")),
        source: Some(Text::from("XX").with_attribute("Rstr", "ReadOnly")),
        source_desc: text("Café terminal"),
        batch: text("0042"),
        seq: text(&format!("{n:08}")),
        rec_id: text(&format!("2024060{n:09}")),
        eft: (0..=n % 3)
            .map(|k| EftDesc {
                text: text(&format!("POS PURCHASE {n} line {k}")),
                kind: text("Merch"),
                ..Default::default()
            })
            .collect(),
        merchant: text("Corner shop"),
        city: text("Monett"),
        state: text("MO"),
        terminal: text("T0099"),
        fee: money("0.50"),
        channel: text("ATM"),
        memo: text("false"),
        branch: text("0001"),
        ext: Ext::default(),
    }
}

fn loan(n: i32) -> LnHistSrchRec {
    let money = || Some("1000.10".parse::<Decimal>().expect("decimal").into());
    LnHistSrchRec {
        effective: Some("2024-02-29".parse::<Date>().expect("date").into()),
        trn_code: Some("20".into()),
        principal: money(),
        interest: money(),
        balance: money(),
        note: Some(format!("Payment {n}").into()),
        ext: Ext::default(),
    }
}

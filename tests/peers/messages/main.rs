//! Calls a gateway that answers with the published messages, through the types that Castile generates from the vendor's contract.
//!
//! Arguments: a configuration with the profile `bank`, and the folder of the messages. Each request is a message, too.

use std::path::{Path, PathBuf};

use bank::customer::{CustMsgMod, CustSrch};
use bank::inquiry::{AcctInq, AcctSrch, LOCAcctInq, Ping};
use bank::transaction::XferAdd;
use castile::Client;
use castile::envelope::{Content, open};
use castile::http::Config;
use castile::model::{Given, Message, decode};

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (config, messages) = arguments.next().zip(arguments.next()).expect("two paths");
    let profile = Config::read(&config)
        .expect("a configuration")
        .profile("bank");
    let client = Client::connect(&profile.expect("the profile")).expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(responses(&client, &messages));
    runtime.block_on(faults(&client, &messages));
    println!("all as published");
}

/// The request of the published message whose name begins so.
fn request<T: Message>(messages: &Path, begins: &str) -> T {
    let mut folder = std::fs::read_dir(messages).expect("the folder of messages");
    let file = folder.find_map(|entry| {
        let path = entry.expect("an entry").path();
        let name = path.file_name()?.to_str()?;
        name.starts_with(begins).then(|| path.clone())
    });
    let text = std::fs::read(file.expect("the message")).expect("a file");
    let Content::Payload(part) = open(&text).expect("an envelope").content else {
        panic!("{begins}: no payload");
    };
    let scope = part
        .namespaces
        .iter()
        .map(|(p, n)| (p.clone(), n.clone()))
        .collect();
    decode(&text[part.range], &scope)
        .expect("of its type")
        .into_value()
}

async fn responses(client: &Client, messages: &Path) {
    let accounts = client
        .call(&request::<AcctSrch>(messages, "02"))
        .send()
        .await
        .expect("03");
    let rows = accounts.acct_srch_rec_array.expect("rows").acct_srch_rec;
    let [first, second] = &rows[..] else {
        panic!("03: two rows")
    };
    let id = first.account_id.as_ref().expect("an account");
    assert_eq!(id.acct_id.as_str(), "0000000001234");
    let tax_id = first.tax_id.as_ref().expect("a mask");
    assert_eq!(
        (tax_id.given(), tax_id.mask_val()),
        (Given::Empty, Some("*****0000"))
    );
    let amount = second
        .amt
        .as_ref()
        .and_then(|amount| amount.value())
        .expect("an amount");
    assert_eq!(amount.to_string(), "-15.5");
    assert!(
        accounts.cust_id.is_some() && first.avl_bal.is_some(),
        "03: behind its markers"
    );

    let account = client
        .call(&request::<AcctInq>(messages, "05"))
        .send()
        .await
        .expect("06");
    assert_eq!(account.act_intent.expect("06: an intent").as_str(), "Upd");
    assert!(!account.act_intent_key.expect("06: a key").is_empty());
    assert!(
        account
            .dep_acct_inq_rec
            .expect("06: a deposit")
            .x_dep_info_rec
            .is_some()
    );

    let mut customers = client.search(request::<CustSrch>(messages, "07"));
    let mut ids = Vec::new();
    while let Some(customer) = customers.next().await.expect("08, then 09") {
        let name = customer
            .person_name
            .expect("a name")
            .com_name
            .expect("a name");
        assert!(
            name.as_str().contains(" & "),
            "08: a reference that was resolved"
        );
        ids.push(customer.cust_id.expect("an id").as_str().to_owned());
    }
    assert_eq!(ids, ["AAA0001", "AAA0002", "AAA0003"], "the pair of pages");

    // The vendor's own sample breaks the schema by an attribute; it is sent as it is.
    let documented = messages.join("seen_but_schema_invalid");
    let change = client
        .call(&request::<CustMsgMod>(&documented, "10"))
        .unchecked()
        .send()
        .await;
    assert_eq!(change.expect("11").rs_stat, Some("Success".into()));

    let line = client
        .call(&request::<LOCAcctInq>(messages, "12"))
        .send()
        .await
        .expect("13");
    let record = line
        .loc_acct_inq_rec
        .expect("13: a line")
        .loc_rec
        .expect("13: its record");
    let amount = record
        .loc_amt
        .as_ref()
        .and_then(|amount| amount.value())
        .expect("an amount");
    assert_eq!(amount.to_string(), "50000.00");

    let ping = client
        .call(&request::<Ping>(messages, "14"))
        .send()
        .await
        .expect("15");
    assert!(!ping.ping_rs.is_empty());

    let transfer = client
        .call(&request::<XferAdd>(messages, "16"))
        .send()
        .await
        .expect("18");
    assert!(transfer.xfer_key.is_some_and(|key| !key.is_empty()));
    assert_eq!(transfer.rs_stat.as_str(), "Success");
}

async fn faults(client: &Client, messages: &Path) {
    let mut transfer = request::<XferAdd>(messages, "16");

    let refused = client.call(&transfer).send().await.expect_err("30");
    assert_eq!(refused.code(), "gateway-fault");
    assert!(!refused.outcome_unknown() && refused.fault().is_some());
    let [record] = refused.records() else {
        panic!("30: one record")
    };
    assert_eq!((&*record.code, &*record.category), ("400028", "Error"));
    assert_eq!(record.value.as_deref(), Some("AAA0002"));
    assert_eq!(refused.overridable().count(), 0, "30: nothing to pass over");
    assert!(!format!("{refused:?} {refused}").contains("AAA0002"));

    let unreached = client.call(&transfer).send().await.expect_err("31");
    assert_eq!(unreached.code(), "gateway-communication");
    assert!(unreached.outcome_unknown(), "31: it may have happened");
    assert!(unreached.overrides(["100"]).is_err());

    let cautioned = client.call(&transfer).send().await.expect_err("32");
    assert_eq!(cautioned.records().len(), 2);
    let codes: Vec<_> = cautioned
        .overridable()
        .map(|record| record.code.clone())
        .collect();
    assert_eq!(codes, ["400123"]);
    let overrides = cautioned
        .overrides(codes.iter().map(String::as_str))
        .expect("named");
    // Message 16 has an id of its own; a repetition must have another.
    let same = client.call(&transfer).with_overrides(overrides.clone());
    assert_eq!(
        same.send().await.expect_err("one id").code(),
        "call-same-tracking-id"
    );
    transfer.msg_rq_hdr.jxchange_hdr.jx_log_tracking_id = None;
    client
        .call(&transfer)
        .with_overrides(overrides)
        .send()
        .await
        .expect("18");

    let denied = client.call(&transfer).send().await.expect_err("33");
    assert_eq!(denied.code(), "gateway-failed-authentication");
    assert!(!denied.outcome_unknown() && denied.fault().is_none());
    assert!(denied.records().is_empty());
}

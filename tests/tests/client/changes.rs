//! A change of a customer, from the reading it is made upon to what is stored afterwards.

use castile::model::{Field, Given, Text};
use castile_jx::customer::{Addr, CustDetail, CustInq, CustInqResponse, CustMod};
use castile_jx::shared::act_intent;
use castile_tests::request::header;
use castile_tests::{ConnectedClient, Institution};

const CUSTOMER: &str = "SBX0001";

fn inquiry(intent: Option<&str>) -> CustInq {
    let mut inquiry = CustInq {
        cust_id: Some(CUSTOMER.into()),
        act_intent: intent.map(Into::into),
        ..CustInq::default()
    };
    inquiry.msg_rq_hdr.jxchange_hdr = header();
    inquiry
}

fn change(addr: Addr) -> CustMod {
    let mut change = CustMod {
        cust_id: CUSTOMER.into(),
        cust_detail: Some(Box::new(CustDetail {
            addr: Some(Box::new(addr)),
            ..CustDetail::default()
        })),
        ..CustMod::default()
    };
    change.msg_rq_hdr.jxchange_hdr = header();
    change
}

async fn read(client: &ConnectedClient) -> CustInqResponse {
    let inquiry = inquiry(Some(act_intent::UPD));
    client.call(&inquiry).send().await.expect("the customer")
}

fn address(read: &CustInqResponse) -> &Addr {
    let detail = read
        .cust_rec
        .as_ref()
        .and_then(|record| record.cust_detail.as_ref());
    detail
        .and_then(|detail| detail.addr.as_ref())
        .expect("an address")
}

fn text(field: &Option<Text>) -> &str {
    field.as_ref().map_or("", Text::as_str)
}

#[tokio::test]
async fn what_a_change_keeps_clears_and_sets_is_what_the_bank_keeps_clears_and_sets() {
    let bank = Institution::open().await;
    let client = bank.client();
    let before = read(&client).await;
    let old = address(&before);
    let stored = [
        &old.street_addr1,
        &old.city,
        &old.state_code,
        &old.postal_code,
    ]
    .map(text);
    assert!(stored.iter().all(|text| !text.is_empty()), "{stored:?}");

    let change = change(Addr {
        street_addr1: Field::set("1 Soapstone Way"),
        city: Field::clear(),
        state_code: Field::keep(),
        // As an element without text comes from a form: it changes nothing.
        postal_code: Some(Text::empty()),
        ..Addr::default()
    });
    let call = client
        .call(&change)
        .for_update(before.act_intent_key.as_ref());
    let done = call.send().await.expect("changed");
    assert_eq!(done.rs_stat.as_str(), "Success");

    let after = read(&client).await;
    let new = address(&after);
    assert_eq!(text(&new.street_addr1), "1 Soapstone Way");
    assert_eq!(text(&new.city), "");
    assert_eq!(text(&new.state_code), stored[2]);
    assert_eq!(text(&new.postal_code), stored[3]);

    // The five things on the wire, each by itself.
    let sent = bank.sandbox().requests();
    let sent = String::from_utf8(sent[1].body.to_vec()).expect("UTF-8");
    let addr = "<Addr><StreetAddr1>1 Soapstone Way</StreetAddr1><City JHANull=\"true\"/><PostalCode/></Addr>";
    assert!(sent.contains(addr), "{sent}");
}

#[tokio::test]
async fn a_change_is_made_upon_a_reading_and_upon_no_older_one() {
    let bank = Institution::open().await;
    let client = bank.client();
    let change = change(Addr {
        city: Field::set("Castile"),
        ..Addr::default()
    });

    // Who reads without saying what for gets no key, and nothing is sent.
    let bare = client
        .call(&inquiry(None))
        .send()
        .await
        .expect("a customer");
    assert!(bare.act_intent_key.is_none());
    let call = client
        .call(&change)
        .for_update(bare.act_intent_key.as_ref());
    let error = call.send().await.expect_err("no key");
    assert_eq!(error.code(), "call-no-act-intent-key");
    assert!(!error.outcome_unknown());
    assert_eq!(bank.sandbox().requests().len(), 1);

    // Without the key the bank refuses.
    let error = client.call(&change).send().await.expect_err("no key");
    assert_eq!(error.records()[0].element.as_deref(), Some("ActIntentKey"));

    let first = read(&client).await;
    let second = read(&client).await;
    let call = client
        .call(&change)
        .for_update(second.act_intent_key.as_ref());
    call.send().await.expect("nobody was faster");
    let call = client
        .call(&change)
        .for_update(first.act_intent_key.as_ref());
    let error = call.send().await.expect_err("somebody was faster");
    assert_eq!(error.records()[0].code, "900104");
    assert!(!error.outcome_unknown());

    let key = Some(Text::from("another"));
    let mut own = change;
    own.act_intent_key = key.clone();
    let error = client.call(&own).for_update(key.as_ref()).send().await;
    assert_eq!(error.expect_err("two keys").code(), "model-given-twice");
}

#[tokio::test]
async fn a_value_that_is_set_to_nothing_is_not_sent() {
    let bank = Institution::open().await;
    let client = bank.client();
    let change = change(Addr {
        city: Field::set(" "),
        ..Addr::default()
    });
    let error = client.call(&change).send().await.expect_err("no value");
    assert_eq!(error.code(), "model-blank");
    let place = "/CustMod/CustDetail/Addr/City";
    assert!(error.to_string().contains(place), "{error}");
    assert!(bank.sandbox().requests().is_empty());
    assert_eq!(Given::of(change.act_intent_key.as_ref()), Given::Absent);
}

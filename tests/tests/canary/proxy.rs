//! Old clients of the proxy: answered, refused, and with a gateway that is not there.

use std::sync::Arc;

use castile::http::Profile;
use castile_proxy::Settings;
use castile_tests::{Proxied, Reply, Scripted};

use crate::message::{acct_inq, envelope, refused_envelopes, security};
use crate::witness::Witness;
use crate::world::{ACCOUNT, ANSWERED, STRANGER, World};

pub(crate) async fn old_clients(world: &World, witness: &mut Witness) {
    let mut messages = refused_envelopes();
    messages.push(envelope(&security(), &acct_inq(ACCOUNT)));
    messages.push(envelope(&security(), &acct_inq(STRANGER)));
    let answers = through(&world.profile, &messages).await;
    let [.., good, fault] = &answers[..] else {
        panic!("an answer to each");
    };
    assert!(
        good.contains("AcctInqResponse") && good.contains(ACCOUNT),
        "{good}"
    );
    assert!(
        fault.contains(STRANGER),
        "the gateway's own fault passes: {fault}"
    );
    for refusal in &answers[..answers.len() - 2] {
        assert!(refusal.contains("urn:castile:proxy:1"), "{refusal}");
        witness.display("a fault of the proxy's own", refusal);
    }

    for reply in [
        Reply::Answer(
            "302 Found\r\nLocation: https://x.invalid/?canary-in-an-answer/7+",
            Vec::new(),
        ),
        Reply::Close,
        Reply::Answer("401 Unauthorized", ANSWERED.into()),
        Reply::Break("200 OK\r\nContent-Type: text/xml"),
    ] {
        let gateway = Scripted::start(vec![reply]).await;
        let profile = world.profile_at(&gateway);
        through(&profile, &messages[messages.len() - 2..]).await;
        assert!(!gateway.arrivals().is_empty());
    }
    witness.debug("Settings", &Settings::default());
}

/// What a proxy for the profile answers to each message; empty where the answer broke off.
async fn through(profile: &Arc<Profile>, messages: &[String]) -> Vec<String> {
    let proxy = Proxied::start(profile).await;
    let mut answers = Vec::new();
    for message in messages {
        let answer = proxy.post("AcctInq", message).send().await;
        let answer = answer.expect("the proxy answers");
        answers.push(answer.text().await.unwrap_or_default());
    }
    proxy.end().await;
    answers
}

//! Images beside the envelope, both ways, with zeep at the other end.

mod blocking;
mod streamed;

use std::path::PathBuf;
use std::process::Command;

use castile::auth::ports::Random as _;
use castile::http::{OsRandom, RetryPolicy};
use castile::model::{
    Base64, Effect, Ext, Field, Message, NoFault, Operation, Text, decode, elements,
};
use castile_jx::inquiry::MsgRqHdr;
use castile_tests::request::header;
use castile_tests::{Institution, NO_PYTHON, Reply, Scripted, not_run, python, root};

const TPG: &str = "http://jackhenry.com/jxchange/TPG/2008";

/// A request and an answer with images; the sample contract has none.
macro_rules! images {
    ($($name:ident $element:literal)*) => {$(
        #[derive(Debug, Clone, Default, PartialEq)]
        struct $name {
            msg_rq_hdr: Option<Box<MsgRqHdr>>,
            note: Option<Text>,
            image: Vec<Field<Base64>>,
            ext: Ext,
        }

        elements! { $name:
            "MsgRqHdr" => msg_rq_hdr,
            "Note" => note,
            "Image" => image,
        }

        impl Message for $name {
            const NAMESPACE: &'static str = TPG;
            const ELEMENT: &'static str = $element;
        }
    )*};
}

images! { ImgAdd "ImgAdd" ImgInq "ImgInq" ImgResponse "ImgResponse" }

macro_rules! operations {
    ($($name:ident $effect:ident)*) => {$(
        impl Operation for $name {
            const NAME: &'static str = <Self as Message>::ELEMENT;
            const ACTION: &'static str = "urn:image";
            const SERVICE: &'static str = "Image";
            const EFFECT: Effect = Effect::$effect;
            type Response = ImgResponse;
            type Fault = NoFault;
        }
    )*};
}

operations! { ImgAdd Write ImgInq Read }

/// Bytes of all values, line breaks and hyphens among them; zeep takes line breaks at the ends for its own.
fn image(length: usize) -> Base64 {
    let mut bytes = vec![0; length];
    OsRandom.fill(&mut bytes).expect("randomness");
    bytes.extend_from_slice(b"\r\n--\r\n--mtom-\0\xff");
    Base64::from(bytes)
}

fn head() -> Option<Box<MsgRqHdr>> {
    Some(Box::new(MsgRqHdr {
        jxchange_hdr: header(),
        ..MsgRqHdr::default()
    }))
}

fn add() -> ImgAdd {
    ImgAdd {
        msg_rq_hdr: head(),
        note: Some("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=".into()),
        image: [image(10), image(5_000), image(70_000)]
            .map(Field::from)
            .into(),
        ext: Ext::default(),
    }
}

fn empty() -> Vec<u8> {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><ImgResponse xmlns=\"{TPG}\"/></s:Body></s:Envelope>"
    )
    .into_bytes()
}

/// What the peer prints; none, and written down, where there is no Python.
fn peer(test: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let Some(python) = python() else {
        not_run(&format!("client::attached::{test}"), NO_PYTHON);
        return None;
    };
    let said = Command::new(python)
        .arg(root().join("tests/peers/python/mtom.py"))
        .args(arguments)
        .output()
        .expect("python starts");
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    Some(said.stdout)
}

fn file(bank: &Institution, name: &str, content: &[u8]) -> String {
    let path: PathBuf = bank.folder().join(name);
    std::fs::write(&path, content).expect("a file");
    path.to_str().expect("a path of ours").to_owned()
}

/// The payload of an envelope with two elements around it.
fn payload(envelope: &[u8]) -> &[u8] {
    let text = std::str::from_utf8(envelope).expect("text");
    let start = text.find("<ImgAdd").expect("the request");
    let end = text.find("</ImgAdd>").expect("its end");
    &envelope[start..end + "</ImgAdd>".len()]
}

#[tokio::test]
async fn large_values_go_as_attachments_that_zeep_reads() {
    let bank = Institution::open().await;
    let gateway = Scripted::start(vec![Reply::xml(empty())]).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let request = add();
    let call = client.call(&request).attach_above(1_000, &OsRandom);
    call.send().await.expect("an answer");
    let arrivals = gateway.arrivals();
    let arrival = &arrivals[0];
    assert!(arrival.body.len() < 80_000, "{}", arrival.body.len());
    assert_eq!(arrival.header("soapaction"), ["\"urn:image\""]);
    let content_type = arrival.header("content-type")[0];
    let body = file(&bank, "request", &arrival.body);
    let test = "large_values_go_as_attachments_that_zeep_reads";
    if let Some(read) = peer(test, &["read", content_type, &body]) {
        let scope = castile::model::Scope::new();
        let read = decode::<ImgAdd>(payload(&read), &scope).expect("the request");
        assert_eq!(
            (read.value.note, read.value.image),
            (request.note, request.image)
        );
    }
}

#[tokio::test]
async fn nothing_leaves_a_message_unless_asked_for() {
    let bank = Institution::open().await;
    let replies = vec![Reply::xml(empty()), Reply::xml(empty())];
    let gateway = Scripted::start(replies).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let request = add();
    client.call(&request).send().await.expect("an answer");
    let call = client.call(&request).attach_above(1_000_000, &OsRandom);
    call.send().await.expect("an answer");
    for arrival in gateway.arrivals() {
        assert_eq!(arrival.header("content-type"), ["text/xml; charset=utf-8"]);
        let read = decode::<ImgAdd>(payload(&arrival.body), &castile::model::Scope::new());
        assert_eq!(read.expect("the request").value.image, request.image);
    }
}

#[tokio::test]
async fn attachments_of_an_answer_are_in_the_response() {
    let bank = Institution::open().await;
    let images = [image(3), image(100_000)].map(Field::from);
    let answer = ImgResponse {
        note: Some("two".into()),
        image: images.clone().into(),
        ..ImgResponse::default()
    };
    let payload = castile::model::encode(&answer).expect("a response");
    let envelope = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{payload}</s:Body></s:Envelope>"
    );
    let path = file(&bank, "answer", envelope.as_bytes());
    let test = "attachments_of_an_answer_are_in_the_response";
    let Some(written) = peer(test, &["write", &path, "Image"]) else {
        return;
    };
    let line = written
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a line");
    let (content_type, message) = (&written[..line], &written[line + 1..]);
    assert!(
        message
            .windows(11)
            .any(|text| text == b"xop:Include" || text.ends_with(b":Include"))
    );
    let content_type = String::from_utf8(content_type.to_vec()).expect("a Content-Type");
    let head: &'static str = format!("200 OK\r\nContent-Type: {content_type}").leak();
    let cut = message[..message.len() - 40].to_vec();
    let replies = vec![
        Reply::Answer(head, message.to_vec()),
        Reply::Answer(head, cut),
    ];
    let gateway = Scripted::start(replies).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let request = ImgInq {
        msg_rq_hdr: self::head(),
        ..ImgInq::default()
    };
    let reply = client.call(&request).send_whole().await.expect("an answer");
    assert_eq!(reply.response.value.image, images);
    assert!(reply.attachments.is_empty());
    // A message that lacks its end is no answer.
    let error = client
        .call(&request)
        .send()
        .await
        .expect_err("a cut answer");
    assert_eq!(error.code(), "envelope-truncated");
}

#[tokio::test]
async fn the_rules_for_other_banks_and_for_repetition_are_those_of_any_message() {
    let bank = Institution::open().await;
    let unavailable = Reply::Answer("503 Service Unavailable", Vec::new());
    let replies = vec![Reply::Close, unavailable.clone(), Reply::xml(empty())];
    let gateway = Scripted::start(replies).await;
    let client = bank.client_at(gateway.url(), |plan| {
        plan.retry = Some(RetryPolicy::new(std::sync::Arc::new(OsRandom)));
    });
    // A write whose answer is lost is sent once, and can be looked up by what was sent.
    let request = add();
    let call = client.call(&request).attach_above(100, &OsRandom);
    let error = call.send().await.expect_err("no answer");
    assert!(error.outcome_unknown() && error.how_to_look_up().is_some());
    assert_eq!(gateway.arrivals().len(), 1);
    // A read is sent again, whole.
    let request = ImgInq {
        msg_rq_hdr: head(),
        image: request.image,
        ..ImgInq::default()
    };
    let call = client.call(&request).attach_above(100, &OsRandom);
    call.send().await.expect("the second answer");
    let arrivals = gateway.arrivals();
    assert_eq!(arrivals.len(), 3);
    assert_eq!(
        arrivals[1].header("content-type"),
        arrivals[2].header("content-type")
    );
    assert_eq!(arrivals[1].body.len(), arrivals[2].body.len());
    // Nothing of a message for another bank leaves.
    let mut request = add();
    if let Some(head) = &mut request.msg_rq_hdr {
        head.jxchange_hdr.inst_rt_id = Some("999999999".into());
    }
    let call = client.call(&request).attach_above(100, &OsRandom);
    let error = call.send().await.expect_err("another bank");
    assert_eq!(error.code(), "institution-other");
    assert_eq!(gateway.arrivals().len(), 3);
}

//! A message or a token of another institution never leaves.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, TokenSource};
use castile_http::profile::Limits;
use castile_http::stack::{LegacyPlan, Plan};
use castile_http::{
    Body, Effect, EgressTransport, Error, Institution, Other, SoapTransport as _, TokioSleep, stack,
};
use http_body::{Frame, SizeHint};

use crate::peer::{Peer, ok};
use crate::tokens::{Tokens, plan};

const OPEN: &str =
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header/><s:Body>";

fn message(header: &str, rest: &str) -> String {
    format!(
        "{OPEN}<XferAdd><MsgRqHdr><jXchangeHdr>{header}</jXchangeHdr></MsgRqHdr>{rest}</XferAdd></s:Body></s:Envelope>"
    )
}

const OURS: &str = "<InstRtId>011001276</InstRtId><InstEnv>TEST</InstEnv>";

fn guarded(peer: &Peer, source: Arc<dyn TokenSource>) -> Plan {
    let mut institution = Institution::new("first-bank", "011001276", "TEST");
    institution.overrides = vec!["222".to_owned()];
    institution.institution_id = Some("ours".to_owned());
    let mut plan = plan(peer, source);
    plan.institution = Some(Arc::new(institution));
    plan
}

fn transport() -> EgressTransport {
    EgressTransport::new(Limits::default()).unwrap()
}

fn other(error: &Error) -> Option<Other> {
    match error {
        Error::Institution { other, profile, .. } if profile == "first-bank" => Some(*other),
        _ => None,
    }
}

/// The body in chunks of `size` bytes.
fn chunked(message: impl AsRef<[u8]>, size: usize) -> Body {
    Body::stream(Chunks::of(message, size))
}

/// A body in chunks, whose length is known.
pub(crate) struct Chunks(VecDeque<Bytes>, u64);

impl Chunks {
    pub(crate) fn of(message: impl AsRef<[u8]>, size: usize) -> Self {
        let message = message.as_ref();
        let chunks = message.chunks(size).map(Bytes::copy_from_slice);
        Self(chunks.collect(), message.len() as u64)
    }
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.0.pop_front();
        self.1 -= chunk.as_ref().map_or(0, Bytes::len) as u64;
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.1)
    }
}

#[tokio::test]
async fn a_message_of_another_institution_is_refused_before_a_byte_is_sent() {
    let peer = Peer::replies(vec![ok()]).await;
    let typed = stack::typed(guarded(&peer, Arc::new(Tokens::default())), transport());
    let raw = stack::raw(guarded(&peer, Arc::new(Tokens::default())), transport());
    let long = "<a>0123456789</a>".repeat(100_000);
    for (header, rest, expected) in [
        (
            "<InstRtId>11001276</InstRtId><InstEnv>TEST</InstEnv>",
            "",
            Other::InstRtId,
        ),
        (
            "<InstRtId>011001276</InstRtId><InstEnv>PROD</InstEnv>",
            "",
            Other::InstEnv,
        ),
        ("<InstRtId>011001276</InstRtId>", "", Other::NoInstEnv),
        (
            "<InstRtId>011001276</InstRtId><InstEnv/>",
            "",
            Other::NoInstEnv,
        ),
        (
            OURS,
            "<CustId OvrrdInstRtId='333'>1</CustId>",
            Other::Override,
        ),
        (
            OURS,
            "<jXchangeHdr><InstRtId>333</InstRtId></jXchangeHdr>",
            Other::InstRtId,
        ),
        (
            "<InstRtId>333</InstRtId><InstEnv>TEST</InstEnv>",
            &long,
            Other::InstRtId,
        ),
    ] {
        let message = message(header, rest);
        for body in [Body::whole(message.clone()), chunked(&message, 4096)] {
            let request = peer.request_with(Effect::Write, body);
            let error = raw.send(request).await.unwrap_err();
            assert_eq!(other(&error), Some(expected), "{error}");
            assert!(!error.outcome_unknown());
            assert!(!format!("{error} {error:?}").contains("333"));
        }
        let request = peer.request_with(Effect::Write, Body::whole(message));
        let error = typed.send(request).await.unwrap_err();
        assert_eq!(other(&error), Some(expected));
    }
    assert!(peer.arrivals().is_empty());
}

/// `text` in UTF-16 behind a byte order mark.
fn utf_16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_be_bytes).collect()
}

/// Whatever a server would make of it, by either model, whole or in chunks.
#[tokio::test]
async fn no_spelling_of_another_institution_gets_through() {
    let peer = Peer::replies(vec![ok()]).await;
    let raw = stack::raw(guarded(&peer, Arc::new(Tokens::default())), transport());
    let mut legacy = LegacyPlan::new(&peer.url, Arc::new(TokioSleep)).unwrap();
    legacy.institution = guarded(&peer, Arc::new(Tokens::default())).institution;
    let legacy = stack::raw_legacy(legacy, transport());
    let xml = "text/xml; charset=utf-8";
    let theirs = |id: &str| message(&format!("{id}<InstEnv>TEST</InstEnv>"), "");
    let mut spelled: Vec<(&str, Vec<u8>)> = [
        "<InstRtId>&#51;33</InstRtId>",
        "<InstRtId>&#x33;&#x33;&#x33;</InstRtId>",
        "<InstRtId><![CDATA[333]]></InstRtId>",
        "<InstRtId>011<![CDATA[001276]]>3</InstRtId>",
        "<InstRtId>0110012<!-- 76 -->3</InstRtId>",
        "<InstRtId><?x 011001276?>333</InstRtId>",
        "<x:InstRtId xmlns:x='urn:other'>333</x:InstRtId>",
        "<InstRtId JHANull='true' Rstr=''>333</InstRtId>",
        "<InstRtId >333</InstRtId\n>",
        "<InstRtId>\t333\r\n</InstRtId>",
        "<InstRtId>011001276</InstRtId><InstRtId>333</InstRtId>",
        "<InstRtId>333</InstRtId><InstRtId>011001276</InstRtId>",
        "<InstRtId>011001276<InstRtId>333</InstRtId></InstRtId>",
        "<InstRtId>011001276\u{a0}</InstRtId>",
        "<InstRtId>０11001276</InstRtId>",
        "<InstRtId>333</InstRtId><InstRtId/>",
    ]
    .map(|id| (xml, theirs(id).into_bytes()))
    .into();
    let ours = message(OURS, "");
    for attribute in [
        "OvrrdInstRtId='&#51;33'",
        "x:OvrrdInstRtId=\"333\" xmlns:x='urn:x'",
        "OvrrdInstRtId = '333'",
        "OvrrdInstRtId='222 333'",
        "OvrrdInstRtId=''",
    ] {
        let rest = format!("<CustId {attribute}>1</CustId>");
        spelled.push((xml, message(OURS, &rest).into_bytes()));
        // On the header itself, and on what stands in it.
        let on_header = ours.replace("<jXchangeHdr>", &format!("<jXchangeHdr {attribute}>"));
        spelled.push((xml, on_header.into_bytes()));
        let inside = ours.replace("<InstRtId>", &format!("<InstRtId {attribute}>"));
        spelled.push((xml, inside.into_bytes()));
    }
    // A second header, under another prefix, in a second payload, in a second Body.
    let second = "<y:jXchangeHdr xmlns:y='urn:y'><InstRtId>333</InstRtId><InstEnv>TEST</InstEnv></y:jXchangeHdr>";
    for end in ["</XferAdd>", "</s:Body>", "</s:Envelope>"] {
        let behind = ours.replace(end, &format!("{second}{end}"));
        spelled.push((xml, behind.into_bytes()));
    }
    let entity = format!(
        "<!DOCTYPE a [<!ENTITY t '333'>]>{}",
        theirs("<InstRtId>&t;</InstRtId>")
    );
    spelled.push((xml, entity.into_bytes()));
    let other = theirs("<InstRtId>333</InstRtId>");
    let declared = |encoding: &str| format!("<?xml version='1.0' encoding='{encoding}'?>{other}");
    for encoding in [
        "iso-8859-1",
        "windows-1252",
        "us-ascii",
        "utf-7",
        "cp037",
        "x",
    ] {
        spelled.push(("text/xml", declared(encoding).into_bytes()));
    }
    spelled.push(("text/xml; charset=utf-16", other.clone().into_bytes()));
    spelled.push(("text/xml; charset=utf-16", utf_16(&other)));
    spelled.push(("text/xml", utf_16(&other)));
    spelled.push(("application/octet-stream", other.clone().into_bytes()));
    let wide: Vec<u8> = other
        .chars()
        .flat_map(|c| u32::from(c).to_be_bytes())
        .collect();
    spelled.push(("text/xml; charset=utf-32", wide));
    let parts = format!("--b\r\nContent-Type: text/xml\r\n\r\n{other}\r\n--b--\r\n");
    let related = "multipart/related; boundary=b; type=\"text/xml\"";
    spelled.push((related, parts.into_bytes()));
    for (content_type, message) in spelled {
        let text = String::from_utf8_lossy(&message).into_owned();
        for size in [message.len(), 5] {
            let sent = || {
                let body = match size == message.len() {
                    true => Body::whole(message.clone()),
                    false => chunked(&message, size),
                };
                let mut request = peer.request_with(Effect::Write, body);
                let value = content_type.parse().unwrap();
                request.headers_mut().insert("content-type", value);
                request
            };
            for refused in [raw.send(sent()).await, legacy.send(sent()).await] {
                let error = refused.expect_err(&text);
                assert!(!error.outcome_unknown(), "{text}: {error}");
                assert!(!format!("{error} {error:?}").contains("333"), "{error:?}");
            }
        }
    }
    assert_eq!(peer.arrivals().len(), 0);
}

#[tokio::test]
async fn a_message_without_inst_env_passes_only_where_the_profile_says_prod_outright() {
    let message = message("<InstRtId>011001276</InstRtId>", "");
    for (environment, passes) in [("PROD", true), ("Prod", false), ("TEST", false)] {
        let peer = Peer::replies(vec![ok()]).await;
        let mut plan = guarded(&peer, Arc::new(Tokens::default()));
        plan.institution = Some(Arc::new(Institution::new(
            "first-bank",
            "011001276",
            environment,
        )));
        let stack = stack::raw(plan, transport());
        let request = peer.request_with(Effect::Write, Body::whole(message.clone()));
        let answer = stack.send(request).await;
        assert_eq!(answer.is_ok(), passes, "{environment}");
        assert_eq!(peer.arrivals().len(), usize::from(passes), "{environment}");
        if let Err(error) = answer {
            assert_eq!(other(&error), Some(Other::NoInstEnv));
        }
    }
}

#[tokio::test]
async fn its_own_messages_and_those_for_no_one_pass() {
    let peer = Peer::replies(vec![ok(), ok(), ok(), ok(), ok(), ok()]).await;
    let raw = stack::raw(guarded(&peer, Arc::new(Tokens::default())), transport());
    let ping = format!("{OPEN}<Ping><PingRq>x</PingRq></Ping></s:Body></s:Envelope>");
    let listed = "<CustId OvrrdInstRtId='222'>1</CustId><TaxId OvrrdInstRtId='011001276'>1</TaxId>";
    for message in [
        message(OURS, "<PayeeInfo><InstRtId>999</InstRtId></PayeeInfo>"),
        message(OURS, listed),
        ping,
    ] {
        for body in [Body::whole(message.clone()), chunked(&message, 7)] {
            let request = peer.request_with(Effect::Write, body);
            raw.send(request).await.unwrap();
        }
        let arrived = peer.arrivals();
        assert_eq!(arrived.last().unwrap().body, message.as_bytes());
    }
    assert_eq!(peer.arrivals().len(), 6);
}

#[tokio::test]
async fn a_streamed_message_that_names_another_late_never_becomes_whole() {
    let peer = Peer::replies(vec![ok()]).await;
    let raw = stack::raw(guarded(&peer, Arc::new(Tokens::default())), transport());
    let long = "<a>0123456789</a>".repeat(100_000);
    let late = format!("{long}<CustId OvrrdInstRtId='333'>1</CustId>");
    let request = peer.request_with(Effect::Write, chunked(message(OURS, &late), 4096));
    let error = raw.send(request).await.unwrap_err();
    assert!(!error.is_retryable(), "{error}");
    assert!(peer.arrivals().is_empty(), "the message was whole");

    let filler = format!("<MsgRqHdr><x>{}</x></MsgRqHdr>", "y".repeat(2_000_000));
    let hidden = format!("{OPEN}<XferAdd>{filler}</XferAdd></s:Body></s:Envelope>");
    let request = peer.request_with(Effect::Write, chunked(&hidden, 4096));
    let error = raw.send(request).await.unwrap_err();
    assert_eq!(other(&error), Some(Other::TooLate), "{error}");
    assert!(peer.arrivals().is_empty());
}

/// Gives one token for ever.
struct Fixed(&'static str);

impl TokenSource for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, castile_auth::Error>> {
        let token = AccessToken::new(self.0.to_owned().into(), 1, None);
        Box::pin(async move { Ok(token) })
    }

    fn reject(&self, _: &AccessToken) {}
}

#[tokio::test]
async fn a_token_of_another_institution_is_not_used() {
    // {"institutionId":"theirs"} and {"institutionId":"ours"}.
    for (token, sent) in [
        ("e30.eyJpbnN0aXR1dGlvbklkIjoidGhlaXJzIn0.c2ln", false),
        ("e30.eyJpbnN0aXR1dGlvbklkIjoib3VycyJ9.c2ln", true),
        ("opaque", true),
    ] {
        let peer = Peer::replies(vec![ok()]).await;
        let typed = stack::typed(guarded(&peer, Arc::new(Fixed(token))), transport());
        let request = peer.request_with(Effect::Read, Body::whole(message(OURS, "")));
        let answer = typed.send(request).await;
        assert_eq!(answer.is_ok(), sent, "{token}");
        assert_eq!(peer.arrivals().len(), usize::from(sent));
        if let Err(error) = answer {
            assert_eq!(error.code(), "institution-token");
            assert!(!format!("{error:?}").contains("theirs"));
        }
    }
}

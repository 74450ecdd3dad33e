//! Long messages: streamed through the rewriter, never held, never sent twice.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use castile_envelope::{Document, Policy, Refusal};
use castile_http::profile::Limits;
use castile_http::{
    Body, Effect, EgressTransport, Error, Rewrite, RewriteBody, SoapTransport, stack,
};
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;

use crate::peer::{Peer, Reply, ok};
use crate::tokens::{Tokens, plan};

const LIMIT: usize = 64 * 1024;

const SECURITY: &str = "<w:Security xmlns:w=\"http://schemas.xmlsoap.org/ws/2003/06/secext\"/>";

fn envelope(security: &str, body: usize) -> Vec<u8> {
    let open = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>";
    let text = "<w:Security/>0123456789\u{e9}\r\n".repeat(body / 26);
    format!(
        "{open}{security}</s:Header><s:Body><a xmlns:w=\"urn:w\">{text}</a></s:Body></s:Envelope>"
    )
    .into()
}

/// A body that comes in chunks of one size and counts what was taken of it.
struct Chunks {
    rest: Bytes,
    size: usize,
    /// Whether its length is announced.
    announced: bool,
    /// Comes at the end instead of an end.
    endless: bool,
    taken: Arc<AtomicUsize>,
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return if self.endless {
                Poll::Pending
            } else {
                Poll::Ready(None)
            };
        }
        let size = self.size.min(self.rest.len());
        self.taken.fetch_add(size, Ordering::SeqCst);
        let chunk = self.rest.split_to(size);
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.announced {
            SizeHint::with_exact(self.rest.len() as u64)
        } else {
            SizeHint::default()
        }
    }
}

/// What a transport saw of one request.
#[derive(Debug, Default)]
struct Seen {
    whole: bool,
    announced: Option<u64>,
    bytes: Vec<u8>,
    broken: bool,
    /// The most that was taken from the sender and not yet handed on.
    held: usize,
}

/// Takes bodies frame by frame.
#[derive(Clone, Default)]
struct Drain {
    seen: Arc<Mutex<VecDeque<Seen>>>,
    taken: Arc<AtomicUsize>,
}

impl SoapTransport for Drain {
    type Error = Infallible;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let mut body = request.into_body();
        let mut seen = Seen {
            whole: body.as_whole().is_some(),
            announced: body.size_hint().exact(),
            ..Seen::default()
        };
        let mut measure = |got: usize| {
            let held = self.taken.load(Ordering::SeqCst).saturating_sub(got);
            seen.held = seen.held.max(held);
        };
        measure(0);
        let mut bytes = Vec::new();
        let mut broken = false;
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap()),
                Err(_) => broken = true,
            }
            measure(bytes.len());
        }
        (seen.bytes, seen.broken) = (bytes, broken);
        self.seen.lock().unwrap().push_back(seen);
        Ok(Response::new(Body::whole("")))
    }
}

async fn send(
    content_type: &str,
    headers: &[(&'static str, &str)],
    message: Vec<u8>,
    size: usize,
    announced: bool,
) -> (Result<(), Error>, Option<Seen>) {
    let drain = Drain::default();
    let body = Chunks {
        rest: message.into(),
        size,
        announced,
        endless: false,
        taken: drain.taken.clone(),
    };
    let mut request = Request::post("http://localhost/").header("content-type", content_type);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let stack = Rewrite::new(drain.clone(), Policy::default(), LIMIT);
    let sent = stack.send(request.body(Body::stream(body)).unwrap()).await;
    let seen = drain.seen.lock().unwrap().pop_front();
    (sent.map(drop), seen)
}

#[tokio::test]
async fn a_long_message_passes_in_pieces_and_a_short_one_stays_whole() {
    for (length, size, announced) in [
        (1_000, 1, false),
        (50_000, 1000, true),
        (300_000, 1, true),
        (300_000, 1, false),
        (1_000_000, 7, false),
        (1_000_000, 4096, true),
        (1_000_000, 5_000_000, false),
    ] {
        let (old, new) = (envelope(SECURITY, length), envelope("", length));
        let short = old.len() <= LIMIT || (!announced && size > old.len());
        let (sent, seen) = send("text/xml; charset=utf-8", &[], old, size, announced).await;
        sent.unwrap();
        let seen = seen.unwrap();
        let name = format!("{length} by {size}, announced: {announced}");
        assert!(seen.bytes == new, "{name}: other bytes");
        assert_eq!(seen.whole, short && length < LIMIT, "{name}");
        let known = announced || seen.whole;
        assert_eq!(seen.announced, known.then_some(new.len() as u64), "{name}");
        if !seen.whole {
            let bound = LIMIT + SECURITY.len() + size;
            assert!(seen.held <= bound, "{name}: {} bytes held", seen.held);
        }
    }
}

#[tokio::test]
async fn an_announced_long_message_is_held_only_until_its_header_is_complete() {
    let (sent, seen) = send("text/xml", &[], envelope(SECURITY, 1_000_000), 100, true).await;
    sent.unwrap();
    let held = seen.unwrap().held;
    assert!(held < 1000, "{held} bytes held");
}

#[tokio::test]
async fn what_the_header_is_refused_for_is_refused_before_anything_is_sent() {
    let dtd = [b"<!DOCTYPE x>".to_vec(), envelope(SECURITY, 1_000_000)].concat();
    let two = envelope(&SECURITY.repeat(2), 1_000_000);
    let long = envelope(&"<a/>".repeat(100_000), 1_000_000);
    for (message, code) in [
        (dtd, "envelope-dtd"),
        (two, "envelope-second-block"),
        (long, "envelope-header-too-large"),
    ] {
        for announced in [true, false] {
            let (sent, seen) = send("text/xml", &[], message.clone(), 999, announced).await;
            assert_eq!(sent.unwrap_err().code(), code);
            assert!(seen.is_none());
        }
    }
    // The rest of the message need not come for that.
    let drain = Drain::default();
    let body = Chunks {
        rest: Bytes::from_static(b"<!DOCTYPE"),
        size: 3,
        announced: false,
        endless: true,
        taken: drain.taken.clone(),
    };
    let stack = Rewrite::new(drain, Policy::default(), LIMIT);
    let error = stack
        .send(Request::new(Body::stream(body)))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "envelope-dtd");
}

const RELATED: &str = "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r>\"";

fn related(root_first: bool, envelope: &[u8], length: Option<usize>) -> Vec<u8> {
    let length = length.map_or(String::new(), |length| {
        format!("Content-Length: {length}\r\n")
    });
    let root =
        format!("--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <r>\r\n{length}\r\n");
    let root = [root.as_bytes(), envelope, b"\r\n"].concat();
    let other = [
        &b"--b\r\nContent-ID: <a>\r\n\r\n"[..],
        &[0xff; 100_000],
        SECURITY.as_bytes(),
        b"\r\n",
    ]
    .concat();
    let parts = if root_first {
        [root, other]
    } else {
        [other, root]
    };
    [parts.concat(), b"--b--\r\n".to_vec()].concat()
}

#[tokio::test]
async fn of_a_multipart_message_only_the_root_part_changes() {
    for body in [1000, 1_000_000] {
        let (old, new) = (envelope(SECURITY, body), envelope("", body));
        for root_first in [true, false] {
            let message = related(root_first, &old, Some(old.len()));
            let expected = related(root_first, &new, Some(new.len()));
            let (sent, seen) = send(RELATED, &[], message, 1000, true).await;
            sent.unwrap();
            let seen = seen.unwrap();
            assert!(seen.bytes == expected, "root first: {root_first}");
            // Root later: nothing can be announced before the root part is there.
            let known = root_first.then_some(expected.len() as u64);
            assert_eq!(seen.announced, known);
        }
    }
    let whole = related(false, &envelope(SECURITY, 10), None);
    let drain = Drain::default();
    let stack = Rewrite::new(drain.clone(), Policy::default(), LIMIT);
    let request = Request::post("/").header("content-type", RELATED);
    stack
        .send(request.body(Body::whole(whole)).unwrap())
        .await
        .unwrap();
    let seen = drain.seen.lock().unwrap().pop_front().unwrap();
    assert!(seen.whole && seen.bytes == related(false, &envelope("", 10), None));
}

#[tokio::test]
async fn a_refusal_behind_other_parts_breaks_the_body_off() {
    let message = related(false, b"<!DOCTYPE x>", None);
    let (sent, seen) = send(RELATED, &[], message.clone(), 1000, true).await;
    sent.unwrap();
    let seen = seen.unwrap();
    assert!(seen.broken && message.starts_with(&seen.bytes) && seen.bytes.len() > 90_000);
    let short = [b"--b\r\n\r\n\r\n", &message[message.len() - 100..]].concat();
    let (sent, seen) = send(RELATED, &[], short, 1, false).await;
    assert_eq!(sent.unwrap_err().code(), "envelope-dtd");
    assert!(seen.is_none());
}

#[tokio::test]
async fn headers_that_would_no_longer_be_true_are_refused() {
    for body in [1000, 1_000_000] {
        for name in ["digest", "content-digest", "repr-digest", "content-md5"] {
            let (sent, seen) = send(
                "text/xml",
                &[(name, "x")],
                envelope(SECURITY, body),
                1000,
                false,
            )
            .await;
            assert_eq!(sent.unwrap_err().code(), "request-digest", "{name}");
            assert!(seen.is_none());
            let (sent, _) = send("text/xml", &[(name, "x")], envelope("", body), 1000, false).await;
            sent.unwrap();
        }
    }
    let twice = [("content-type", "text/xml")];
    let (sent, seen) = send("text/xml", &twice, envelope(SECURITY, 10), 1000, false).await;
    assert_eq!(sent.unwrap_err().code(), "envelope-content-type");
    assert!(seen.is_none());
}

#[tokio::test]
async fn as_a_body_alone_it_gives_the_same_and_ends_in_the_refusal() {
    let through = |content_type: &str, message: Vec<u8>, size| {
        let body = Chunks {
            rest: message.into(),
            size,
            announced: true,
            endless: false,
            taken: Arc::default(),
        };
        let document = Document::of(Some(content_type)).unwrap();
        RewriteBody::new(body, document.rewriter(Policy::default()))
    };
    let (old, new) = (envelope(SECURITY, 100_000), envelope("", 100_000));
    for size in [1, 100, 1_000_000] {
        let body = through("text/xml", old.clone(), size);
        assert!(body.collect().await.unwrap().to_bytes() == new);
    }
    let body = through(RELATED, related(false, &old, None), 1000);
    assert!(body.collect().await.unwrap().to_bytes() == related(false, &new, None));

    let mut body = through("text/xml", envelope(&SECURITY.repeat(2), 10), 10);
    let error = body.frame().await.unwrap().unwrap_err();
    let refusal = error.downcast_ref::<Refusal>().unwrap();
    assert_eq!(refusal.code(), "envelope-second-block");
    assert!(body.frame().await.is_none() && body.is_end_stream());
}

#[tokio::test]
async fn after_a_401_a_short_message_is_sent_again_and_a_long_one_is_not() {
    for (body, arrivals) in [(1000, 2), (200_000, 1)] {
        let refused = Reply::Answer("401 Unauthorized\r\nWWW-Authenticate: Bearer", Vec::new());
        let peer = Peer::replies(vec![refused, ok()]).await;
        let mut plan = plan(&peer, Arc::new(Tokens::default()));
        plan.replay_limit = LIMIT;
        plan.repeat_writes_on_401 = true;
        let transport = EgressTransport::new(Limits::default()).unwrap();
        let stack = stack::raw(plan, transport);
        let message = Chunks {
            rest: envelope(SECURITY, body).into(),
            size: 4096,
            announced: true,
            endless: false,
            taken: Arc::default(),
        };
        let request = peer.request_with(Effect::Read, Body::stream(message));
        let answer = stack.send(request).await.unwrap();
        assert_eq!(answer.status() == 200, arrivals == 2);
        assert_eq!(peer.arrivals().len(), arrivals);
        for arrival in peer.arrivals() {
            assert!(arrival.body == envelope("", body));
        }
    }
}

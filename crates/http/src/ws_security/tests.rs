//! What goes out of messages with and without a login, whole and in chunks.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use http_body::{Body as _, Frame, SizeHint};

use super::*;

const MESSAGE: &str = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/><s:Body><a/></s:Body></s:Envelope>";
const OWN: &str = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><w:Security xmlns:w='http://schemas.xmlsoap.org/ws/2003/06/secext'>x</w:Security></s:Header><s:Body/></s:Envelope>";

/// Keeps what it is given.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<(HeaderMap, Option<u64>, Bytes)>>);

impl SoapTransport for Kept {
    type Error = Infallible;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let (parts, body) = request.into_parts();
        let length = body.size_hint().exact();
        let bytes = body.bytes_up_to(1024 * 1024).await.unwrap();
        self.0.lock().unwrap().push((parts.headers, length, bytes));
        Ok(Response::new(Body::whole("")))
    }
}

/// A body in chunks of one size, whose length is known.
struct Chunks(Bytes, usize);

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let size = self.1.min(self.0.len());
        let chunk = self.0.split_to(size);
        Poll::Ready((size > 0).then(|| Ok(Frame::data(chunk))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

fn streamed(message: &str, size: usize) -> Body {
    Body::stream(Chunks(Bytes::copy_from_slice(message.as_bytes()), size))
}

async fn sent(login: Option<Login>, body: Body) -> Result<(HeaderMap, Option<u64>, Bytes), Error> {
    let origin = Origin::of_url(&"https://gw.example/".parse().unwrap()).unwrap();
    let layer = WsSecurity::new(Arc::new(Kept::default()), origin, login).unwrap();
    let request = Request::post("https://gw.example/x")
        .header("authorization", "Bearer token-canary")
        .header("content-length", "7")
        .body(body)
        .unwrap();
    layer.send(request).await?;
    Ok(layer.inner.0.lock().unwrap().pop().unwrap())
}

fn login() -> Login {
    Login::new("user", Zeroizing::new("password-canary".to_owned()))
}
#[tokio::test]
async fn a_login_is_added_to_a_message_that_has_none_whole_or_streamed() {
    for size in [1, 7, 1000] {
        for body in [Body::whole(MESSAGE), streamed(MESSAGE, size)] {
            let (headers, length, bytes) = sent(Some(login()), body).await.unwrap();
            assert_eq!(length, Some(bytes.len() as u64));
            assert!(!headers.contains_key(AUTHORIZATION));
            assert!(!headers.contains_key("content-length"));
            let text = std::str::from_utf8(&bytes).unwrap();
            assert!(
                text.contains("<wsse:Username>user</wsse:Username>"),
                "{text}"
            );
            assert!(text.contains("#PasswordText\">password-canary</wsse:Password>"));
            assert!(text.ends_with("</s:Header><s:Body><a/></s:Body></s:Envelope>"));
        }
    }
}

#[tokio::test]
async fn what_has_its_own_goes_out_as_it_came_and_so_does_all_without_a_login() {
    for (login, message) in [
        (Some(login()), OWN),
        (None, OWN),
        (None, MESSAGE),
        (None, "no XML"),
    ] {
        for body in [Body::whole(message), streamed(message, 3)] {
            let (headers, _, bytes) = sent(login.clone(), body).await.unwrap();
            assert_eq!(bytes, message);
            assert!(!headers.contains_key(AUTHORIZATION));
        }
    }
}

#[tokio::test]
async fn what_cannot_carry_a_login_is_refused_before_it_is_sent() {
    let blank = " ".repeat(2 * HELD);
    let long = MESSAGE.replace("<s:Header/>", &format!("<s:Header>{blank}</s:Header>"));
    for (message, code) in [
        ("{\"a\": 1}", "envelope-not-xml"),
        (&MESSAGE[..80], "envelope-truncated"),
        (long.as_str(), "envelope-header-too-large"),
    ] {
        let error = sent(Some(login()), streamed(message, 1000))
            .await
            .unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!format!("{error:?} {error}").contains("canary"));
    }
    assert_eq!(format!("{:?}", login()), "Login");
}

#[tokio::test]
async fn a_login_goes_to_one_origin() {
    let origin = Origin::of_url(&"https://other.example/".parse().unwrap()).unwrap();
    let layer = WsSecurity::new(Arc::new(Kept::default()), origin, Some(login())).unwrap();
    let request = Request::post("https://gw.example/x")
        .body(Body::whole(MESSAGE))
        .unwrap();
    assert_eq!(
        layer.send(request).await.unwrap_err().code(),
        "origin-refused"
    );
    let open = Origin::of_url(&"http://gw.example/".parse().unwrap()).unwrap();
    let refused = WsSecurity::new(Arc::new(Kept::default()), open, None).unwrap_err();
    assert_eq!(refused.code(), "origin-insecure");
}

//! What the layers behind take a message for whose headers say that it reads.

use std::convert::Infallible;
use std::sync::Mutex;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, StreamBody};

use super::*;

/// What arrived: the effect, the operation's name, whether it may be sent again, the body.
type Seen = (Effect, Option<String>, bool, Bytes);

#[derive(Default)]
struct Behind(Mutex<Vec<Seen>>);

impl SoapTransport for Behind {
    type Error = Infallible;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let effect = Effect::of(&request);
        let told = Progress::of(&request).effect();
        assert_eq!(told.unwrap_or(effect), effect);
        let operation = OperationName::of(&request).map(|operation| operation.name().to_owned());
        let (parts, body) = request.into_parts();
        let bytes = body.bytes(effect).await.expect("it does not break off");
        let request = Request::from_parts(parts, bytes.clone());
        let again = effect == Effect::Read && may_repeat(&request);
        let mut seen = self.0.lock().unwrap();
        seen.push((effect, operation, again, bytes));
        Ok(Response::new(Body::whole("")))
    }
}

fn envelope(payload: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{payload}</s:Body></s:Envelope>"
    )
}

fn request(action: &str, content_type: &str, body: Body) -> Request<Body> {
    let mut request = Request::post("http://x/")
        .header(
            "soapaction",
            format!("\"http://jackhenry.com/ws/{action}\""),
        )
        .header("content-type", content_type)
        .body(body)
        .unwrap();
    Effect::told_by_headers(&mut request);
    request
}

async fn sent(effects: Effects, request: Request<Body>) -> Result<Seen, Error> {
    let behind = Arc::new(Behind::default());
    let layer = Confirm::new(Arc::clone(&behind), Arc::new(effects));
    layer.send(request).await?;
    let seen = behind.0.lock().unwrap().pop();
    Ok(seen.expect("it was sent"))
}

const XML: &str = "text/xml; charset=utf-8";

#[tokio::test]
async fn a_read_is_one_only_where_headers_and_body_agree() {
    use Effect::{Read, Unknown, Write};
    for (action, payload, effect, name, again) in [
        ("AcctInq", "<AcctInq/>", Read, "AcctInq", true),
        ("AcctInq", "<p:AcctInq xmlns:p='u'/>", Read, "AcctInq", true),
        ("AcctInq", "<CustInq/>", Read, "AcctInq", true),
        ("AcctInq", "<XferAdd/>", Write, "XferAdd", false),
        (
            "AcctInq",
            "<p:XferAdd xmlns:p='u'/>",
            Write,
            "XferAdd",
            false,
        ),
        ("AcctInq", "<XferCancel/>", Unknown, "XferCancel", false),
        ("AcctInq", "", Unknown, "AcctInq", false),
        ("AcctInq", "text", Unknown, "AcctInq", false),
        ("AcctInq", "<AcctInq/><XferAdd/>", Unknown, "AcctInq", false),
        ("AcctInq", "<AcctInq", Unknown, "AcctInq", false),
        // It reads, and is not repeated, for what it reserves would be reserved twice.
        (
            "AcctInq",
            "<AcctInq><ActIntent>Upd</ActIntent></AcctInq>",
            Read,
            "AcctInq",
            false,
        ),
        // What the headers call a write stays one, whatever the body says.
        ("XferAdd", "<AcctInq/>", Write, "XferAdd", false),
    ] {
        let body = envelope(payload);
        let stream = Body::stream(Full::<Bytes>::from(body.clone()));
        for message in [Body::whole(body.clone()), stream] {
            let seen = sent(Effects::default(), request(action, XML, message)).await;
            let (found, operation, repeats, bytes) = seen.unwrap();
            assert_eq!(
                (found, operation.as_deref(), repeats),
                (effect, Some(name), again),
                "{action} {payload}"
            );
            assert_eq!(bytes, body);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_looked_into_counts_as_a_write() {
    let read = envelope("<AcctInq/>");
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(read.encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    let long = envelope(&format!("<AcctInq>{}</AcctInq>", " ".repeat(HELD)));
    let chunks = |text: String| {
        let chunks: Vec<_> = text
            .as_bytes()
            .chunks(1000)
            .map(Bytes::copy_from_slice)
            .collect();
        let frames = chunks
            .into_iter()
            .map(|chunk| Ok::<_, Infallible>(http_body::Frame::data(chunk)));
        Body::stream(StreamBody::new(futures_util::stream::iter(frames)))
    };
    let effect = async |request| sent(Effects::default(), request).await.unwrap().0;
    let mut packed = request("AcctInq", XML, Body::whole(read.clone()));
    packed
        .headers_mut()
        .insert(CONTENT_ENCODING, "gzip".parse().unwrap());
    assert_eq!(effect(packed).await, Effect::Unknown);
    let wide = request("AcctInq", "text/xml", Body::whole(wide));
    assert_eq!(effect(wide).await, Effect::Unknown);
    assert_eq!(
        effect(request("AcctInq", XML, chunks(read))).await,
        Effect::Read
    );
    assert_eq!(
        effect(request("AcctInq", XML, chunks(long.clone()))).await,
        Effect::Unknown
    );
    let known = Body::stream(Full::<Bytes>::from(long.clone()));
    assert_eq!(
        effect(request("AcctInq", XML, known)).await,
        Effect::Unknown
    );
    // In memory it may be as long as it likes.
    let whole = Body::whole(long);
    assert_eq!(effect(request("AcctInq", XML, whole)).await, Effect::Read);
}

#[tokio::test]
async fn the_root_part_of_a_multipart_message_has_its_say() {
    for (payload, effect) in [("<AcctInq/>", Effect::Read), ("<XferAdd/>", Effect::Write)] {
        let body = format!(
            "--b\r\nContent-Type: text/xml\r\n\r\n{}\r\n--b\r\n\r\n<XferAdd/>\r\n--b--\r\n",
            envelope(payload)
        );
        let content_type = "multipart/related; boundary=b; type=\"text/xml\"";
        let request = request("AcctInq", content_type, Body::whole(body));
        assert_eq!(sent(Effects::default(), request).await.unwrap().0, effect);
    }
}

#[tokio::test]
async fn what_is_set_for_the_payload_goes_before_its_name() {
    let mut effects = Effects::default();
    effects.set("CustInq", Effect::Write);
    effects.set("OddAdd", Effect::Read);
    for (payload, effect) in [("<CustInq/>", Effect::Write), ("<OddAdd/>", Effect::Read)] {
        let request = request("AcctInq", XML, Body::whole(envelope(payload)));
        assert_eq!(sent(effects.clone(), request).await.unwrap().0, effect);
    }
}

#[tokio::test]
async fn who_knows_the_operation_is_not_asked_again() {
    let mut request = Request::new(Body::whole(envelope("<XferAdd/>")));
    request.extensions_mut().insert(Effect::Read);
    assert_eq!(
        sent(Effects::default(), request).await.unwrap().0,
        Effect::Read
    );
}

#[tokio::test]
async fn a_message_that_breaks_off_is_not_sent() {
    let frames = [
        Ok(http_body::Frame::data(Bytes::from_static(b"<s:Env"))),
        Err(std::io::Error::other("the client left")),
    ];
    let body = StreamBody::new(futures_util::stream::iter(frames)).boxed_unsync();
    let refused = sent(
        Effects::default(),
        request("AcctInq", XML, Body::stream(body)),
    )
    .await;
    assert_eq!(refused.unwrap_err().code(), "request-broken");
}

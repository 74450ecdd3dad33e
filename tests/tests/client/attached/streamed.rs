//! Answers whose attachments are read as they come.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use castile::envelope::{Packed, SoapVersion, pack};
use castile::model::{Attach, Fill, WarningKind, encode_attached};
use castile::{AttachedParts, Client, StreamedReply};
use tokio::runtime::{Builder, Runtime};

use super::*;

/// A part that nobody refers to.
const OTHER: (&str, &[u8]) = ("other", b"\r\n--mtom-u0\r\nnobody refers to it");

fn answer() -> ImgResponse {
    ImgResponse {
        note: Some("three".into()),
        image: [image(3), image(40_000), image(100_000)]
            .map(Field::from)
            .into(),
        ..ImgResponse::default()
    }
}

/// An answer with its images beside it, and [`OTHER`].
fn packed(answer: &ImgResponse) -> Packed {
    let attach = Attach {
        above: 1_000,
        stem: "x@gateway".into(),
    };
    let (payload, mut attachments) =
        encode_attached(answer, &Fill::default(), true, attach).expect("a response");
    assert_eq!(attachments.len(), 2);
    attachments.insert(1, (OTHER.0.to_owned(), OTHER.1.to_vec()));
    let envelope = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{payload}</s:Body></s:Envelope>"
    );
    pack(
        envelope.as_bytes(),
        &attachments,
        "u1",
        SoapVersion::V11,
        "urn:image",
    )
    .expect("a message")
}

/// Status line and headers of a packed answer.
fn status(packed: &Packed) -> &'static str {
    format!("200 OK\r\nContent-Type: {}", packed.content_type).leak()
}

pub(super) fn inquiry() -> ImgInq {
    ImgInq {
        msg_rq_hdr: head(),
        ..ImgInq::default()
    }
}

type Streamed = StreamedReply<ImgResponse, NoFault>;
type Failed = castile::Error<NoFault>;

/// All of an answer: the response with its attachments in it, and the others.
async fn read(answer: Streamed) -> Result<(ImgResponse, Vec<Vec<u8>>), Failed> {
    let StreamedReply {
        reply, mut parts, ..
    } = answer;
    let mut response = reply.response.value;
    let mut others = Vec::new();
    while let Some(mut part) = parts.next().await? {
        let of = response.image.iter().position(|field| part.is_of(field));
        assert_eq!(of.is_some(), part.is_referred_to());
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await? {
            bytes.extend_from_slice(&chunk);
        }
        assert_eq!(part.chunk().await.expect("an end"), None);
        match of {
            Some(at) => {
                assert!(response.image[at].is_empty());
                response.image[at] = Base64::from(bytes).into();
            }
            None => others.push(bytes),
        }
    }
    assert!(parts.next().await.expect("an end").is_none());
    Ok((response, others))
}

/// What may go to another thread, as spawned tasks do.
fn sendable<F: Future + Send>(future: F) -> F {
    future
}

#[tokio::test]
async fn attachments_that_are_read_as_they_come_are_those_of_the_whole_answer() {
    let bank = Institution::open().await;
    let expected = answer();
    let packed = packed(&expected);
    let whole = Reply::Answer(status(&packed), packed.body.clone());
    let gateway = Scripted::start(vec![whole.clone(), whole, Reply::xml(empty())]).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let request = inquiry();
    let at_once = client.call(&request).send_whole().await.expect("an answer");
    let streamed = sendable(client.call(&request).send_attached()).await;
    let streamed = streamed.expect("an answer");
    assert_eq!(streamed.reply.response.value.note, expected.note);
    // Who overlooks the attachments is told that there are no values.
    let warnings = streamed.reply.response.warnings();
    let odd: Vec<_> = warnings.iter().map(|warning| warning.kind).collect();
    assert_eq!(odd, [WarningKind::EmptyValue; 2]);
    let (response, others) = sendable(read(streamed)).await.expect("all of it");
    assert_eq!(response, at_once.response.value);
    assert_eq!(response, expected);
    let at_once: Vec<_> = at_once
        .attachments
        .iter()
        .map(|at| at.content.to_vec())
        .collect();
    assert_eq!(others, at_once);
    assert_eq!(others, [OTHER.1]);
    let arrivals = gateway.arrivals();
    assert_eq!(
        arrivals[1].header("accept"),
        ["multipart/related, text/xml"]
    );
    // An answer that has no parts.
    let plain = client.call(&request).send_attached().await;
    let (response, others) = read(plain.expect("an answer")).await.expect("all of it");
    assert_eq!((response, others.len()), (ImgResponse::default(), 0));
}

#[tokio::test]
async fn an_answer_that_is_cut_off_behind_its_response_is_never_taken_for_whole() {
    let bank = Institution::open().await;
    let packed = packed(&answer());
    let length = packed.body.len();
    let cuts: Vec<usize> = (1..60).map(|at| at * length / 60).collect();
    // What the closing delimiter is made of.
    let last = (length - 20..length - 2).step_by(3);
    let cuts: Vec<usize> = cuts.into_iter().chain(last).collect();
    let replies = cuts
        .iter()
        .map(|at| Reply::Answer(status(&packed), packed.body[..*at].to_vec()));
    let gateway = Scripted::start(replies.collect()).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let mut begun = 0;
    for at in cuts {
        let request = ImgAdd {
            image: Vec::new(),
            ..add()
        };
        let error = match client.call(&request).send_attached().await {
            Err(error) => error,
            Ok(answer) => {
                begun += 1;
                read(answer).await.expect_err("a cut answer")
            }
        };
        assert_eq!(error.code(), "envelope-truncated", "{at}");
        assert!(error.outcome_unknown() && !error.is_retryable());
    }
    assert!(begun > 50, "{begun}");
}

#[tokio::test]
async fn an_envelope_behind_an_attachment_is_for_who_reads_the_whole() {
    let bank = Institution::open().await;
    let content_type =
        "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<root>\"";
    let envelope = String::from_utf8(empty()).expect("text");
    let body = format!(
        "--b\r\nContent-ID: <1>\r\n\r\nabc\r\n--b\r\nContent-ID: <root>\r\nContent-Type: application/xop+xml\r\n\r\n\
         {envelope}\r\n--b--\r\n"
    );
    let head: &'static str = format!("200 OK\r\nContent-Type: {content_type}").leak();
    let gateway = Scripted::start(vec![Reply::Answer(head, body.into())]).await;
    let client = bank.client_at(gateway.url(), |_| {});
    let request = inquiry();
    let error = client.call(&request).send_attached().await;
    let error = error.expect_err("a refusal");
    assert_eq!(error.code(), "envelope-root-not-first");
    assert!(error.to_string().contains("`send`"), "{error}");
    client.call(&request).send().await.expect("an answer");
}

/// A gateway in a thread of its own, whose memory is not that of the client; gives its address.
pub(super) fn gateway(answer: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        while let Ok((mut socket, _)) = listener.accept() {
            let mut reader = BufReader::new(socket.try_clone().expect("a socket"));
            let mut length = 0;
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some((_, value)) = line.to_lowercase().split_once("content-length:") {
                    length = value.trim().parse().expect("a length");
                }
                line.clear();
            }
            reader.read_exact(&mut vec![0; length]).expect("a request");
            answer(&mut socket);
        }
    });
    format!("http://{address}/svc")
}

/// Bytes whose place shows in them.
pub(super) fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

/// Answers with an image of so many pieces, each a multiple of 251 bytes long.
pub(super) fn large(pieces: usize, piece: Vec<u8>) -> String {
    let root = "--b\r\nContent-Type: application/xop+xml\r\n\r\n\
        <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
        <ImgResponse xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><Image>\
        <i:Include xmlns:i=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:1@x\"/></Image></ImgResponse>\
        </s:Body></s:Envelope>\r\n--b\r\nContent-ID: <1@x>\r\n\r\n";
    let end = "\r\n--b--\r\n";
    let length = root.len() + pieces * piece.len() + end.len();
    gateway(move |socket| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=b; type=\"application/xop+xml\"\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{root}"
        );
        // The client may be gone; then nobody waits for it.
        let _ = socket.write_all(head.as_bytes());
        for _ in 0..pieces {
            let _ = socket.write_all(&piece);
        }
        let _ = socket.write_all(end.as_bytes());
    })
}

/// A bank, and the thread of its own that it works on.
pub(super) fn bank_elsewhere() -> (Runtime, Institution) {
    let mut thread = Builder::new_multi_thread();
    let thread = thread.worker_threads(1).enable_all().build();
    let thread = thread.expect("a runtime");
    let bank = thread.block_on(Institution::open());
    (thread, bank)
}

#[test]
fn a_large_attachment_passes_in_the_memory_of_a_chunk() {
    const PIECE: usize = 251 * 261;
    const MIB: usize = 1 << 20;
    let (_thread, bank) = bank_elsewhere();
    let piece = pattern(PIECE + 251);
    let request = inquiry();
    let peak = |bytes: usize, read: &dyn Fn(&Client<_>, &ImgInq, usize)| {
        let pieces = bytes / PIECE + 1;
        let url = large(pieces, piece[..PIECE].to_vec());
        let client = bank.client_at(&url, |plan| plan.answer_limit = 64 * MIB);
        allocation_counter::measure(|| read(&client, &request, pieces * PIECE)).bytes_max
    };
    let client_side = || {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime")
    };
    let by_chunks = |client: &Client<_>, request: &ImgInq, expected: usize| {
        client_side().block_on(async {
            let mut answer = client.call(request).send_attached().await.expect("a root");
            let mut part = answer.parts.next().await.expect("a part").expect("one");
            assert!(part.is_of(&answer.reply.response.value.image[0]));
            let mut seen = 0;
            while let Some(chunk) = part.chunk().await.expect("a chunk") {
                for bytes in chunk.chunks(PIECE) {
                    let from = seen % 251;
                    assert!(bytes == &piece[from..from + bytes.len()]);
                    seen += bytes.len();
                }
            }
            assert_eq!(seen, expected);
            assert!(answer.parts.next().await.expect("the end").is_none());
        });
    };
    let (few, streamed) = (peak(MIB, &by_chunks), peak(32 * MIB, &by_chunks));
    // What is held otherwise; it also shows that the measure can tell.
    let whole = peak(2 * MIB, &|client, request, expected| {
        let answer = client_side().block_on(client.call(request).send());
        let image = answer.expect("an answer").image.remove(0).into_value();
        assert_eq!(image.expect("an image").0.len(), expected);
    });
    assert!(streamed < 4 << 20, "{streamed}");
    assert!(streamed < few + few / 2, "{few}, then {streamed}");
    assert!(whole > 4 << 20, "{whole}");
}

#[tokio::test]
async fn a_connection_that_breaks_behind_the_last_part_is_told_each_time() {
    let bank = Institution::open().await;
    let packed = packed(&answer());
    let content_type = packed.content_type.clone();
    let url = gateway(move |socket| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            packed.body.len() + 10
        );
        let _ = socket.write_all(&[head.as_bytes(), &packed.body].concat());
    });
    let client = bank.client_at(&url, |_| {});
    let request = inquiry();
    let answer = client.call(&request).send_attached().await;
    let mut parts: AttachedParts<NoFault> = answer.expect("a root").parts;
    // What is not read of a part is passed by.
    for _ in 0..3 {
        let part = parts.next().await.expect("a part");
        assert!(part.is_some_and(|part| part.content_id().is_some()));
    }
    let error = parts.next().await.expect_err("a broken connection");
    assert_eq!(error.code(), "gateway-interrupted", "{error}");
    let error = parts.next().await.expect_err("no end");
    assert_eq!(error.code(), "envelope-truncated");
}

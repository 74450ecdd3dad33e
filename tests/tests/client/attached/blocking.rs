//! The same for programs that wait: attachments are read like files.

use std::io::{self, Read as _, Write};

use castile::blocking::Client;
use castile::model::NoFault;
use tokio::runtime::Builder;

use super::streamed::{bank_elsewhere, gateway, inquiry, large, pattern};
use super::*;

const PIECE: usize = 251 * 261;
const MIB: usize = 1 << 20;

/// Counts what it is given, and compares it with [`pattern`].
struct Compared(usize);

impl Write for Compared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let from = self.0;
        let all = bytes.iter().zip(from..);
        assert!(all.into_iter().all(|(byte, at)| *byte == (at % 251) as u8));
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_large_attachment_is_read_like_a_file_in_the_memory_of_a_chunk() {
    let (_thread, bank) = bank_elsewhere();
    let peak = |bytes: usize| {
        let pieces = bytes / PIECE + 1;
        let profile = bank.profile_at(&large(pieces, pattern(PIECE)));
        let measured = allocation_counter::measure(|| {
            let client = Client::connect(&profile).expect("a client");
            let request = inquiry();
            let mut answer = client.call(&request).send_attached().expect("a root");
            let mut part = answer.parts.next().expect("a part").expect("one");
            assert!(part.is_of(&answer.reply.response.value.image[0]));
            assert!(part.is_referred_to() && part.content_id() == Some("1@x"));
            // What of a chunk was not read comes with the next one that is asked for.
            let mut first = [0; 3];
            part.read_exact(&mut first).expect("three bytes");
            assert_eq!(first, [0, 1, 2]);
            let mut seen = Compared(first.len());
            let chunk = part.chunk().expect("a chunk").expect("more");
            seen.write_all(&chunk).expect("the pattern");
            io::copy(&mut part, &mut seen).expect("the rest");
            assert_eq!(seen.0, pieces * PIECE);
            assert_eq!(part.read(&mut first).expect("an end"), 0);
            assert!(answer.parts.next().expect("the end").is_none());
        });
        measured.bytes_max
    };
    // How large its chunks are, is the connection's to choose, up to some hundreds of KiB.
    for length in [MIB, 16 * MIB] {
        let most = peak(length);
        assert!(most < 4 * MIB as u64, "{length}: {most}");
    }
}

#[test]
fn a_broken_attachment_is_an_error_of_the_reader_with_that_of_the_call_in_it() {
    let (_thread, bank) = bank_elsewhere();
    let url = gateway(|socket| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=b; type=\"application/xop+xml\"\r\n\
            Content-Length: 9000\r\nConnection: close\r\n\r\n--b\r\nContent-Type: application/xop+xml\r\n\r\n\
            <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
            <ImgResponse xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"/></s:Body></s:Envelope>\
            \r\n--b\r\nContent-ID: <1@x>\r\n\r\n";
        let _ = socket.write_all(&[head.as_bytes(), &pattern(2_000)].concat());
    });
    let client = Client::connect(&bank.profile_at(&url)).expect("a client");
    // The beginning of a read's answer is held, to be asked for again when it breaks.
    let request = ImgAdd {
        image: Vec::new(),
        ..add()
    };
    let mut answer = client.call(&request).send_attached().expect("a root");
    // Inside of a runtime it is refused, and nothing is lost.
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let refused = answer.parts.next().expect_err("inside of a runtime");
        assert_eq!(refused.code(), "call-inside-async");
        let refused = client.call(&request).send_attached();
        assert_eq!(refused.expect_err("here, too").code(), "call-inside-async");
    });
    let mut part = answer.parts.next().expect("a part").expect("one");
    let mut read = Vec::new();
    let error = part.read_to_end(&mut read).expect_err("a broken part");
    let error = error.into_inner().expect("the call's");
    let error = error.downcast::<castile::Error<NoFault>>().expect("it");
    assert_eq!(error.code(), "gateway-interrupted");
    assert!(pattern(2_000).starts_with(&read), "{read:?}");
    let error = answer.parts.next().expect_err("no answer that is whole");
    assert!(error.outcome_unknown());
}

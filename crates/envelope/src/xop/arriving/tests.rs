//! However a message comes, it is the one that is read whole.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::xop::{Part, assemble, parts};

const TYPE: &str = "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<root>\"";
const XOP: &str = "xmlns:i='http://www.w3.org/2004/08/xop/include'";

/// Part headers and contents behind a root part.
fn message(root: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let head = "Content-Type: application/xop+xml; charset=UTF-8\r\nContent-ID: <root>\r\n";
    let mut message = b"preamble\r\n".to_vec();
    for (head, content) in [(head, root.as_bytes())].iter().chain(parts) {
        message.extend_from_slice(format!("--b\r\n{head}\r\n").as_bytes());
        message.extend_from_slice(content);
        message.extend_from_slice(b"\r\n");
    }
    message.extend_from_slice(b"--b--\r\nepilogue\r\n--b\r\n");
    message
}

fn sound() -> Vec<u8> {
    let root = format!(
        "<a {XOP}><b x='1'><!-- --> <i:Include href='cid:1%40x'/>\n</b><c><i:Include href='cid:a%25b@x'></i:Include></c>\
         <b><i:Include href='cid:1@x'/></b></a>"
    );
    let parts: [(&str, &[u8]); 4] = [
        (
            "Content-ID: <1@x>\r\nContent-Type: image/TIFF\r\n",
            b"\r\n--\r\n--\0\xff--b\n--\r\r\n",
        ),
        ("Content-Type: text/plain\r\n", b"nobody asked"),
        (
            "Content-ID: <a%b@x>\r\nContent-Transfer-Encoding: binary\r\n",
            b"",
        ),
        ("Content-ID: <3>\r\n", b"\r\n"),
    ];
    message(&root, &parts)
}

#[derive(Debug, Default, PartialEq)]
struct Read {
    envelope: Bytes,
    parts: Vec<(PartHead, Vec<u8>)>,
}

/// All of a message in those chunks.
fn read<'c>(
    chunks: impl IntoIterator<Item = &'c [u8]>,
    limits: XopLimits,
) -> Result<Read, Refusal> {
    let mut arriving = ArrivingParts::of(TYPE, limits)?.unwrap();
    let mut read = Read::default();
    let mut is_open = false;
    let mut is_whole = false;
    let mut take = |arriving: &mut ArrivingParts| -> Result<bool, Refusal> {
        while let Some(arrival) = arriving.next()? {
            assert!(!is_whole);
            match arrival {
                Arrival::Envelope(bytes) => read.envelope = bytes,
                Arrival::Part(head) => {
                    assert!(!std::mem::replace(&mut is_open, true));
                    read.parts.push((head, Vec::new()));
                }
                Arrival::Content(content) => {
                    assert!(is_open && !content.is_empty());
                    read.parts.last_mut().unwrap().1.extend_from_slice(&content);
                }
                Arrival::PartEnd => assert!(std::mem::take(&mut is_open)),
                Arrival::End => is_whole = true,
            }
        }
        Ok(is_whole)
    };
    for chunk in chunks {
        arriving.push(chunk);
        take(&mut arriving)?;
    }
    arriving.finish();
    assert!(take(&mut arriving)?);
    Ok(read)
}

fn whole(message: &[u8]) -> Result<Read, Refusal> {
    read([message], XopLimits::default())
}

fn in_bytes(message: &[u8]) -> Result<Read, Refusal> {
    read(message.chunks(1), XopLimits::default())
}

/// The envelope with the parts in it, and the other parts, as [`assemble`] gives them.
fn put_together(read: &Read) -> (String, Vec<Vec<u8>>) {
    let mut envelope = String::from_utf8(read.envelope.to_vec()).unwrap();
    let mut others = Vec::new();
    for (head, content) in &read.parts {
        if head.is_referred_to {
            let id = head.content_id.as_deref().unwrap().replace('%', "%25");
            let reference = format!(" href=\"cid:{id}\">");
            assert!(envelope.contains(&reference), "{envelope} {reference}");
            let content = format!(">{}", STANDARD.encode(content));
            envelope = envelope.replace(&reference, &content);
        } else {
            others.push(content.clone());
        }
    }
    (envelope, others)
}

#[test]
fn it_is_the_message_that_is_read_whole_wherever_it_is_cut() {
    let message = sound();
    let at_once = whole(&message).unwrap();
    let (envelope, others) = put_together(&at_once);
    let assembled = assemble(TYPE, &message, &XopLimits::default()).unwrap();
    let expected = String::from_utf8(assembled.envelope.into_owned()).unwrap();
    // White space and comments around a reference go with it.
    assert_eq!(
        envelope,
        expected.replace("<!-- --> ", "").replace('\n', "")
    );
    let expected: Vec<_> = assembled.others.iter().map(|part| part.content).collect();
    assert_eq!(others, expected);
    assert_eq!(at_once.parts[0].0.media_type.as_deref(), Some("image/tiff"));
    assert_eq!(in_bytes(&message).unwrap(), at_once);
    for at in 0..message.len() {
        let (before, after) = message.split_at(at);
        let read = read([before, after], XopLimits::default()).unwrap();
        assert_eq!(read, at_once, "{at}");
    }
}

#[test]
fn what_is_cut_short_is_refused_as_when_it_is_read_whole() {
    let message = sound();
    let last = message.windows(7).position(|at| at == b"--b--\r\n");
    // The line break behind the closing delimiter may be left out.
    for end in 0..last.unwrap() + 5 {
        let cut = &message[..end];
        let expected = assemble(TYPE, cut, &XopLimits::default()).unwrap_err();
        assert_eq!(whole(cut), Err(expected.clone()), "{end}");
        assert_eq!(in_bytes(cut), Err(expected), "{end}");
    }
    assert!(whole(&message[..last.unwrap() + 5]).is_ok());
}

/// The parts of a message, all alike, and what refuses it.
fn split<'c>(chunks: impl IntoIterator<Item = &'c [u8]>) -> Result<Vec<Vec<u8>>, Refusal> {
    let media = MediaType::read(TYPE).unwrap();
    let related = Related::of(&media, TYPE.len()).unwrap();
    let mut splitter = Splitter::new(related.delimiter, 10);
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let mut take = |splitter: &mut Splitter| -> Result<(), Refusal> {
        while let Some(piece) = splitter.next()? {
            match piece {
                Piece::Head(..) => parts.push(Vec::new()),
                Piece::Content(content) => parts.last_mut().unwrap().extend_from_slice(&content),
                Piece::End | Piece::Close => {}
            }
        }
        Ok(())
    };
    for chunk in chunks {
        splitter.push(chunk);
        take(&mut splitter)?;
    }
    splitter.finish();
    take(&mut splitter)?;
    Ok(parts)
}

#[test]
fn changed_bytes_change_nothing_but_what_they_change_in_the_whole() {
    let message = sound();
    let related = Related::of(&MediaType::read(TYPE).unwrap(), TYPE.len()).unwrap();
    let limits = XopLimits {
        parts: 10,
        ..XopLimits::default()
    };
    let mut refused = 0;
    for at in (0..message.len()).step_by(2) {
        let changed = b"\r\n-b: \0<".map(|byte| {
            let mut changed = message.clone();
            changed[at] = byte;
            changed
        });
        let left_out = [&message[..at], &message[at + 1..]].concat();
        let inserted = ["\r\n--b\r\n", "\n--b\r\n", "--b--\r\n", "\r\n--b \r\n\r\n"].map(|text| {
            let (before, after) = message.split_at(at);
            [before, text.as_bytes(), after].concat()
        });
        for variant in changed.into_iter().chain(inserted).chain([left_out]) {
            let expected = parts(&variant, &related, &limits).map(|parts| {
                let content = |part: Part| variant[part.content].to_vec();
                parts.into_iter().map(content).collect::<Vec<_>>()
            });
            refused += usize::from(expected.is_err());
            let told = String::from_utf8_lossy(&variant);
            assert_eq!(split([&variant[..]]), expected, "{told}");
            assert_eq!(split(variant.chunks(1)), expected, "{told}");
            let (before, after) = variant.split_at(at);
            assert_eq!(split([before, after]), expected, "{told}");
        }
    }
    assert!(refused > 300, "{refused}");
}

#[test]
fn what_cannot_be_read_as_it_comes_is_refused() {
    let refer = format!("<a {XOP}><i:Include href='cid:1@x'/></a>");
    let one = |head: &str| message(&refer, &[(head, b"abc")]);
    let sound = one("Content-ID: <1@x>\r\n");
    assert!(whole(&sound).is_ok());
    let replaced = |from: &str, to: &str| {
        let text = String::from_utf8(sound.clone()).unwrap();
        text.replace(from, to).into_bytes()
    };
    for (message, code) in [
        (replaced("<root>", "<boot>"), "envelope-root-not-first"),
        (replaced("UTF-8", "utf-16"), "envelope-encoding"),
        (replaced("<a ", "<!DOCTYPE a><a "), "envelope-dtd"),
        (replaced("<a ", "<a href='x' "), "envelope-include"),
        (replaced("</a>", "x</a>"), "envelope-include"),
        (replaced("\r\n", "\n"), "envelope-boundary-line"),
        (b"--b--\r\n".to_vec(), "envelope-root-missing"),
        (one("Content-ID: <2@x>\r\n"), "envelope-include"),
        (one("Content-ID: <1@x\r\n"), "envelope-part-header"),
        (
            one("Content-ID: <1@x>\r\nContent-Transfer-Encoding: base64\r\n"),
            "envelope-attachment",
        ),
        (
            message(&refer, &[("Content-ID: <1@x>\r\n", &b"a"[..]); 2]),
            "envelope-attachment",
        ),
        (
            message("<a/>", &[("Content-Transfer-Encoding: base64\r\n", b"a")]),
            "envelope-attachment",
        ),
        (
            one(&format!("X: {}", "y".repeat(20_000))),
            "envelope-part-header-too-large",
        ),
        (
            [b"x".repeat(70_000), sound.clone()].concat(),
            "envelope-boundary",
        ),
    ] {
        let told = String::from_utf8_lossy(&message);
        let (at_once, slowly) = (whole(&message), in_bytes(&message));
        assert_eq!(at_once.as_ref().unwrap_err().code(), code, "{told}");
        assert_eq!(at_once, slowly, "{told}");
    }
    let limited = |parts, root| {
        let limits = XopLimits {
            parts,
            root,
            ..XopLimits::default()
        };
        read([&sound[..]], limits).map_or_else(|refusal| refusal.code(), |_| "")
    };
    assert_eq!(limited(1, 1_000), "envelope-too-many-parts");
    assert_eq!(limited(2, refer.len() - 1), "envelope-root-too-large");
    assert_eq!(limited(2, refer.len()), "");
    let alone = ArrivingParts::of("text/xml", XopLimits::default());
    assert!(alone.unwrap().is_none());
}

#[test]
fn an_envelope_that_may_not_refer_is_given_as_it_stands() {
    let root = format!("<a {XOP}><i:Include href='cid:1@x'/></a>");
    let message = message(&root, &[("Content-ID: <1@x>\r\n", b"abc")]);
    let message = String::from_utf8(message).unwrap();
    let message = message.replace("application/xop+xml", "text/xml");
    let content_type = TYPE.replace("application/xop+xml", "text/xml");
    let arriving = ArrivingParts::of(&content_type, XopLimits::default());
    let mut arriving = arriving.unwrap().unwrap();
    arriving.push(message.as_bytes());
    let envelope = Arrival::Envelope(root.into_bytes().into());
    assert_eq!(arriving.next(), Ok(Some(envelope)));
    let Ok(Some(Arrival::Part(head))) = arriving.next() else {
        panic!("a part");
    };
    assert!(!head.is_referred_to);
}

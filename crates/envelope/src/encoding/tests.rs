//! Byte order marks, declarations, and encodings that are refused.

use super::*;

fn read(input: &[u8]) -> Result<(Charset, usize), Refusal> {
    Prolog::read(input, Form::Bytes, None).map(|prolog| (prolog.charset, prolog.end))
}

#[test]
fn charset_comes_from_mark_then_declaration() {
    assert_eq!(read(b"<a/>"), Ok((Charset::Utf8, 0)));
    assert_eq!(read(b"\xef\xbb\xbf<a/>"), Ok((Charset::Utf8, 3)));
    assert_eq!(read(b" <a/>"), Ok((Charset::Utf8, 0)));
    assert_eq!(read(b"<?xml version='1.0'?><a/>"), Ok((Charset::Utf8, 21)));
    let latin = b"<?xml version=\"1.0\" encoding = \"ISO-8859-1\" standalone='no' ?><a/>";
    assert_eq!(read(latin), Ok((Charset::SingleByte, latin.len() - 4)));
    let windows = b"<?xml version=\"1.0\" encoding=\"Windows-1252\"?>";
    assert_eq!(read(windows), Ok((Charset::SingleByte, windows.len())));
}

#[test]
fn the_usual_declaration_is_read_as_any_is() {
    let cases = [
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>", true),
        ("<?xml version=\"1.0\" encoding=\"utf-8\"?>", true),
        ("<?xml version='1.0' encoding='Utf-8'?>\n<a/>", true),
        ("<?xml version='1.0' encoding='utf-8\"?><a b='?>", false),
        ("<?xml version='1.0\" encoding='utf-8'?><a/>", false),
        ("<?xml version='1.1' encoding='utf-8'?><a/>", false),
        ("<?xml version='1.0' encoding='utf-7'?><a/>", false),
        ("<?XML version='1.0' encoding='utf-8'?><a/>", false),
        ("<?xml version='1.0' encoding='utf-8'? ><a/>", false),
        ("<?xml version='1.0' encoding='utf-8'", false),
        (" <?xml version='1.0' encoding='utf-8'?>", false),
    ];
    for (text, is_usual) in cases {
        for text in [text.to_owned(), format!("\u{feff}{text}")] {
            let usual = Prolog::usual(text.as_bytes());
            assert_eq!(usual.is_some(), is_usual, "{text}");
            for beside in [None, Some(Named::Utf8)] {
                let any = Prolog::any(text.as_bytes(), Form::Bytes, beside);
                assert!(usual.is_none_or(|usual| any == Ok(usual)), "{text}");
            }
        }
    }
    // Where something else speaks, it is not asked.
    let text = cases[0].0.as_bytes();
    let read = Prolog::read(text, Form::Bytes, Some(Named::SingleByte));
    assert_eq!(read, Err(Refusal::EncodingContradicted { offset: 30 }));
}

#[test]
fn other_encodings_are_refused_where_they_show() {
    let form = |order, start| Ok(Form::Wide { order, start });
    let (little, big) = (Order::Little, Order::Big);
    assert_eq!(Form::of(b"\xff\xfe<\0", None), form(little, 2));
    assert_eq!(Form::of(b"\xfe\xff\0<", None), form(big, 2));
    assert_eq!(Form::of(b"<\0?\0", None), form(little, 0));
    assert_eq!(Form::of(b"\0<\0?", None), form(big, 0));
    assert_eq!(Form::of(b"<?xm", None), Ok(Form::Bytes));
    for wide in [
        &b"\xff\xfe\0\0"[..],
        b"\0\0\0<",
        b"<\0\0\0",
        b"\x4c\x6f\xa7\x94",
    ] {
        let refused = Err(Refusal::Encoding { offset: 0 });
        assert_eq!(Form::of(wide, None), refused, "{wide:?}");
    }
    for named in [
        "UTF-7",
        "ISO-2022-JP",
        "Shift_JIS",
        "iso-8859-12",
        "ibm037",
        "gb18030",
    ] {
        let text = format!("<?xml version=\"1.0\" encoding=\"{named}\"?><a/>");
        assert_eq!(
            read(text.as_bytes()),
            Err(Refusal::Encoding { offset: 30 }),
            "{named}"
        );
    }
    let contradicted = Err(Refusal::EncodingContradicted { offset: 30 });
    assert_eq!(
        read(b"<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>"),
        contradicted
    );
    let marked = b"\xef\xbb\xbf<?xml version='1.0' encoding='latin1'?><a/>";
    assert_eq!(
        read(marked),
        Err(Refusal::EncodingContradicted { offset: 33 })
    );
}

#[test]
fn declarations_follow_their_production() {
    for wrong in [
        "<?xml?><a/>",
        "<?xml ?><a/>",
        "<?xml encoding='utf-8'?>",
        "<?xml version='1.1'?>",
        "<?xml version='1.0'encoding='utf-8'?>",
        "<?xml version='1.0' version='1.0'?>",
        "<?xml version='1.0' standalone='maybe'?>",
        "<?xml version='1.0' encoding=''?>",
        "<?xml version='1.0' other='x'?>",
        "<?xml version=1.0?>",
    ] {
        let read = read(wrong.as_bytes());
        if wrong.starts_with("<?xml?") {
            assert!(read.is_ok(), "left to the scanner: {wrong}");
        } else {
            assert_eq!(
                read,
                Err(Refusal::malformed(0, Flaw::XmlDeclaration)),
                "{wrong}"
            );
        }
    }
    assert_eq!(read(b"<?xml vers"), Err(Refusal::Truncated { offset: 10 }));
}

#[test]
fn what_is_no_xml_is_told_apart() {
    assert_eq!(read(b""), Err(Refusal::NotXml { offset: 0 }));
    assert_eq!(read(b" {\"a\":1}"), Err(Refusal::NotXml { offset: 1 }));
    assert_eq!(
        read(b"\r\n--MIME_b\r\n"),
        Err(Refusal::Multipart { offset: 2 })
    );
}

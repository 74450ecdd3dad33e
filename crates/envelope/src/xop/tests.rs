//! What is put in place of references, what is refused, and what is packed.

use super::*;
use crate::report::SoapVersion;

const TYPE: &str = "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<root>\"";
const XOP: &str = "xmlns:i='http://www.w3.org/2004/08/xop/include'";

/// A message whose root part holds `root`, with two parts behind it.
fn message(root: &str) -> String {
    format!(
        "--b\r\nContent-Type: application/xop+xml; charset=UTF-8\r\nContent-ID: <root>\r\n\r\n{root}\r\n\
         --b\r\nContent-ID: <1@x>\r\nContent-Type: image/TIFF\r\nContent-Transfer-Encoding: binary\r\n\r\nabc\r\n\
         --b\r\nContent-ID: <a%b@x>\r\n\r\n\r\n--b--\r\n"
    )
}

fn assembled(root: &str) -> Result<String, Refusal> {
    let message = message(root);
    let assembled = assemble(TYPE, message.as_bytes(), &XopLimits::default())?;
    Ok(String::from_utf8(assembled.envelope.into_owned()).unwrap())
}

#[test]
fn references_become_the_base64_of_their_parts() {
    for (root, expected) in [
        (
            format!("<a {XOP}><b x='1'><i:Include href='cid:1@x'/></b><c/></a>"),
            format!("<a {XOP}><b x='1'>YWJj</b><c/></a>"),
        ),
        // Escaped, in capitals, with content, with white space and comments around it; an empty part.
        (
            format!("<a {XOP}><b> <!-- --> <i:Include other='' href=\"CID:1%40x\"> </i:Include>\n</b></a>"),
            format!("<a {XOP}><b> <!-- --> YWJj\n</b></a>"),
        ),
        (
            "<a><Include xmlns='http://www.w3.org/2004/08/xop/include' href='cid:a%25b@x'/></a>".into(),
            "<a></a>".into(),
        ),
        // Those are none.
        (
            "<a><!-- <i:Include/> --><Include href='cid:1@x'/><b>&lt;i:Include/></b><![CDATA[<i:Include/>]]></a>".into(),
            "<a><!-- <i:Include/> --><Include href='cid:1@x'/><b>&lt;i:Include/></b><![CDATA[<i:Include/>]]></a>".into(),
        ),
        (
            format!("<a {XOP}><b><i:Include href='cid:1@x'/></b><b><i:Include href='cid:1@x'/></b></a>"),
            format!("<a {XOP}><b>YWJj</b><b>YWJj</b></a>"),
        ),
    ] {
        assert_eq!(assembled(&root), Ok(expected), "{root}");
    }
}

#[test]
fn a_reference_that_leads_nowhere_or_has_company_is_refused() {
    for include in [
        "<i:Include href='cid:2@x'/>",
        "<i:Include href='cid:root'/>",
        "<i:Include href='1@x'/>",
        "<i:Include href='cid:'/>",
        "<i:Include href='cid:1%4@x'/>",
        "<i:Include href='cid:%ff'/>",
        "<i:Include/>",
        "QUJD<i:Include href='cid:1@x'/>",
        "<i:Include href='cid:1@x'/>QUJD",
        "<i:Include href='cid:1@x'/><![CDATA[x]]>",
        "<i:Include href='cid:1@x'/><i:Include href='cid:1@x'/>",
        "<c/><i:Include href='cid:1@x'/>",
        "<i:Include href='cid:1@x'/><c/>",
    ] {
        let root = format!("<a {XOP}><b>{include}</b></a>");
        let error = assembled(&root).unwrap_err();
        assert_eq!(error.code(), "envelope-include", "{include}");
        let message = message(&root);
        assert!(
            message[error.offset()..].starts_with("<i:Include"),
            "{include}"
        );
    }
}

#[test]
fn what_is_not_referred_to_is_given_beside() {
    let whole = message("<a/>");
    let parts = assemble(TYPE, whole.as_bytes(), &XopLimits::default()).unwrap();
    let ids: Vec<_> = parts
        .others
        .iter()
        .map(|part| part.content_id.as_deref())
        .collect();
    assert_eq!(ids, [Some("1@x"), Some("a%b@x")]);
    assert_eq!(parts.others[0].content, b"abc");
    assert_eq!(parts.others[0].media_type.as_deref(), Some("image/tiff"));
    assert!(!format!("{parts:?}").contains("abc"));
    // A SOAP message with attachments has no references.
    let swa = format!("<a {XOP}><i:Include href='cid:1@x'/></a>");
    let whole = message(&swa).replace("application/xop+xml", "text/xml");
    let content_type = TYPE.replace("application/xop+xml", "text/xml");
    let parts = assemble(&content_type, whole.as_bytes(), &XopLimits::default()).unwrap();
    assert_eq!((&*parts.envelope, parts.others.len()), (swa.as_bytes(), 2));
    // What is not multipart is the envelope.
    let alone = assemble("text/xml; charset=utf-8", b"<a/>", &XopLimits::default()).unwrap();
    assert_eq!(&*alone.envelope, b"<a/>");
}

#[test]
fn a_message_that_is_cut_short_is_never_taken_for_whole() {
    let whole = message(&format!("<a {XOP}><i:Include href='cid:1@x'/></a>"));
    // The line break behind the closing delimiter may be left out.
    for end in 0..whole.len() - 2 {
        let cut = assemble(TYPE, &whole.as_bytes()[..end], &XopLimits::default());
        assert!(cut.is_err(), "{end}: {cut:?}");
    }
}

#[test]
fn hostile_messages_are_bounded() {
    let include = "<b><i:Include href='cid:1@x'/></b>".repeat(50);
    let whole = message(&format!("<a {XOP}>{include}</a>"));
    let assembled = whole.len();
    for (limits, code) in [
        (
            XopLimits {
                parts: 2,
                ..XopLimits::default()
            },
            "envelope-too-many-parts",
        ),
        (
            XopLimits {
                assembled: 100,
                ..XopLimits::default()
            },
            "envelope-assembled-too-large",
        ),
        (
            XopLimits {
                parts: 3,
                assembled,
                ..XopLimits::default()
            },
            "",
        ),
    ] {
        let refused = assemble(TYPE, whole.as_bytes(), &limits).map_or_else(|e| e.code(), |_| "");
        assert_eq!(refused, code);
    }
    for (bad, code) in [
        (whole.replace("<a%b@x>", "<1@x>"), "envelope-attachment"),
        (whole.replace("binary", "base64"), "envelope-attachment"),
        (whole.replace("<root>", "<boot>"), "envelope-root-missing"),
        (whole.replace("UTF-8", "utf-16"), "envelope-encoding"),
        (whole.replace("<a ", "<!DOCTYPE a><a "), "envelope-dtd"),
        (whole.replace("\r\n", "\n"), "envelope-boundary-line"),
        (whole.replace("--b--", "--b --"), "envelope-boundary-line"),
        (
            format!("--b\r\nX: {}", "y".repeat(20_000)),
            "envelope-part-header-too-large",
        ),
    ] {
        let refused = assemble(TYPE, bad.as_bytes(), &XopLimits::default()).unwrap_err();
        assert_eq!(refused.code(), code, "{bad}");
    }
}

#[test]
fn what_was_packed_is_assembled_again() {
    let envelope = format!("<a {XOP}><b><i:Include href='cid:1.u@castile'/></b></a>");
    let content = b"\r\n--mtom-\0\xff--\r\n".to_vec();
    let attachments = [("1.u@castile".to_owned(), content)];
    for soap in [SoapVersion::V11, SoapVersion::V12] {
        let packed = pack(envelope.as_bytes(), &attachments, "u1", soap, "urn:do").unwrap();
        let read = assemble(&packed.content_type, &packed.body, &XopLimits::default()).unwrap();
        let base64 = STANDARD.encode(&attachments[0].1);
        assert_eq!(
            String::from_utf8_lossy(&read.envelope),
            format!("<a {XOP}><b>{base64}</b></a>")
        );
        assert!(read.others.is_empty());
        let told = packed.content_type.contains("action=\"urn:do\"");
        assert_eq!(told, soap == SoapVersion::V12);
    }
    let packed = |unique, id: &str, content: &[u8], action| {
        let attachments = [(id.to_owned(), content.to_vec())];
        pack(b"<a/>", &attachments, unique, SoapVersion::V12, action)
    };
    assert!(packed("u1", "1@x", b"", "urn:do").is_some());
    for (unique, id, content, action) in [
        ("", "1@x", &b""[..], ""),
        ("u\r\n", "1@x", b"", ""),
        ("u1", "1>x", b"", ""),
        ("u1", "1@x", b"--mtom-u1", ""),
        ("u1", "1@x", b"", "a\"b"),
    ] {
        assert!(
            packed(unique, id, content, action).is_none(),
            "{unique} {id} {action}"
        );
    }
}

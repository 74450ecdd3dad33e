//! Holds which institution a message of each kind is addressed to.

use super::*;

const OPEN: &str =
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/><s:Body>";
const CLOSE: &str = "</s:Body></s:Envelope>";

fn message(payload: &str) -> String {
    format!("{OPEN}{payload}{CLOSE}")
}

fn header(content: &str) -> String {
    format!("<MsgRqHdr><jXchangeHdr><AuditUsrId>a</AuditUsrId>{content}</jXchangeHdr></MsgRqHdr>")
}

fn address(message: &[u8]) -> Address {
    Document::of(None).unwrap().address(message).unwrap()
}

fn values(said: &[Said]) -> Vec<&str> {
    said.iter().map(|said| &*said.value).collect()
}

#[test]
fn the_header_says_institution_and_environment() {
    let to = "<InstRtId JHANull=''> 011<!-- c -->0<![CDATA[01]]>&#50;76\n</InstRtId><InstEnv>TEST</InstEnv>";
    let payee = "<PayeeInfo><InstRtId>999</InstRtId></PayeeInfo>";
    for prefix in ["", "x:"] {
        let message = message(&format!("<XferAdd>{}{payee}</XferAdd>", header(to)))
            .replace("jXchangeHdr", &format!("{prefix}jXchangeHdr"))
            .replace("<XferAdd>", "<XferAdd xmlns:x='urn:x'>");
        let found = address(message.as_bytes());
        assert_eq!(found.headers.len(), 1);
        let header = &found.headers[0];
        assert_eq!(values(&header.inst_rt_id), ["011001276"]);
        assert_eq!(values(&header.inst_env), ["TEST"]);
        assert!(message[header.inst_env[0].offset..].starts_with("<InstEnv>"));
        assert!(message[..found.end].ends_with("jXchangeHdr>"));
        assert!(found.overrides.is_empty());
    }
}

#[test]
fn what_says_nothing_is_left_out() {
    for silent in ["<InstRtId/><InstEnv></InstEnv>", "<InstEnv> </InstEnv>", ""] {
        let message = message(&format!("<XferAdd>{}</XferAdd>", header(silent)));
        let found = address(message.as_bytes());
        assert_eq!(found.headers.len(), 1, "{silent}");
        assert!(found.headers[0].inst_rt_id.is_empty() && found.headers[0].inst_env.is_empty());
    }
    for without in ["<Ping/>", "<Ping><a>x</a></Ping>", ""] {
        assert!(address(message(without).as_bytes()).headers.is_empty());
    }
}

#[test]
fn every_header_and_every_override_counts() {
    let two = [
        header("<InstRtId>1</InstRtId>"),
        header("<InstRtId>2</InstRtId><InstRtId>3</InstRtId>"),
    ];
    let custom =
        "<CustId OvrrdInstRtId='4'>7</CustId><y:z xmlns:y='urn:y' y:OvrrdInstRtId=' &#53;'/>";
    let message = message(&format!("<A>{}{custom}{}</A>", two[0], two[1]));
    let found = address(message.as_bytes());
    let said: Vec<_> = found
        .headers
        .iter()
        .map(|header| values(&header.inst_rt_id))
        .collect();
    assert_eq!(said, [vec!["1"], vec!["2", "3"]]);
    assert_eq!(values(&found.overrides), ["4", "5"]);
    assert!(message[found.overrides[0].offset..].starts_with("<CustId"));
}

#[test]
fn a_second_body_counts_too() {
    let second = format!(
        "<s:Body><A>{}<CustId OvrrdInstRtId='4'/></A></s:Body></s:Envelope>",
        header("<InstRtId>2</InstRtId>")
    );
    let full = format!("<A>{}</A></s:Body>", header("<InstRtId>1</InstRtId>"));
    let empty = OPEN.replace("<s:Body>", "<s:Body/>");
    for (first, expected) in [
        (format!("{OPEN}{full}"), &["1", "2"][..]),
        (format!("{OPEN}</s:Body>"), &["2"]),
        (empty, &["2"]),
    ] {
        let found = address(format!("{first}{second}").as_bytes());
        let said = found.headers.iter().flat_map(|header| &header.inst_rt_id);
        let said: Vec<_> = said.map(|said| &*said.value).collect();
        assert_eq!(said, expected, "{first}");
        assert_eq!(values(&found.overrides), ["4"]);
        let whole = format!("{first}{second}");
        let document = Document::of(None).unwrap();
        let start = document
            .address_of_start(whole.as_bytes())
            .unwrap()
            .unwrap();
        assert!(mentions_address(&whole.as_bytes()[start.end..]), "{first}");
    }
}

#[test]
fn an_element_inside_of_a_value_makes_it_nobodys() {
    for (text, expected) in [
        (
            "<InstRtId><x:Include xmlns:x='u' href='cid:1'/></InstRtId>",
            "<",
        ),
        ("<InstRtId>1<a></a>2</InstRtId>", "1<2"),
        ("<InstRtId><InstRtId>1</InstRtId></InstRtId>", "<1"),
        ("<InstRtId>1<InstEnv/></InstRtId>", "1<"),
    ] {
        let message = message(&format!("<A>{}</A>", header(text)));
        let found = address(message.as_bytes());
        assert_eq!(values(&found.headers[0].inst_rt_id), [expected], "{text}");
        assert!(found.headers[0].inst_env.is_empty(), "{text}");
    }
}

#[test]
fn wide_and_multipart_messages_are_read_alike() {
    let text = message(&format!("<A>{}</A>", header("<InstRtId>1</InstRtId>")));
    let mut wide = vec![0xff, 0xfe];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let found = address(&wide);
    assert_eq!(values(&found.headers[0].inst_rt_id), ["1"]);
    assert_eq!(found.end % 2, 0);

    let multipart = format!(
        "--b\r\nContent-Type: text/xml\r\n\r\n{text}\r\n--b\r\n\r\n<jXchangeHdr OvrrdInstRtId='9'/>\r\n--b--"
    );
    let document = Document::of(Some("multipart/related; boundary=b; type=\"text/xml\"")).unwrap();
    let found = document.address(multipart.as_bytes()).unwrap();
    assert_eq!(values(&found.headers[0].inst_rt_id), ["1"]);
    assert!(found.overrides.is_empty());
    assert!(multipart[found.headers[0].offset..].starts_with("<jXchangeHdr>"));
    assert!(multipart[..found.end].ends_with("</jXchangeHdr>"));
}

#[test]
fn a_beginning_says_it_as_soon_as_the_whole() {
    let text = message(&format!("<A>{}<b/></A>", header("<InstRtId>1</InstRtId>")));
    let document = Document::of(None).unwrap();
    let enough = text.find("</jXchangeHdr>").unwrap() + "</jXchangeHdr>".len();
    for end in 0..text.len() {
        let found = document.address_of_start(&text.as_bytes()[..end]).unwrap();
        assert_eq!(found.is_some(), end >= enough, "{end}");
        assert!(found.is_none_or(|found| found == address(text.as_bytes())));
    }
    for first in [
        "<PingRq/>",
        "<PingRq>",
        "<MsgRqHdr/>",
        "<MsgRqHdr></MsgRqHdr>",
    ] {
        let ping = message(&format!("<Ping>{first}"));
        let enough = ping.find(first).unwrap() + first.len();
        let document = |end: usize| document.address_of_start(&ping.as_bytes()[..end]).unwrap();
        assert_eq!(document(enough - 1), None, "{first}");
        assert!(document(enough).unwrap().headers.is_empty(), "{first}");
    }
}

#[test]
fn a_message_of_nothing_but_headers_costs_its_length() {
    let text = message(&format!("<A>{}</A>", "<jXchangeHdr/>".repeat(50_000)));
    assert_eq!(address(text.as_bytes()).headers.len(), 50_000);
}

#[test]
fn mentions_are_found_in_any_encoding() {
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<u8>>()
    };
    for mention in ["<x:jXchangeHdr>", "a OvrrdInstRtId='1'"] {
        assert!(mentions_address(mention.as_bytes()));
        assert!(mentions_address(&wide(mention)));
    }
    assert!(!mentions_address(b"<InstRtId>1</InstRtId>"));
    assert!(!mentions_address(&wide("<InstRtId>")));
}

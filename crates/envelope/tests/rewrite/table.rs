//! Envelopes to test with.

use std::sync::LazyLock;

pub(crate) const S11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub(crate) const S12: &str = "http://www.w3.org/2003/05/soap-envelope";
pub(crate) const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
pub(crate) const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";

/// A variant: its bytes, and the same bytes with the marked ones left out.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) input: Vec<u8>,
    pub(crate) expected: Vec<u8>,
}

/// A Body as the contract has it: with a Security of its own, which stays.
pub(crate) fn body(prefix: &str) -> String {
    format!(
        "<{prefix}Body><AcctInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><MsgRqHdr><AuthenUsrCred>\
         <wsse:Security xmlns:wsse=\"{WSSE}\"><a/></wsse:Security></AuthenUsrCred></MsgRqHdr>\
         <AcctId>0001234</AcctId>\u{e9}</AcctInq></{prefix}Body>"
    )
}

/// A SOAP 1.1 envelope with prefix `s` around `header`.
pub(crate) fn envelope11(header: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{S11}\"><s:Header>{header}</s:Header>{}</s:Envelope>",
        body("s:")
    )
}

/// A Security header with prefix `w`, in which `d` is xmldsig, `x` is xmlenc and `u` the utility namespace.
pub(crate) fn security(inside: &str) -> String {
    security_with("", inside)
}

pub(crate) fn security_with(attributes: &str, inside: &str) -> String {
    format!(
        "<w:Security xmlns:w=\"{WSSE}\" xmlns:d=\"{DSIG}\" xmlns:x=\"{XENC}\" xmlns:u=\"{WSU}\"{attributes}>{inside}</w:Security>"
    )
}

/// Cuts a template at its marks: `[[` before and `]]` behind what goes.
fn row(name: &'static str, template: &str) -> Row {
    let template = template
        .replace("{S11}", S11)
        .replace("{S12}", S12)
        .replace("{W}", WSSE)
        .replace("{D}", DSIG)
        .replace("{U}", WSU)
        .replace("{BODY}", &body("s:"))
        .replace("{DEFAULTBODY}", &body(""));
    let mut expected = String::new();
    let mut rest = &template[..];
    while let Some((before, marked)) = rest.split_once("⟦") {
        expected.push_str(before);
        rest = marked.split_once("⟧").expect("closing mark").1;
    }
    expected.push_str(rest);
    Row {
        name,
        input: template.replace(['⟦', '⟧'], "").into_bytes(),
        expected: expected.into_bytes(),
    }
}

/// Around a header in the usual envelope.
fn header(name: &'static str, header: &str) -> Row {
    row(
        name,
        &format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:Envelope xmlns:s=\"{{S11}}\">\n  <s:Header>{header}</s:Header>\n  {{BODY}}\n</s:Envelope>\n"
        ),
    )
}

/// The table, made once.
pub(crate) fn variants() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(rows);
    &ROWS
}

fn rows() -> Vec<Row> {
    let mut rows = vec![
        header(
            "only block",
            "⟦<w:Security xmlns:w=\"{W}\"><w:UsernameToken><w:Username>u</w:Username><w:Password>p</w:Password></w:UsernameToken></w:Security>⟧",
        ),
        header(
            "white space around stays",
            "\n    ⟦<w:Security xmlns:w=\"{W}\">\n  <a/>\n</w:Security>⟧\n  ",
        ),
        header(
            "first of several",
            "⟦<w:Security xmlns:w=\"{W}\"/>⟧<a xmlns=\"urn:a\"/><b/>",
        ),
        header(
            "between others",
            "<a xmlns=\"urn:a\">1</a> ⟦<w:Security xmlns:w=\"{W}\"/>⟧ <b/>",
        ),
        header(
            "last of several",
            "<a xmlns=\"urn:a\"/><b/>⟦<w:Security xmlns:w=\"{W}\"/>⟧",
        ),
        header("self-closing", "⟦<w:Security xmlns:w=\"{W}\"/>⟧"),
        header(
            "self-closing with blank",
            "⟦<w:Security xmlns:w=\"{W}\" />⟧",
        ),
        header(
            "start and end tag with nothing between",
            "⟦<w:Security xmlns:w=\"{W}\"></w:Security>⟧",
        ),
        header(
            "end tag with white space",
            "⟦<w:Security xmlns:w=\"{W}\"></w:Security\n\t >⟧",
        ),
        header(
            "line breaks in the start tag",
            "⟦<w:Security\r\nxmlns:w=\"{W}\"\n\tb = 'c'\n></w:Security>⟧",
        ),
        header(
            "default namespace on the block",
            "⟦<Security xmlns=\"{W}\"><UsernameToken/></Security>⟧",
        ),
        header("single quotes", "⟦<w:Security xmlns:w='{W}' a='\"'/>⟧"),
        header(
            "draft 2002/04",
            "⟦<w:Security xmlns:w=\"http://schemas.xmlsoap.org/ws/2002/04/secext\"/>⟧",
        ),
        header(
            "draft 2002/07",
            "⟦<w:Security xmlns:w=\"http://schemas.xmlsoap.org/ws/2002/07/secext\"/>⟧",
        ),
        header(
            "draft 2002/12",
            "⟦<w:Security xmlns:w=\"http://schemas.xmlsoap.org/ws/2002/12/secext\"/>⟧",
        ),
        header(
            "draft 2003/06",
            "⟦<w:Security xmlns:w=\"http://schemas.xmlsoap.org/ws/2003/06/secext\"/>⟧",
        ),
        header(
            "greater-than in an attribute",
            "⟦<w:Security xmlns:w=\"{W}\" a=\">&lt;/w:Security>\" b='/>'><c d='>'/></w:Security>⟧",
        ),
        header(
            "comment before that looks like one",
            "<!-- <w:Security xmlns:w=\"{W}\"/> -->⟦<w:Security xmlns:w=\"{W}\"/>⟧",
        ),
        header(
            "comment inside that looks like its end",
            "⟦<w:Security xmlns:w=\"{W}\"><!-- </w:Security> --></w:Security>⟧",
        ),
        header(
            "CDATA inside that looks like its end",
            "⟦<w:Security xmlns:w=\"{W}\"><a><![CDATA[</w:Security>]]></a></w:Security>⟧",
        ),
        header(
            "CDATA before that looks like one",
            "<a><![CDATA[<w:Security xmlns:w=\"{W}\">]] ]]></a>⟦<w:Security xmlns:w=\"{W}\"/>⟧",
        ),
        header(
            "processing instruction inside",
            "⟦<w:Security xmlns:w=\"{W}\"><?pi </w:Security>?></w:Security>⟧",
        ),
        header(
            "processing instruction before",
            "<?w Security?><?pi <w:Security> ? > ?>⟦<w:Security xmlns:w=\"{W}\"/>⟧",
        ),
        header(
            "references in text and values",
            "<a b='&lt;&#x3e;'>&amp;&#62;</a>⟦<w:Security xmlns:w=\"{W}\" a='&quot;'>&apos;</w:Security>⟧",
        ),
        header(
            "references in the namespace name",
            "⟦<w:Security xmlns:w=\"http&#58;//schemas.xmlsoap.org/ws/2003/06&#x2F;secext\"/>⟧",
        ),
        header(
            "prefix bound on a sibling says nothing",
            "<w:a xmlns:w=\"urn:other\"/>⟦<w:Security xmlns:w=\"{W}\"/>⟧",
        ),
        header(
            "prefix rebound inside",
            "⟦<w:Security xmlns:w=\"{W}\"><w:Security xmlns:w=\"urn:other\"></w:Security></w:Security>⟧",
        ),
        header(
            "Security in Security",
            "⟦<w:Security xmlns:w=\"{W}\"><w:Security><w:Security/></w:Security></w:Security>⟧",
        ),
        header(
            "prefix with dots, hyphens, digits",
            "⟦<w-1._x:Security xmlns:w-1._x=\"{W}\"></w-1._x:Security>⟧",
        ),
        header(
            "prefix that is not ASCII",
            "⟦<\u{e9}:Security xmlns:\u{e9}=\"{W}\">\u{20ac}</\u{e9}:Security>⟧",
        ),
        header("prefix xmlish", "⟦<xmlnsx:Security xmlns:xmlnsx=\"{W}\"/>⟧"),
        header(
            "actor empty",
            "⟦<w:Security xmlns:w=\"{W}\" s:actor=\"\"/>⟧",
        ),
        header(
            "actor next",
            "⟦<w:Security xmlns:w=\"{W}\" s:actor=\" http://schemas.xmlsoap.org/soap/actor/next\"/>⟧",
        ),
        header(
            "actor next beside none",
            "⟦<w:Security xmlns:w=\"{W}\" s:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"/>⟧-⟦<w:Security xmlns:w=\"{W}\"/>⟧",
        ),
        header(
            "actor of no namespace is no actor",
            "⟦<w:Security xmlns:w=\"{W}\" actor=\"urn:a\"/>⟧",
        ),
        header(
            "mustUnderstand",
            "⟦<w:Security s:mustUnderstand=\"1\" xmlns:w=\"{W}\"/>⟧",
        ),
        header(
            "signature of what goes with it",
            "⟦<w:Security xmlns:w=\"{W}\" xmlns:u=\"{U}\" xmlns:d=\"{D}\"><u:Timestamp u:Id=\"T\"/><d:Signature><d:SignedInfo><d:Reference URI=\"#T\"/></d:SignedInfo></d:Signature></w:Security>⟧",
        ),
        header(
            "signature of what stays with it",
            "<a xmlns:d=\"{D}\" Id=\"A\"><d:Reference URI=\"#A\"/></a>⟦<w:Security xmlns:w=\"{W}\" Id=\"B\"/>⟧",
        ),
        header(
            "deeper than a child of Header",
            "<a><w:Security xmlns:w=\"{W}\"/></a>",
        ),
        header(
            "right name in another namespace",
            "<w:Security xmlns:w=\"urn:other\"/>",
        ),
        header(
            "namespace of WS-Security 1.1, which has no Security",
            "<wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd\"/>",
        ),
        header(
            "right namespace, other name",
            "<w:Securities xmlns:w=\"{W}\"/><w:security xmlns:w=\"{W}\"/>",
        ),
        header("no namespace", "<Security/>"),
        header(
            "rebound to another",
            "<a xmlns:w=\"{W}\"/><w:Security xmlns:w=\"urn:other\"/>",
        ),
        header("nothing in Header", ""),
        row(
            "Header self-closing",
            "<s:Envelope xmlns:s=\"{S11}\"><s:Header/>{BODY}</s:Envelope>",
        ),
        row(
            "no Header",
            "<s:Envelope xmlns:s=\"{S11}\">{BODY}</s:Envelope>",
        ),
        row(
            "no prolog",
            "<s:Envelope xmlns:s=\"{S11}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "white space first",
            " \r\n<s:Envelope xmlns:s=\"{S11}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "byte order mark",
            "\u{feff}<s:Envelope xmlns:s=\"{S11}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "byte order mark and declaration",
            "\u{feff}<?xml version='1.0' encoding='utf-8' standalone='yes' ?><s:Envelope xmlns:s=\"{S11}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "comments and instructions before the root",
            "<?xml version=\"1.0\"?><!-- a > --><?b c?><s:Envelope xmlns:s=\"{S11}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</s:Header>{BODY}</s:Envelope><!-- d -->",
        ),
        row(
            "default namespace for SOAP",
            "<Envelope xmlns=\"{S11}\"><Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</Header>{DEFAULTBODY}</Envelope>",
        ),
        row(
            "default namespace for both in turn",
            "<Envelope xmlns=\"{S11}\"><Header>⟦<Security xmlns=\"{W}\"></Security>⟧</Header>{DEFAULTBODY}</Envelope>",
        ),
        row(
            "declared on Envelope",
            "<s:Envelope xmlns:s=\"{S11}\" xmlns:wsse=\"{W}\"><s:Header>⟦<wsse:Security></wsse:Security>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "declared on Header",
            "<s:Envelope xmlns:s=\"{S11}\"><s:Header xmlns:wsse=\"{W}\">⟦<wsse:Security></wsse:Security>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "declared on Envelope, rebound on Header",
            "<s:Envelope xmlns:s=\"{S11}\" xmlns:w=\"{W}\"><s:Header xmlns:w=\"urn:other\"><w:Security></w:Security></s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "rebound on Header to the right one",
            "<s:Envelope xmlns:s=\"{S11}\" xmlns:w=\"urn:other\"><s:Header xmlns:w=\"{W}\">⟦<w:Security></w:Security>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "other prefixes for SOAP on each level",
            "<a:Envelope xmlns:a=\"{S11}\"><b:Header xmlns:b=\"{S11}\">⟦<w:Security xmlns:w=\"{W}\"/>⟧</b:Header><s:Body xmlns:s=\"{S11}\"/></a:Envelope>",
        ),
        row(
            "soapenv",
            "<soapenv:Envelope xmlns:soapenv=\"{S11}\"><soapenv:Header>⟦<wsse:Security soapenv:mustUnderstand=\"1\" xmlns:wsse=\"{W}\"/>⟧</soapenv:Header><soapenv:Body><a/></soapenv:Body></soapenv:Envelope>",
        ),
        row(
            "CRLF throughout",
            "<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"{S11}\">\r\n<s:Header>\r\n⟦<w:Security\r\n xmlns:w=\"{W}\">\r\n</w:Security>⟧\r\n</s:Header>\r\n{BODY}\r\n</s:Envelope>\r\n",
        ),
        row(
            "comments between Header and Body",
            "<s:Envelope xmlns:s=\"{S11}\"><!-- a --><s:Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</s:Header><!-- <x/> --><?y?>{BODY}</s:Envelope>",
        ),
        row(
            "SOAP 1.2",
            "<s:Envelope xmlns:s=\"{S12}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "SOAP 1.2, role next",
            "<s:Envelope xmlns:s=\"{S12}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\" s:role=\"http://www.w3.org/2003/05/soap-envelope/role/next\"/>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "SOAP 1.2, role ultimateReceiver",
            "<s:Envelope xmlns:s=\"{S12}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\" s:role=\"http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver\"/>⟧</s:Header>{BODY}</s:Envelope>",
        ),
        row(
            "Body is not read",
            "<s:Envelope xmlns:s=\"{S11}\"><s:Header>⟦<w:Security xmlns:w=\"{W}\"/>⟧</s:Header><s:Body>{BODY}</s:Body></s:Envelope>",
        ),
    ];
    let latin = row(
        "ISO 8859-1",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><s:Envelope xmlns:s=\"{S11}\"><s:Header><a>?</a>⟦<w:Security xmlns:w=\"{W}\">?</w:Security>⟧</s:Header><s:Body>?</s:Body></s:Envelope>",
    );
    // é, which alone is no UTF-8.
    let single = |bytes: Vec<u8>| {
        let at = bytes.iter().position(|&b| b == b'>').expect("declaration");
        let (head, tail) = bytes.split_at(at);
        let tail = tail.iter().map(|&b| if b == b'?' { 0xe9 } else { b });
        head.iter().copied().chain(tail).collect()
    };
    rows.push(Row {
        name: latin.name,
        input: single(latin.input),
        expected: single(latin.expected),
    });
    rows
}

//! What other mappings of these contracts lose or falsify comes through: read, written, read again.

#[path = "support/contract.rs"]
mod contract;

use castile_model::{Raw, Scope, WarningKind, decode, encode};
use contract::*;

const TPG: &str = "http://jackhenry.com/jxchange/TPG/2008";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

/// An `AcctInq` around the given elements.
fn around(elements: &str) -> String {
    format!(
        "<AcctInq xmlns=\"{TPG}\"><MsgRqHdr><jXchangeHdr><AuditUsrId>u</AuditUsrId></jXchangeHdr></MsgRqHdr>\
         <InAcctId>1</InAcctId>{elements}</AcctInq>"
    )
}

fn read(xml: &str) -> AcctInq {
    decode(xml.as_bytes(), &Scope::new())
        .unwrap_or_else(|error| panic!("{error}: {xml}"))
        .value
}

fn read_info(elements: &str) -> Info {
    read(&around(&format!("<Info>{elements}</Info>")))
        .info
        .remove(0)
}

/// Same bytes after reading and writing.
fn assert_stays(elements: &str) {
    let xml = around(elements);
    assert_eq!(encode(&read(&xml)).as_deref(), Ok(&*xml));
}

/// Written and read again it is the same value.
fn assert_survives(value: &AcctInq) {
    let xml = encode(value).expect("writable");
    assert_eq!(&read(&xml), value, "{xml}");
}

#[test]
fn unknown_elements_stay_verbatim_behind_their_markers() {
    assert_stays("<New a='1'><X>x &amp; y &#x41; <![CDATA[<&]]></X><!-- c --></New><New2/>");
    let xml = around("").replace(
        "<AuditUsrId>u</AuditUsrId>",
        "<AuditUsrId>u</AuditUsrId><Ver_1/><Ver_2/><Ver_3/><Newer>1</Newer><Ver_4/><Newest b=\"2\"/><Ver_5/>",
    );
    assert_eq!(encode(&read(&xml)).unwrap(), xml);
    // Of a service whose own type ends before the marker that comes next here.
    let xml = around("").replace(
        "<AuditUsrId>u</AuditUsrId>",
        "<AuditUsrId>u</AuditUsrId><Ver_1/><Newer>1</Newer>",
    );
    assert_eq!(encode(&read(&xml)).unwrap(), xml);
}

#[test]
fn an_unknown_element_before_known_ones_moves_to_the_tail_and_is_told() {
    let xml = around("").replace("<InAcctId>", "<New>1</New><InAcctId>");
    let decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    let warning = &decoded.warnings()[0];
    assert_eq!(
        (warning.kind, &*warning.path),
        (WarningKind::UnknownElement, "/AcctInq/New")
    );
    assert_eq!(warning.offset, xml.find("<New>"));
    assert_eq!(encode(&decoded.value).unwrap(), around("<New>1</New>"));
}

#[test]
fn an_unknown_element_carries_the_declarations_it_needs() {
    let xml = format!(
        "<j:AcctInq xmlns:j=\"{TPG}\" xmlns:o=\"urn:o\" xmlns:un=\"urn:used-never\" xmlns:t=\"urn:t\" xmlns=\"urn:d\">\
         <j:MsgRqHdr><j:jXchangeHdr/></j:MsgRqHdr><j:New><o:a o:b=\"1\" c=\"t:Kind\"/><bare/></j:New>\
         <o:Mine xmlns:o=\"urn:own\"/></j:AcctInq>"
    );
    let value = read(&xml);
    let written = encode(&value).unwrap();
    let new = "<j:New xmlns:t=\"urn:t\" xmlns:o=\"urn:o\" xmlns:j=\"http://jackhenry.com/jxchange/TPG/2008\" \
               xmlns=\"urn:d\"><o:a o:b=\"1\" c=\"t:Kind\"/><bare/></j:New>";
    assert!(written.contains(new), "{written}");
    assert!(
        written.contains("<o:Mine xmlns:o=\"urn:own\"/>"),
        "{written}"
    );
    assert!(!written.contains("used-never"), "{written}");
    // The second time every element brings its declarations along.
    assert_eq!(encode(&read(&written)).unwrap(), written);
}

#[test]
fn an_unknown_element_without_namespace_does_not_fall_into_ours() {
    let xml = format!("<j:AcctInq xmlns:j=\"{TPG}\"><Bare><In/></Bare></j:AcctInq>");
    let written = encode(&read(&xml)).unwrap();
    assert!(
        written.contains("<Bare xmlns=\"\"><In/></Bare>"),
        "{written}"
    );
}

#[test]
fn declarations_of_the_envelope_are_inherited() {
    let scope = Scope::new()
        .bind("", "urn:outer")
        .bind("jx", TPG)
        .bind("x", "urn:x");
    let decoded = decode::<AcctInq>(
        b"<jx:AcctInq><jx:InAcctId>1</jx:InAcctId><x:N/></jx:AcctInq>",
        &scope,
    )
    .unwrap();
    assert_eq!(decoded.value.in_acct_id.as_str(), "1");
    let written = encode(&decoded.value).unwrap();
    assert!(
        written.ends_with("<x:N xmlns:x=\"urn:x\"/></AcctInq>"),
        "{written}"
    );
}

#[test]
fn security_in_the_body_stays_byte_for_byte() {
    let security = "<wsse:Security  wsu:Id='s' ><saml:Assertion  xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
                    <saml:V xsi:type=\"xs:string\">a &amp; b\r\n</saml:V ></saml:Assertion></wsse:Security >";
    let xml = format!(
        "<j:AcctInq xmlns:j=\"{TPG}\" xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"urn:wsu\" xmlns:xs=\"urn:xs\" \
         xmlns:xsi=\"urn:xsi\"><j:MsgRqHdr><j:AuthenUsrCred>{security}</j:AuthenUsrCred></j:MsgRqHdr></j:AcctInq>"
    );
    let value = read(&xml);
    let raw = value
        .msg_rq_hdr
        .authen_usr_cred
        .as_ref()
        .unwrap()
        .security
        .as_ref()
        .unwrap();
    assert_eq!(raw.as_str(), security);
    let mut needed: Vec<_> = raw.scope().map(|(prefix, _)| prefix).collect();
    needed.sort_unstable();
    assert_eq!(needed, ["wsse", "wsu", "xs", "xsi"]);
    let written = encode(&value).unwrap();
    let inside = security.strip_prefix("<wsse:Security").unwrap();
    assert!(written.contains(inside), "{written}");
    assert!(
        written.contains("<AuthenUsrCred><wsse:Security xmlns"),
        "{written}"
    );
    assert!(written.contains(" xmlns:xs=\"urn:xs\""), "{written}");
    assert_eq!(encode(&read(&written)).unwrap(), written);
}

#[test]
fn security_made_elsewhere_is_put_in() {
    let xml = format!("<wsse:Security xmlns:wsse=\"{WSSE}\"><wsse:x/></wsse:Security>");
    let raw = Raw::parse(&xml, &Scope::new()).unwrap();
    let mut value = read(&around(""));
    value.msg_rq_hdr.authen_usr_cred = Some(Box::new(AuthenUsrCred {
        security: Some(raw),
        ..Default::default()
    }));
    let written = encode(&value).unwrap();
    assert!(
        written.contains("<Ver_1/><AuthenUsrCred><wsse:Security xmlns:wsse="),
        "{written}"
    );
    assert_survives(&value);
    for bad in [
        "",
        "text",
        "<a/><b/>",
        "<a>",
        "<p:a/>",
        "<!DOCTYPE a><a/>",
        "<a>&e;</a>",
        "<a b='<'/>",
        "<a#2/>",
    ] {
        assert!(Raw::parse(bad, &Scope::new()).is_err(), "{bad}");
    }
}

#[test]
fn white_space_is_part_of_a_text() {
    assert_stays("<Info><Code>  jdoe &lt;x&gt; \n</Code></Info><Info><Code> </Code></Info>");
    assert_eq!(
        read_info("<Code>  jdoe &lt;x> \r\n</Code>")
            .code
            .unwrap()
            .as_str(),
        "  jdoe <x> \n"
    );
}

#[test]
fn nil_and_null_and_unknown_attributes_stay_together() {
    let xml = around(
        "<Info><Code JHANull=\"true\" xsi:nil=\"true\" NewAttr=\"&lt;n&gt;&quot;&#10;\"/></Info>",
    )
    .replace(
        "<AcctInq ",
        "<AcctInq xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ",
    );
    let value = read(&xml);
    let code = value.info[0].code.as_ref().unwrap();
    assert!(code.is_null() && code.is_nil() && code.is_empty());
    assert_eq!(code.attribute("NewAttr"), Some("<n>\"\n"));
    assert_survives(&value);
    let written = encode(&value).unwrap();
    assert!(
        written.contains("JHANull=\"true\"") && written.contains("xsi:nil=\"true\""),
        "{written}"
    );
}

#[test]
fn absent_empty_and_null_are_three_things() {
    assert_eq!(read_info("").code, None);
    let empty = read_info("<Code></Code>").code.unwrap();
    assert!(empty.is_empty() && !empty.is_null());
    let null = read_info("<Code JHANull=\"true\"/>").code.unwrap();
    assert!(null.is_null());
    let blank = read_info("<Code JHANull=\"\" Rstr=\"\"/>").code.unwrap();
    assert!(!blank.is_null());
    assert_eq!(
        (blank.attribute("JHANull"), blank.rstr()),
        (Some(""), Some(""))
    );
    assert_stays(
        "<Info/><Info><Code/></Info><Info><Code JHANull=\"true\"/></Info><Info><Code JHANull=\"\" Rstr=\"\"/></Info>",
    );
}

#[test]
fn a_null_number_is_no_value_and_no_error() {
    let xml = around("<Amount JHANull=\"true\"/><Amount Rstr=\"Hid\">1.50</Amount>");
    let decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    assert!(decoded.value.amount[0].is_null());
    assert_eq!(decoded.value.amount[1].rstr(), Some("Hid"));
    assert_eq!(decoded.warnings(), []);
    assert_eq!(encode(&decoded.value).unwrap(), xml);
}

#[test]
fn an_empty_number_or_date_is_not_given_and_told() {
    let xml = around("<Amount/><Info><Date> </Date><Count></Count><Flag/></Info>");
    let decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    let told: Vec<_> = decoded
        .warnings()
        .into_iter()
        .map(|w| (w.kind, w.path))
        .collect();
    let expected = [
        "/AcctInq/Amount",
        "/AcctInq/Info/Date",
        "/AcctInq/Info/Count",
        "/AcctInq/Info/Flag",
    ];
    assert_eq!(
        told,
        expected.map(|path| (WarningKind::EmptyValue, path.to_owned()))
    );
    assert!(decoded.value.info[0].date.as_ref().unwrap().is_empty());
}

#[test]
fn decimals_keep_their_text() {
    assert_stays("<Amount>0.10</Amount><Amount>12345678901234567.89</Amount><Amount>-0</Amount>");
}

#[test]
fn elements_out_of_order_are_read_and_written_in_order() {
    let value = read(&format!(
        "<AcctInq xmlns=\"{TPG}\"><Amount>1</Amount><InAcctId>2</InAcctId><MsgRqHdr/></AcctInq>"
    ));
    assert_eq!(value.in_acct_id.as_str(), "2");
    let written = encode(&value).unwrap();
    assert_eq!(
        written,
        format!(
            "<AcctInq xmlns=\"{TPG}\"><MsgRqHdr/><InAcctId>2</InAcctId><Amount>1</Amount></AcctInq>"
        )
    );
}

#[test]
fn a_required_struct_that_was_not_there_is_told_and_not_invented() {
    let xml = format!("<AcctInq xmlns=\"{TPG}\"><InAcctId>2</InAcctId></AcctInq>");
    let mut decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    assert_eq!(encode(&decoded.value).unwrap(), xml);
    let told: Vec<_> = decoded
        .warnings()
        .into_iter()
        .map(|w| (w.kind, w.path))
        .collect();
    assert!(
        told.contains(&(WarningKind::MissingElement, "/AcctInq/MsgRqHdr".into())),
        "{told:?}"
    );
    // Once filled, it is written.
    decoded.value.msg_rq_hdr.jxchange_hdr.audit_usr_id = "u".into();
    let written = encode(&decoded.value).unwrap();
    assert!(
        written.contains("<MsgRqHdr><jXchangeHdr><AuditUsrId>u<"),
        "{written}"
    );
}

#[test]
fn a_foreign_element_with_a_known_name_is_not_ours() {
    let value = read(&around(
        "<x:InAcctId xmlns:x=\"urn:x\">666</x:InAcctId><InAcctId xmlns=\"\">667</InAcctId>",
    ));
    assert_eq!(value.in_acct_id.as_str(), "1");
    assert_eq!(value.ext.unknown().count(), 2);
    assert_survives(&value);
}

#[test]
fn a_second_occurrence_of_a_single_element_is_kept_and_told() {
    let xml = around("<Alien/><InAcctId>2</InAcctId><Alien><First/></Alien><MsgRqHdr/>");
    let decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    assert_eq!(decoded.value.in_acct_id.as_str(), "1");
    let kept: Vec<_> = decoded.value.ext.unknown().map(Raw::as_str).collect();
    assert_eq!(
        kept,
        [
            "<InAcctId>2</InAcctId>",
            "<Alien><First/></Alien>",
            "<MsgRqHdr/>"
        ]
    );
    let repeated = decoded
        .warnings()
        .iter()
        .filter(|w| w.kind == WarningKind::RepeatedElement)
        .count();
    assert_eq!(repeated, 3);
    assert_eq!(encode(&decoded.value).unwrap(), xml);
}

#[test]
fn an_element_that_stands_at_two_places_is_read_into_both() {
    let xml =
        around("<Alien><Twice>1</Twice><Ver_1/><Ver_3/><Second>s</Second><Twice>2</Twice></Alien>");
    let value = read(&xml);
    let alien = value.alien.as_ref().unwrap();
    assert_eq!(
        (
            alien.twice.as_ref().unwrap().as_str(),
            alien.twice_2.as_ref().unwrap().as_str()
        ),
        ("1", "2")
    );
    assert_eq!(encode(&value).unwrap(), xml);
}

#[test]
fn stray_text_is_kept_and_told() {
    let xml = around("<Info>stray &amp; more</Info>");
    let decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    assert_eq!(decoded.warnings()[0].kind, WarningKind::StrayText);
    assert_eq!(encode(&decoded.value).unwrap(), xml);
}

#[test]
fn attributes_and_nil_of_a_struct_stay() {
    let xml = around("<Alien xsi:nil=\"1\" a=\"b\" xml:lang=\"en\"/>").replace(
        "<AcctInq ",
        "<AcctInq xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ",
    );
    let value = read(&xml);
    let ext = &value.alien.as_ref().unwrap().ext;
    assert!(ext.is_nil());
    assert_eq!(ext.attribute("a"), Some("b"));
    assert_survives(&value);
}

#[test]
fn text_in_pieces_is_joined() {
    let info = read_info(
        "<Code>a<!-- x -->&amp;<![CDATA[<b>&amp;]]>&#x63;&#100;<?pi?>&lt;&gt;&quot;&apos;e</Code>",
    );
    assert_eq!(info.code.unwrap().as_str(), "a&<b>&amp;cd<>\"'e");
}

#[test]
fn trailing_and_extra_markers_are_forgiven() {
    for marker in [
        "<Ver_1/>",
        "<Ver_1></Ver_1>",
        "<Ver_1> </Ver_1 >",
        "<Ver_1/><Ver_1/>",
        "<Ver_9/>",
    ] {
        let value = read(&around(&format!("<Info>{marker}<Code>x</Code></Info>")));
        assert!(value.info[0].ext.is_empty(), "{marker}");
        assert_survives(&value);
    }
    // With something in it, it is no marker.
    let value = read(&around("<Info><Ver_1>x</Ver_1></Info>"));
    assert_eq!(
        value.info[0].ext.unknown().next().unwrap().as_str(),
        "<Ver_1>x</Ver_1>"
    );
}

#[test]
fn values_of_every_simple_type_come_through() {
    assert_stays(
        "<Info><Code>c</Code><Count>-5</Count><Total>123456789012345678901234567890</Total><Date>2024-02-29-05:00</Date>\
         <Stamp>2024-02-29T23:59:59.5Z</Stamp><Flag>true</Flag><Image>AAEC/w==</Image></Info>",
    );
    let info = read_info("<Flag> 1 </Flag><Image>AA\n EC\n/w==</Image><Count> +7 </Count>");
    assert_eq!(info.flag.unwrap().value(), Some(&true));
    assert_eq!(info.image.unwrap().value().unwrap().0, [0, 1, 2, 255]);
    assert_eq!(info.count.unwrap().value(), Some(&7));
}

#[test]
fn a_byte_order_mark_shifts_nothing() {
    let xml = format!("\u{feff}<?xml version=\"1.0\"?>{}", around("<New>x</New>"));
    let decoded = decode::<AcctInq>(xml.as_bytes(), &Scope::new()).unwrap();
    assert_eq!(
        decoded.value.ext.unknown().next().unwrap().as_str(),
        "<New>x</New>"
    );
    assert_eq!(decoded.warnings()[0].offset, xml.find("<New>"));
}

//! The rewriter: what it says of messages that it cuts, opens, wraps and refuses.

use castile::envelope::{
    EnvelopeRewriter, Policy, UsernameToken, Wrap, cut, cut_in_place, open, wrap,
};

use crate::witness::Witness;
use crate::world::{ACCOUNT, ANSWERED, CUSTOMER, PASSWORD, USER, World};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

pub(crate) fn security() -> String {
    format!(
        "<w:Security xmlns:w=\"{WSSE}\"><w:UsernameToken><w:Username>{USER}</w:Username>\
         <w:Password>{PASSWORD}</w:Password></w:UsernameToken></w:Security>"
    )
}

pub(crate) fn envelope(header: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{SOAP}\"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

/// An old AcctInq for an account.
pub(crate) fn acct_inq(account: &str) -> String {
    format!(
        "<AcctInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><MsgRqHdr><jXchangeHdr>\
         <AuditUsrId/><AuditWsId/><InstEnv>TEST</InstEnv></jXchangeHdr></MsgRqHdr><InAcctId><AcctId>{account}</AcctId>\
         <AcctType>D</AcctType></InAcctId><IncXtendElemArray><IncXtendElemInfo>\
         <XtendElem>x_DepInfoRec</XtendElem></IncXtendElemInfo></IncXtendElemArray></AcctInq>"
    )
}

/// Messages that are refused, each with secrets at the place where it goes wrong.
pub(crate) fn refused_envelopes() -> Vec<String> {
    let security = security();
    let body = format!("<a>{ACCOUNT}</a>");
    let good = envelope(&security, &body);
    vec![
        PASSWORD.to_owned(),
        format!("<html>{PASSWORD}</html>"),
        format!("<!DOCTYPE a [<!ENTITY b \"{PASSWORD}\">]>{good}"),
        envelope(&security.repeat(2), &body),
        good[..good.find(ACCOUNT).expect("it is there") - 40].to_owned(),
        good.replace("</w:Password>", &format!("</{ACCOUNT}>")),
        good.replace(
            "</w:Username>",
            &format!("<x:y a=\"{ACCOUNT}\"/></w:Username>"),
        ),
        good.replace(USER, &format!("&{CUSTOMER};")),
        good.replace(
            "<w:Security ",
            &format!("<w:Security s:actor=\"{CUSTOMER}\" "),
        ),
        envelope(
            &format!("<w:Security xmlns:w=\"{WSSE}\" {PASSWORD}/>"),
            &body,
        ),
        format!("<AcctInq xmlns=\"http://jackhenry.com/jxchange/TPG/2008\">{ACCOUNT}</AcctInq>"),
        format!("<?xml version=\"1.0\" encoding=\"{CUSTOMER}\"?>{good}"),
    ]
}

pub(crate) fn cut_and_opened(_: &World, witness: &mut Witness) {
    let policy = Policy {
        inspect_body: true,
        ..Policy::default()
    };
    witness.debug("Policy", &policy);
    let payload = [acct_inq(ACCOUNT), security()].concat();
    let bearer =
        format!("<b:Token xmlns:b=\"urn:b\" s:mustUnderstand=\"1\">Bearer {PASSWORD}</b:Token>");
    let old = envelope(&[bearer, security()].concat(), &payload);
    let cuts = cut(old.as_bytes(), &policy).expect("a sound envelope");
    assert!(!cuts.is_empty());
    witness.debug("Cuts", &cuts);
    witness.debug("Report", &cuts.report());
    let report = cut_in_place(&mut old.as_bytes().into(), &policy);
    witness.debug("Report of cut_in_place", &report);
    let mut rewriter = EnvelopeRewriter::new(policy.clone());
    let pushed = rewriter.push(old.clone().into(), &mut Vec::new());
    pushed.expect("a sound envelope");
    witness.debug("EnvelopeRewriter", &rewriter);

    for refused in refused_envelopes() {
        let error = cut(refused.as_bytes(), &policy).expect_err("a broken one");
        witness.error("a refusal to cut", &error);
        if let Err(error) = open(refused.as_bytes()) {
            witness.error("a refusal to open", &error);
        }
    }

    let fault = format!(
        "<s:Fault><faultcode>s:Server</faultcode><faultstring>{ANSWERED}</faultstring>\
         <faultactor>{ANSWERED}</faultactor><detail><d>{ANSWERED}</d></detail></s:Fault>"
    );
    for body in [fault, acct_inq(ACCOUNT)] {
        let opened = open(envelope("", &body).as_bytes()).expect("a sound envelope");
        witness.debug("Opened", &opened);
    }

    let wrapping = Wrap {
        security: Some(UsernameToken {
            username: USER,
            password: PASSWORD,
            created: None,
            must_understand: true,
        }),
        ..Wrap::default()
    };
    witness.debug("Wrap", &wrapping);
    let wrapped = wrap(b"<a/>", &wrapping).expect("it can be written");
    assert!(String::from_utf8_lossy(&wrapped).contains(USER));
    let unwritable = Wrap {
        security: Some(UsernameToken {
            username: USER,
            password: "canary-pass/word+77\u{1}",
            created: None,
            must_understand: true,
        }),
        ..Wrap::default()
    };
    let error = wrap(b"<a/>", &unwritable).expect_err("a control character");
    witness.error("a refusal to wrap", &error);
}

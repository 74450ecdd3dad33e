//! A reply is read in one pass; this says of each that it means the same as when envelope and payload are read apart.

use bytes::Bytes;
use castile_envelope::{Content, open};
use castile_http::Effect;
use castile_jx::inquiry::{AcctInq, AcctInqResponse};
use castile_model::{Decoded, Operation, decode};
use http::StatusCode;

use crate::Cause;
use crate::call::{Reply, read};

const REPLY: &str = "<?xml version='1.0'?><!-- a --><s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' \
    xmlns:o='urn:o' ><s:Header><o:b o:c='1'>d</o:b></s:Header> <s:Body o:e='f'>\
    <AcctInqResponse xmlns='http://jackhenry.com/jxchange/TPG/2008' xmlns:p=\"urn:p\"><MsgRsHdr><jXchangeHdr>\
    <AuditUsrId Rstr=\"Hid\">a&amp;b&#65;</AuditUsrId><AuditWsId><![CDATA[c]d]]></AuditWsId></jXchangeHdr></MsgRsHdr>\
    <InAcctId ><AcctId>1</AcctId><!--x--><AcctType>D</AcctType></InAcctId ><Odd p:q='1' r='2'><p:T/>u</Odd><?v w?>\
    </AcctInqResponse></s:Body><!-- z --></s:Envelope>\n";

type Read = Result<(Decoded<AcctInqResponse>, usize), String>;

fn at_once(body: &Bytes) -> Read {
    let read: Result<Reply<_>, Cause<<AcctInq as Operation>::Fault>> =
        read(body, StatusCode::OK, Effect::Write);
    read.map(|reply| (reply.response, reply.headers.len()))
        .map_err(|cause| format!("{} {cause}", cause.code()))
}

fn apart(body: &Bytes) -> Read {
    let told = |cause: Cause<<AcctInq as Operation>::Fault>| format!("{} {cause}", cause.code());
    let (status, effect) = (StatusCode::OK, Effect::Write);
    let opened = open(body).map_err(|refusal| {
        told(Cause::Reply {
            refusal,
            status,
            effect,
        })
    })?;
    let Content::Payload(part) = opened.content else {
        return Err(told(Cause::EmptyBody { status, effect }));
    };
    let response = decode(&body[part.range.clone()], &part.namespaces.into());
    let response = response.map_err(|source| {
        let offset = part.range.start;
        told(Cause::Decode {
            offset,
            source,
            effect,
        })
    })?;
    Ok((response, opened.headers.len()))
}

#[test]
fn what_is_read_in_one_pass_is_what_is_read_in_two() {
    let whole = Bytes::from_static(REPLY.as_bytes());
    let (response, headers) = at_once(&whole).unwrap();
    assert!(!response.warnings().is_empty());
    assert_eq!(headers, 1);
    let mut refused = 0;
    for at in 0..REPLY.len() {
        let other = *b"<>&]/\"'= \0a:-!?\x80";
        let changed = other.map(|byte| {
            let mut changed = REPLY.as_bytes().to_vec();
            changed[at] = byte;
            changed
        });
        let cut = REPLY.as_bytes()[..at].to_vec();
        let left_out = [&REPLY.as_bytes()[..at], &REPLY.as_bytes()[at + 1..]].concat();
        let inserted = ["]]>", "<s:Body/>", "&no;"].map(|text| {
            let (before, after) = REPLY.as_bytes().split_at(at);
            [before, text.as_bytes(), after].concat()
        });
        for variant in changed.into_iter().chain(inserted).chain([cut, left_out]) {
            let variant = Bytes::from(variant);
            let (one, two) = (at_once(&variant), apart(&variant));
            refused += usize::from(one.is_err());
            assert_eq!(one, two, "{}", String::from_utf8_lossy(&variant));
        }
    }
    assert!(refused > 10_000, "{refused}");
}

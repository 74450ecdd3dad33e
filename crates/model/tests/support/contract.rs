//! Types as the generator writes them.
#![allow(
    unreachable_pub,
    dead_code,
    reason = "each test uses a part; generated types are public"
)]

use castile_model::{
    Date, DateTime, Decimal, Effect, Ext, Field, Integer, Message, NoFault, Operation, Raw, Text,
    elements,
};

/// An account inquiry, after `AcctInqRq_MType`.
#[doc(alias = "AcctInqRq_MType")]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AcctInq {
    pub msg_rq_hdr: MsgRqHdr,
    pub in_acct_id: Text,
    pub amount: Vec<Field<Decimal>>,
    pub info: Vec<Info>,
    pub alien: Option<Box<Alien>>,
    pub ext: Ext,
}

elements! { AcctInq:
    "MsgRqHdr" => msg_rq_hdr,
    "InAcctId" => in_acct_id,
    "Amount" => amount,
    "Info" => info,
    "Alien" => alien,
}

impl Message for AcctInq {
    const NAMESPACE: &'static str = "http://jackhenry.com/jxchange/TPG/2008";
    const ELEMENT: &'static str = "AcctInq";
}

impl Operation for AcctInq {
    const NAME: &'static str = "AcctInq";
    const ACTION: &'static str = "http://jackhenry.com/ws/AcctInq";
    const SERVICE: &'static str = "Inquiry";
    const EFFECT: Effect = Effect::Read;
    type Response = NoFault;
    type Fault = NoFault;
}

/// A request header with the credentials of the end user.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MsgRqHdr {
    pub jxchange_hdr: JxChangeHdr,
    pub authen_usr_cred: Option<Box<AuthenUsrCred>>,
    pub ext: Ext,
}

elements! { MsgRqHdr:
    "jXchangeHdr" => jxchange_hdr,
    [version 1]
    "AuthenUsrCred" => authen_usr_cred,
}

/// Holds an element of another namespace, byte for byte.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuthenUsrCred {
    pub security: Option<Raw>,
    pub ext: Ext,
}

elements! { AuthenUsrCred:
    "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security" => security,
}

/// A ladder of markers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JxChangeHdr {
    pub audit_usr_id: Text,
    pub tracking_id: Option<Text>,
    pub inst_rt_id: Option<Text>,
    pub inst_env: Option<Text>,
    pub ext: Ext,
}

elements! { JxChangeHdr:
    "AuditUsrId" => audit_usr_id,
    [version 1]
    "jXLogTrackingId" => tracking_id,
    [version 2]
    "InstRtId" => inst_rt_id,
    "InstEnv" => inst_env,
    [version 3]
}

/// A tree of markers: `Ver_2` and `Ver_3` stand side by side inside `Ver_1`. `Twice` stands at two places.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alien {
    pub twice: Option<Text>,
    pub first: Option<Text>,
    pub second: Option<Text>,
    pub after: Option<Text>,
    pub twice_2: Option<Text>,
    pub ext: Ext,
}

elements! { Alien:
    [twin]
    "Twice" => twice,
    [end_twin]
    [version 1]
    [version 2]
    "First" => first,
    [end_version]
    [version 3]
    "Second" => second,
    [end_version]
    "After" => after,
    [twin]
    "Twice" => twice_2,
    [end_twin]
}

/// One of each simple type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Info {
    pub code: Option<Text>,
    pub count: Option<Field<i32>>,
    pub total: Option<Field<Integer>>,
    pub date: Option<Field<Date>>,
    pub stamp: Option<Field<DateTime>>,
    pub flag: Option<Field<bool>>,
    pub image: Option<Field<castile_model::Base64>>,
    pub ext: Ext,
}

elements! { Info:
    "Code" => code,
    "Count" => count,
    "Total" => total,
    "Date" => date,
    "Stamp" => stamp,
    "Flag" => flag,
    "Image" => image,
}

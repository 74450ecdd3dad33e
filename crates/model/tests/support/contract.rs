//! Types as the generator writes them.
#![allow(
    unreachable_pub,
    dead_code,
    reason = "each test uses a part; generated types are public"
)]

use castile_model::{
    Date, DateTime, Decimal, Effect, Ext, Field, Integer, Message, NoFault, Operation, Particle,
    Raw, Slot, Struct, Text, Writer,
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

impl Struct for AcctInq {
    fn child(&mut self, name: &str) -> Option<Slot<'_>> {
        Some(match name {
            "MsgRqHdr" => self.msg_rq_hdr.slot(),
            "InAcctId" => self.in_acct_id.slot(),
            "Amount" => self.amount.slot(),
            "Info" => self.info.slot(),
            "Alien" => self.alien.slot(),
            _ => return None,
        })
    }
    fn write(&self, w: &mut Writer) {
        w.put("MsgRqHdr", &self.msg_rq_hdr);
        w.put("InAcctId", &self.in_acct_id);
        w.put("Amount", &self.amount);
        w.put("Info", &self.info);
        w.put("Alien", &self.alien);
    }
    fn ext(&self) -> &Ext {
        &self.ext
    }
    fn ext_mut(&mut self) -> &mut Ext {
        &mut self.ext
    }
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

impl Struct for MsgRqHdr {
    fn child(&mut self, name: &str) -> Option<Slot<'_>> {
        Some(match name {
            "jXchangeHdr" => self.jxchange_hdr.slot(),
            "AuthenUsrCred" => self.authen_usr_cred.slot(),
            _ => return None,
        })
    }
    fn write(&self, w: &mut Writer) {
        w.put("jXchangeHdr", &self.jxchange_hdr);
        w.version(1);
        w.put("AuthenUsrCred", &self.authen_usr_cred);
    }
    fn ext(&self) -> &Ext {
        &self.ext
    }
    fn ext_mut(&mut self) -> &mut Ext {
        &mut self.ext
    }
}

/// Holds an element of another namespace, byte for byte.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuthenUsrCred {
    pub security: Option<Raw>,
    pub ext: Ext,
}

impl Struct for AuthenUsrCred {
    fn child(&mut self, name: &str) -> Option<Slot<'_>> {
        Some(match name {
            "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security" => {
                self.security.slot()
            }
            _ => return None,
        })
    }
    fn write(&self, w: &mut Writer) {
        w.put(
            "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security",
            &self.security,
        );
    }
    fn ext(&self) -> &Ext {
        &self.ext
    }
    fn ext_mut(&mut self) -> &mut Ext {
        &mut self.ext
    }
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

impl Struct for JxChangeHdr {
    fn child(&mut self, name: &str) -> Option<Slot<'_>> {
        Some(match name {
            "AuditUsrId" => self.audit_usr_id.slot(),
            "jXLogTrackingId" => self.tracking_id.slot(),
            "InstRtId" => self.inst_rt_id.slot(),
            "InstEnv" => self.inst_env.slot(),
            _ => return None,
        })
    }
    fn write(&self, w: &mut Writer) {
        w.put("AuditUsrId", &self.audit_usr_id);
        w.version(1);
        w.put("jXLogTrackingId", &self.tracking_id);
        w.version(2);
        w.put("InstRtId", &self.inst_rt_id);
        w.put("InstEnv", &self.inst_env);
        w.version(3);
    }
    fn ext(&self) -> &Ext {
        &self.ext
    }
    fn ext_mut(&mut self) -> &mut Ext {
        &mut self.ext
    }
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

impl Struct for Alien {
    fn child(&mut self, name: &str) -> Option<Slot<'_>> {
        Some(match name {
            "Twice" => self.twice.slot(),
            "First" => self.first.slot(),
            "Second" => self.second.slot(),
            "After" => self.after.slot(),
            "Twice#2" => self.twice_2.slot(),
            _ => return None,
        })
    }
    fn write(&self, w: &mut Writer) {
        w.put("Twice", &self.twice);
        w.version(1);
        w.version(2);
        w.put("First", &self.first);
        w.end_version();
        w.version(3);
        w.put("Second", &self.second);
        w.end_version();
        w.put("After", &self.after);
        w.put("Twice", &self.twice_2);
    }
    fn ext(&self) -> &Ext {
        &self.ext
    }
    fn ext_mut(&mut self) -> &mut Ext {
        &mut self.ext
    }
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

impl Struct for Info {
    fn child(&mut self, name: &str) -> Option<Slot<'_>> {
        Some(match name {
            "Code" => self.code.slot(),
            "Count" => self.count.slot(),
            "Total" => self.total.slot(),
            "Date" => self.date.slot(),
            "Stamp" => self.stamp.slot(),
            "Flag" => self.flag.slot(),
            "Image" => self.image.slot(),
            _ => return None,
        })
    }
    fn write(&self, w: &mut Writer) {
        w.put("Code", &self.code);
        w.put("Count", &self.count);
        w.put("Total", &self.total);
        w.put("Date", &self.date);
        w.put("Stamp", &self.stamp);
        w.put("Flag", &self.flag);
        w.put("Image", &self.image);
    }
    fn ext(&self) -> &Ext {
        &self.ext
    }
    fn ext_mut(&mut self) -> &mut Ext {
        &mut self.ext
    }
}

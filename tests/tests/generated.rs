//! Requests made with generated types are valid against the vendor's schemas.

use std::path::{Path, PathBuf};
use std::process::Command;

use castile::model::{Date, Field, Message, Raw, Scope, Text, encode};
use castile_codegen::{Generator, ModelDependency};
use castile_jx::customer::{Addr, CustDetail, CustInq, CustMod, CustSrch};
use castile_jx::inquiry::{AcctHistSrch, AcctInq, AcctSrch};
use castile_jx::shared::{
    AccountId, AuthenUsrCred, Custom, IncXtendElem, IncXtendElemInfo, JXchangeHdr, MsgRqHdr,
    PersonName, SrchMsgRqHdr,
};
use castile_jx::transaction::{
    AcctIdFrom, AcctIdTo, ErrOvrRd, ErrOvrRdInfoArray, FutXferRec, XferAdd, XferAddRq,
    XferAddValidate, XferRec,
};
use castile_tests::{NO_PYTHON, NO_SHARED, not_run, python, root, shared};

/// Validates messages of one service against the release.
struct Judge {
    python: PathBuf,
    release: PathBuf,
    folder: tempfile::TempDir,
}

impl Judge {
    /// `None`, written down as not run, where Python or the release is missing.
    fn summon(test: &str) -> Option<Self> {
        let test = format!("generated::{test}");
        let Some(python) = python() else {
            not_run(&test, NO_PYTHON);
            return None;
        };
        let Some(shared) = shared() else {
            not_run(&test, NO_SHARED);
            return None;
        };
        Some(Self {
            python,
            release: shared.join("wsdl/jxchange/R2024.1.03"),
            folder: tempfile::tempdir().expect("a temporary folder"),
        })
    }

    /// Asserts that `message` is valid.
    fn assert_valid(&self, service: &str, message: &str) {
        let (valid, said) = self.judge(service, message);
        assert!(valid, "{said}\n{message}");
    }

    fn judge(&self, service: &str, message: &str) -> (bool, String) {
        let file = self.folder.path().join("message.xml");
        std::fs::write(&file, message).expect("a file");
        let output = Command::new(&self.python)
            .arg(root().join("tests/peers/python/validate.py"))
            .arg(self.release.join(format!("TPG_{service}Master.xsd")))
            .arg(file)
            .output()
            .expect("python starts");
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    }
}

fn header() -> JXchangeHdr {
    JXchangeHdr {
        audit_usr_id: "auditor".into(),
        audit_ws_id: "desk <1> & \"2\"".into(),
        inst_rt_id: Some("012345678".into()),
        inst_env: Some("TEST".into()),
        workflow_correl_id: Some("flow".into()),
        ..Default::default()
    }
}

fn search() -> SrchMsgRqHdr {
    SrchMsgRqHdr {
        jxchange_hdr: header(),
        max_rec: 10.into(),
        cursor: Some("11".into()),
        ..Default::default()
    }
}

fn request() -> MsgRqHdr {
    MsgRqHdr {
        jxchange_hdr: header(),
        ..Default::default()
    }
}

fn account() -> AccountId {
    AccountId {
        acct_id: "0000000001234".into(),
        acct_type: "D".into(),
        ..Default::default()
    }
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn parts(names: &[&str]) -> Option<Box<IncXtendElem>> {
    let inc_xtend_elem_info = names
        .iter()
        .map(|name| IncXtendElemInfo {
            xtend_elem: Some((*name).into()),
            ..Default::default()
        })
        .collect();
    Some(Box::new(IncXtendElem {
        inc_xtend_elem_info,
        ..Default::default()
    }))
}

fn text<T: Message>(message: &T) -> String {
    encode(message).expect("all that it requires is there")
}

/// Credentials of an end user, as a caller got them from elsewhere.
fn credentials() -> AuthenUsrCred {
    let security = r#"<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1"/></wsse:Security>"#;
    AuthenUsrCred {
        security: Raw::parse(security, &Scope::new()).expect("one element"),
        ..Default::default()
    }
}

#[test]
fn requests_of_the_sample_client_are_valid_in_the_release() {
    let Some(judge) = Judge::summon("requests_of_the_sample_client_are_valid_in_the_release")
    else {
        return;
    };
    let found = |message: &str, marks: &[&str]| {
        for mark in marks {
            assert!(message.contains(mark), "{mark} is missing: {message}");
        }
    };

    // Fields behind a mark need it, and every mark before it.
    let message = text(&AcctSrch {
        srch_msg_rq_hdr: search(),
        person_name: Some(Box::new(PersonName {
            com_name: Some(Text::from("A").with_attribute("SrchType", "StartsWith")),
            ..Default::default()
        })),
        avl_bal_calc_code: Some("1".into()),
        ..Default::default()
    });
    found(&message, &["<Ver_1", "<Ver_3", "SrchType=\"StartsWith\""]);
    judge.assert_valid("Inquiry", &message);

    judge.assert_valid(
        "Inquiry",
        &text(&AcctInq {
            msg_rq_hdr: MsgRqHdr {
                authen_usr_cred: Some(Box::new(credentials())),
                ..request()
            },
            in_acct_id: account(),
            inc_xtend_elem_array: parts(&["x_DepInfoRec", "x_DepBalDtInfo"]),
            act_intent: Some("Upd".into()),
            ..Default::default()
        }),
    );
    judge.assert_valid(
        "Inquiry",
        &text(&AcctHistSrch {
            srch_msg_rq_hdr: search(),
            in_acct_id: Some(Box::new(account())),
            start_dt: Some(date("2026-01-01").into()),
            low_amt: Some(
                "0.10"
                    .parse::<castile::model::Decimal>()
                    .expect("a decimal")
                    .into(),
            ),
            xfer_key: Some("key".into()),
            ..Default::default()
        }),
    );
    judge.assert_valid(
        "Customer",
        &text(&CustSrch {
            srch_msg_rq_hdr: search(),
            tax_id: Some(Text::null()),
            email_addr: Some("a@example.invalid".into()),
            ..Default::default()
        }),
    );
    judge.assert_valid(
        "Customer",
        &text(&CustInq {
            msg_rq_hdr: request(),
            cust_id: Some("SBX0001".into()),
            inc_xtend_elem_array: parts(&["x_TaxDetail"]),
            act_intent: Some("ReadOnly".into()),
            ..Default::default()
        }),
    );
    let message = text(&CustMod {
        msg_rq_hdr: request(),
        cust_id: "SBX0001".into(),
        cust_detail: Some(Box::new(CustDetail {
            addr: Some(Box::new(Addr {
                street_addr1: Field::set("1 Soapstone Way"),
                city: Field::clear(),
                state_code: Field::keep(),
                ..Default::default()
            })),
            ann_incm_amt: Field::set(52_000),
            ..Default::default()
        })),
        act_intent_key: Some("key".into()),
        ..Default::default()
    });
    found(&message, &["<City JHANull=\"true\"/>"]);
    assert!(!message.contains("StateCode"), "{message}");
    judge.assert_valid("Customer", &message);
    // The schema has no empty date, and `clear` says so: the contract's own rule has no other way to blank one.
    let cleared = message.replace("</Addr>", "</Addr><BirthDt JHANull=\"true\"/>");
    let (valid, said) = judge.judge("Customer", &cleared);
    assert!(!valid && said.contains("BirthDt"), "{said}");

    let transfer = XferAdd {
        msg_rq_hdr: request(),
        err_ovr_rd_info_array: Some(Box::new(ErrOvrRdInfoArray {
            err_ovr_rd: vec![ErrOvrRd {
                err_code: Some("400123".into()),
                ..Default::default()
            }],
            ..Default::default()
        })),
        acct_id_from: AcctIdFrom {
            from_acct_id: "0000000001234".into(),
            ..Default::default()
        },
        acct_id_to: Some(Box::new(AcctIdTo {
            to_acct_id: "0000000005678".into(),
            to_acct_type: "D".into(),
            ..Default::default()
        })),
        xfer_rec: Some(Box::new(XferRec {
            amt: Some(
                "12345678901234567.89"
                    .parse::<castile::model::Decimal>()
                    .expect("a decimal")
                    .into(),
            ),
            eft_trn_id: Some("behind five marks".into()),
            ..Default::default()
        })),
        custom: Some(Box::new(Custom::default())),
        xfer_type: Some("Xfer".into()),
        fut_xfer_rec: Some(Box::new(FutXferRec {
            fut_xfer_first_dt: Some(date("2027-01-31").into()),
            ..Default::default()
        })),
        ..Default::default()
    };
    let message = text(&transfer);
    found(&message, &["<Ver_5", "12345678901234567.89"]);
    judge.assert_valid("Transaction", &message);
    judge.assert_valid(
        "Transaction",
        &text(&XferAddValidate {
            xfer_add: XferAddRq {
                msg_rq_hdr: transfer.msg_rq_hdr,
                acct_id_from: transfer.acct_id_from,
                fut_xfer_rec: transfer.fut_xfer_rec,
                ..Default::default()
            },
            ..Default::default()
        }),
    );

    // The judge can say no.
    let (valid, _) = judge.judge("Transaction", &message.replace("<Ver_5/>", ""));
    assert!(
        !valid,
        "a message without Ver_5 must not be valid: {message}"
    );
}

#[test]
fn a_request_of_the_ach_client_is_valid_in_the_release() {
    let Some(judge) = Judge::summon("a_request_of_the_ach_client_is_valid_in_the_release") else {
        return;
    };
    let workshop = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ach");
    let client = workshop.join("client");
    Generator::new()
        .wsdl(judge.release.join("TPG_ACH.wsdl"))
        .crate_name("ach")
        .model_dependency(ModelDependency::Path(root().join("crates/model")))
        .generate()
        .expect("the contract is read")
        .write_to(&client)
        .expect("the crate is written");

    let caller = workshop.join("caller");
    std::fs::create_dir_all(caller.join("src")).expect("a folder");
    std::fs::copy(
        root().join("tests/peers/ach/main.rs"),
        caller.join("src/main.rs"),
    )
    .expect("a file");
    let manifest = format!(
        "[package]\nname = \"ach-caller\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nach = {{ path = {client:?}, features = [\"ach\"] }}\n\
         castile-model = {{ path = {:?} }}\n\n[workspace]\n",
        root().join("crates/model")
    );
    std::fs::write(caller.join("Cargo.toml"), manifest).expect("a file");
    // The same versions as here, so that nothing needs to be fetched.
    std::fs::copy(root().join("Cargo.lock"), caller.join("Cargo.lock")).expect("a file");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--offline", "--manifest-path"])
        .arg(caller.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", workshop.join("target"))
        .output()
        .expect("cargo starts");
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
    let message = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(message.contains("JHANull=\"true\""), "{message}");
    judge.assert_valid("ACH", &message);
}

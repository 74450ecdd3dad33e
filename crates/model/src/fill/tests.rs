//! What a fill puts in, and what it refuses.

use crate::{
    Ext, Fill, Message, Text, elements, encode, encode_filled, encode_filled_valid, encode_valid,
};

#[derive(Debug, Clone, Default, PartialEq)]
struct Hdr {
    usr: Text,
    inst: Option<Text>,
    env: Option<Text>,
    ext: Ext,
}

elements! { Hdr:
    "Usr" => usr,
    [version 1]
    "Inst" => inst,
    [version 2]
    "Env" => env,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Inq {
    hdr: Hdr,
    env: Option<Text>,
    ext: Ext,
}

elements! { Inq:
    "Hdr" => hdr,
    "Env" => env,
}

impl Message for Inq {
    const NAMESPACE: &'static str = "urn:x";
    const ELEMENT: &'static str = "Inq";
}

fn fill() -> Fill {
    Fill::of("Hdr")
        .with("Usr", "wrong")
        .with("Env", "T<1")
        .with("Usr", "u")
}

#[test]
fn what_the_message_leaves_open_is_filled_with_the_markers_it_needs() {
    let inq = Inq::default();
    assert_eq!(
        encode_filled_valid(&inq, &fill()).unwrap(),
        "<Inq xmlns=\"urn:x\"><Hdr><Usr>u</Usr><Ver_1/><Ver_2/><Env>T&lt;1</Env></Hdr></Inq>"
    );
    assert!(encode_valid(&inq).is_err());
}

#[test]
fn what_the_message_says_stays() {
    let mut inq = Inq::default();
    inq.hdr.usr = "".into();
    inq.hdr.env = Some("PROD".into());
    let told = encode(&inq).unwrap();
    assert_eq!(encode_filled(&inq, &fill()).unwrap(), told);
    assert!(told.contains("<Usr/>") && told.contains("PROD"), "{told}");
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Code {
    code: Option<Text>,
    ext: Ext,
}

elements! { Code: "Code" => code, }

#[derive(Debug, Clone, Default, PartialEq)]
struct Codes {
    entry: Vec<Code>,
    ext: Ext,
}

elements! { Codes: "Entry" => entry, }

#[derive(Debug, Clone, Default, PartialEq)]
struct Mod {
    hdr: Hdr,
    codes: Option<Box<Codes>>,
    key: Text,
    more: Option<Text>,
    ext: Ext,
}

elements! { Mod:
    "Hdr" => hdr,
    [version 1]
    "Codes" => codes,
    [version 2]
    "Key" => key,
    "More" => more,
}

impl Message for Mod {
    const NAMESPACE: &'static str = "urn:x";
    const ELEMENT: &'static str = "Mod";
}

#[derive(Debug, Clone, Default, PartialEq)]
struct ModValidate {
    inner: Option<Box<Mod>>,
    ext: Ext,
}

elements! { ModValidate: "Mod" => inner, }

impl Message for ModValidate {
    const NAMESPACE: &'static str = "urn:x";
    const ELEMENT: &'static str = "ModValidate";
}

const CODES: [&str; 3] = ["Codes", "Entry", "Code"];

#[test]
fn a_list_and_a_value_stand_in_their_places() {
    let fill = fill().demand("Key", "k").demand_list(CODES, ["1", "<2>"]);
    let body = "<Hdr><Usr>u</Usr><Ver_1/><Ver_2/><Env>T&lt;1</Env></Hdr><Ver_1/><Codes>\
        <Entry><Code>1</Code></Entry><Entry><Code>&lt;2&gt;</Code></Entry></Codes><Ver_2/><Key>k</Key>";
    assert_eq!(
        encode_filled_valid(&Mod::default(), &fill).unwrap(),
        format!("<Mod xmlns=\"urn:x\">{body}</Mod>")
    );
    let inner = Some(Box::default());
    let validate = ModValidate {
        inner,
        ..ModValidate::default()
    };
    assert_eq!(
        encode_filled_valid(&validate, &fill).unwrap(),
        format!("<ModValidate xmlns=\"urn:x\"><Mod>{body}</Mod></ModValidate>")
    );
}

fn code(message: &impl Message, fill: Fill) -> (&'static str, String) {
    let error = encode_filled(message, &fill).unwrap_err();
    (error.code(), error.to_string())
}

#[test]
fn what_finds_no_place_is_an_error_and_not_dropped() {
    let (inq, hdr) = (Inq::default(), || Fill::of("Hdr"));
    for fill in [
        hdr().demand("Key", "k"),
        hdr().demand_list(CODES, ["1"]),
        hdr().with("Key", "k"),
        hdr().insist("Key", "k"),
    ] {
        let (code, told) = code(&inq, fill);
        assert_eq!(code, "model-no-place");
        assert!(told.contains("Key") || told.contains("Codes"), "{told}");
        assert!(!told.contains("k\""), "{told}");
    }
    assert!(encode_filled(&inq, &hdr().offer("Key", "k")).is_ok());
    // Without the parent there is nothing to be filled, unless the caller insists.
    let bare = ModValidate::default();
    assert!(encode_filled(&bare, &hdr().with("Env", "T")).is_ok());
    assert_eq!(code(&bare, hdr().insist("Env", "T")).0, "model-no-place");
    // What the message says itself is its place, too.
    let mut inq = inq;
    inq.hdr.env = Some("PROD".into());
    let told = encode_filled(&inq, &hdr().insist("Env", "T")).unwrap();
    assert!(told.contains("PROD"), "{told}");
}

#[test]
fn what_the_message_has_itself_is_never_replaced_by_a_demand() {
    let own = Mod {
        key: "mine".into(),
        codes: Some(Box::default()),
        ..Mod::default()
    };
    for fill in [
        Fill::default().demand("Key", "k"),
        Fill::default().demand_list(CODES, ["1"]),
    ] {
        assert_eq!(code(&own, fill).0, "model-given-twice");
    }
}

#[test]
fn a_value_is_asked_for_where_it_belongs_only() {
    // `Env` of the header and `Env` of the message are two.
    let fill = fill().demand("Env", "of the message");
    let told = encode_filled_valid(&Inq::default(), &fill).unwrap();
    let end = "<Env>T&lt;1</Env></Hdr><Env>of the message</Env></Inq>";
    assert!(told.ends_with(end), "{told}");
}

#[test]
fn its_values_are_not_printed() {
    assert_eq!(format!("{:?}", fill()), r#"Fill of Hdr ["Env", "Usr"]"#);
}

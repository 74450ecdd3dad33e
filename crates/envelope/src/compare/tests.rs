//! Replies that differ in one thing each.

use super::*;

fn reply(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn found(first: &str, second: &str, ignored: &[&str]) -> Vec<(String, Difference)> {
    let comparison = Comparison {
        ignored: ignored.iter().map(|name| (*name).to_owned()).collect(),
        ..Comparison::default()
    };
    let differences = comparison
        .differences(reply(first).as_bytes(), reply(second).as_bytes())
        .unwrap()
        .unwrap();
    assert!(!differences.more);
    differences.paths.into_iter().collect()
}

#[test]
fn a_difference_is_told_by_its_path() {
    use Difference::{OnlyFirst, OnlySecond, Value};
    for (first, second, path, kind) in [
        ("<R><A>1-canary</A></R>", "<R><A>2</A></R>", "R/A", Value),
        ("<R><A/></R>", "<R/>", "R/A", OnlyFirst),
        ("<R/>", "<R><A><B/></A></R>", "R/A", OnlySecond),
        (
            "<R><A>1</A><A>2</A></R>",
            "<R><A>1</A></R>",
            "R/A",
            OnlyFirst,
        ),
        (
            "<R><A>1</A><A>2</A></R>",
            "<R><A>1</A><A>3</A></R>",
            "R/A",
            Value,
        ),
        ("<R a='1'/>", "<R a='2'/>", "R/@a", Value),
        ("<R a='1'/>", "<R/>", "R/@a", OnlyFirst),
        ("<R/>", "<R JHANull='true'/>", "R/@JHANull", OnlySecond),
        ("<R xmlns='a'/>", "<R xmlns='b'/>", "R", Value),
        ("<R>a<b/></R>", "<R>c<b/></R>", "R", Value),
        ("<R><A> </A></R>", "<R><A></A></R>", "R/A", Value),
    ] {
        assert_eq!(
            found(first, second, &[]),
            [(path.to_owned(), kind)],
            "{first} {second}"
        );
    }
    let fault = "<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></s:Fault>";
    let paths: Vec<String> = found("<R/>", fault, &[])
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert_eq!(paths, ["Fault", "R"]);
}

#[test]
fn what_means_the_same_is_the_same() {
    for (first, second) in [
        (
            "<R><A>1</A></R>",
            "\n <x:R xmlns:x=''><A>1</A>\n</x:R>"
                .replace("x:", "")
                .replace(" xmlns:x=''", "")
                .as_str(),
        ),
        (
            "<x:R xmlns:x='t'><x:A>&lt;</x:A></x:R>",
            "<R xmlns='t'><A><![CDATA[<]]></A></R>",
        ),
        (
            "<R><A>1</A><B>2</B></R>",
            "<R><!-- c --><B>2</B><A>1</A></R>",
        ),
        ("<R a='1' b='&#x32;'/>", "<R b='2' a='1'></R>"),
    ] {
        assert_eq!(found(first, second, &[]), [], "{first} {second}");
    }
}

#[test]
fn utf_16_is_compared_as_what_it_says() {
    let narrow = reply("<R><A>\u{e9}\u{1f4b5} 1</A></R>");
    let wide = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let declared = format!("\u{feff}<?xml version='1.0' encoding='utf-16'?>{text}");
        declared.encode_utf16().flat_map(order).collect()
    };
    for order in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        let same = wide(&narrow, order);
        let other = wide(&narrow.replace('1', "2"), order);
        let differences = |first: &[u8], second: &[u8]| {
            let found = Comparison::default().differences(first, second);
            let found = found.unwrap().unwrap();
            found.paths.into_keys().collect::<Vec<_>>()
        };
        assert!(differences(narrow.as_bytes(), &same).is_empty());
        assert!(differences(&same, &same).is_empty());
        assert_eq!(differences(&same, &other), ["R/A"]);
        assert_eq!(differences(&other, narrow.as_bytes()), ["R/A"]);
        for broken in [&same[..same.len() - 1], &same[..same.len() - 40]] {
            Comparison::default()
                .differences(broken, narrow.as_bytes())
                .unwrap_err();
        }
        let mut lone = same.clone();
        lone.extend(order(0xd800));
        Comparison::default()
            .differences(&lone, narrow.as_bytes())
            .unwrap_err();
    }
}

#[test]
fn what_is_ignored_may_differ_with_all_that_is_in_it() {
    let first = "<R><H><Id>1</Id><X a='1'>1</X></H><Id>1</Id><V>1</V></R>";
    let second = "<R><H><Id>2</Id><X a='2'>2</X><Y/></H><Id>2</Id><V>1</V></R>";
    let paths = |ignored: &[&str]| -> Vec<String> {
        found(first, second, ignored)
            .into_iter()
            .map(|(path, _)| path)
            .collect()
    };
    assert_eq!(paths(&[]), ["R/H/Id", "R/H/X", "R/H/X/@a", "R/H/Y", "R/Id"]);
    assert_eq!(paths(&["Id"]), ["R/H/X", "R/H/X/@a", "R/H/Y"]);
    assert_eq!(paths(&["H/Id", "X/@a", "Y"]), ["R/H/X", "R/Id"]);
    assert_eq!(paths(&["H"]), ["R/Id"]);
    assert_eq!(paths(&["d", "H/X/Z"]), paths(&[]));
}

#[test]
fn hostile_replies_are_bounded() {
    let many = |name: &str| -> String { (0..200).map(|at| format!("<{name}{at}/>")).collect() };
    let (first, second) = (reply(&many("a")), reply(&many("b")));
    let found = Comparison::default()
        .differences(first.as_bytes(), second.as_bytes())
        .unwrap()
        .unwrap();
    assert_eq!((found.paths.len(), found.more), (64, true));
    let few = Comparison {
        elements: 100,
        ..Comparison::default()
    };
    assert_eq!(
        few.differences(first.as_bytes(), second.as_bytes())
            .unwrap(),
        None
    );
    let long = "n".repeat(100_000);
    let long = reply(&format!("<{long}>1</{long}>"));
    let found = Comparison::default()
        .differences(long.as_bytes(), reply("<R/>").as_bytes())
        .unwrap()
        .unwrap();
    assert!(found.paths.keys().all(|path| path.len() <= LONGEST_PATH));
    let deep = reply(&format!("{}{}", "<a>".repeat(100), "</a>".repeat(100)));
    assert!(
        Comparison::default()
            .differences(deep.as_bytes(), deep.as_bytes())
            .unwrap()
            .unwrap()
            .is_empty()
    );
    for broken in ["<a>", "<!DOCTYPE a><a/>", "{}"] {
        Comparison::default()
            .differences(broken.as_bytes(), long.as_bytes())
            .unwrap_err();
    }
}

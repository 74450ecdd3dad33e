//! Finds a value in a text in every form in which it could have slipped there.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A value that must appear nowhere, and what it is.
pub(crate) struct Canary {
    pub(crate) name: String,
    forms: Vec<Form>,
}

/// One way to write a value.
struct Form {
    name: &'static str,
    text: String,
    /// Compared in lower case.
    folded: bool,
}

/// A text to look into, folded once.
pub(crate) struct Haystack<'t> {
    text: &'t str,
    folded: String,
}

impl<'t> Haystack<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            folded: text.to_lowercase(),
        }
    }
}

impl Canary {
    pub(crate) fn new(name: &str, value: &str) -> Self {
        // Shorter ones could be found by chance.
        assert!(value.len() >= 8, "{name} is too short");
        let forms = forms(value.as_bytes());
        Self {
            name: name.to_owned(),
            forms: forms
                .into_iter()
                .map(|(name, text, folded)| Form {
                    name,
                    text: if folded { text.to_lowercase() } else { text },
                    folded,
                })
                .collect(),
        }
    }

    /// The forms of it that a text holds.
    pub(crate) fn found_in(&self, hay: &Haystack<'_>) -> Vec<&'static str> {
        let found = self.forms.iter().filter(|form| {
            let text = if form.folded { &hay.folded } else { hay.text };
            text.contains(&form.text)
        });
        found.map(|form| form.name).collect()
    }
}

/// The forms of a value, and whether they are compared without case.
fn forms(value: &[u8]) -> Vec<(&'static str, String, bool)> {
    let text = String::from_utf8_lossy(value);
    let mut forms = vec![
        ("raw", text.clone().into_owned(), true),
        ("escaped", text.escape_debug().collect(), false),
        ("xml", xml(&text), false),
        ("percent", encoded(value, "%", unreserved), true),
        ("hex", encoded(value, "", |_| false), true),
        ("bytes", list(value), false),
    ];
    // A value inside a longer text that was encoded as a whole: at each of the three places in a group.
    for place in 0..3 {
        for (name, engine) in [("base64", &STANDARD), ("base64url", &URL_SAFE)] {
            let shifted = [&vec![0; place][..], value].concat();
            let whole = engine.encode(&shifted);
            let from = (place * 8).div_ceil(6);
            let to = shifted.len() * 8 / 6;
            forms.push((name, whole[from..to].to_owned(), false));
        }
    }
    forms
}

fn xml(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn encoded(value: &[u8], mark: &str, kept: impl Fn(u8) -> bool) -> String {
    let mut text = String::new();
    for &byte in value {
        if kept(byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "{mark}{byte:02x}").expect("memory");
        }
    }
    text
}

/// As `Debug` shows a `Vec<u8>`.
fn list(value: &[u8]) -> String {
    let numbers: Vec<_> = value.iter().map(u8::to_string).collect();
    numbers.join(", ")
}

#[test]
fn a_planted_canary_is_found_in_every_form_and_only_then() {
    const VALUE: &str = "Wren & Sons/7+Q";
    let canary = Canary::new("a name", VALUE);
    let forms_in = |text: &str| canary.found_in(&Haystack::new(text));
    let json = serde_json::json!(["x", VALUE]).to_string();
    for (name, text) in [
        ("raw", VALUE.to_owned()),
        ("raw", VALUE.to_uppercase()),
        ("raw", json),
        ("escaped", format!("{:?}", ("a", VALUE))),
        ("xml", "<ComName>Wren &amp; Sons/7+Q</ComName>".to_owned()),
        ("percent", "name=Wren%20%26%20Sons%2F7%2BQ".to_owned()),
        ("percent", "name=Wren%20%26%20Sons%2f7%2bQ".to_owned()),
        ("hex", "5772656e202620536f6e732f372b51".to_owned()),
        ("bytes", format!("{:?}", VALUE.as_bytes())),
    ] {
        assert!(forms_in(&text).contains(&name), "{name}: {text}");
    }
    for before in ["", "1", "12", "123"] {
        let long = format!("{before}{VALUE} and more");
        let text = STANDARD.encode(&long);
        assert!(forms_in(&text).contains(&"base64"), "{text}");
        let text = URL_SAFE.encode(&long);
        assert!(forms_in(&text).contains(&"base64url"), "{text}");
    }
    assert!(forms_in("Wren and Sons, 200 OK").is_empty());
}

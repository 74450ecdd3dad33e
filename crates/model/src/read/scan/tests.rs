//! The scanner beside quick-xml and roxmltree: the same events, and nothing taken that they refuse.

use proptest::prelude::*;
use quick_xml::events::Event as Theirs;

use super::*;

/// What a reader makes of a document: events in words, neighbouring texts joined.
#[derive(Default, Debug, PartialEq)]
struct Story(Vec<String>);

impl Story {
    fn tell(&mut self, what: &str, text: &str) {
        match self.0.last_mut() {
            Some(last) if what == "text" && last.starts_with("text") => last.push_str(text),
            _ => self.0.push(format!("{what} {text}")),
        }
    }
}

fn ours(xml: &str) -> Option<Story> {
    story(xml, false)
}

/// The same by the short ways wherever they go.
fn in_short(xml: &str) -> Option<Story> {
    story(xml, true)
}

fn story(xml: &str, is_short: bool) -> Option<Story> {
    let (mut scanner, mut story, mut depth) = (Scanner::new(xml), Story::default(), 0_usize);
    loop {
        let event = match is_short.then(|| scanner.plain_start()).flatten() {
            Some(tag) => Event::Open(tag),
            None if is_short && scanner.plain_end() => Event::Close,
            None => scanner.next().ok()?.0,
        };
        match event {
            Event::Open(tag) => {
                story.tell("open", tag.name());
                if let Some((name, value)) = tag.only_attribute() {
                    let all: Vec<_> = tag.raw_attributes().map(Result::unwrap).collect();
                    let all: Vec<_> = all
                        .iter()
                        .map(|a| (a.key.into_inner(), &*a.value))
                        .collect();
                    assert_eq!(all, [(name, value)], "{xml}");
                }
                for attribute in tag.raw_attributes() {
                    let attribute = attribute.ok()?;
                    story.tell("attribute", attribute.key.into_inner());
                    story.tell("value", &attribute.value);
                }
                match scanner.plain_content(&tag) {
                    _ if tag.empty => story.tell("close", ""),
                    Some((text, behind)) if is_short => {
                        scanner.go_to(behind);
                        if !text.is_empty() {
                            story.tell("text", text);
                        }
                        story.tell("close", "");
                    }
                    _ => {
                        scanner.go_in(&tag);
                        depth += 1;
                    }
                }
            }
            Event::Close => {
                depth -= 1;
                story.tell("close", "");
            }
            Event::Text(text) | Event::CData(text) => story.tell("text", text),
            Event::Reference(name) => story.tell("text", &format!("&{name};")),
            Event::DocType => return None,
            Event::Eof => return (depth == 0).then_some(story),
        }
    }
}

fn flaw(xml: &str) -> Option<&'static str> {
    let mut scanner = Scanner::new(xml);
    loop {
        match scanner.next() {
            Ok((Event::Eof, _)) => return None,
            Ok((Event::Open(tag), _)) => scanner.go_in(&tag),
            Ok(_) => {}
            Err(flaw) => return Some(flaw.rule),
        }
    }
}

fn theirs(xml: &str) -> Option<Story> {
    let mut reader = quick_xml::NsReader::from_str(xml);
    reader.config_mut().check_comments = true;
    let (mut story, mut depth) = (Story::default(), 0_usize);
    loop {
        let event = reader.read_event().ok()?;
        match &event {
            Theirs::Start(tag) | Theirs::Empty(tag) => {
                story.tell("open", tag.name().into_inner());
                for attribute in tag.attributes() {
                    let attribute = attribute.ok()?;
                    story.tell("attribute", attribute.key.into_inner());
                    story.tell("value", &attribute.value);
                }
                match event {
                    Theirs::Empty(_) => story.tell("close", ""),
                    _ => depth += 1,
                }
            }
            Theirs::End(_) => {
                depth -= 1;
                story.tell("close", "");
            }
            Theirs::Text(text) => story.tell("text", text),
            Theirs::CData(text) => story.tell("text", text),
            Theirs::GeneralRef(name) => story.tell("text", &format!("&{};", &**name)),
            Theirs::DocType(_) => return None,
            Theirs::Comment(_) | Theirs::PI(_) | Theirs::Decl(_) => {}
            Theirs::Eof => return (depth == 0).then_some(story),
        }
    }
}

#[test]
fn names_are_compared_byte_by_byte_whatever_their_length() {
    for length in 0..40 {
        let name = vec![b'x'; length];
        assert!(is_same(&name, &name), "{length}");
        for at in 0..length {
            let mut other = name.clone();
            other[at] = b'y';
            assert!(!is_same(&name, &other), "{at} of {length}");
        }
    }
}

#[test]
fn a_name_ends_where_the_first_byte_stands_that_names_cannot_have() {
    for (length, behind) in (0..20).flat_map(|length| (0..40).map(move |behind| (length, behind))) {
        let is_in_name = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b) || b >= 0x80;
        for byte in 0..=u8::MAX {
            let mut text = vec![b'<'];
            text.resize(1 + length, b'a');
            text.push(byte);
            text.resize(text.len() + behind, b'-');
            let end = match is_in_name(byte) {
                true => text.len(),
                false => 1 + length,
            };
            assert_eq!(
                name_end(&text, 1),
                end,
                "{byte} behind {length} before {behind}"
            );
        }
    }
}

fn document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-zé \n]{0,40}",
        Just("<![CDATA[a]]b<&>]]>".to_owned()),
        Just("<!-- a <b> & -->".to_owned()),
        Just("<?go a > b?>".to_owned()),
        Just("&amp;&#65;".to_owned()),
        Just("<e/>".to_owned()),
        Just("<p:e a = '>' p:b=\"/\" />".to_owned()),
        Just("<e a=\"b\"></e>".to_owned()),
        Just("<e xmlns=\"u\">v</e>".to_owned()),
    ];
    let tree = leaf.prop_recursive(4, 40, 5, |inner| {
        let name = prop::sample::select(vec!["a", "p:a", "Ver_1", "é.-1", "_"]);
        let tail = prop::sample::select(vec!["", " ", "\n\t"]);
        (name, tail, prop::collection::vec(inner, 0..5)).prop_map(|(name, tail, content)| {
            format!("<{name}{tail}>{}</{name}{tail}>", content.concat())
        })
    });
    tree.prop_map(|content| format!("<?xml version='1.0'?><p:r xmlns:p='u'>{content}</p:r>"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_documents_are_told_alike(xml in document()) {
        let story = ours(&xml);
        prop_assert!(story.is_some(), "{}", xml);
        prop_assert_eq!(&story, &in_short(&xml));
        prop_assert_eq!(story, theirs(&xml));
    }

    #[test]
    fn broken_documents_are_refused_or_told_alike(
        xml in document(), at in any::<prop::sample::Index>(),
        put in prop::sample::select(vec!["", "<", ">", "/", "&", ";", "'", "\"", "-", "]", "?", "!", ":", " ", "=", "<a>", "</a>", "<!--"]),
        cut in 0_usize..4,
    ) {
        let mut broken = xml;
        let from = (0..=at.index(broken.len())).rev().find(|at| broken.is_char_boundary(*at)).unwrap();
        let to = (from + cut..broken.len()).find(|at| broken.is_char_boundary(*at)).unwrap_or(broken.len());
        broken.replace_range(from..to, put);
        prop_assert_eq!(ours(&broken), in_short(&broken), "{}", broken);
        match ours(&broken) {
            Some(story) => prop_assert_eq!(Some(story), theirs(&broken), "{}", broken),
            // Neither of the two looks at the name of a processing instruction, or minds an empty prefix.
            None if flaw(&broken) == Some(TARGET) || broken.contains("<:") => {}
            // Where we are the stricter ones, it is not well-formed: a third parser says so.
            None => prop_assert!(theirs(&broken).is_none() || roxmltree::Document::parse(&broken).is_err(), "{}", broken),
        }
    }
}

//! Texts drawn from simple types.

use super::super::Amount;
use super::super::pattern::Pattern;
use super::super::simple::Bound;
use super::*;

fn drawn(simple: &Simple, amount: Amount) -> Vec<String> {
    let plan = Plan::new(amount);
    let mut random = Random::seeded(7);
    (0..200)
        .map(|_| draw(simple, &plan, &mut random).unwrap())
        .collect()
}

fn with(local: &str, facets: Facets) -> Simple {
    Simple {
        facets,
        ..Simple::builtin(local)
    }
}

fn bound(value: &str, included: bool) -> Option<Bound> {
    let value = value.to_owned();
    Some(Bound { value, included })
}

#[test]
fn numbers_keep_their_bounds_and_digits() {
    let percent = with(
        "decimal",
        Facets {
            low: bound("0", false),
            high: bound("100", true),
            fraction_digits: Some(1),
            ..Facets::default()
        },
    );
    for text in drawn(&percent, Amount::Random) {
        let number: f64 = text.parse().unwrap();
        assert!(number > 0.0 && number <= 100.0, "{text}");
        let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
        assert!(fraction.trim_end_matches('0').len() <= 1, "{text}");
    }
    for text in drawn(&Simple::builtin("unsignedByte"), Amount::Random) {
        text.parse::<u8>().unwrap();
    }
}

#[test]
fn texts_keep_their_lengths_and_patterns() {
    let code = with(
        "string",
        Facets {
            most_length: Some(3),
            ..Facets::default()
        },
    );
    for amount in [Amount::Least, Amount::Typical, Amount::Random] {
        assert!(
            drawn(&code, amount)
                .iter()
                .all(|text| text.chars().count() <= 3)
        );
    }
    let pattern = |text| vec![Pattern::parse(text).unwrap()];
    let both = with(
        "string",
        Facets {
            patterns: vec![pattern("[a-z]*"), pattern(".{2}")],
            ..Facets::default()
        },
    );
    // Each step of restriction must hold, not just the last.
    for text in drawn(&both, Amount::Random) {
        assert!(
            text.len() == 2 && text.bytes().all(|b| b.is_ascii_lowercase()),
            "{text}"
        );
    }
}

#[test]
fn lists_and_unions_are_drawn_from_their_members() {
    let list = Simple {
        variety: Variety::List(Box::new(Simple::builtin("int"))),
        facets: Facets {
            least_length: Some(2),
            most_length: Some(2),
            ..Facets::default()
        },
    };
    for text in drawn(&list, Amount::Random) {
        assert_eq!(text.split(' ').count(), 2, "{text}");
    }
    let choice = with(
        "string",
        Facets {
            values: vec!["a".into(), "b".into()],
            ..Facets::default()
        },
    );
    let union = Simple {
        variety: Variety::Union(vec![choice, Simple::builtin("boolean")]),
        facets: Facets::default(),
    };
    let texts = drawn(&union, Amount::Random);
    for expected in ["a", "b", "true", "false"] {
        assert!(texts.iter().any(|text| text == expected), "{expected}");
    }
}

#[test]
fn a_type_that_no_text_satisfies_is_told() {
    let never = with(
        "string",
        Facets {
            least_length: Some(2),
            most_length: Some(1),
            ..Facets::default()
        },
    );
    let plan = Plan::new(Amount::Random);
    assert_eq!(draw(&never, &plan, &mut Random::seeded(1)), None);
}

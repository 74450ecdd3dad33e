//! Draws a text of a built-in type (XML Schema part 2, section 3).

use super::super::Plan;
use super::super::random::Random;
use super::super::simple::Facets;
use super::lengths;

/// Characters that show what is lost on the way: mark-up, white space, characters of two, three and four bytes.
const CHARACTERS: &[char] = &[
    'a',
    'b',
    'c',
    'X',
    'Y',
    'Z',
    '0',
    '1',
    '9',
    ' ',
    '-',
    '&',
    '<',
    '>',
    '\'',
    '"',
    ']',
    'ä',
    'ß',
    '€',
    '\u{1f600}',
    '\t',
    '\n',
];
const LETTERS: &[char] = &['a', 'b', 'c', 'X', 'Y', 'Z', 'é'];
const ZONES: &[&str] = &["", "", "Z", "+14:00", "-14:00", "-05:00", "+05:30"];

/// A text of the type; facets guide it, and the caller checks them.
pub(super) fn draw(local: &str, facets: &Facets, plan: &Plan, random: &mut Random) -> String {
    let edge = plan.is_random() && random.chance(25);
    match local {
        "boolean" => pick(random, &["true", "false"]),
        "float" | "double" => float(facets, edge, random),
        "decimal" => decimal(facets, edge, plan, random),
        "duration" => {
            let all = [
                "P1D",
                "PT30M",
                "P1Y2M3DT4H5M6.7S",
                "-P400D",
                "P0Y",
                "PT0.001S",
            ];
            if plan.is_random() {
                pick(random, &all)
            } else {
                "P1D".to_owned()
            }
        }
        "date" => bound_or(
            facets,
            |random| zoned(date(edge, plan, random), plan, random),
            random,
        ),
        "time" => bound_or(
            facets,
            |random| zoned(time(edge, plan, random), plan, random),
            random,
        ),
        "dateTime" => bound_or(
            facets,
            |random| {
                let text = format!("{}T{}", date(edge, plan, random), time(edge, plan, random));
                zoned(text, plan, random)
            },
            random,
        ),
        "gYear" => year(edge, plan, random),
        "gYearMonth" => format!("{}-{:02}", year(edge, plan, random), random.between(1, 12)),
        "gMonth" => format!("--{:02}", random.between(1, 12)),
        "gMonthDay" => format!(
            "--{:02}-{:02}",
            random.between(1, 12),
            random.between(1, 28)
        ),
        "gDay" => format!("---{:02}", random.between(1, 31)),
        "hexBinary" => (0..count(facets, 8, random))
            .map(|_| format!("{:02X}", random.below(256)))
            .collect(),
        "base64Binary" => {
            let bytes = (0..count(facets, 8, random)).map(|_| random.below(256) as u8);
            base64(&bytes.collect::<Vec<u8>>())
        }
        "anyURI" => format!("urn:example:{}", letters(facets, plan, random)),
        "language" => pick(random, &["en", "en-US", "de"]),
        "NMTOKEN" => format!("{}-1", letters(facets, plan, random)),
        "Name" | "NCName" | "QName" | "NOTATION" | "ENTITY" | "IDREF" => {
            letters(facets, plan, random)
        }
        // Two of a message must not be alike.
        "ID" => format!("_{:016x}", random.next_u64()),
        "normalizedString" => string(facets, plan, random).replace(['\t', '\n'], " "),
        "token" => string(facets, plan, random)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        local => match range(local) {
            Some((low, high)) => integer(low, high, facets, edge, plan, random),
            None => string(facets, plan, random),
        },
    }
}

fn pick(random: &mut Random, from: &[&str]) -> String {
    random.pick(from).copied().unwrap_or_default().to_owned()
}

/// What a machine integer, or one with a sign, may be.
fn range(local: &str) -> Option<(i128, i128)> {
    // Far beyond any machine integer.
    let huge = 10_i128.pow(30);
    Some(match local {
        "integer" => (-huge, huge),
        "nonNegativeInteger" => (0, huge),
        "positiveInteger" => (1, huge),
        "nonPositiveInteger" => (-huge, 0),
        "negativeInteger" => (-huge, -1),
        "long" => (i64::MIN.into(), i64::MAX.into()),
        "int" => (i32::MIN.into(), i32::MAX.into()),
        "short" => (i16::MIN.into(), i16::MAX.into()),
        "byte" => (i8::MIN.into(), i8::MAX.into()),
        "unsignedLong" => (0, u64::MAX.into()),
        "unsignedInt" => (0, u32::MAX.into()),
        "unsignedShort" => (0, u16::MAX.into()),
        "unsignedByte" => (0, u8::MAX.into()),
        _ => return None,
    })
}

fn integer(
    low: i128,
    high: i128,
    facets: &Facets,
    edge: bool,
    plan: &Plan,
    random: &mut Random,
) -> String {
    let bound = |bound: Option<&super::super::simple::Bound>| {
        bound.and_then(|bound| {
            let whole = bound.value.split('.').next().unwrap_or_default();
            whole.trim_start_matches('+').parse::<i128>().ok()
        })
    };
    let mut low = bound(facets.low.as_ref()).map_or(low, |bound| bound.max(low));
    let mut high = bound(facets.high.as_ref()).map_or(high, |bound| bound.min(high));
    if let Some(digits) = facets.total_digits {
        let most = 10_i128.saturating_pow(digits.min(37) as u32) - 1;
        (low, high) = (low.max(-most), high.min(most));
    }
    let number = if edge {
        if random.chance(50) { low } else { high }
    } else if plan.is_random() && random.chance(30) {
        random.between(low, high)
    } else {
        // Small numbers are the usual ones.
        let start = 1.clamp(low, high.max(low));
        random.between(start, start.saturating_add(99).min(high))
    };
    number.to_string()
}

fn decimal(facets: &Facets, edge: bool, plan: &Plan, random: &mut Random) -> String {
    let bounded = facets.low.is_some() || facets.high.is_some() || facets.total_digits.is_some();
    if edge && !bounded {
        let all = [
            "-0",
            "+1.10",
            ".5",
            "5.",
            "007.00",
            "12345678901234567890.123456789",
            "0.00",
            "-.1",
        ];
        return pick(random, &all);
    }
    let fraction = facets.fraction_digits.unwrap_or(2).min(2);
    let whole_digits = facets
        .total_digits
        .map(|digits| digits.saturating_sub(fraction).max(1));
    let narrowed = Facets {
        total_digits: whole_digits,
        ..facets.clone()
    };
    let most = if plan.is_random() {
        10_i128.pow(15)
    } else {
        999
    };
    let whole = integer(-most, most, &narrowed, edge, plan, random);
    // Only noughts at a bound, so that it holds.
    match (fraction, edge) {
        (0, _) => whole,
        (_, true) => format!("{whole}.{}", "0".repeat(fraction)),
        (1, _) => format!("{whole}.{}", random.below(10)),
        _ => format!("{whole}.{:02}", random.below(100)),
    }
}

fn float(facets: &Facets, edge: bool, random: &mut Random) -> String {
    if edge {
        return pick(random, &["INF", "-INF", "NaN", "1E5", "-1.5e-3", "0", "-0"]);
    }
    let whole = integer(-1_000, 1_000, facets, false, &Plan::default(), random);
    format!("{whole}.{}", pick(random, &["0", "5", "25"]))
}

fn year(edge: bool, plan: &Plan, random: &mut Random) -> String {
    if edge {
        return pick(random, &["12026", "0001", "9999", "-0044"]);
    }
    let year = if plan.is_random() {
        random.between(1900, 2099)
    } else {
        2026
    };
    format!("{year:04}")
}

fn date(edge: bool, plan: &Plan, random: &mut Random) -> String {
    let year = year(edge && random.chance(30), plan, random);
    if edge && random.chance(30) {
        return "2024-02-29".to_owned();
    }
    format!(
        "{year}-{:02}-{:02}",
        random.between(1, 12),
        random.between(1, 28)
    )
}

fn time(edge: bool, plan: &Plan, random: &mut Random) -> String {
    if edge {
        return pick(
            random,
            &[
                "00:00:00",
                "23:59:59.999999999",
                "12:00:00.0",
                "06:30:00.10",
            ],
        );
    }
    let seconds = if plan.is_random() {
        random.between(0, 59)
    } else {
        0
    };
    format!(
        "{:02}:{:02}:{seconds:02}",
        random.between(0, 23),
        random.between(0, 59)
    )
}

fn zoned(text: String, plan: &Plan, random: &mut Random) -> String {
    if !plan.is_random() {
        return text;
    }
    text + &pick(random, ZONES)
}

/// What `draw` gives, or a bound itself where there is one: dates are compared as texts only.
fn bound_or(
    facets: &Facets,
    draw: impl FnOnce(&mut Random) -> String,
    random: &mut Random,
) -> String {
    let mut bounds = [&facets.low, &facets.high].into_iter().flatten();
    match bounds.find(|bound| bound.included) {
        Some(bound) => bound.value.clone(),
        None => draw(random),
    }
}

fn count(facets: &Facets, more: usize, random: &mut Random) -> usize {
    let (least, most) = lengths(facets, more);
    random.between(least as i128, most.max(least) as i128) as usize
}

fn string(facets: &Facets, plan: &Plan, random: &mut Random) -> String {
    if !plan.is_random() {
        return letters(facets, plan, random);
    }
    let letters = [LETTERS, CHARACTERS][usize::from(random.chance(50))];
    (0..count(facets, 12, random))
        .filter_map(|_| random.pick(letters))
        .collect()
}

/// A word that is a name, unless the greatest length forbids it.
fn letters(facets: &Facets, plan: &Plan, random: &mut Random) -> String {
    let (least, most) = lengths(facets, 12);
    if !plan.is_random() {
        let word = "text"
            .chars()
            .cycle()
            .take(least.max(4).min(most.max(least)));
        return word.collect();
    }
    let length = random.between(least.max(1) as i128, most.max(least.max(1)) as i128);
    (0..length).filter_map(|_| random.pick(LETTERS)).collect()
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = at(0) << 16 | at(1) << 8 | at(2);
        for index in 0..4 {
            let six = (group >> (18 - 6 * index)) & 63;
            let c = ALPHABET.get(six as usize).copied().unwrap_or(b'=');
            text.push(if index <= chunk.len() {
                char::from(c)
            } else {
                '='
            });
        }
    }
    text
}

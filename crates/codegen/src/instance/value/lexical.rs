//! Judges whether a text is of a type.

use super::super::simple::{Simple, Variety};
use super::check;

/// Whether a text is one of the type: of its lexical space, and within its facets.
pub(in super::super) fn is_valid(simple: &Simple, text: &str) -> bool {
    let text = &*normal(simple, text);
    let facets = &simple.facets;
    if !facets.values.is_empty() && !is_listed(simple, text) {
        return false;
    }
    let of_variety = match &simple.variety {
        Variety::Atomic(local) => is_lexical(local, text),
        Variety::List(item) => (text.split_ascii_whitespace()).all(|text| is_valid(item, text)),
        Variety::Union(members) => members.iter().any(|member| is_valid(member, text)),
    };
    of_variety && check::holds(simple, text)
}

fn is_listed(simple: &Simple, text: &str) -> bool {
    let facets = &simple.facets;
    if simple.is_name() {
        // The prefix of the message is not known here; it may be any for the namespace that is meant.
        let local = |name: &str| name.rfind(':').map_or(0, |colon| colon + 1);
        let text = &text[local(text)..];
        let mut values = facets.values.iter().map(|value| value.trim());
        return values.any(|value| value[local(value)..] == *text);
    }
    // Values may be written in several ways, such as 1 and 1.0; comparing numbers does no harm to texts.
    facets.values.iter().any(|value| {
        let value = value.as_str();
        value == text || value.trim() == text || check::same_number(value.trim(), text)
    })
}

/// The text with its white space as the type has it (XML Schema part 2, section 4.3.6).
fn normal<'t>(simple: &Simple, text: &'t str) -> std::borrow::Cow<'t, str> {
    match &simple.variety {
        Variety::Atomic(local) if local == "string" || local == "anySimpleType" => text.into(),
        Variety::Atomic(local) if local == "normalizedString" => {
            text.replace(['\t', '\n', '\r'], " ").into()
        }
        // Each member has its own way.
        Variety::Union(_) => text.into(),
        _ if text.contains("  ") || text.contains(['\t', '\n', '\r']) => {
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            words.join(" ").into()
        }
        _ => text.trim_matches(' ').into(),
    }
}

/// Whether a text is in the lexical space of a built-in type (XML Schema part 2, section 3).
fn is_lexical(local: &str, text: &str) -> bool {
    match local {
        "boolean" => matches!(text, "true" | "false" | "1" | "0"),
        "decimal" => is_decimal(text),
        "float" | "double" => matches!(text, "INF" | "-INF" | "NaN") || is_float(text),
        "hexBinary" => text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit()),
        "base64Binary" => is_base64(text),
        "date" => date(text).is_some_and(is_zone),
        "dateTime" => date(text)
            .and_then(|rest| rest.strip_prefix('T'))
            .and_then(time)
            .is_some_and(is_zone),
        "time" => time(text).is_some_and(is_zone),
        "gYear" => year(text).is_some_and(is_zone),
        "gYearMonth" => year(text).and_then(month).is_some_and(is_zone),
        "gMonth" => text
            .strip_prefix('-')
            .and_then(month)
            .is_some_and(|rest| is_zone(rest) || rest.strip_prefix("--").is_some_and(is_zone)),
        "gMonthDay" => text
            .strip_prefix('-')
            .and_then(month)
            .and_then(day)
            .is_some_and(is_zone),
        "gDay" => text.strip_prefix("--").and_then(day).is_some_and(is_zone),
        "duration" => is_duration(text),
        "language" => text.split('-').enumerate().all(|(number, part)| {
            (1..=8).contains(&part.len())
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphabetic() || (number > 0 && b.is_ascii_alphanumeric()))
        }),
        "NMTOKEN" => !text.is_empty() && text.chars().all(|c| is_name_char(c) || c == ':'),
        "Name" => is_name(
            text.trim_start_matches(':')
                .split(':')
                .next()
                .unwrap_or_default(),
        ),
        "NCName" | "ID" | "IDREF" | "ENTITY" => is_name(text),
        "QName" | "NOTATION" => match text.split_once(':') {
            Some((prefix, local)) => is_name(prefix) && is_name(local),
            None => is_name(text),
        },
        _ => match range(local) {
            Some((low, high)) => integer(text).is_some_and(|at| {
                low.is_none_or(|low| low <= at) && high.is_none_or(|high| at <= high)
            }),
            None => true,
        },
    }
}

/// The bounds of the integer types; `None` for a type that is none of them.
fn range(local: &str) -> Option<(Option<i128>, Option<i128>)> {
    let of = |low: i128, high: i128| Some((Some(low), Some(high)));
    match local {
        "integer" => Some((None, None)),
        "nonNegativeInteger" => Some((Some(0), None)),
        "positiveInteger" => Some((Some(1), None)),
        "nonPositiveInteger" => Some((None, Some(0))),
        "negativeInteger" => Some((None, Some(-1))),
        "long" => of(i64::MIN.into(), i64::MAX.into()),
        "int" => of(i32::MIN.into(), i32::MAX.into()),
        "short" => of(i16::MIN.into(), i16::MAX.into()),
        "byte" => of(i8::MIN.into(), i8::MAX.into()),
        "unsignedLong" => of(0, u64::MAX.into()),
        "unsignedInt" => of(0, u32::MAX.into()),
        "unsignedShort" => of(0, u16::MAX.into()),
        "unsignedByte" => of(0, u8::MAX.into()),
        _ => None,
    }
}

/// The value of an integer; one too long to count stands for the greatest or least that can be.
fn integer(text: &str) -> Option<i128> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !is_digits(digits) {
        return None;
    }
    let beyond = if text.starts_with('-') {
        i128::MIN
    } else {
        i128::MAX
    };
    Some(text.parse().unwrap_or(beyond))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    is_digits(whole) && is_digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

fn is_float(text: &str) -> bool {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    is_decimal(number) && integer(exponent).is_some()
}

fn is_base64(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b' ').collect();
    let padding = digits.iter().rev().take_while(|b| **b == b'=').count();
    let is_digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    digits.len().is_multiple_of(4)
        && padding <= 2
        && digits[..digits.len() - padding].iter().all(is_digit)
}

/// What follows a year.
fn year(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = digits.split_at(count);
    // Longer years have no leading nought.
    let sound = count == 4 || (count > 4 && !year.starts_with('0'));
    sound.then_some(rest)
}

/// What follows `-MM`.
fn month(text: &str) -> Option<&str> {
    two(text.strip_prefix('-')?, 1, 12).map(|(_, rest)| rest)
}

/// What follows `-DD`.
fn day(text: &str) -> Option<&str> {
    two(text.strip_prefix('-')?, 1, 31).map(|(_, rest)| rest)
}

/// What follows a date.
fn date(text: &str) -> Option<&str> {
    let rest = year(text)?;
    let year = &text[..text.len() - rest.len()];
    let (month, rest) = two(rest.strip_prefix('-')?, 1, 12)?;
    let (day, rest) = two(rest.strip_prefix('-')?, 1, 31)?;
    let most = match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (day <= most).then_some(rest)
}

/// By the last four digits: the calendar repeats every 400 years, which divide 10,000.
fn is_leap(year: &str) -> bool {
    let last = year.get(year.len().saturating_sub(4)..).unwrap_or_default();
    let year: u32 = last.parse().unwrap_or_default();
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// What follows a time of day.
fn time(text: &str) -> Option<&str> {
    let (hour, rest) = two(text, 0, 24)?;
    let (minute, rest) = two(rest.strip_prefix(':')?, 0, 59)?;
    let (second, rest) = two(rest.strip_prefix(':')?, 0, 59)?;
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(more) => {
            let count = more.bytes().take_while(u8::is_ascii_digit).count();
            if count == 0 {
                return None;
            }
            more.split_at(count)
        }
        None => ("", rest),
    };
    let is_midnight = minute == 0 && second == 0 && fraction.bytes().all(|b| b == b'0');
    (hour < 24 || is_midnight).then_some(rest)
}

/// Whether nothing follows but a time zone.
fn is_zone(text: &str) -> bool {
    if text.is_empty() || text == "Z" {
        return true;
    }
    let hours = text
        .strip_prefix(['+', '-'])
        .and_then(|rest| two(rest, 0, 14));
    let minutes = hours.and_then(|(hour, rest)| {
        let most = if hour == 14 { 0 } else { 59 };
        two(rest.strip_prefix(':')?, 0, most)
    });
    matches!(minutes, Some((_, "")))
}

/// Two digits within bounds, and what follows.
fn two(text: &str, low: u32, high: u32) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    if !is_digits(digits) {
        return None;
    }
    let number = digits.parse().ok()?;
    (low..=high).contains(&number).then_some((number, rest))
}

fn is_duration(text: &str) -> bool {
    let Some(text) = text.strip_prefix('-').unwrap_or(text).strip_prefix('P') else {
        return false;
    };
    let (days, times) = match text.split_once('T') {
        Some((_, "")) => return false,
        Some((days, times)) => (days, times),
        None if text.is_empty() => return false,
        None => (text, ""),
    };
    units(days, "YMD") && units(times, "HMS")
}

/// Whether a text is numbers, each with its unit, in this order; only seconds have a fraction.
fn units(mut text: &str, order: &str) -> bool {
    let mut order = order.chars();
    while !text.is_empty() {
        let count = text
            .bytes()
            .take_while(|b| b.is_ascii_digit() || *b == b'.')
            .count();
        let (number, rest) = text.split_at(count);
        let Some(unit) = rest.chars().next() else {
            return false;
        };
        let sound = match number.split_once('.') {
            Some((whole, part)) => {
                unit == 'S' && !whole.is_empty() && !part.is_empty() && is_digits(part)
            }
            None => !number.is_empty(),
        };
        if !sound || !order.any(|known| known == unit) {
            return false;
        }
        text = &rest[1..];
    }
    true
}

fn is_name(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| c.is_alphabetic() || c == '_') && text.chars().all(is_name_char)
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}') || is_combining(c)
}

/// Marks that names may hold, though they are no letters.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_judged_by_their_built_in_type() {
        let rows: &[(&str, &[&str], &[&str])] = &[
            ("boolean", &["true", "0", " 1 "], &["yes", "TRUE", ""]),
            (
                "decimal",
                &["1", "-1.5", "+.5", "5."],
                &["", ".", "1e3", "1,5", "--1"],
            ),
            ("int", &["2147483647", "-0"], &["2147483648", "1.0", ""]),
            ("unsignedByte", &["0", "255"], &["-1", "256"]),
            (
                "integer",
                &["9999999999999999999999999999999999999999999"],
                &["x", "+"],
            ),
            ("positiveInteger", &["1"], &["0", "-5"]),
            (
                "double",
                &["1e-5", "INF", "-1.5E10"],
                &["inf", "1e", "Infinity"],
            ),
            (
                "date",
                &[
                    "2024-02-29",
                    "2023-12-31Z",
                    "-0001-01-01",
                    "12000-01-01+14:00",
                ],
                &[
                    "2023-02-29",
                    "2024-13-01",
                    "24-01-01",
                    "2024-1-1",
                    "2024-01-01+14:30",
                    "01/02/2024",
                ],
            ),
            (
                "dateTime",
                &["2024-01-01T24:00:00", "2024-01-01T10:00:00.5-05:00"],
                &[
                    "2024-01-01",
                    "2024-01-01T24:00:01",
                    "2024-01-01 10:00:00",
                    "2024-01-01T10:00",
                ],
            ),
            (
                "time",
                &["00:00:00", "23:59:59.999Z"],
                &["1:00:00", "23:60:00"],
            ),
            ("gYearMonth", &["2024-01"], &["2024-00"]),
            ("gMonthDay", &["--12-31"], &["12-31"]),
            ("gDay", &["---31"], &["---32"]),
            ("gMonth", &["--05"], &["--13"]),
            (
                "duration",
                &["P1Y2M3DT4H5M6.7S", "-PT0S", "P1D"],
                &["P", "PT", "1D", "P1S", "P1.5D"],
            ),
            ("hexBinary", &["0aF9", ""], &["abc", "zz"]),
            (
                "base64Binary",
                &["", "YQ==", "YWJj"],
                &["YQ", "Y===", "*abc"],
            ),
            ("language", &["en", "en-US"], &["", "e_n", "1n"]),
            ("NCName", &["a-1", "_x"], &["1a", "a:b", ""]),
            ("QName", &["a:b", "b"], &[":b", "a:"]),
            ("NMTOKEN", &["1a"], &["a b", ""]),
            ("string", &["", " a "], &[]),
        ];
        for (local, sound, wrong) in rows {
            let simple = Simple::builtin(local);
            for text in *sound {
                assert!(is_valid(&simple, text), "{local} {text}");
            }
            for text in *wrong {
                assert!(!is_valid(&simple, text), "{local} {text}");
            }
        }
    }
}

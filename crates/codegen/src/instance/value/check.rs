//! Checks a text against the facets of its type.

use std::cmp::Ordering;

use super::super::simple::{Bound, Facets, Simple, Variety};

/// Whether all facets hold.
pub(super) fn holds(simple: &Simple, text: &str) -> bool {
    let facets = &simple.facets;
    let local = match &simple.variety {
        Variety::Atomic(local) => local.as_str(),
        Variety::List(_) | Variety::Union(_) => "",
    };
    let length = match (&simple.variety, local) {
        (Variety::List(_), _) => text.split_ascii_whitespace().count(),
        (_, "hexBinary") => text.len() / 2,
        (_, "base64Binary") => {
            text.len() / 4 * 3 - text.bytes().rev().take_while(|b| *b == b'=').count()
        }
        _ => text.chars().count(),
    };
    // Of names and notations the length means nothing (XML Schema part 2, erratum E2-36).
    let unmeasured = matches!(local, "QName" | "NOTATION");
    let least = facets.least_length.filter(|_| !unmeasured);
    let most = facets.most_length.filter(|_| !unmeasured);
    least.is_none_or(|least| least <= length)
        && most.is_none_or(|most| length <= most)
        && facets
            .patterns
            .iter()
            .all(|step| step.iter().any(|pattern| pattern.matches(text)))
        && bounded(facets.low.as_ref(), text, local, Ordering::Greater)
        && bounded(facets.high.as_ref(), text, local, Ordering::Less)
        && digits(facets, text)
}

/// Whether a text is on the right side of a bound.
fn bounded(bound: Option<&Bound>, text: &str, local: &str, side: Ordering) -> bool {
    let Some(bound) = bound else { return true };
    let ordering = match local {
        "float" | "double" => match (float(text), float(&bound.value)) {
            (Some(text), Some(bound)) => text.partial_cmp(&bound),
            _ => None,
        },
        "date" | "dateTime" | "time" | "gYear" | "gYearMonth" | "gMonth" | "gMonthDay" | "gDay"
        | "duration" => Some(text.cmp(&bound.value)),
        _ => decimal(text)
            .zip(decimal(&bound.value))
            .map(|(text, bound)| compare(&text, &bound)),
    };
    ordering == Some(side) || (bound.included && ordering == Some(Ordering::Equal))
}

fn float(text: &str) -> Option<f64> {
    match text {
        "INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        text => text.parse().ok(),
    }
}

/// Sign, digits before the point, digits after it; without noughts that mean nothing.
type Decimal<'a> = (bool, &'a str, &'a str);

fn decimal(text: &str) -> Option<Decimal<'_>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = (
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    );
    let zero = whole.is_empty() && fraction.is_empty();
    (all_digits(whole) && all_digits(fraction)).then_some((negative && !zero, whole, fraction))
}

/// Whether two texts are one number, written alike or not.
pub(super) fn same_number(a: &str, b: &str) -> bool {
    let is_number = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    is_number(a) && is_number(b) && decimal(a).is_some_and(|a| Some(a) == decimal(b))
}

fn compare(a: &Decimal<'_>, b: &Decimal<'_>) -> Ordering {
    let size = |a: &Decimal<'_>, b: &Decimal<'_>| {
        (a.1.len().cmp(&b.1.len()))
            .then_with(|| a.1.cmp(b.1))
            .then_with(|| a.2.cmp(b.2))
    };
    match (a.0, b.0) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (true, true) => size(b, a),
        (false, false) => size(a, b),
    }
}

fn digits(facets: &Facets, text: &str) -> bool {
    if facets.total_digits.is_none() && facets.fraction_digits.is_none() {
        return true;
    }
    let Some((_, whole, fraction)) = decimal(text) else {
        return false;
    };
    facets
        .total_digits
        .is_none_or(|most| whole.len() + fraction.len() <= most)
        && facets
            .fraction_digits
            .is_none_or(|most| fraction.len() <= most)
}

//! Amounts of money as decimals of the schema and as cents.

use std::fmt;

/// Shows cents as an `xsd:decimal` with two places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cents(pub(crate) i64);

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        write!(f, "{sign}{whole}.{part:02}")
    }
}

/// Reads an `xsd:decimal` of at most two places; `None` for anything else.
pub(crate) fn cents(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if digits.len() > 15 || part.len() > 2 || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    if !decimal(whole) || !decimal(part) {
        return None;
    }
    let value: i64 = format!("{whole}{part:0<2}").parse().ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_cents_and_come_back() {
        for (text, value, shown) in [
            ("10.00", 1_000, "10.00"),
            ("10.5", 1_050, "10.50"),
            ("10", 1_000, "10.00"),
            ("-15.5", -1_550, "-15.50"),
            ("+.07", 7, "0.07"),
            ("-0.01", -1, "-0.01"),
        ] {
            assert_eq!(cents(text), Some(value), "{text}");
            assert_eq!(Cents(value).to_string(), shown);
        }
        for text in [
            "",
            ".",
            "-",
            "1e3",
            "1,00",
            "0.001",
            "NaN",
            "9999999999999999",
            "1.-1",
        ] {
            assert_eq!(cents(text), None, "{text}");
        }
    }
}

//! Decimal and integer numbers of any size, as the text they were given.

use super::lexical;

lexical!(
    /// An `xsd:decimal` (XSD 1.0 part 2, section 3.2.3): never rounded, never through floating point.
    Decimal, "xsd:decimal", is_decimal
);

lexical!(
    /// An `xsd:integer` (XSD 1.0 part 2, section 3.3.13) of any size.
    Integer, "xsd:integer", is_integer
);

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.to_string().into())
    }
}

impl From<i64> for Integer {
    fn from(number: i64) -> Self {
        Self(number.to_string().into())
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && all_digits(digits.as_bytes())
}

fn is_decimal(text: &str) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes();
    let (mut digits, mut points) = (0, 0);
    for b in number {
        digits += usize::from(b.is_ascii_digit());
        points += usize::from(*b == b'.');
    }
    digits > 0 && points <= 1 && digits + points == number.len()
}

pub(super) fn all_digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_keeps_its_text_and_nothing_else_passes() {
        for text in ["0.10", "12345678901234567.89", "-0", "+1.", ".5", "000.50"] {
            assert_eq!(text.parse::<Decimal>().unwrap().as_str(), text);
        }
        for text in [
            "", ".", "+", "-.", "1e5", "INF", "NaN", "1,000.00", "1.2.3", "١", "1 0", "--1",
        ] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
        assert_eq!(" 1.50\n".parse::<Decimal>().unwrap().as_str(), "1.50");
    }

    #[test]
    fn integer_has_no_size_limit() {
        for text in ["0", "-1", "+7", "00099999999999999999999999999999"] {
            assert_eq!(text.parse::<Integer>().unwrap().as_str(), text);
        }
        for text in ["", "-", "1.0", "0x1", "+-1"] {
            assert!(text.parse::<Integer>().is_err(), "{text}");
        }
    }
}

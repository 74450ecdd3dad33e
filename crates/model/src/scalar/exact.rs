//! Decimals as numbers of `rust_decimal`, exactly or not at all.

use super::Decimal;
use crate::InvalidValue;

impl Decimal {
    /// The same number, trailing noughts included.
    ///
    /// ```
    /// let amount: castile_model::Decimal = "1.10".parse()?;
    /// assert_eq!(amount.to_number()?, rust_decimal::Decimal::new(110, 2));
    /// # Ok::<(), castile_model::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// It has more digits than `rust_decimal` can hold. It is never rounded.
    pub fn to_number(&self) -> Result<rust_decimal::Decimal, InvalidValue> {
        let (sign, digits) = match self.as_str().split_at_checked(1) {
            Some((sign @ ("+" | "-"), digits)) => (sign, digits),
            _ => ("", self.as_str()),
        };
        // `+1.`, `.5` and leading noughts are decimals of XSD that the other grammar may refuse.
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let minus = if sign == "-" { "-" } else { "" };
        let text = match fraction {
            "" => format!("{minus}{whole}"),
            fraction => format!("{minus}{whole}.{fraction}"),
        };
        rust_decimal::Decimal::from_str_exact(&text).map_err(|_| InvalidValue {
            kind: "decimal of at most 28 digits",
        })
    }
}

impl From<rust_decimal::Decimal> for Decimal {
    fn from(number: rust_decimal::Decimal) -> Self {
        Self(number.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_exact_or_an_error() {
        for (text, number) in [
            ("0.10", "0.10"),
            ("+1.", "1"),
            (".5", "0.5"),
            ("-000.50", "-0.50"),
            ("-12345678901234567.89", "-12345678901234567.89"),
        ] {
            let decimal: Decimal = text.parse().unwrap();
            assert_eq!(decimal.to_number().unwrap().to_string(), number, "{text}");
        }
        for text in [
            "0.00000000000000000000000000001",
            "79228162514264337593543950336",
            "1.00000000000000000000000000000",
        ] {
            let decimal: Decimal = text.parse().unwrap();
            assert!(decimal.to_number().is_err(), "{text}");
        }
        let back = Decimal::from(rust_decimal::Decimal::new(-150, 2));
        assert_eq!(back.as_str(), "-1.50");
    }
}

//! Which share of the reads is repeated.

use std::str::FromStr;

/// A share from none to all.
///
/// Which reads it draws depends on their number only, and in no step with any pattern of operations: a loop over ten
/// operations is drawn from evenly at a tenth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

/// Not a share: a number from 0 to 1, or a fraction such as `1/10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a number from 0 to 1, or a fraction such as 1/10")]
pub struct RateError;

impl Rate {
    /// Every read.
    pub const ALL: Self = Self(1.0);

    /// The share `rate`, from 0 to 1.
    ///
    /// # Errors
    /// [`RateError`] for any other number.
    pub fn new(rate: f64) -> Result<Self, RateError> {
        if (0.0..=1.0).contains(&rate) {
            Ok(Self(rate))
        } else {
            Err(RateError)
        }
    }

    /// The share as a number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Whether the read of this number is drawn.
    pub(super) fn draws(self, number: u64) -> bool {
        // Multiples of the golden ratio fill the circle evenly and never in a cycle (Knuth, The Art of Computer
        // Programming, volume 3, section 6.4).
        const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
        #[allow(
            clippy::cast_precision_loss,
            reason = "a share needs no more than 53 bits"
        )]
        let at = (number.wrapping_mul(GOLDEN) >> 11) as f64 / (1_u64 << 53) as f64;
        at < self.0
    }
}

/// A tenth.
impl Default for Rate {
    fn default() -> Self {
        Self(0.1)
    }
}

impl FromStr for Rate {
    type Err = RateError;

    /// Reads a number, or two with a slash between them.
    fn from_str(text: &str) -> Result<Self, RateError> {
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| RateError);
        Self::new(match text.split_once('/') {
            Some((part, whole)) => number(part)? / number(whole)?,
            None => number(text)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_held_over_any_stretch_and_over_any_pattern() {
        for (text, rate) in [
            ("0.1", 0.1),
            ("1/10", 0.1),
            (" 1 / 3 ", 1.0 / 3.0),
            ("0.5", 0.5),
            ("0", 0.0),
            ("1", 1.0),
        ] {
            let share: Rate = text.parse().unwrap();
            assert!((share.get() - rate).abs() < 1e-9, "{text}");
            for start in [0, 1, 12_345, u64::MAX - 5_000] {
                let drawn = |step: u64| {
                    let numbers = (0..1000).map(|at| start.wrapping_add(at * step));
                    numbers.filter(|number| share.draws(*number)).count()
                };
                // Every read, and every tenth as in a loop over ten operations.
                for step in [1, 10] {
                    let off = (drawn(step) as f64 - 1000.0 * rate).abs();
                    assert!(off <= 6.0, "{text} from {start} by {step}: {off} off");
                }
            }
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for text in [
            "", "1.1", "-0.1", "nan", "inf", "1/0", "2/1", "0/0", "1/10/2", "a",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(RateError), "{text}");
        }
    }
}

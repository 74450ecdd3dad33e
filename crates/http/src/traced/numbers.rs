//! Takes out of names what might be a routing number or an account.

/// So many digits in a row are a routing number or an account, or might be.
const TELLING_DIGITS: usize = 6;

/// A name in which six digits or more in a row are `#`.
pub(crate) fn without_numbers(name: &str) -> String {
    let mut clean = String::with_capacity(name.len());
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let end = if digits > 0 {
            digits
        } else {
            rest.find(|c: char| c.is_ascii_digit())
                .unwrap_or(rest.len())
        };
        let (part, later) = rest.split_at(end);
        clean.push_str(if digits >= TELLING_DIGITS { "#" } else { part });
        rest = later;
    }
    clean
}

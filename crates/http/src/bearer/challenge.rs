//! Finds the challenge for a token in `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3, RFC 9449 section 7.1).

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// Whether the server asks for a token, by the scheme `Bearer` or `DPoP`.
pub(super) fn asks_for_token(headers: &HeaderMap) -> bool {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            elements(value)
                .filter_map(scheme)
                .any(|scheme| scheme == "bearer" || scheme == "dpop")
        })
}

/// The comma-separated elements of a header value; commas in quoted strings do not count.
fn elements(value: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    value
        .split(move |c: char| {
            let splits = c == ',' && !quoted;
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            splits
        })
        .map(str::trim)
}

/// The scheme that begins here, in lower case; `None` if the element is a parameter of the one before.
fn scheme(element: &str) -> Option<String> {
    let word = element.split([' ', '\t']).next()?;
    (!word.is_empty() && !word.contains('=')).then(|| word.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(values: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        asks_for_token(&headers)
    }

    #[test]
    fn a_challenge_is_found_wherever_it_stands() {
        for values in [
            &["Bearer"][..],
            &["bearer"],
            &["Bearer realm=\"gw\", error=\"invalid_token\""],
            &["Basic realm=\"a, b\", Bearer error=\"invalid_token\""],
            &["Basic realm=\"a\"", "BEARER"],
            &["DPoP error=\"use_dpop_nonce\", algs=\"ES256\""],
            &["Basic realm=\"a \\\" b\",Bearer"],
        ] {
            assert!(asks(values), "{values:?}");
        }
    }

    #[test]
    fn a_word_that_is_no_scheme_is_no_challenge() {
        for values in [
            &[][..],
            &[""],
            &["Basic realm=\"Bearer\""],
            &["Basic realm=\"x, Bearer\""],
            &["Basic realm=\"x \\\", Bearer\""],
            &["Basic bearer=1"],
            &["Bearers"],
            &["Negotiate"],
        ] {
            assert!(!asks(values), "{values:?}");
        }
    }
}

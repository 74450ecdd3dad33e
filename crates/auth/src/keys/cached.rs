//! How long a server may keep a JWKS document that it has fetched.

use std::time::Duration;

use http::HeaderMap;
use http::header::{CACHE_CONTROL, DATE, EXPIRES};

use crate::grant::date;

/// A longer time than this is taken for this: one week.
pub const LONGEST_CACHE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What the answer's headers allow: the longest `max-age` (RFC 9111 section 5.2.2.1), or `Expires` minus `Date`.
///
/// `oidc-provider` takes the longer of the two and ignores `no-store`, so this does too.
/// Zero when neither is there; a server's own minimum is not in it.
pub fn cached_for(headers: &HeaderMap) -> Duration {
    let texts = |name| {
        headers
            .get_all(name)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
    };
    let max_age = texts(CACHE_CONTROL)
        .flat_map(|text| text.split("max-age=").skip(1))
        .filter_map(|rest| {
            let digits = rest.trim_start_matches('"');
            let end = digits
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(digits.len());
            // Too many digits for a number are a long time all the same.
            (end > 0).then(|| digits[..end].parse().unwrap_or(u64::MAX))
        })
        .max()
        .unwrap_or(0);
    let expires = texts(EXPIRES)
        .filter_map(date::seconds)
        .max()
        .zip(texts(DATE).find_map(date::seconds))
        .map_or(0, |(expires, now)| expires.saturating_sub(now));
    Duration::from_secs(max_age.max(expires)).min(LONGEST_CACHE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(headers: &[(http::HeaderName, &str)]) -> u64 {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect();
        cached_for(&headers).as_secs()
    }

    #[test]
    fn the_longest_time_counts() {
        assert_eq!(seconds(&[]), 0);
        assert_eq!(seconds(&[(CACHE_CONTROL, "public, max-age=60")]), 60);
        assert_eq!(seconds(&[(CACHE_CONTROL, "no-store, max-age=\"90\"")]), 90);
        assert_eq!(seconds(&[(CACHE_CONTROL, "max-age=, s-maxage=5")]), 0);
        let date = (DATE, "Sat, 21 Nov 2026 12:00:00 GMT");
        let expires = (EXPIRES, "Sat, 21 Nov 2026 12:10:00 GMT");
        assert_eq!(seconds(&[date.clone(), expires.clone()]), 600);
        let both = [date, expires, (CACHE_CONTROL, "max-age=900")];
        assert_eq!(seconds(&both), 900);
        assert_eq!(
            seconds(&[(CACHE_CONTROL, "max-age=99999999999999999999999")]),
            LONGEST_CACHE.as_secs()
        );
    }
}

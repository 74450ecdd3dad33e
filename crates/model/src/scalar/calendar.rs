//! Dates and times as the text they were given, offset included.

use super::lexical;
use super::number::all_digits;

lexical!(
    /// An `xsd:date` (XSD 1.0 part 2, section 3.2.9), for example `2024-01-31` or `2024-01-31-05:00`.
    Date, "xsd:date", is_date
);

lexical!(
    /// An `xsd:time` (XSD 1.0 part 2, section 3.2.8), for example `13:20:00.5Z`.
    Time, "xsd:time", is_time
);

lexical!(
    /// An `xsd:dateTime` (XSD 1.0 part 2, section 3.2.7). The offset may be absent and is then not known.
    DateTime, "xsd:dateTime", is_date_time
);

fn is_date(text: &str) -> bool {
    is_day(without_offset(text))
}

fn is_time(text: &str) -> bool {
    is_clock(without_offset(text))
}

fn is_date_time(text: &str) -> bool {
    let text = without_offset(text);
    let day_and_clock =
        memchr::memchr(b'T', text.as_bytes()).and_then(|at| text.split_at_checked(at));
    day_and_clock.is_some_and(|(day, clock)| is_day(day) && is_clock(&clock[1..]))
}

/// The text before `Z` or `±hh:mm`; the whole text if what stands there is no offset.
fn without_offset(text: &str) -> &str {
    split_offset(text).0
}

/// The text before `Z` or `±hh:mm`, and that; the offset is empty if what stands there is none.
pub(super) fn split_offset(text: &str) -> (&str, &str) {
    let len = match text.as_bytes() {
        // `YYYY-MM-DD`: an offset has a colon before its last two digits.
        [.., b'-', _, b'0'..=b'9'] => 0,
        [.., b'Z'] => 1,
        [.., b'+' | b'-', h, hh, b':', m, mm] => match (two(*h, *hh), two(*m, *mm)) {
            (Some(0..=13), Some(0..=59)) | (Some(14), Some(0)) => 6,
            _ => 0,
        },
        _ => 0,
    };
    text.split_at_checked(text.len() - len)
        .unwrap_or((text, ""))
}

/// `-?YYYY+-MM-DD`, a day that exists.
fn is_day(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let [year @ .., b'-', m, mm, b'-', d, dd] = text else {
        return false;
    };
    let year_is_written_well = match year {
        [b'0', b'0', b'0', b'0'] => false,
        [_, _, _, _] | [b'1'..=b'9', _, _, _, _, ..] => all_digits(year),
        _ => false,
    };
    let (true, Some(month), Some(day)) = (year_is_written_well, two(*m, *mm), two(*d, *dd)) else {
        return false;
    };
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// Whether the year (four decimal digits or more) is a leap year of the Gregorian calendar.
fn is_leap(year: &[u8]) -> bool {
    // Divisibility by 400 depends on the last four digits only.
    let [.., a, b, c, d] = year else {
        return false;
    };
    match (two(*a, *b), two(*c, *d)) {
        (Some(century), Some(0)) => century.is_multiple_of(4),
        (_, Some(year)) => year.is_multiple_of(4),
        _ => false,
    }
}

/// `hh:mm:ss(.s+)?`, or `24:00:00` for the end of a day.
fn is_clock(text: &str) -> bool {
    let [h, hh, b':', m, mm, b':', s, ss, fraction @ ..] = text.as_bytes() else {
        return false;
    };
    let fraction = match fraction {
        [] => b"0",
        [b'.', digits @ ..] if !digits.is_empty() && all_digits(digits) => digits,
        _ => return false,
    };
    match (two(*h, *hh), two(*m, *mm), two(*s, *ss)) {
        (Some(0..=23), Some(0..=59), Some(0..=59)) => true,
        (Some(24), Some(0), Some(0)) => fraction.iter().all(|b| *b == b'0'),
        _ => false,
    }
}

/// Two digits as a number.
#[inline]
fn two(tens: u8, ones: u8) -> Option<u8> {
    let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    are_digits.then(|| (tens - b'0') * 10 + ones - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_exist() {
        for text in [
            "2024-02-29",
            "2000-02-29",
            "0001-01-01",
            "-0044-03-15",
            "12024-12-31",
            "2024-01-31Z",
            "2024-01-31+14:00",
        ] {
            assert_eq!(text.parse::<Date>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
            "0000-00-00",
            "0000-01-01",
            "24-01-01",
            "01234-01-01",
            "2024-1-1",
            "20240101",
            "2024-01-31+14:01",
            "2024-01-31T00:00:00",
            "é024-01-31",
            "2024-01-31é00:00",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn times_and_date_times() {
        for text in [
            "00:00:00",
            "23:59:59.999999999",
            "24:00:00",
            "24:00:00.00",
            "13:20:00-05:00",
        ] {
            assert_eq!(text.parse::<Time>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "24:00:01",
            "23:60:00",
            "23:59:60",
            "1:00:00",
            "10:00",
            "10:00:00.",
            "10:00:00.5.5",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
        for text in [
            "2024-02-29T23:59:59",
            "2024-02-29T23:59:59.5Z",
            "2024-02-29T00:00:00+05:30",
        ] {
            assert_eq!(text.parse::<DateTime>().unwrap().as_str(), text);
        }
        for text in [
            "2024-02-29",
            "2024-02-29 23:59:59",
            "2024-02-30T00:00:00",
            "T",
            "2024-02-29T",
        ] {
            assert!(text.parse::<DateTime>().is_err(), "{text}");
        }
    }
}

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
    without_offset(text)
        .split_once('T')
        .is_some_and(|(day, clock)| is_day(day) && is_clock(clock))
}

/// The text before `Z` or `±hh:mm`; the whole text if what stands there is no offset.
fn without_offset(text: &str) -> &str {
    split_offset(text).0
}

/// The text before `Z` or `±hh:mm`, and that; the offset is empty if what stands there is none.
pub(super) fn split_offset(text: &str) -> (&str, &str) {
    // `YYYY-MM-DD`: an offset has a colon before its last two digits.
    if let [.., b'-', _, b'0'..=b'9'] = text.as_bytes() {
        return (text, "");
    }
    let at = match text.ends_with('Z') {
        true => text.len() - 1,
        false => text.len().saturating_sub(6),
    };
    let Some((rest, offset)) = text.split_at_checked(at) else {
        return (text, "");
    };
    let digits = offset.strip_prefix(['+', '-']);
    let parts = digits.and_then(|digits| digits.split_once(':'));
    match parts.map(|(hours, minutes)| (two(hours), two(minutes))) {
        Some((Some(0..=13), Some(0..=59)) | (Some(14), Some(0))) => (rest, offset),
        _ if offset == "Z" => (rest, offset),
        _ => (text, ""),
    }
}

/// `-?YYYY+-MM-DD`, a day that exists.
fn is_day(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let at = text.len().saturating_sub("-MM-DD".len());
    let Some((year, rest)) = text.split_at_checked(at) else {
        return false;
    };
    let rest = rest
        .strip_prefix('-')
        .and_then(|rest| rest.split_at_checked(2));
    let Some((month, day)) = rest.and_then(|(month, day)| Some((month, day.strip_prefix('-')?)))
    else {
        return false;
    };
    let year_is_written_well = all_digits(year)
        && (year.len() == 4 || year.len() > 4 && !year.starts_with('0'))
        && year.bytes().any(|b| b != b'0');
    let (true, Some(month), Some(day)) = (year_is_written_well, two(month), two(day)) else {
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

/// Whether the year (decimal digits, any number of them) is a leap year of the Gregorian calendar.
fn is_leap(year: &str) -> bool {
    // Divisibility by 400 depends on the last four digits only.
    let year: u32 = year[year.len() - 4..].parse().unwrap_or(1);
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

/// `hh:mm:ss(.s+)?`, or `24:00:00` for the end of a day.
fn is_clock(text: &str) -> bool {
    let mut parts = text.split(':');
    let (Some(hour), Some(minute), Some(second), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let fraction_is_zero = fraction.bytes().all(|b| b == b'0');
    !fraction.is_empty()
        && all_digits(fraction)
        && match (two(hour), two(minute), two(second)) {
            (Some(0..=23), Some(0..=59), Some(0..=59)) => true,
            (Some(24), Some(0), Some(0)) => fraction_is_zero,
            _ => false,
        }
}

/// Two digits as a number.
fn two(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + ones - b'0'),
        _ => None,
    }
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

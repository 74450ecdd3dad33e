//! Dates and times as those of `jiff`, with their offset or not at all.

use jiff::civil;
use jiff::tz::Offset;

use super::calendar::split_offset;
use super::{Date, DateTime, Time};
use crate::InvalidValue;

/// What jiff cannot hold: other years than -9999 to 9999, 24:00:00, more than nine digits of a second.
const OUTSIDE: InvalidValue = InvalidValue {
    kind: "date or time that jiff can hold",
};

impl Date {
    /// The day, and its offset from UTC if it has one.
    ///
    /// # Errors
    /// jiff cannot hold it.
    pub fn to_civil(&self) -> Result<(civil::Date, Option<Offset>), InvalidValue> {
        let (day, offset) = split_offset(self.as_str());
        Ok((day.parse().map_err(|_| OUTSIDE)?, to_offset(offset)?))
    }
}

impl Time {
    /// The time of day, and its offset from UTC if it has one.
    ///
    /// # Errors
    /// jiff cannot hold it.
    pub fn to_civil(&self) -> Result<(civil::Time, Option<Offset>), InvalidValue> {
        let (clock, offset) = split_offset(self.as_str());
        Ok((to_time(clock)?, to_offset(offset)?))
    }
}

impl DateTime {
    /// Day and time, and their offset from UTC if they have one. Without it the moment is not known.
    ///
    /// # Errors
    /// jiff cannot hold it.
    pub fn to_civil(&self) -> Result<(civil::DateTime, Option<Offset>), InvalidValue> {
        let (text, offset) = split_offset(self.as_str());
        let (day, clock) = text.split_once('T').ok_or(OUTSIDE)?;
        let day: civil::Date = day.parse().map_err(|_| OUTSIDE)?;
        Ok((day.to_datetime(to_time(clock)?), to_offset(offset)?))
    }

    /// The moment.
    ///
    /// # Errors
    /// It has no offset, or jiff cannot hold it.
    pub fn to_timestamp(&self) -> Result<jiff::Timestamp, InvalidValue> {
        match self.to_civil()? {
            (civil, Some(offset)) => offset.to_timestamp(civil).map_err(|_| OUTSIDE),
            (_, None) => Err(InvalidValue {
                kind: "xsd:dateTime with an offset",
            }),
        }
    }
}

impl From<jiff::Timestamp> for DateTime {
    fn from(moment: jiff::Timestamp) -> Self {
        Self(moment.to_string().into())
    }
}

impl TryFrom<civil::Date> for Date {
    type Error = InvalidValue;

    fn try_from(day: civil::Date) -> Result<Self, InvalidValue> {
        day.to_string().parse()
    }
}

/// jiff rounds nothing away: a tenth digit of a second is an error.
fn to_time(clock: &str) -> Result<civil::Time, InvalidValue> {
    let fraction = clock.split_once('.').map_or("", |(_, fraction)| fraction);
    match fraction.len() > 9 {
        true => Err(OUTSIDE),
        false => clock.parse().map_err(|_| OUTSIDE),
    }
}

/// `Z`, `±hh:mm` or nothing.
fn to_offset(text: &str) -> Result<Option<Offset>, InvalidValue> {
    let (sign, digits) = match text.split_at_checked(1) {
        None => return Ok(None),
        Some(("Z", _)) => return Ok(Some(Offset::UTC)),
        Some((sign, digits)) => (if sign == "-" { -1 } else { 1 }, digits),
    };
    let (hours, minutes) = digits.split_once(':').ok_or(OUTSIDE)?;
    let number = |text: &str| text.parse::<i32>().map_err(|_| OUTSIDE);
    let seconds = sign * (number(hours)? * 3600 + number(minutes)? * 60);
    Offset::from_seconds(seconds).map(Some).map_err(|_| OUTSIDE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way_to_jiff() {
        let date: Date = "2024-02-29-05:30".parse().unwrap();
        let offset = Offset::from_seconds(-19_800).unwrap();
        assert_eq!(
            date.to_civil().unwrap(),
            (civil::date(2024, 2, 29), Some(offset))
        );
        let date: Date = "2024-02-29".parse().unwrap();
        assert_eq!(date.to_civil().unwrap().1, None);
        let time: Time = "13:20:00.123456789Z".parse().unwrap();
        assert_eq!(
            time.to_civil().unwrap(),
            (civil::time(13, 20, 0, 123_456_789), Some(Offset::UTC))
        );
        let stamp: DateTime = "2024-02-29T23:59:59.5+05:30".parse().unwrap();
        let moment = stamp.to_timestamp().unwrap();
        assert_eq!(moment.to_string(), "2024-02-29T18:29:59.5Z");
        assert_eq!(DateTime::from(moment).to_timestamp().unwrap(), moment);
        assert_eq!(
            Date::try_from(civil::date(2024, 2, 29)).unwrap().as_str(),
            "2024-02-29"
        );
    }

    #[test]
    fn what_jiff_cannot_hold_is_an_error() {
        for text in ["24:00:00", "10:00:00.1234567891"] {
            assert!(text.parse::<Time>().unwrap().to_civil().is_err(), "{text}");
        }
        for text in ["12024-12-31", "-0044-03-15"] {
            assert!(text.parse::<Date>().unwrap().to_civil().is_err(), "{text}");
        }
        let local: DateTime = "2024-02-29T00:00:00".parse().unwrap();
        assert!(local.to_civil().is_ok());
        assert_eq!(
            local.to_timestamp().unwrap_err().kind,
            "xsd:dateTime with an offset"
        );
    }
}

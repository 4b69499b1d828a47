//! Dates and times as numbers, and back.

use chrono::{DateTime, Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};

/// The unit in which dates and times are counted from the start of 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateUnit {
    /// Calendar months.
    Month,
    /// Days.
    #[default]
    Day,
    /// Hours.
    Hour,
    /// Minutes.
    Minute,
    /// Seconds.
    Second,
}

impl DateUnit {
    /// All units.
    pub const ALL: [Self; 5] = [Self::Month, Self::Day, Self::Hour, Self::Minute, Self::Second];

    /// Its name, as in `by day`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }

    /// Whole units from the start of 1970 to a second.
    fn count(self, seconds: i64) -> i64 {
        match self {
            Self::Month => {
                let date = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
                (i64::from(date.year()) - 1970) * 12 + i64::from(date.month0())
            }
            Self::Day => seconds.div_euclid(DAY),
            Self::Hour => seconds.div_euclid(3600),
            Self::Minute => seconds.div_euclid(60),
            Self::Second => seconds,
        }
    }

    /// The first second of the unit that `count` is the number of.
    fn start(self, count: i64) -> Option<i64> {
        match self {
            Self::Month => {
                let year = i32::try_from(count.div_euclid(12) + 1970).ok()?;
                let date = NaiveDate::from_ymd_opt(year, count.rem_euclid(12) as u32 + 1, 1)?;
                Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp())
            }
            Self::Day => count.checked_mul(DAY),
            Self::Hour => count.checked_mul(3600),
            Self::Minute => count.checked_mul(60),
            Self::Second => Some(count),
        }
    }
}

impl fmt::Display for DateUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

const DAY: i64 = 86_400;

/// A date or a time as it stands in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// Seconds from the start of 1970, by the clock that wrote it.
    clock: i64,
    time: Option<Time>,
}

/// How a time behind a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Time {
    /// What stands between date and time.
    separator: char,
    /// Whether seconds are written.
    seconds: bool,
    /// Digits behind the seconds' point.
    digits: u8,
    zone: Option<Zone>,
}

/// A time zone behind a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Zone {
    /// Seconds by which its clocks are ahead of universal time.
    ahead: i32,
    /// Whether it is written as `Z`.
    letter: bool,
    /// Whether hours and minutes are parted by a colon.
    colon: bool,
    /// Whether there are minutes.
    minutes: bool,
}

/// Reads an ISO 8601 date (`2026-11-24`), or a date and a time (`2026-11-24T13:05:00Z`,
/// `2026-11-24 13:05`).
pub(super) fn moment(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    let two = |at: usize| digits(bytes.get(at..at + 2)?);
    let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let year = digits(bytes.get(..4)?)?;
    if !is(4, b'-') || !is(7, b'-') {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year as i32, two(5)?, two(8)?)?;
    let midnight = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
    if bytes.len() == 10 {
        return Some(Moment { clock: midnight, time: None });
    }
    let separator = match bytes[10] {
        byte @ (b'T' | b't' | b' ') => char::from(byte),
        _ => return None,
    };
    let (hour, minute) = (two(11)?, two(14)?);
    if !is(13, b':') || hour > 23 || minute > 59 {
        return None;
    }
    let mut rest = &bytes[16..];
    let mut second = 0;
    let seconds = rest.first() == Some(&b':');
    let mut fraction = 0;
    if seconds {
        second = digits(rest.get(1..3)?)?;
        rest = &rest[3..];
        if let Some(behind) = rest.strip_prefix(b".") {
            fraction = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
            rest = &behind[fraction..];
            if fraction == 0 || fraction > 18 {
                return None;
            }
        }
    }
    // 60 is a leap second.
    if second > 60 {
        return None;
    }
    let clock = midnight + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let zone = if rest.is_empty() { None } else { Some(zone(rest)?) };
    let time = Time { separator, seconds, digits: fraction as u8, zone };
    Some(Moment { clock, time: Some(time) })
}

fn zone(text: &[u8]) -> Option<Zone> {
    let sign = match text {
        b"Z" | b"z" => {
            return Some(Zone { ahead: 0, letter: true, colon: false, minutes: false });
        }
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let (colon, minutes) = match text.len() {
        3 => (false, None),
        5 => (false, Some(&text[3..])),
        6 if text[3] == b':' => (true, Some(&text[4..])),
        _ => return None,
    };
    let hours = digits(&text[1..3])?;
    let past = minutes.map_or(Some(0), digits)?;
    if hours > 23 || past > 59 {
        return None;
    }
    let ahead = sign * (hours * 3600 + past * 60) as i32;
    Some(Zone { ahead, letter: false, colon, minutes: minutes.is_some() })
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |number, byte| match byte {
        b'0'..=b'9' => Some(number * 10 + u32::from(byte - b'0')),
        _ => None,
    })
}

/// Seconds from the start of 1970 of an ISO 8601 date or time, by universal time where a zone stands behind it.
pub(in crate::data) fn seconds(text: &str) -> Option<f64> {
    let moment = moment(text)?;
    let zone = moment.time.and_then(|time| time.zone);
    Some((moment.clock - zone.map_or(0, |zone| i64::from(zone.ahead))) as f64)
}

/// How a column's dates are written and counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct DateForm {
    unit: DateUnit,
    time: Option<Time>,
}

impl DateForm {
    /// The form of nothing but dates so far.
    pub(super) fn new(unit: DateUnit) -> Self {
        Self { unit, time: None }
    }

    /// The unit in which the column counts.
    pub(super) fn unit(self) -> DateUnit {
        self.unit
    }

    /// Whether there are times behind the dates.
    pub(super) fn has_times(self) -> bool {
        self.time.is_some()
    }

    /// Whether there are time zones behind the times.
    pub(super) fn has_zone(self) -> bool {
        self.time.is_some_and(|time| time.zone.is_some())
    }

    /// The same dates and times, with seconds and as all tools understand them.
    pub(super) fn in_full(self) -> Self {
        let zone = |zone: Zone| Zone { letter: false, colon: true, minutes: true, ..zone };
        let time = |time: Time| Time {
            separator: 'T',
            seconds: true,
            digits: 0,
            zone: time.zone.map(zone),
        };
        Self { time: self.time.map(time), ..self }
    }

    /// Takes over what one more moment is written with: the first one's separator and zone, the
    /// finest one's digits.
    pub(super) fn widen(&mut self, moment: &Moment) {
        let Some(new) = moment.time else { return };
        let time = self.time.get_or_insert(new);
        time.seconds |= new.seconds;
        time.digits = time.digits.max(new.digits);
        time.zone = time.zone.or(new.zone);
    }

    /// Units from the start of 1970, by the clock of the column's zone.
    pub(super) fn number(self, moment: &Moment) -> f64 {
        let zone = |time: Option<Time>| time.and_then(|time| time.zone);
        let shift = match (zone(self.time), zone(moment.time)) {
            (Some(mine), Some(other)) => i64::from(mine.ahead - other.ahead),
            _ => 0,
        };
        self.unit.count(moment.clock + shift) as f64
    }

    /// The start of the unit that `number` is the count of, as the column writes it; the empty
    /// text for what is not a number.
    pub(super) fn text(self, number: f64) -> String {
        if number.is_nan() {
            return String::new();
        }
        let seconds = self.unit.start(number as i64);
        let Some(start) = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) else {
            return String::new();
        };
        let mut text = start.format("%Y-%m-%d").to_string();
        let Some(time) = self.time else { return text };
        text.push(time.separator);
        let _ = write!(text, "{}", start.format("%H:%M"));
        if time.seconds {
            let _ = write!(text, "{}", start.format(":%S"));
        }
        if time.digits > 0 {
            let _ = write!(text, ".{}", "0".repeat(time.digits.into()));
        }
        match time.zone {
            Some(Zone { letter: true, .. }) => text.push('Z'),
            Some(Zone { ahead, colon, minutes, .. }) => {
                let sign = if ahead < 0 { '-' } else { '+' };
                let past = ahead.unsigned_abs() / 60;
                let _ = write!(text, "{sign}{:02}", past / 60);
                if minutes {
                    let _ = write!(text, "{}{:02}", if colon { ":" } else { "" }, past % 60);
                }
            }
            None => {}
        }
        text
    }
}

//! Points in time as the column of a table has them: read from its text, and written again the same
//! way, as the bound from which on rows are wanted.
//!
//! Knows no clock and no SQL.

use crate::audit::timestamp;
use std::time::Duration;

/// 0001-01-01 00:00:00 in microseconds since the epoch; no database knows an earlier time by text.
const EARLIEST: i64 = -62_135_596_800_000_000;

/// How a column writes its times.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    /// Date and time, with this between the two.
    Text(char),
    /// A number, so many of which are a second.
    Number(i64),
}

/// A point in time, and how its column writes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Moment {
    /// Microseconds since the epoch.
    pub(super) micros: i64,
    form: Form,
}

impl Moment {
    /// A moment that is written as a text.
    pub(super) const fn at(micros: i64) -> Self {
        Self { micros, form: Form::Text(' ') }
    }

    /// Reads a time as a column has it; none for anything else. Numbers count seconds, or
    /// milliseconds, microseconds or nanoseconds where they would be thousands of years off.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let value = timestamp::parse(text)?;
        let form = if text.parse::<f64>().is_ok() {
            Form::Number(per_second(value))
        } else {
            Form::Text(if text.get(10..11).is_some_and(|at| at == "T") { 'T' } else { ' ' })
        };
        let seconds = match form {
            #[expect(clippy::cast_precision_loss, reason = "a power of ten below 2^53")]
            Form::Number(per_second) => value / per_second as f64,
            Form::Text(_) => value,
        };
        #[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates")]
        let micros = (seconds * 1e6).round() as i64;
        Some(Self { micros, form })
    }

    /// A moment so much before.
    pub(super) fn before(self, time: Duration) -> Self {
        let time = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Self { micros: self.micros.saturating_sub(time).max(EARLIEST), ..self }
    }

    /// The moment, or `micros` where it is later.
    pub(super) fn not_after(self, micros: i64) -> Self {
        Self { micros: self.micros.min(micros), ..self }
    }

    /// Whether it is written as a number.
    pub(super) const fn is_number(self) -> bool {
        matches!(self.form, Form::Number(_))
    }

    /// The text of the moment in the form of its column; a number is rounded down to a whole one.
    pub(super) fn to_text(self) -> String {
        match self.form {
            Form::Text(between) => date_and_time(self.micros, between),
            Form::Number(per_second) => {
                let scaled = i128::from(self.micros) * i128::from(per_second);
                scaled.div_euclid(1_000_000).to_string()
            }
        }
    }

    /// The moment as `YYYY-MM-DD HH:MM:SS.ffffff`, whatever the form of its column.
    pub(super) fn to_date(self) -> String {
        date_and_time(self.micros, ' ')
    }
}

/// What the number of a time of this century counts.
fn per_second(value: f64) -> i64 {
    match value.abs() {
        value if value < 1e11 => 1,
        value if value < 1e14 => 1_000,
        value if value < 1e17 => 1_000_000,
        _ => 1_000_000_000,
    }
}

fn date_and_time(micros: i64, between: char) -> String {
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}:{second:02}.{fraction:06}")
}

/// Year, month and day of the proleptic Gregorian calendar, so many days after 1970-01-01.
const fn date(days: i64) -> (i64, i64, i64) {
    // Counted from 0000-03-01 in eras of 400 years, so that the leap day is the last of its year.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use super::{EARLIEST, Moment};
    use proptest::prelude::{prop_assert, proptest};
    use std::time::Duration;

    fn again(text: &str) -> String {
        Moment::read(text).unwrap_or_else(|| panic!("{text}")).to_text()
    }

    #[test]
    fn writes_a_time_as_its_column_does() {
        assert_eq!(again("2026-11-20 21:26:13.44"), "2026-11-20 21:26:13.440000");
        assert_eq!(again("2026-11-20T21:26:13Z"), "2026-11-20T21:26:13.000000");
        assert_eq!(again("2026-11-20 23:26:13.5+02"), "2026-11-20 21:26:13.500000");
        assert_eq!(again("2024-02-29 00:00:00"), "2024-02-29 00:00:00.000000");
        for number in ["1795208837", "1795208837437", "1795208837437001", "1795208837437001984"] {
            let whole = &again(number)[..number.len()];
            assert_eq!(whole.len(), number.len());
            assert!(whole.starts_with("17952088374370"[..number.len().min(13)].trim()), "{whole}");
        }
        assert_eq!(again("1795208837.99"), "1795208837");
    }

    #[test]
    fn reads_no_other_text() {
        for text in ["", "infinity", "soon", "21:26", "{}"] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }

    #[test]
    fn goes_back_no_further_than_databases_know() {
        let first = Moment::read("1970-01-01 00:00:10").expect("a time");
        assert_eq!(first.before(Duration::from_secs(11)).to_text(), "1969-12-31 23:59:59.000000");
        let first = Moment::at(EARLIEST).before(Duration::from_secs(1));
        assert_eq!(first.to_date(), "0001-01-01 00:00:00.000000");
    }

    proptest! {
        #[test]
        fn a_text_is_read_as_the_moment_that_it_was_made_from(
            micros in EARLIEST..253_402_300_799_000_000_i64
        ) {
            let read = Moment::read(&Moment::at(micros).to_text()).expect("a time");
            // Seconds in 64 bits are good for some microseconds in the year 9999.
            prop_assert!((read.micros - micros).abs() < 50, "{read:?}");
        }
    }
}

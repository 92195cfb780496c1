//! Points in time as audit records write them, read as seconds since the Unix epoch.
//!
//! Knows no time zone database and no clock.

/// Seconds since the Unix epoch from a text: epoch seconds as a decimal number, or a date and time of
/// ISO 8601 (`2026-11-20T21:26:01.89Z`, also with a space and with an offset such as `+00:00`). A
/// text without an offset is taken as UTC. None for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    epoch_seconds(text).or_else(|| date_time(text))
}

/// A plain decimal number; `inf` and `nan`, which Rust also reads, are no times.
fn epoch_seconds(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let seconds: f64 = if plain {
        text.parse().ok()?
    } else {
        return None;
    };
    seconds.is_finite().then_some(seconds)
}

fn date_time(text: &str) -> Option<f64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let (time, offset) = split_offset(rest.trim());
    let days = days_since_epoch(date)?;
    let seconds = seconds_of_day(time.trim_end())?;
    Some(days * 86_400.0 + seconds - offset_seconds(offset)?)
}

/// The time of day and its offset, which begins at the first `Z`, `+` or `-`.
fn split_offset(text: &str) -> (&str, &str) {
    let at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Days from 1970-01-01 to a date `YYYY-MM-DD` of the proleptic Gregorian calendar.
fn days_since_epoch(date: &str) -> Option<f64> {
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    let exists = parts.next().is_none() && day >= 1 && day <= days_in_month(year, month)?;
    exists.then(|| {
        // Counting years from March puts the leap day last, so that no month needs a special case.
        let from_march = (month + 9) % 12;
        let year = if month <= 2 { year - 1 } else { year };
        let day_of_year = (153 * from_march + 2) / 5 + day - 1;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        // 719 468 days lie between 0000-03-01 and 1970-01-01; a sum of calendar days is exact in f64.
        f64::from(year * 365 + leap_days + day_of_year - 719_468)
    })
}

fn days_in_month(year: i32, month: i32) -> Option<i32> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

/// Seconds since midnight of `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fraction`; 60 is a leap second.
fn seconds_of_day(time: &str) -> Option<f64> {
    let mut parts = time.split(':');
    let hours = digits(parts.next()?, 2).filter(|hours| *hours < 24)?;
    let minutes = digits(parts.next()?, 2).filter(|minutes| *minutes < 60)?;
    let seconds = parts.next().map_or(Some(0.0), whole_and_fraction)?;
    parts.next().is_none().then(|| f64::from(hours * 3600 + minutes * 60) + seconds)
}

fn whole_and_fraction(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let whole = digits(whole, 2).filter(|whole| *whole <= 60)?;
    let plain = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction: f64 = if plain {
        format!("0.{fraction}").parse().ok()?
    } else {
        return None;
    };
    Some(f64::from(whole) + fraction)
}

/// Seconds east of UTC of an offset: nothing, `Z`, `+HH`, `+HHMM` or `+HH:MM`.
fn offset_seconds(text: &str) -> Option<f64> {
    let (sign, digits_text) = match text.split_at_checked(1) {
        None => return Some(0.0),
        Some(("Z" | "z", "")) => return Some(0.0),
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        Some(_) => return None,
    };
    let (hours, rest) = digits_text.split_at_checked(2)?;
    let minutes = rest.strip_prefix(':').unwrap_or(rest);
    let minutes = if rest.is_empty() { 0 } else { digits(minutes, 2)? };
    let within_a_day = digits(hours, 2).filter(|hours| *hours < 24 && minutes < 60)?;
    Some(f64::from(sign * (within_a_day * 3600 + minutes * 60)))
}

/// A number of exactly so many decimal digits.
fn digits(text: &str, count: usize) -> Option<i32> {
    let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// A point in time, in seconds since the Unix epoch, as ISO 8601 in UTC with milliseconds. What is before
/// the epoch counts as the epoch.
#[must_use]
pub fn iso(seconds: f64) -> String {
    let time = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let (days, of_day) = (time.as_secs() / 86_400, time.as_secs() % 86_400);
    // Counting from 0000-03-01 puts the leap day last; an era has 146 097 days in 400 years.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60,
        time.subsec_millis()
    )
}

#[cfg(test)]
mod tests {
    use super::{iso, parse};

    #[test]
    fn writes_what_it_reads() {
        assert_eq!(iso(1_795_209_961.89), "2026-11-20T21:26:01.890Z");
        assert_eq!(
            (iso(0.0).as_str(), iso(-5.0).as_str()),
            ("1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z")
        );
        for day in 0..30_000_u32 {
            let seconds = f64::from(day) * 86_400.0 + 3_723.5;
            close(&iso(seconds), seconds);
        }
    }

    fn close(text: &str, expected: f64) {
        let found = parse(text).unwrap_or(f64::NAN);
        assert!((found - expected).abs() < 1e-6, "{text}: {found}, not {expected}");
    }

    #[test]
    fn reads_epoch_seconds() {
        close("1795208904.129665", 1_795_208_904.129_665);
        close(" 0 ", 0.0);
        close("1.795208904e9", 1_795_208_904.0);
    }

    #[test]
    fn reads_dates_as_products_write_them() {
        // The reference values are those of `date -u -d TEXT +%s`.
        close("2026-11-20 21:26:01.890197+00:00", 1_795_209_961.890_197);
        close("2026-11-20T21:26:01.890197Z", 1_795_209_961.890_197);
        close("2026-11-20T22:26:01,5+01:00", 1_795_209_961.5);
        close("2026-11-20T16:56:01-0430", 1_795_209_961.0);
        close("2026-11-20 21:26:01 +00", 1_795_209_961.0);
        close("2026-11-20 21:26", 1_795_209_960.0);
        close("1970-01-01T00:00:00Z", 0.0);
        close("2000-02-29T00:00:00Z", 951_782_400.0);
        close("2024-03-01T00:00:00Z", 1_709_251_200.0);
        close("1969-12-31T23:59:59Z", -1.0);
        close("2016-12-31T23:59:60Z", 1_483_228_800.0);
    }

    #[test]
    fn refuses_everything_else() {
        let texts = [
            "",
            " ",
            "nan",
            "inf",
            "1e999",
            "-",
            "e",
            "2026-11-20",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-00-10T00:00:00Z",
            "2026-11-00T00:00:00Z",
            "2026-11-20T24:00:00Z",
            "2026-11-20T21:60:00Z",
            "2026-11-20T21:26:61Z",
            "2026-11-20T21:26:01.Z",
            "2026-11-20T21:26:01.5x",
            "2026-11-20T21:26:01+",
            "2026-11-20T21:26:01+1",
            "2026-11-20T21:26:01+24:00",
            "2026-11-20T21:26:01+01:0",
            "2026-11-20T21:26:01Zz",
            "2026-11-20T21:26:01:00Z",
            "26-11-20T21:26:01Z",
            "2026-11-20-01T21:26:01Z",
            "２026-11-20T21:26:01Z",
            "é",
            "T",
            "2026-11-20Té",
        ];
        for text in texts {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

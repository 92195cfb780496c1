//! Whether a number is an integer, decided on its exact decimal text.

/// Exponents beyond this size are not read: the value would have hundreds of digits.
const EXPONENT_LIMIT: i64 = 20;

/// The canonical decimal digits of a JSON number with an integral value (`1.0`, `1e0` and `-0`
/// have one), or `None` for a fraction, an outsized exponent or a text that is no number.
pub(crate) fn integer(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if !unsigned.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    if exponent.abs() > EXPONENT_LIMIT {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let scale = exponent - i64::try_from(fraction.len()).ok()?;
    let digits = shifted(format!("{whole}{fraction}"), scale)?;
    let digits = digits.trim_start_matches('0');
    Some(match (digits, text.starts_with('-')) {
        ("", _) => "0".to_owned(),
        (digits, true) => format!("-{digits}"),
        (digits, false) => digits.to_owned(),
    })
}

/// `digits` times ten to the power of `scale`, if that leaves no fraction.
fn shifted(mut digits: String, scale: i64) -> Option<String> {
    if let Ok(zeros) = usize::try_from(scale) {
        digits.extend(std::iter::repeat_n('0', zeros));
        return Some(digits);
    }
    let cut = usize::try_from(scale.unsigned_abs()).ok()?;
    let (whole, fraction) = digits
        .split_at_checked(digits.len().saturating_sub(cut))
        .unwrap_or(("", &digits));
    fraction
        .bytes()
        .all(|digit| digit == b'0')
        .then(|| whole.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integral_values_have_canonical_digits() {
        for (text, digits) in [
            ("1", "1"),
            ("1.0", "1"),
            ("1e0", "1"),
            ("-0", "0"),
            ("10e-1", "1"),
            ("1.5e1", "15"),
            ("0.0", "0"),
            ("0e-5", "0"),
            ("-12e+2", "-1200"),
            ("18446744073709551616", "18446744073709551616"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
            ("1e20", "100000000000000000000"),
        ] {
            assert_eq!(integer(text).as_deref(), Some(digits), "{text}");
        }
    }

    #[test]
    fn fractions_and_outsized_exponents_are_not_integers() {
        for text in [
            "1.5",
            "1e-1",
            "1e400",
            "1e21",
            "0.1",
            "1e99999999999999999999",
            "true",
            "\"1\"",
        ] {
            assert_eq!(integer(text), None, "{text}");
        }
    }
}

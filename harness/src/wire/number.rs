//! One JSON number by its text: exact questions about its value without ever holding it.
//!
//! A gateway that reads ids as floating point turns 2^53+1 into 2^53; telling that apart needs
//! decimal arithmetic on the text. Exponents may have any number of digits, so no function here
//! allocates by the size of a value.

mod decimal;
mod scan;

pub(super) use scan::scan;

use decimal::Decimal;

/// A number by its raw text. Two are equal when their texts are; for the value see
/// [`Number::same_value`].
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Number {
    raw: Box<str>,
}

impl Number {
    /// A number from its text; none unless all of it is one number of RFC 8259 section 6.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let length = scan(text.as_bytes()).ok()?;
        (length == text.len()).then(|| Self::from_valid_raw(text))
    }

    /// A number from a text whose grammar the caller has checked.
    pub(super) fn from_valid_raw(raw: &str) -> Self {
        Self { raw: raw.into() }
    }

    /// The text as it was written.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Whether the value is an integer, however it is written: `1.0`, `10e-1`, `-0` and `1e400` are.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        Decimal::of(&self.raw).is_integer()
    }

    /// Whether both are the same number exactly: `1`, `1.0` and `1e0` are, 2^53+1 and 2^53 are not.
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        Decimal::of(&self.raw).same_value(&Decimal::of(&other.raw))
    }

    /// The value; none when it is not an integer or out of range.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        Decimal::of(&self.raw).to_i64()
    }

    /// The nearest IEEE 754 double; infinite when the value is beyond its range.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        // The grammar of JSON numbers is a part of the one that `f64` reads, so this never fails.
        self.raw.parse().unwrap_or(f64::NAN)
    }

    /// Whether this is what a reader that keeps numbers as doubles prints for `exact`: a decimal form
    /// of the nearest double, with as many digits as this text has, that is not `exact` itself.
    #[must_use]
    pub fn is_rounding_of(&self, exact: &Self) -> bool {
        let nearest = exact.as_f64();
        if !nearest.is_finite() || self.as_f64() != nearest || self.same_value(exact) {
            return false;
        }
        let digits = Decimal::of(&self.raw).digits().take(MAX_DOUBLE_DIGITS).count();
        let printed = format!("{nearest:.precision$e}", precision = digits.saturating_sub(1));
        Decimal::of(&printed).same_value(&Decimal::of(&self.raw))
    }
}

/// No double has more significant decimal digits than this (IEEE 754 binary64: 767).
const MAX_DOUBLE_DIGITS: usize = 768;

#[cfg(test)]
mod tests;

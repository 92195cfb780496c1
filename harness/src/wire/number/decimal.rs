//! A number's text taken apart: sign, significant digits and power of ten, all borrowed.
//!
//! The value is `digits * 10^(exponent + shift)`, where the digits have no zero at either end. The
//! exponent stays text, since it may have more digits than any integer type.

/// A number in its canonical decimal form.
pub(super) struct Decimal<'a> {
    negative: bool,
    /// Significant digits before the point; no leading zero, and no trailing one if `fraction` is empty.
    whole: &'a str,
    /// Significant digits behind the point; no trailing zero, and no leading one if `whole` is empty.
    fraction: &'a str,
    exponent: Exponent<'a>,
    /// What moving the point behind the last significant digit adds to the exponent.
    shift: i128,
}

/// The part behind `e`; zero when there is none.
struct Exponent<'a> {
    negative: bool,
    digits: &'a str,
}

impl<'a> Decimal<'a> {
    /// Takes a text apart whose grammar was checked.
    pub(super) fn of(raw: &'a str) -> Self {
        let (mantissa, exponent) = raw.split_once(['e', 'E']).unwrap_or((raw, ""));
        let (negative, mantissa) = signed(mantissa);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let significant = if fraction.is_empty() { whole.trim_end_matches('0') } else { whole };
        let shift = length(whole) - length(significant) - length(fraction);
        let fraction =
            if significant.is_empty() { fraction.trim_start_matches('0') } else { fraction };
        Self { negative, whole: significant, fraction, exponent: Exponent::of(exponent), shift }
    }

    /// The significant digits, most significant first; none for zero.
    pub(super) fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes()).map(|byte| byte - b'0')
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    pub(super) fn is_integer(&self) -> bool {
        self.is_zero() || self.power() >= 0
    }

    /// The power of ten behind the last significant digit, saturated: a text cannot have so many
    /// digits that its shift would weigh against a saturated exponent.
    fn power(&self) -> i128 {
        self.exponent.saturated().saturating_add(self.shift)
    }

    pub(super) fn same_value(&self, other: &Self) -> bool {
        if self.is_zero() || other.is_zero() {
            return self.is_zero() && other.is_zero();
        }
        self.negative == other.negative
            && self.digits().eq(other.digits())
            && self.exponent.exceeds_by(&other.exponent, other.shift - self.shift)
    }

    pub(super) fn to_i64(&self) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        // 10^18 is the largest power below 2^63, and 19 digits fit easily in 128 bits.
        let power = u32::try_from(self.power()).ok().filter(|power| *power <= 18)?;
        if self.whole.len() + self.fraction.len() > 19 {
            return None;
        }
        let digits = self.digits().fold(0_i128, |sum, digit| sum * 10 + i128::from(digit));
        let magnitude = digits * 10_i128.pow(power);
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }
}

impl<'a> Exponent<'a> {
    fn of(text: &'a str) -> Self {
        let (negative, digits) = signed(text);
        Self { negative, digits: digits.trim_start_matches('0') }
    }

    fn sign(&self) -> i128 {
        if self.negative { -1 } else { 1 }
    }

    fn saturated(&self) -> i128 {
        let magnitude = self.digits.bytes().fold(0_i128, |sum, byte| {
            sum.saturating_mul(10).saturating_add(i128::from(byte - b'0'))
        });
        self.sign() * magnitude
    }

    /// The digit at a place counted from the right, with its sign; zero left of the first.
    fn digit(&self, place: usize) -> i128 {
        let index = self.digits.len().checked_sub(place + 1);
        let byte = index.and_then(|index| self.digits.as_bytes().get(index));
        self.sign() * byte.map_or(0, |byte| i128::from(byte - b'0'))
    }

    /// Whether `self - other == difference`, by long subtraction from the left. A difference that
    /// has outgrown the wanted one tenfold cannot shrink back, so it never overflows.
    fn exceeds_by(&self, other: &Self, difference: i128) -> bool {
        let bound = difference.abs() + 100;
        let mut sum = 0_i128;
        for place in (0..self.digits.len().max(other.digits.len())).rev() {
            sum = sum * 10 + self.digit(place) - other.digit(place);
            if sum.abs() > bound {
                return false;
            }
        }
        sum == difference
    }
}

/// Splits a leading sign off: whether it is a minus, and the rest.
fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A length as a number that can be subtracted; a text in memory is far shorter than the bound.
fn length(text: &str) -> i128 {
    i128::try_from(text.len()).unwrap_or(i128::MAX)
}

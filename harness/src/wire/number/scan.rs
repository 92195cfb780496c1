//! The grammar of a JSON number (RFC 8259 section 6): where it ends. Knows nothing of values.

/// Why no number ends where one began.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::wire) struct ScanError {
    /// Bytes from the number's start to the first byte that does not fit.
    pub(in crate::wire) offset: usize,
    /// What was expected there, if the text goes on.
    pub(in crate::wire) expected: &'static str,
}

/// The length in bytes of the number at the start of `bytes`; what follows it is not looked at,
/// except that a digit after a leading zero is refused here, where it can be named.
pub(in crate::wire) fn scan(bytes: &[u8]) -> Result<usize, ScanError> {
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(bytes, at)?;
    if bytes.get(at) == Some(&b'0') && whole > at + 1 {
        return Err(ScanError { offset: at + 1, expected: "no digit after a leading zero" });
    }
    at = whole;
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits(bytes, at + 1 + sign)?;
    }
    Ok(at)
}

/// The end of the digits that begin at `start`; at least one is required.
fn digits(bytes: &[u8], start: usize) -> Result<usize, ScanError> {
    let rest = bytes.get(start..).unwrap_or_default();
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return Err(ScanError { offset: start, expected: "a digit" });
    }
    Ok(start + count)
}

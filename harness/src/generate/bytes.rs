//! Edits on the bytes of a body.

use crate::case::recipe::Encoding;

/// Bytes from hexadecimal text; white space and anything that is no hexadecimal digit is skipped,
/// so that every recipe renders.
#[must_use]
pub fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).filter_map(|d| u8::try_from(d).ok()).collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect()
}

/// Every occurrence of a pattern replaced.
#[must_use]
pub fn replace(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    if from.is_empty() {
        return body.to_vec();
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((first, tail)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = behind;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

/// A UTF-8 body in another encoding, with its byte order mark.
#[must_use]
pub fn encode(body: &[u8], encoding: Encoding) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    match encoding {
        Encoding::Utf16le => units.flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16be => units.flat_map(u16::to_be_bytes).collect(),
    }
}

/// A string of so many letters, with its quotes.
#[must_use]
pub fn letters(count: usize) -> String {
    let mut text = String::with_capacity(count.saturating_add(2));
    text.push('"');
    text.extend(std::iter::repeat_n('x', count));
    text.push('"');
    text
}

/// Nested arrays or objects: `[[[]]]`, or `{"a":{"a":{}}}`.
#[must_use]
pub fn nested(depth: usize, objects: bool) -> String {
    if objects {
        let inner = depth.saturating_sub(1);
        return format!("{}{{}}{}", "{\"a\":".repeat(inner), "}".repeat(inner));
    }
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_skips_what_is_none() {
        assert_eq!(from_hex("ff FE\n0g0"), [0xff, 0xfe, 0x00]);
    }

    #[test]
    fn replacing_takes_every_occurrence() {
        assert_eq!(replace(b"a@@b@@", b"@@", b"\xff"), b"a\xffb\xff");
        assert_eq!(replace(b"ab", b"", b"x"), b"ab");
    }

    #[test]
    fn utf16_starts_with_its_mark() {
        assert_eq!(encode(b"{", Encoding::Utf16le), [0xff, 0xfe, b'{', 0]);
        assert_eq!(encode(b"{", Encoding::Utf16be), [0xfe, 0xff, 0, b'{']);
    }

    #[test]
    fn nesting_counts_levels() {
        assert_eq!(nested(2, false), "[[]]");
        assert_eq!(nested(2, true), "{\"a\":{}}");
    }
}

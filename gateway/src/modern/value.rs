//! The value of a header that mirrors a text (2026-07-28, Streamable HTTP, Value Encoding).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What stands before a text in Base64. Both marks have to be exactly so.
const BEFORE: &[u8] = b"=?base64?";
/// What stands after it.
const AFTER: &[u8] = b"?=";

/// The text that a value stands for; `None` if it cannot be read.
pub(super) fn text_of(value: &[u8]) -> Option<String> {
    let encoded = value.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix(AFTER));
    match encoded {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).ok()?).ok(),
        None => plain(value),
    }
}

/// Visible ASCII, blanks and tabs need no encoding, and nothing else may go without.
fn plain(value: &[u8]) -> Option<String> {
    let readable = value.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
    readable.then(|| String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_plain_or_encoded() {
        for (value, text) in [
            ("us-west1", Some("us-west1")),
            ("", Some("")),
            ("=?base64?SGVsbG8sIOS4lueVjA==?=", Some("Hello, 世界")),
            ("=?base64?IHBhZGRlZCA=?=", Some(" padded ")),
            ("=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", Some("=?base64?literal?=")),
            ("=?base64??=", Some("")),
            ("=?BASE64?YQ==?=", Some("=?BASE64?YQ==?=")),
            ("=?base64?YQ==", Some("=?base64?YQ==")),
            ("=?base64?YQ?=", None),
            ("=?base64?YR==?=", None),
            ("=?base64?Y*==?=", None),
            ("=?base64?/w==?=", None),
            ("é", None),
        ] {
            assert_eq!(text_of(value.as_bytes()).as_deref(), text, "{value}");
        }
        assert_eq!(text_of(b"a\x01"), None);
    }
}

//! Small helpers for text that others sent.

use axum::http::HeaderMap;

/// The first value of a header, cut to `limit` bytes; bytes that are no UTF-8 are replaced.
pub(crate) fn header_text(headers: &HeaderMap, name: &str, limit: usize) -> Option<String> {
    let value = headers.get(name)?;
    Some(truncated(&String::from_utf8_lossy(value.as_bytes()), limit))
}

/// At most `limit` bytes of `text`, cut between characters.
pub(crate) fn truncated(text: &str, limit: usize) -> String {
    let end = text
        .char_indices()
        .map(|(start, character)| start + character.len_utf8())
        .take_while(|end| *end <= limit)
        .last()
        .unwrap_or(0);
    text.get(..end).unwrap_or_default().to_owned()
}

/// `text` for a message: short, and without control characters, which could forge a line of a log.
pub(crate) fn shown(text: &str, limit: usize) -> String {
    let cut = truncated(text, limit);
    let mut shown: String = cut
        .chars()
        .flat_map(|character| {
            let escaped = character.is_control().then(|| character.escape_default());
            let plain = (!character.is_control()).then_some(character);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect();
    if cut.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(truncated("aé", 2), "a");
        assert_eq!(truncated("aé", 3), "aé");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(shown("a\nb\u{1b}[0m", 100), "a\\nb\\u{1b}[0m");
        assert_eq!(shown("abc", 2), "ab…");
    }
}

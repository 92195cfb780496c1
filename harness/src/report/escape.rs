//! Makes text of a hostile target harmless on a terminal and in a review. Knows no report.

use tabled::grid::util::string::{get_char_width, get_string_width};

/// Ends a text that was cut.
const ELLIPSIS: char = '…';

/// Characters after which an identifier or a sentence is best broken.
const BREAKS: &[char] = &[' ', '/', '-', '.', '_', ','];

/// Whether a character could steer a terminal or deceive a reader: controls (C0, DEL, C1), anything
/// without width of its own (bidi overrides, joiners, combining marks, tags), line and paragraph
/// separators, interlinear marks and non-characters (which XML 1.0 section 2.2 forbids as well).
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || u32::from(c) & 0xfffe == 0xfffe
        || get_char_width(c) == 0
}

/// The text with every unsafe character written as a Rust escape (`\n`, `\u{1b}`), so that it is
/// one line and does nothing.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            // The standard escape would leave a combining mark as it is.
            match c {
                '\n' | '\r' | '\t' => safe.extend(c.escape_default()),
                _ => safe.extend(c.escape_unicode()),
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// The escaped text, cut with `…` to at most `columns` columns of a terminal.
#[must_use]
pub fn shorten(text: &str, columns: usize) -> String {
    // Each character takes at least one column once it is escaped, so what is beyond cannot fit.
    let seen: String = text.chars().take(columns.saturating_add(1)).collect();
    let safe = escape(&seen);
    if get_string_width(&safe) <= columns {
        return safe;
    }
    let mut short = prefix(&safe, columns.saturating_sub(1)).to_owned();
    if columns > 0 {
        short.push(ELLIPSIS);
    }
    short
}

/// The escaped text in lines of at most `columns` columns (at least one character each), broken
/// after punctuation where there is some. Nothing is lost but spaces at a break.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let safe = escape(text);
    let mut rest = safe.as_str();
    let mut lines = Vec::new();
    while !rest.is_empty() || lines.is_empty() {
        let (line, tail) = break_line(rest, columns);
        lines.push(line.trim_end_matches(' ').to_owned());
        rest = tail;
    }
    lines
}

/// The first line of `text` and what follows it; never an empty line of a text, so that wrapping
/// ends.
fn break_line(text: &str, columns: usize) -> (&str, &str) {
    let fitting = prefix(text, columns);
    if fitting.len() == text.len() {
        return (text, "");
    }
    // A break that wastes most of the line is worse than one within a word.
    let punctuated = fitting.rfind(BREAKS).map(|at| at + 1).filter(|at| *at > fitting.len() / 4);
    let first = text.chars().next().map_or(0, char::len_utf8);
    let end = punctuated.unwrap_or(fitting.len()).max(first);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The longest beginning of `text` that is at most `columns` wide.
fn prefix(text: &str, columns: usize) -> &str {
    let mut width = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        width += get_char_width(c);
        (width > columns).then_some(at)
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steering_characters_become_text() {
        assert_eq!(escape("a\x1b[31mb\u{9b}1m\x7f"), "a\\u{1b}[31mb\\u{9b}1m\\u{7f}");
        assert_eq!(escape("x\u{202e}y\u{2066}\u{200d}"), "x\\u{202e}y\\u{2066}\\u{200d}");
        assert_eq!(escape("one\r\n\ttwo\u{2028}"), "one\\r\\n\\ttwo\\u{2028}");
        assert_eq!(escape("e\u{301}\u{e0041}\u{ffff}"), "e\\u{301}\\u{e0041}\\u{ffff}");
    }

    #[test]
    fn ordinary_text_stays() {
        let text = "{\"id\": 1, \"naïve\": \"日本語 😀\"}";
        assert_eq!(escape(text), text);
    }

    #[test]
    fn a_cut_text_says_so_and_fits() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abcdefg", 6), "abcde…");
        assert_eq!(shorten("日本語", 5), "日本…");
        assert_eq!(shorten("abc", 0), "");
        assert_eq!(shorten("\x1b\x1b", 8), "\\u{1b}\\…");
    }

    #[test]
    fn a_text_is_broken_after_punctuation_and_kept_whole() {
        assert_eq!(wrap("id/fraction", 10), ["id/", "fraction"]);
        assert_eq!(wrap("a-bcdefghijk", 10), ["a-bcdefghi", "jk"]);
        assert_eq!(wrap("jsonrpc/id/fraction", 12), ["jsonrpc/id/", "fraction"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("a\u{a0}bc", 2), ["a\u{a0}", "bc"], "only a space is dropped");
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn a_width_that_fits_nothing_still_ends() {
        assert_eq!(wrap("日本", 0), ["日", "本"]);
        assert_eq!(wrap("日本", 1), ["日", "本"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_does_harm_or_overruns(text in ".{0,60}|[\\x00-\\x7f\u{300}-\u{310}😀日]{0,60}", columns in 0..40_usize) {
            let short = shorten(&text, columns);
            assert!(get_string_width(&short) <= columns, "{short}");
            assert!(!short.contains(is_unsafe));
            for line in wrap(&text, columns) {
                assert!(!line.contains(is_unsafe));
                assert!(get_string_width(&line) <= columns || line.chars().count() == 1, "{line}");
            }
        }

        #[test]
        fn wrapping_loses_nothing_but_spaces(text in ".{0,60}", columns in 0..40_usize) {
            let kept = |text: &str| text.replace(' ', "");
            assert_eq!(kept(&wrap(&text, columns).concat()), kept(&escape(&text)));
        }
    }
}

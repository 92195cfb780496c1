//! Bytes that are appended, cut into lines: the last one waits until its end of line comes.
//!
//! Knows neither files nor JSON.

use serde_json::value::RawValue;

use super::{Line, MAX_LINE};

/// Characters of an unreadable line that are shown.
const EXCERPT: usize = 200;

/// Cuts bytes into lines, with at most one line's bound of memory.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    /// The line that has not ended yet.
    partial: Vec<u8>,
    /// What becomes of the line that has not ended yet.
    mode: Mode,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Mode {
    /// It is kept.
    #[default]
    Keep,
    /// It was too long and has been reported; its rest is passed over.
    TooLong,
    /// It began before we did and is passed over.
    NotOurs,
}

impl Splitter {
    /// A splitter that begins within a line, and passes over it.
    pub(super) fn within_a_line() -> Self {
        Self { partial: Vec::new(), mode: Mode::NotOurs }
    }

    /// Takes bytes in and gives the lines that they end. Blank lines are passed over.
    pub(super) fn push(&mut self, bytes: &[u8], lines: &mut Vec<Line>) {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', bytes) {
            let piece = bytes.get(start..end).unwrap_or_default();
            start = end + 1;
            // A line that came in one piece is copied once.
            if self.partial.is_empty() && self.mode == Mode::Keep && piece.len() <= MAX_LINE {
                line(piece, lines);
            } else {
                self.keep(piece, lines);
                self.end(lines);
            }
        }
        self.keep(bytes.get(start..).unwrap_or_default(), lines);
    }

    /// Ends a line that will never be continued, as if its end of line had come.
    pub(super) fn flush(&mut self, lines: &mut Vec<Line>) {
        self.end(lines);
    }

    /// Gives up a line whose rest is lost.
    pub(super) fn abandon(&mut self, why: &str, lines: &mut Vec<Line>) {
        let cut = std::mem::take(self);
        if cut.mode == Mode::Keep && !cut.partial.is_empty() {
            lines.push(unreadable(why, &cut.partial));
        }
    }

    fn keep(&mut self, piece: &[u8], lines: &mut Vec<Line>) {
        if self.mode != Mode::Keep {
            return;
        }
        if self.partial.len() + piece.len() <= MAX_LINE {
            self.partial.extend_from_slice(piece);
            return;
        }
        self.partial.extend(piece.iter().take(EXCERPT));
        lines.push(unreadable(&format!("longer than {MAX_LINE} bytes"), &self.partial));
        self.partial = Vec::new();
        self.mode = Mode::TooLong;
    }

    fn end(&mut self, lines: &mut Vec<Line>) {
        line(&std::mem::take(self).partial, lines);
    }
}

/// Adds a whole line, but for a blank one.
fn line(bytes: &[u8], lines: &mut Vec<Line>) {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if !bytes.iter().all(u8::is_ascii_whitespace) {
        lines.push(readable(bytes));
    }
}

fn readable(line: &[u8]) -> Line {
    match std::str::from_utf8(line) {
        Ok(text) => Line::Text(text.to_owned()),
        Err(error) => unreadable(&format!("not UTF-8 at byte {}", error.valid_up_to()), line),
    }
}

/// The text of a record that came whole, or that it is too long.
pub(super) fn line_of(record: &RawValue) -> Line {
    let text = record.get();
    if text.len() <= MAX_LINE {
        Line::Text(text.to_owned())
    } else {
        unreadable(&format!("longer than {MAX_LINE} bytes"), text.as_bytes())
    }
}

/// An unreadable line with its beginning, in which bytes that are no text are replaced.
pub(super) fn unreadable(why: &str, bytes: &[u8]) -> Line {
    let start = bytes.get(..bytes.len().min(EXCERPT * 4)).unwrap_or_default();
    let excerpt = String::from_utf8_lossy(start).chars().take(EXCERPT).collect();
    Line::Unreadable { why: why.to_owned(), excerpt }
}

#[cfg(test)]
mod tests {
    use super::Splitter;
    use crate::source::{Line, MAX_LINE};
    use proptest::prelude::{Just, any, prop_assert_eq, prop_oneof, proptest};
    use proptest::strategy::Strategy;

    fn split(splitter: &mut Splitter, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        splitter.push(bytes, &mut lines);
        lines
    }

    fn text(text: &str) -> Line {
        Line::Text(text.to_owned())
    }

    fn why(line: &Line) -> &str {
        match line {
            Line::Unreadable { why, .. } => why,
            Line::Text(text) => panic!("a readable line of {} bytes", text.len()),
        }
    }

    #[test]
    fn keeps_the_last_line_until_it_ends() {
        let mut splitter = Splitter::default();
        assert_eq!(split(&mut splitter, b"one\ntw"), [text("one")]);
        assert_eq!(split(&mut splitter, b""), []);
        assert_eq!(split(&mut splitter, b"o\r\n\n \r\nthree\n"), [text("two"), text("three")]);
    }

    #[test]
    fn passes_over_the_line_that_it_begins_within() {
        let mut splitter = Splitter::within_a_line();
        assert_eq!(split(&mut splitter, b"rest of old"), []);
        assert_eq!(split(&mut splitter, b" line\nnew\n"), [text("new")]);
    }

    #[test]
    fn reports_a_line_that_is_no_text() {
        let lines = split(&mut Splitter::default(), b"ab\xff\xfecd\nok\n");
        assert_eq!(why(&lines[0]), "not UTF-8 at byte 2");
        assert_eq!(lines[1], text("ok"));
    }

    #[test]
    fn takes_a_line_of_the_bound_and_cuts_a_longer_one() {
        let exact = vec![b'x'; MAX_LINE];
        let mut splitter = Splitter::default();
        let lines = split(&mut splitter, &[&exact[..], b"\n"].concat());
        assert_eq!(lines, [text(&"x".repeat(MAX_LINE))]);

        let lines = split(&mut splitter, &[&exact[..], b"y"].concat());
        assert_eq!(why(&lines[0]), "longer than 1048576 bytes");
        assert!(splitter.partial.is_empty(), "the long line is let go");
        assert_eq!(split(&mut splitter, &exact), [], "its rest is not reported again");
        assert_eq!(split(&mut splitter, b"zzz\nnext\n"), [text("next")]);
    }

    #[test]
    fn flushes_and_abandons_what_has_not_ended() {
        let mut splitter = Splitter::default();
        let mut lines = split(&mut splitter, b"whole but no end");
        splitter.flush(&mut lines);
        splitter.flush(&mut lines);
        assert_eq!(lines, [text("whole but no end")]);

        let mut lines = split(&mut splitter, b"cut sh");
        splitter.abandon("truncated", &mut lines);
        splitter.abandon("truncated", &mut lines);
        assert_eq!(lines.len(), 1);
        assert_eq!(why(&lines[0]), "truncated");
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_lines(
            bytes in proptest::collection::vec(
                prop_oneof![Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..200),
            cuts in proptest::collection::vec((0_usize..200).prop_map(|cut| cut), 0..8),
        ) {
            let whole = split(&mut Splitter::default(), &bytes);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut splitter = Splitter::default();
            let mut lines = Vec::new();
            for pair in cuts.windows(2) {
                splitter.push(&bytes[pair[0]..pair[1]], &mut lines);
            }
            prop_assert_eq!(lines, whole);
        }
    }
}

//! Bytes -> lines, within a bound. Knows no pipe.

use std::collections::VecDeque;

/// Cuts what is pushed into lines. Each line keeps its line feed.
#[derive(Debug)]
pub struct Lines {
    max_line: usize,
    ready: VecDeque<Vec<u8>>,
    open: Vec<u8>,
}

impl Lines {
    /// No lines yet; a line may have `max_line` bytes.
    #[must_use]
    pub const fn new(max_line: usize) -> Self {
        Self { max_line, ready: VecDeque::new(), open: Vec::new() }
    }

    /// Takes bytes. Says whether a line has become longer than the bound; what is beyond is dropped.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.open.len() + piece.len() > self.max_line {
                let room = self.max_line.saturating_sub(self.open.len());
                self.open.extend_from_slice(piece.get(..room).unwrap_or_default());
                return true;
            }
            self.open.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.ready.push_back(std::mem::take(&mut self.open));
            }
        }
        false
    }

    /// The next whole line.
    pub fn pop(&mut self) -> Option<Vec<u8>> {
        self.ready.pop_front()
    }

    /// Makes a line of what has no line feed yet, at the end of the output.
    pub fn finish(&mut self) {
        if !self.open.is_empty() {
            self.ready.push_back(std::mem::take(&mut self.open));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lines: &mut Lines) -> Vec<String> {
        std::iter::from_fn(|| lines.pop())
            .map(|line| String::from_utf8_lossy(&line).into_owned())
            .collect()
    }

    #[test]
    fn lines_come_whole_however_they_are_cut() {
        let text = b"{\"a\":1}\n\n\r\nend";
        for size in 1..text.len() {
            let mut lines = Lines::new(100);
            assert!(!text.chunks(size).any(|chunk| lines.push(chunk)));
            assert_eq!(all(&mut lines), ["{\"a\":1}\n", "\n", "\r\n"], "{size}");
            lines.finish();
            assert_eq!(all(&mut lines), ["end"]);
            lines.finish();
            assert!(lines.pop().is_none());
        }
    }

    #[test]
    fn a_line_beyond_the_bound_is_cut_and_told() {
        let mut lines = Lines::new(4);
        assert!(!lines.push(b"abc\n"));
        assert!(!lines.push(b"abcd"));
        assert!(lines.push(b"\n"));
        lines.finish();
        assert_eq!(all(&mut lines), ["abc\n", "abcd"]);
    }
}

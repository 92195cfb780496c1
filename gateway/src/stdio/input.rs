//! Lines from stdin, with bounded memory. A thread of its own reads them: a read of stdin cannot be
//! given up, and must not keep the process from ending.

use std::io::{self, Read};

use tokio::sync::mpsc;

/// Longer lines are refused: 4 MiB, as for bodies of HTTP.
const LINE_LIMIT: usize = 4 << 20;
/// Lines that wait to be served; with the one that is being read, they bound the memory.
const QUEUE: usize = 4;
/// Bytes of one read.
const CHUNK: usize = 64 << 10;

/// A line that is not blank, without its newline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// What it holds.
    Text(Vec<u8>),
    /// It was longer than what is read.
    TooLong,
}

/// Starts reading. The channel ends with the input.
pub(crate) fn read_lines(input: impl Read + Send + 'static) -> io::Result<mpsc::Receiver<Line>> {
    let (lines, received) = mpsc::channel(QUEUE);
    std::thread::Builder::new().name("stdin".to_owned()).spawn(move || read(input, &lines))?;
    Ok(received)
}

fn read(mut input: impl Read, lines: &mpsc::Sender<Line>) {
    let mut splitter = Splitter::default();
    let mut chunk = vec![0; CHUNK];
    let mut emit = |line| lines.blocking_send(line).is_ok();
    loop {
        let length = match input.read(&mut chunk) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                tracing::warn!(%error, "stdin cannot be read any more");
                0
            }
        };
        let read = chunk.get(..length).unwrap_or_default();
        if !splitter.feed(read, &mut emit) {
            return;
        }
        if length == 0 {
            if let Some(line) = splitter.finish() {
                emit(line);
            }
            return;
        }
    }
}

/// Finds lines in chunks of bytes.
#[derive(Debug, Default)]
struct Splitter {
    begun: Vec<u8>,
    /// The rest of the line is thrown away: it is too long, and that was told.
    skipping: bool,
}

impl Splitter {
    /// Emits the lines that end in this chunk; `false` if nobody takes them any more.
    fn feed(&mut self, chunk: &[u8], emit: &mut impl FnMut(Line) -> bool) -> bool {
        chunk.split_inclusive(|byte| *byte == b'\n').all(|part| {
            let (part, ended) = match part.split_last() {
                Some((b'\n', rest)) => (rest, true),
                _ => (part, false),
            };
            let overlong = self.extend(part);
            let line = if ended { self.finish() } else { None };
            let told = !overlong || emit(Line::TooLong);
            told && line.is_none_or(&mut *emit)
        })
    }

    /// Takes a part of a line; `true` if the line becomes too long with it.
    fn extend(&mut self, part: &[u8]) -> bool {
        if self.skipping {
            return false;
        }
        if self.begun.len() + part.len() > LINE_LIMIT {
            self.begun = Vec::new();
            self.skipping = true;
            return true;
        }
        self.begun.extend_from_slice(part);
        false
    }

    /// Ends the line.
    fn finish(&mut self) -> Option<Line> {
        let line = std::mem::take(&mut self.begun);
        let skipped = std::mem::take(&mut self.skipping);
        let blank = line.iter().all(u8::is_ascii_whitespace);
        (!skipped && !blank).then_some(Line::Text(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<Line> {
        let mut found = Vec::new();
        let mut splitter = Splitter::default();
        for chunk in chunks {
            assert!(splitter.feed(chunk, &mut |line| {
                found.push(line);
                true
            }));
        }
        found.extend(splitter.finish());
        found
    }

    fn text(text: &str) -> Line {
        Line::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn lines_are_found_across_chunks() {
        assert_eq!(lines(&[b"a", b"b\nc\n", b"\n \r\n\t\n", b"d"]), ["ab", "c", "d"].map(text));
        assert_eq!(lines(&[b"a\r\n"]), [text("a\r")]);
        assert_eq!(lines(&[b"", b"\n"]), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_told_once_and_skipped() {
        let long = vec![b'x'; LINE_LIMIT];
        let kept = lines(&[&long, b"\na\n"]);
        assert_eq!(kept.len(), 2);
        assert!(matches!(kept.first(), Some(Line::Text(text)) if text.len() == LINE_LIMIT));
        assert_eq!(lines(&[&long, b"x", &long, b"y\na\n"]), [Line::TooLong, text("a")]);
        assert_eq!(lines(&[&long, b"x"]), [Line::TooLong]);
    }

    #[tokio::test]
    async fn the_channel_ends_with_the_input() {
        let mut received = read_lines(&b"a\n\nb"[..]).expect("a thread");
        assert_eq!(received.recv().await, Some(text("a")));
        assert_eq!(received.recv().await, Some(text("b")));
        assert_eq!(received.recv().await, None);
    }
}

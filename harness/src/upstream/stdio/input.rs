//! Lines of standard input. A thread of its own reads them: a read cannot be given up, and must not keep
//! the process from ending.

use std::io::{self, BufRead, BufReader, Read};

use tokio::sync::mpsc;

/// Bytes of a line: those of a body that the upstream takes.
const MOST_LINE: u64 = 16 * 1024 * 1024;

/// Lines that wait to be passed on.
const WAITING: usize = 4;

/// A line that is not blank.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Line {
    /// Its bytes, without what ends it.
    Text(Vec<u8>),
    /// It has more than 16 MiB; nothing is read behind it.
    TooLong,
}

/// Starts reading. The channel ends with the input.
pub(super) fn read_lines(input: impl Read + Send + 'static) -> io::Result<mpsc::Receiver<Line>> {
    let (lines, received) = mpsc::channel(WAITING);
    std::thread::Builder::new().name("input".to_owned()).spawn(move || read(input, &lines))?;
    Ok(received)
}

fn read(input: impl Read, lines: &mpsc::Sender<Line>) {
    let mut input = BufReader::new(input);
    loop {
        let mut line = Vec::new();
        match input.by_ref().take(MOST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let whole = line.last() == Some(&b'\n');
        if !whole && line.len() as u64 >= MOST_LINE {
            let _ = lines.blocking_send(Line::TooLong);
            return;
        }
        let text = line.trim_ascii();
        if !text.is_empty() && lines.blocking_send(Line::Text(text.to_vec())).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_none_and_the_last_needs_no_end() {
        let text = |line: &str| Some(Line::Text(line.as_bytes().to_vec()));
        let mut lines = read_lines(io::Cursor::new(b"one\r\n\n  \ntwo\nthree".to_vec())).unwrap();
        for line in [text("one"), text("two"), text("three"), None] {
            assert_eq!(lines.blocking_recv(), line);
        }
    }

    #[test]
    fn a_line_that_is_too_long_ends_the_reading() {
        let mut lines = read_lines(io::repeat(b'x')).unwrap();
        assert_eq!(lines.blocking_recv(), Some(Line::TooLong));
        assert_eq!(lines.blocking_recv(), None);
    }
}

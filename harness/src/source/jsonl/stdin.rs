//! Standard input as a source: `jsonl:-`.

use crate::source::error::SourceError;
use crate::source::tail::Splitter;
use crate::source::{Feed, LINE_COST, Line, MAX_POLL};
use futures_util::future::BoxFuture;
use std::future::ready;
use std::io::Read;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

/// Bytes of one read.
const CHUNK: usize = 64 * 1024;

/// Reads that wait to be taken; whoever writes more waits too.
const QUEUE: usize = 64;

/// Lines of a stream that somebody else writes.
#[derive(Debug)]
pub(super) struct StreamSource {
    chunks: Receiver<Result<Vec<u8>, String>>,
    splitter: Splitter,
    more: bool,
    /// Why nothing comes any more.
    ended: Option<String>,
}

impl StreamSource {
    /// The standard input of the run.
    pub(super) fn stdin() -> Self {
        Self::of(std::io::stdin())
    }

    /// Reads a stream by a thread of its own: it may block for ever, which a task must not.
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let (sender, chunks) = sync_channel(QUEUE);
        std::thread::spawn(move || {
            let mut buffer = vec![0; CHUNK];
            loop {
                let read = stream.read(&mut buffer).map_err(|error| error.to_string());
                let over = !matches!(read, Ok(1..));
                let chunk = read.map(|count| buffer.get(..count).unwrap_or_default().to_vec());
                if sender.send(chunk).is_err() || over {
                    return;
                }
            }
        });
        Self { chunks, splitter: Splitter::default(), more: false, ended: None }
    }

    fn read(&mut self) -> Result<Vec<Line>, SourceError> {
        let (mut lines, mut taken) = (Vec::new(), 0);
        while taken < MAX_POLL && self.ended.is_none() {
            let before = lines.len();
            match self.chunks.try_recv() {
                Ok(Ok(bytes)) if !bytes.is_empty() => {
                    self.splitter.push(&bytes, &mut lines);
                    taken += bytes.len() + (lines.len() - before) * LINE_COST;
                }
                Err(TryRecvError::Empty) => break,
                Ok(Ok(_)) | Err(TryRecvError::Disconnected) => {
                    self.end("it has ended", &mut lines);
                }
                Ok(Err(error)) => self.end(&error, &mut lines),
            }
        }
        self.more = taken >= MAX_POLL;
        match &self.ended {
            Some(why) if lines.is_empty() => Err(SourceError::Stream(why.clone())),
            _ => Ok(lines),
        }
    }

    fn end(&mut self, why: &str, lines: &mut Vec<Line>) {
        self.splitter.flush(lines);
        self.ended = Some(why.to_owned());
    }
}

impl Feed for StreamSource {
    fn poll(&mut self) -> BoxFuture<'_, Result<Vec<Line>, SourceError>> {
        Box::pin(ready(self.read()))
    }

    fn has_more(&self) -> bool {
        self.more
    }
}

#[cfg(test)]
mod tests {
    use super::StreamSource;
    use crate::source::{Line, MAX_LINE, SourceError};
    use std::io::{self, Read};
    use std::time::Duration;

    fn all(source: &mut StreamSource) -> (Vec<Line>, SourceError) {
        let mut lines = Vec::new();
        loop {
            match source.read() {
                Ok(more) => lines.extend(more),
                Err(error) => return (lines, error),
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn lines_come_and_the_end_is_told() {
        let mut source = StreamSource::of(&b"one\ntwo\nlast"[..]);
        let (lines, error) = all(&mut source);
        assert_eq!(lines, ["one", "two", "last"].map(|text| Line::Text(text.to_owned())));
        assert!(error.to_string().contains("it has ended"), "{error}");
        assert!(source.read().is_err(), "and again");
    }

    #[test]
    fn a_line_of_a_hundred_megabytes_is_one_unreadable_line() {
        let long = io::repeat(b'x').take(100 << 20).chain(&b"\nnext\n"[..]);
        let (lines, _) = all(&mut StreamSource::of(long));
        assert!(matches!(&lines[0], Line::Unreadable { why, .. } if why.contains("longer than")));
        assert_eq!(lines[1..], [Line::Text("next".to_owned())]);
        assert!(lines[0].size() < MAX_LINE, "only its beginning is kept");
    }
}

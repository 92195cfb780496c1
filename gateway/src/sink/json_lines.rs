//! A file with one record a line. A thread of its own writes it, so that a slow or full disk holds
//! up no answer.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use tokio::sync::oneshot;

use super::Losses;
use crate::log::Log;

/// Lines that may wait for the disk; what comes on top is lost.
const QUEUE: usize = 10_000;

struct Line {
    text: String,
    written: oneshot::Sender<()>,
}

/// The writing end.
pub(crate) struct JsonLines {
    queue: SyncSender<Line>,
    losses: Arc<Losses>,
}

impl JsonLines {
    /// Opens `path` for appending and starts the writer.
    pub(crate) fn open(path: &Path, log: Log) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if is_torn(path) {
            // If it fails, so will the first record, and that is counted.
            let _ = file.write_all(b"\n");
        }
        let (queue, lines) = sync_channel(QUEUE);
        let losses = Arc::new(Losses::new("file", log));
        let counter = Arc::clone(&losses);
        std::thread::Builder::new()
            .name("audit-file".to_owned())
            .spawn(move || write_lines(&mut file, &lines, &counter))?;
        Ok(Self { queue, losses })
    }

    /// Queues one line. The receiver resolves when it is on disk, or lost.
    pub(crate) fn write(&self, text: String) -> oneshot::Receiver<()> {
        let (written, receiver) = oneshot::channel();
        if self.queue.try_send(Line { text, written }).is_err() {
            self.losses.add(1, "the disk is too slow");
        }
        receiver
    }

    /// Resolves when all lines before are written.
    pub(crate) async fn flush(&self) {
        let (written, receiver) = oneshot::channel();
        let text = String::new();
        if self.queue.try_send(Line { text, written }).is_ok() {
            let _ = receiver.await;
        }
    }

    /// How many lines never reached the file.
    pub(crate) fn lost(&self) -> u64 {
        self.losses.count()
    }
}

/// Ends when the writing end is gone.
fn write_lines(file: &mut File, lines: &Receiver<Line>, losses: &Losses) {
    let mut works = true;
    while let Some(mut line) = next(lines, works.then_some(losses)) {
        if !line.text.is_empty() {
            line.text.push('\n');
            let written = file.write_all(line.text.as_bytes());
            works = written.is_ok();
            if let Err(error) = written {
                losses.add(1, &error.to_string());
            }
        }
        let _ = line.written.send(());
    }
}

/// The next line. Where the disk works and nothing waits for it, all losses are over.
fn next(lines: &Receiver<Line>, losses: Option<&Losses>) -> Option<Line> {
    match lines.try_recv() {
        Ok(line) => Some(line),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) => {
            losses.into_iter().for_each(Losses::over);
            lines.recv().ok()
        }
    }
}

/// Whether the last writer died in the middle of a line.
fn is_torn(path: &Path) -> bool {
    let last_byte = || -> io::Result<u8> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(-1))?;
        let mut byte = [b'\n'];
        file.read_exact(&mut byte)?;
        Ok(u8::from_ne_bytes(byte))
    };
    last_byte().is_ok_and(|byte| byte != b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_appended_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.jsonl");
        std::fs::write(&path, "torn").expect("it is written");
        let sink = JsonLines::open(&path, Log::default()).expect("it opens");
        sink.write("{\"a\":1}".to_owned()).await.expect("it is written");
        drop(sink.write("{\"a\":2}".to_owned()));
        sink.flush().await;
        let text = std::fs::read_to_string(&path).expect("it is readable");
        assert_eq!(text, "torn\n{\"a\":1}\n{\"a\":2}\n");
        assert_eq!(sink.lost(), 0);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_full_disk_is_counted() {
        let sink = JsonLines::open(Path::new("/dev/full"), Log::default()).expect("it opens");
        sink.write("{}".to_owned()).await.expect("it is answered");
        sink.write("{}".to_owned()).await.expect("it is answered");
        assert_eq!(sink.lost(), 2);
    }
}

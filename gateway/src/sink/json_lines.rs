//! A file with one record a line. A thread of its own writes it, so that a slow or full disk holds
//! up no answer.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tokio::sync::oneshot;

/// Lines that may wait for the disk; what comes on top is lost.
const QUEUE: usize = 10_000;

struct Line {
    text: String,
    written: oneshot::Sender<()>,
}

/// The writing end.
pub(crate) struct JsonLines {
    queue: SyncSender<Line>,
    lost: Arc<AtomicU64>,
}

impl JsonLines {
    /// Opens `path` for appending and starts the writer.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if is_torn(path) {
            // If it fails, so will the first record, and that is counted.
            let _ = file.write_all(b"\n");
        }
        let (queue, lines) = sync_channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&lost);
        std::thread::Builder::new()
            .name("audit-file".to_owned())
            .spawn(move || write_lines(&mut file, &lines, &counter))?;
        Ok(Self { queue, lost })
    }

    /// Queues one line. The receiver resolves when it is on disk, or lost.
    pub(crate) fn write(&self, text: String) -> oneshot::Receiver<()> {
        let (written, receiver) = oneshot::channel();
        if self.queue.try_send(Line { text, written }).is_err() {
            count_loss(&self.lost, "the disk is too slow");
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
        self.lost.load(Ordering::Relaxed)
    }
}

/// Ends when the writing end is gone.
fn write_lines(file: &mut File, lines: &Receiver<Line>, lost: &AtomicU64) {
    for mut line in lines {
        if !line.text.is_empty() {
            line.text.push('\n');
            if let Err(error) = file.write_all(line.text.as_bytes()) {
                count_loss(lost, &error.to_string());
            }
        }
        let _ = line.written.send(());
    }
}

/// Warns of the first loss only: the log must not drown in it.
fn count_loss(lost: &AtomicU64, reason: &str) {
    if lost.fetch_add(1, Ordering::Relaxed) == 0 {
        tracing::warn!(reason, "audit records are being lost; calls go on");
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
        let sink = JsonLines::open(&path).expect("it opens");
        sink.write("{\"a\":1}".to_owned())
            .await
            .expect("it is written");
        drop(sink.write("{\"a\":2}".to_owned()));
        sink.flush().await;
        let text = std::fs::read_to_string(&path).expect("it is readable");
        assert_eq!(text, "torn\n{\"a\":1}\n{\"a\":2}\n");
        assert_eq!(sink.lost(), 0);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_full_disk_is_counted() {
        let sink = JsonLines::open(Path::new("/dev/full")).expect("it opens");
        sink.write("{}".to_owned()).await.expect("it is answered");
        sink.write("{}".to_owned()).await.expect("it is answered");
        assert_eq!(sink.lost(), 2);
    }
}

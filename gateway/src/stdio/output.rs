//! Lines to stdout. One thread writes them, each whole, so that no two answers can mix, and a
//! caller who does not read holds up nobody but himself.

use std::io::{self, Write};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// Lines that may wait for the caller to read.
const QUEUE: usize = 16;

struct Outgoing {
    bytes: Vec<u8>,
    /// The room that the request took; it is free again when its answer is written.
    _room: Option<OwnedSemaphorePermit>,
}

/// The writing end. Its clones share one stdout.
#[derive(Clone)]
pub(crate) struct Output {
    queue: mpsc::Sender<Outgoing>,
}

/// Resolves when all that was sent is written.
pub(crate) struct Written(oneshot::Receiver<()>);

impl Output {
    /// Starts the writer.
    pub(crate) fn start(output: impl Write + Send + 'static) -> io::Result<(Self, Written)> {
        let (queue, lines) = mpsc::channel(QUEUE);
        let (done, written) = oneshot::channel();
        std::thread::Builder::new().name("stdout".to_owned()).spawn(move || {
            write(output, lines);
            let _ = done.send(());
        })?;
        Ok((Self { queue }, Written(written)))
    }

    /// Sends a line, and waits while too many wait already. What comes after stdout broke is lost.
    pub(crate) async fn send(&self, bytes: Vec<u8>, room: Option<OwnedSemaphorePermit>) {
        let _ = self.queue.send(Outgoing { bytes, _room: room }).await;
    }

    /// Resolves when stdout takes nothing any more.
    pub(crate) async fn closed(&self) {
        self.queue.closed().await;
    }
}

impl Written {
    /// Waits for the writer, which ends when the last `Output` is gone.
    pub(crate) async fn wait(self, deadline: Duration) {
        let _ = tokio::time::timeout(deadline, self.0).await;
    }
}

fn write(mut output: impl Write, mut lines: mpsc::Receiver<Outgoing>) {
    while let Some(line) = lines.blocking_recv() {
        let written = output.write_all(&line.bytes).and_then(|()| output.flush());
        if let Err(error) = written {
            tracing::warn!(%error, "stdout takes nothing any more");
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_broken_output_is_closed() {
        let (output, written) = Output::start(Broken).expect("a thread");
        output.send(b"a\n".to_vec(), None).await;
        output.closed().await;
        output.send(b"b\n".to_vec(), None).await;
        drop(output);
        written.wait(Duration::from_secs(5)).await;
    }
}

//! A command whose standard output is read line by line, such as `kubectl logs -f` or `journalctl -f`.
//!
//! It runs in a process group of its own, which ends with the source. Of its standard error the beginning
//! is kept, for the message should it end.

use std::process::Stdio;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::error::SourceError;
use super::tail::Splitter;
use super::{Feed, LINE_COST, Line, MAX_POLL};
use crate::transport::stdio::group::Group;

/// Bytes of one read.
const CHUNK: usize = 64 * 1024;

/// Reads that wait to be taken; a command that writes more waits too.
const QUEUE: usize = 64;

/// Bytes of standard error that are kept.
const COMPLAINT: usize = 4096;

/// The running command.
#[derive(Debug)]
pub(super) struct ExecSource {
    command: String,
    child: Child,
    chunks: mpsc::Receiver<Vec<u8>>,
    complaint: JoinHandle<String>,
    splitter: Splitter,
    more: bool,
    /// Why nothing comes any more, once it was told.
    ended: Option<String>,
    _group: Group,
}

impl ExecSource {
    /// Starts the command by the shell.
    pub(super) fn open(command: &str) -> Result<Self, SourceError> {
        let failed = |source| SourceError::Command { command: command.to_owned(), reason: source };
        let mut child = Command::new("sh")
            .args(["-c", command])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let group = Group::of(child.id());
        let (sender, chunks) = mpsc::channel(QUEUE);
        let output = child.stdout.take().ok_or_else(|| failed("no output".to_owned()))?;
        let errors = child.stderr.take().ok_or_else(|| failed("no errors".to_owned()))?;
        tokio::spawn(pump(output, sender));
        Ok(Self {
            command: command.to_owned(),
            child,
            chunks,
            complaint: tokio::spawn(beginning(errors)),
            splitter: Splitter::default(),
            more: false,
            ended: None,
            _group: group,
        })
    }

    async fn read(&mut self) -> Result<Vec<Line>, SourceError> {
        let (mut lines, mut taken) = (Vec::new(), 0);
        let closed = loop {
            if taken >= MAX_POLL {
                break false;
            }
            match self.chunks.try_recv() {
                Ok(bytes) => {
                    let before = lines.len();
                    self.splitter.push(&bytes, &mut lines);
                    taken += bytes.len() + (lines.len() - before) * LINE_COST;
                }
                Err(mpsc::error::TryRecvError::Empty) => break false,
                Err(mpsc::error::TryRecvError::Disconnected) => break true,
            }
        };
        self.more = taken >= MAX_POLL;
        if closed {
            self.splitter.flush(&mut lines);
        }
        if closed && lines.is_empty() {
            return Err(self.gone().await);
        }
        Ok(lines)
    }

    /// Why nothing will come any more.
    async fn gone(&mut self) -> SourceError {
        if self.ended.is_none() {
            // Its output is closed, which it may outlive.
            let _ = self.child.start_kill();
            let status = self.child.wait().await.map_or_else(|e| e.to_string(), |s| s.to_string());
            let complaint = (&mut self.complaint).await.unwrap_or_default();
            let said = complaint.trim().lines().next_back().unwrap_or_default();
            let said = if said.is_empty() { String::new() } else { format!(": {said}") };
            self.ended = Some(format!("it ended ({status}){said}"));
        }
        let reason = self.ended.clone().unwrap_or_default();
        SourceError::Command { command: self.command.clone(), reason }
    }
}

impl Feed for ExecSource {
    fn poll(&mut self) -> BoxFuture<'_, Result<Vec<Line>, SourceError>> {
        Box::pin(self.read())
    }

    fn has_more(&self) -> bool {
        self.more
    }
}

/// Passes on what is written, until nobody takes it.
async fn pump(mut output: impl AsyncRead + Unpin, sender: mpsc::Sender<Vec<u8>>) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(count @ 1..) = output.read(&mut buffer).await {
        let bytes = buffer.get(..count).unwrap_or_default().to_vec();
        if sender.send(bytes).await.is_err() {
            return;
        }
    }
}

/// The beginning of what is written; the rest is read, so that the writer does not wait.
async fn beginning(mut errors: impl AsyncRead + Unpin) -> String {
    let (mut kept, mut buffer) = (Vec::new(), vec![0; CHUNK]);
    while let Ok(count @ 1..) = errors.read(&mut buffer).await {
        let room = COMPLAINT.saturating_sub(kept.len()).min(count);
        kept.extend_from_slice(buffer.get(..room).unwrap_or_default());
    }
    String::from_utf8_lossy(&kept).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Polls until something comes, or nothing can any more.
    async fn next(source: &mut ExecSource) -> Result<Vec<Line>, SourceError> {
        loop {
            let lines = source.poll().await?;
            if !lines.is_empty() {
                return Ok(lines);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn text(text: &str) -> Line {
        Line::Text(text.to_owned())
    }

    #[tokio::test]
    async fn lines_are_read_as_they_come() {
        let mut source =
            ExecSource::open("echo one; printf tw; sleep 0.1; echo o; sleep 60").unwrap();
        assert_eq!(next(&mut source).await.unwrap(), [text("one")]);
        assert_eq!(next(&mut source).await.unwrap(), [text("two")]);
        assert!(source.poll().await.unwrap().is_empty() && !source.has_more());
    }

    #[tokio::test]
    async fn a_command_that_ends_is_told_with_what_it_said() {
        let mut source =
            ExecSource::open("echo last; printf cut; echo no such pod >&2; exit 3").unwrap();
        let mut lines = Vec::new();
        let error = loop {
            match next(&mut source).await {
                Ok(more) => lines.extend(more),
                Err(error) => break error.to_string(),
            }
        };
        assert_eq!(lines, [text("last"), text("cut")]);
        assert!(error.contains("exit status: 3") && error.contains("no such pod"), "{error}");
        assert_eq!(source.poll().await.unwrap_err().to_string(), error, "and again");
    }

    #[tokio::test]
    async fn a_flood_waits_until_it_is_taken() {
        let mut source = ExecSource::open("yes").unwrap();
        let lines = next(&mut source).await.unwrap();
        assert!(lines.len() < MAX_POLL / LINE_COST + QUEUE * CHUNK, "{}", lines.len());
    }

    #[tokio::test]
    async fn what_was_started_ends_with_the_source() {
        let mut source = ExecSource::open("echo $$; sleep 60 & echo $!; wait").unwrap();
        let mut pids = Vec::new();
        while pids.len() < 2 {
            pids.extend(next(&mut source).await.unwrap());
        }
        drop(source);
        for pid in pids {
            let Line::Text(pid) = pid else { panic!("{pid:?}") };
            let stat = std::path::Path::new("/proc").join(&pid).join("stat");
            let running = || {
                let stat = std::fs::read_to_string(&stat).unwrap_or_default();
                stat.rsplit_once(") ").is_some_and(|(_, behind)| !behind.starts_with(['Z', 'X']))
            };
            for _ in 0..200 {
                if !running() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(!running(), "{pid} still runs");
        }
    }
}

//! One child: what is written to it, what it says, and how its output ends.

use std::ffi::OsStr;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child as Process, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::Limits;
use super::errors::Errors;
use super::group::Group;
use super::lines::Lines;
use crate::wire::delivery::End;

/// How a message is put on standard input.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Framing {
    /// Its bytes and a line feed.
    Line,
    /// The same, each byte in a write of its own.
    Split,
    /// Its bytes alone, and then the end of the input.
    Unended,
}

/// What was heard of a child.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// A line with its line feed; the last line of an output may have none.
    Line(Vec<u8>),
    /// Nothing until the moment that was given.
    Nothing,
    /// Nothing more will come.
    Ended(End),
}

/// Time that the output of a child is read on after its exit: a process that it left behind may hold
/// the pipe open for ever.
const AFTER_EXIT: Duration = Duration::from_millis(150);

/// Time in all for a child that is not listened to, to take what is written.
const TAKEN_AT_ONCE: Duration = Duration::from_millis(20);

/// A running child. Its whole process group is killed when this value is dropped.
#[derive(Debug)]
pub struct Child {
    // Dropped first: what the group holds open ends with it.
    pub(super) group: Group,
    process: Process,
    input: Option<ChildStdin>,
    output: ChildStdout,
    lines: Lines,
    /// Bytes that are still to be written.
    outbox: Vec<u8>,
    framing: Framing,
    errors: Errors,
    /// Why nothing more comes, once that is so.
    end: Option<End>,
    pub(super) status: Option<ExitStatus>,
    /// Whether it ended before its input did.
    pub(super) early: bool,
    limits: Limits,
    chunk: Vec<u8>,
}

impl Child {
    /// Starts a program in a process group of its own.
    pub(super) fn start<'a>(
        program: &OsStr,
        arguments: impl Iterator<Item = &'a OsStr>,
        limits: Limits,
    ) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).process_group(0).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn()?;
        let group = Group::of(process.id());
        let no_pipe = || io::Error::other("it has no pipe");
        let output = process.stdout.take().ok_or_else(no_pipe)?;
        let errors = Errors::drain(process.stderr.take().ok_or_else(no_pipe)?);
        Ok(Self {
            group,
            input: process.stdin.take(),
            output,
            process,
            lines: Lines::new(limits.max_line),
            outbox: Vec::new(),
            framing: Framing::Line,
            errors,
            end: None,
            status: None,
            early: false,
            limits,
            chunk: vec![0; 64 * 1024],
        })
    }

    /// Puts a message on the way; it is written while the child is listened to.
    pub fn send(&mut self, message: &[u8], framing: Framing) {
        self.framing = framing;
        self.outbox.extend_from_slice(message);
        match framing {
            Framing::Line | Framing::Split => self.outbox.push(b'\n'),
            Framing::Unended if self.outbox.is_empty() => self.input = None,
            Framing::Unended => {}
        }
    }

    /// Ends the input.
    pub(super) fn close_input(&mut self) {
        self.input = None;
        self.outbox.clear();
    }

    /// What came on standard error since this was last asked.
    #[must_use]
    pub fn errors(&self) -> String {
        self.errors.take()
    }

    /// Stops a child that writes more than is read.
    pub fn overflow(&mut self) {
        self.group.kill();
        self.end = Some(End::Overflow);
    }

    /// Listens until there is a line, the output ends, or the moment comes.
    pub async fn listen(&mut self, until: Instant) -> Said {
        loop {
            if let Some(line) = self.lines.pop() {
                return Said::Line(line);
            }
            if let Some(end) = &self.end {
                return Said::Ended(end.clone());
            }
            tokio::select! {
                biased;
                read = self.output.read(&mut self.chunk) => self.take(read).await,
                status = self.process.wait() => self.exited(status).await,
                written = write(&mut self.input, &self.outbox, self.framing),
                    if !self.outbox.is_empty() => self.written(written),
                () = sleep_until(until) => return Said::Nothing,
            }
        }
    }

    /// Writes what is on the way, without listening: only as much as the child takes at once.
    pub async fn write_out(&mut self) {
        let end = Instant::now() + TAKEN_AT_ONCE;
        while !self.outbox.is_empty() {
            let write = write(&mut self.input, &self.outbox, self.framing);
            let Ok(written) = tokio::time::timeout_at(end, write).await else { return };
            self.written(written);
        }
    }

    async fn take(&mut self, read: io::Result<usize>) {
        match read {
            Ok(count @ 1..) => {
                if self.lines.push(self.chunk.get(..count).unwrap_or_default()) {
                    self.lines.finish();
                    self.overflow();
                }
            }
            Ok(0) | Err(_) => {
                // Most often it has ended; if it goes on without an output, nothing can be read of it.
                match timeout(AFTER_EXIT, self.process.wait()).await {
                    Ok(status) => self.exited(status).await,
                    Err(_) => self.finish(End::Closed),
                }
            }
        }
    }

    /// Reads what the child still wrote, and ends what it left behind.
    async fn exited(&mut self, status: io::Result<ExitStatus>) {
        let end = Instant::now() + AFTER_EXIT;
        let mut left = self.limits.max_output;
        while let Ok(Ok(count @ 1..)) =
            tokio::time::timeout_at(end, self.output.read(&mut self.chunk)).await
        {
            let over = self.lines.push(self.chunk.get(..count).unwrap_or_default());
            left = left.saturating_sub(count);
            if over || left == 0 {
                break;
            }
        }
        self.status = status.as_ref().ok().copied();
        self.early = self.input.is_some();
        self.finish(End::Exited(status.map_or_else(|error| error.to_string(), told)));
    }

    fn finish(&mut self, end: End) {
        self.lines.finish();
        self.input = None;
        self.outbox.clear();
        self.end = Some(end);
    }

    fn written(&mut self, written: io::Result<usize>) {
        match written {
            Ok(count) => {
                self.outbox.drain(..count.min(self.outbox.len()));
                if self.outbox.is_empty() && self.framing == Framing::Unended {
                    self.input = None;
                }
            }
            // It reads no more; whether it ended too is heard on its output.
            Err(_) => self.close_input(),
        }
    }

    /// Waits until the process has ended, or the moment comes.
    pub(super) async fn ended(&mut self, until: Instant) -> bool {
        if self.status.is_none()
            && let Ok(Ok(status)) = tokio::time::timeout_at(until, self.process.wait()).await
        {
            self.status = Some(status);
        }
        self.status.is_some()
    }

    /// The bound on the output for one message.
    #[must_use]
    pub const fn max_output(&self) -> usize {
        self.limits.max_output
    }
}

/// Writes a part. Without an input nothing is ever written.
async fn write(
    input: &mut Option<ChildStdin>,
    bytes: &[u8],
    framing: Framing,
) -> io::Result<usize> {
    let Some(input) = input else { return Err(io::ErrorKind::BrokenPipe.into()) };
    if framing != Framing::Split {
        return input.write(bytes).await;
    }
    // Two writes without a pause would be read as one. The write comes last: whoever drops this
    // future must be sure that nothing was written.
    sleep(Duration::from_millis(1)).await;
    input.write(bytes.get(..1).unwrap_or_default()).await
}

/// How a process ended, in words.
fn told(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

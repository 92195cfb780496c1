//! One life of a child: its lines in and out, until it ends or we end it.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::group::Group;
use super::lines::Lines;
use super::pending::Pending;
use crate::fault::Outgoing;
use crate::log::Log;
use crate::upstream::call::Unavailable;
use crate::upstream::changed::Changed;
use crate::upstream::incoming::{Incoming, Reply, answered, read_incoming};
use crate::upstream::messages;

/// Lines that wait for the child to read them.
const QUEUE: usize = 64;
/// The last lines of a child that has died are read within this time.
const LAST_LINES: Duration = Duration::from_millis(100);
/// No request of ours is answered by a line that asks: our ids begin at 1.
const NO_REQUEST: u64 = 0;

/// A child that runs; dropping it ends it, and all that it started.
#[derive(Debug)]
pub(super) struct Child {
    input: mpsc::Sender<String>,
    pending: Arc<Pending>,
    /// They hold the process and its group, which end with them.
    tasks: [JoinHandle<()>; 3],
}

impl Drop for Child {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Child {
    /// Starts the program in a process group of its own. What it writes to stderr goes to ours.
    pub(super) fn start(
        words: &[String],
        (alias, outgoing, log): (&str, &Outgoing, &Log),
        changed: &Changed,
    ) -> Result<Self, Unavailable> {
        let (program, arguments) = words.split_first().ok_or(Unavailable::Connect)?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let spawned = command.process_group(0).kill_on_drop(true).spawn();
        let mut process = spawned.map_err(|error| {
            log.unstarted(alias, &error.to_string());
            Unavailable::Connect
        })?;
        let group = Group::of(process.id());
        let ends = process.stdin.take().zip(process.stdout.take());
        let (stdin, stdout) = ends.ok_or(Unavailable::Connect)?;
        let (input, lines) = mpsc::channel(QUEUE);
        let pending = Arc::new(Pending::new());
        let reader = Reader {
            alias: alias.to_owned(),
            outgoing: outgoing.clone(),
            log: log.clone(),
            input: input.clone(),
            pending: Arc::clone(&pending),
            changed: changed.clone(),
        };
        let write = write(stdin, lines, Arc::clone(&pending));
        let watch = watch(process, group, Arc::clone(&pending));
        let tasks = [tokio::spawn(watch), tokio::spawn(write), tokio::spawn(reader.read(stdout))];
        Ok(Self { input, pending, tasks })
    }

    /// Whether it can be asked no more.
    pub(super) fn has_ended(&self) -> bool {
        self.pending.has_ended()
    }

    /// Sends a request and waits for its answer; the caller sets the deadline.
    pub(super) async fn ask(
        &self,
        id: u64,
        method: &str,
        params: Option<&str>,
    ) -> Result<Reply, Unavailable> {
        let waiting = self.pending.add(id)?;
        self.tell(messages::request(id, method, params)).await?;
        waiting.outcome().await
    }

    /// Sends a message, as soon as there is room for it.
    pub(super) async fn tell(&self, message: String) -> Result<(), Unavailable> {
        self.input.send(message).await.map_err(|_| Unavailable::Broken)
    }

    /// Sends what need not arrive.
    pub(super) fn mention(&self, message: String) {
        let _ = self.input.try_send(message);
    }
}

/// Ends what a child leaves behind when it dies. Its last lines may still be on their way; the output need
/// not end with it, since whatever it started may hold that.
async fn watch(mut process: tokio::process::Child, group: Group, pending: Arc<Pending>) {
    let _ = process.wait().await;
    drop(group);
    sleep(LAST_LINES).await;
    pending.end();
}

/// Writes line after line, until the child does not read any more.
async fn write(mut stdin: ChildStdin, mut lines: mpsc::Receiver<String>, pending: Arc<Pending>) {
    while let Some(message) = lines.recv().await {
        if stdin.write_all(&line_of(message)).await.is_err() {
            break;
        }
    }
    pending.end();
}

/// One line: arguments may come with line feeds, which are white space between tokens.
fn line_of(message: String) -> Vec<u8> {
    let mut line = message.into_bytes();
    line.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    line.push(b'\n');
    line
}

/// What reads the lines of a child.
struct Reader {
    alias: String,
    outgoing: Outgoing,
    log: Log,
    input: mpsc::Sender<String>,
    pending: Arc<Pending>,
    changed: Changed,
}

impl Reader {
    async fn read(self, stdout: ChildStdout) {
        let mut lines = Lines::new(stdout);
        while let Some(line) = lines.next().await {
            if !self.take(line.trim_ascii()) {
                break;
            }
        }
        self.pending.end();
    }

    /// A line that says nothing to us is passed over: the next one may. False when the child asks and
    /// asks, and reads no answer.
    fn take(&self, line: &[u8]) -> bool {
        let own = answered(line).filter(|id| self.pending.holds(*id));
        match (own, read_incoming(line, own.unwrap_or(NO_REQUEST))) {
            (Some(id), Ok(Incoming::Reply(reply))) => self.pending.settle(id, Ok(reply)),
            (Some(id), Err(cause)) => self.pending.settle(id, Err(cause)),
            (_, Ok(Incoming::Changed)) => self.changed.tell(),
            (_, Ok(Incoming::Request(question))) => {
                if question.answer.error.is_some() {
                    self.log.refused(&self.alias, &question);
                }
                let answer = question.answer.text().get().to_owned();
                return self.outgoing.is_mute() || self.input.try_send(answer).is_ok();
            }
            _ => {}
        }
        true
    }
}

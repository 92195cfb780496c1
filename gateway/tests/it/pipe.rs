//! A gateway at the other end of two pipes, and a caller who writes every byte himself.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::support::initialize;

/// Nothing here takes longer unless it hangs.
const DEADLINE: Duration = Duration::from_secs(20);

/// A write that takes longer is not read.
const BLOCKED_AFTER: Duration = Duration::from_secs(2);

/// A running process.
pub(crate) struct Pipe {
    pub(crate) child: Child,
    stdin: Option<Input>,
    stdout: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

/// The stdin of a process; it is closed when it is dropped.
pub(crate) struct Input(ChildStdin);

/// What a process said until it ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) records: Vec<Value>,
}

impl Pipe {
    /// A gateway with these further arguments and no session.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_reference-gateway"))
            .arg("--stdio")
            .arg("--audit-file")
            .arg(folder.path().join("audit.jsonl"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it runs");
        let stdin = child.stdin.take().map(Input);
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, stdin, stdout, folder }
    }

    /// A gateway whose session speaks this revision.
    pub(crate) async fn open(revision: &str, arguments: &[&str]) -> Self {
        let mut pipe = Self::start(arguments);
        let answer = pipe.ask(&initialize(revision)).await;
        assert_eq!(answer["result"]["protocolVersion"], revision, "{answer}");
        pipe
    }

    /// Writes bytes as they are.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.stdin.as_mut().expect("it is open").write(bytes).await;
    }

    /// Writes a line.
    pub(crate) async fn say(&mut self, line: &str) {
        self.write(format!("{line}\n")).await;
    }

    /// The next line, without its newline.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = timeout(DEADLINE, self.stdout.read_line(&mut line)).await;
        read.expect("it answers in time").expect("it is UTF-8");
        assert!(line.ends_with('\n'), "a whole line: {line:?}");
        line.truncate(line.len() - 1);
        line
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> Value {
        let line = self.line().await;
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("a message: {line:?}"))
    }

    /// Writes a line and reads one.
    pub(crate) async fn ask(&mut self, line: &str) -> Value {
        self.say(line).await;
        self.hear().await
    }

    /// Hands stdin over, so that it can be written while stdout is read.
    pub(crate) fn take_stdin(&mut self) -> Input {
        self.stdin.take().expect("it is open")
    }

    /// Closes stdout.
    pub(crate) fn stop_reading(self) -> Child {
        self.child
    }

    /// The memory that the process has, in bytes; 0 where the system does not tell.
    pub(crate) fn memory(&self) -> u64 {
        let process = self.child.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        kibibytes.map_or(0, |kibibytes: u64| kibibytes << 10)
    }

    /// Closes stdin.
    pub(crate) fn close(&mut self) {
        self.stdin = None;
    }

    /// Sends a signal.
    pub(crate) async fn signal(&self, signal: &str) {
        let process = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([signal, &process]).status().await;
        assert!(sent.expect("kill runs").success());
    }

    /// Closes stdin and waits for the end.
    pub(crate) async fn finish(mut self) -> Ended {
        self.close();
        self.wait().await
    }

    /// Waits for the end, with stdin as it is.
    pub(crate) async fn wait(mut self) -> Ended {
        let mut stdout = String::new();
        let read = timeout(DEADLINE, self.stdout.read_to_string(&mut stdout)).await;
        read.expect("it ends").expect("it is UTF-8");
        let status = timeout(DEADLINE, self.child.wait()).await.expect("it ends").expect("it ran");
        Ended { code: status.code(), stdout, records: records(&self.folder) }
    }
}

fn records(folder: &tempfile::TempDir) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join("audit.jsonl")).expect("an audit file");
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

impl Input {
    /// Writes bytes as they are.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let written = timeout(DEADLINE, self.0.write_all(bytes.as_ref())).await;
        written.expect("it is read").expect("it is open");
    }

    /// Writes the same bytes again and again until nobody reads them; how often they fitted.
    pub(crate) async fn write_until_blocked(&mut self, bytes: &[u8]) -> usize {
        let mut count = 0;
        while let Ok(written) = timeout(BLOCKED_AFTER, self.0.write_all(bytes)).await {
            written.expect("it is open");
            count += 1;
        }
        count
    }
}

impl Ended {
    /// The messages that were not read before.
    pub(crate) fn messages(&self) -> Vec<Value> {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line:?}"));
        self.stdout.lines().map(read).collect()
    }
}

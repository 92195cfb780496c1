//! Runs the binary with a total deadline, and watches its memory.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How a run of the binary ended.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
    pub(super) seconds: f64,
    /// Peak of the resident memory in KiB; 0 where the system does not tell.
    pub(super) peak_kib: u64,
}

/// A run of the binary in progress. It is killed when it is dropped.
pub(super) struct Running {
    child: Child,
    out: Option<JoinHandle<String>>,
    err: Option<JoinHandle<String>>,
    started: Instant,
    peak_kib: u64,
}

/// The binary with these arguments, in a terminal of 200 columns, with one variable for `--header`.
pub(super) fn command(line: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-gauntlet"));
    // Where they are set, no snapshot is written for review, which some tests read.
    command.env_remove("CI").env_remove("INSTA_UPDATE");
    command.args(line).env("COLUMNS", "200").env("GAUNTLET_TEST_KEY", super::KEY);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts it.
pub(super) fn start(line: &[&str]) -> Running {
    let mut child = command(line).spawn().unwrap();
    let out = child.stdout.take().map(read);
    let err = child.stderr.take().map(read);
    Running { child, out, err, started: Instant::now(), peak_kib: 0 }
}

/// Runs it to its end, for at most 40 seconds.
pub(super) fn run(line: &[&str]) -> Done {
    start(line).end_within(40)
}

fn read(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Running {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end; one that takes longer is killed, and the test fails.
    pub(super) fn end_within(mut self, seconds: u64) -> Done {
        let end = self.started + Duration::from_secs(seconds);
        loop {
            self.peak_kib = self.peak_kib.max(peak_kib(self.id()));
            if let Some(status) = self.child.try_wait().unwrap() {
                return self.done(status);
            }
            assert!(Instant::now() < end, "the run takes longer than {seconds} s");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn done(&mut self, status: ExitStatus) -> Done {
        let text = |pipe: Option<JoinHandle<String>>| pipe.unwrap().join().unwrap();
        let done = Done {
            code: status.code(),
            out: text(self.out.take()),
            err: text(self.err.take()),
            seconds: self.started.elapsed().as_secs_f64(),
            peak_kib: self.peak_kib,
        };
        assert!(done.code != Some(101) && !done.err.contains("panicked"), "{done:?}");
        done
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Done {
    /// The one line on standard error, after the name of the tool.
    pub(super) fn complaint(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        let line = self.err.trim_end().strip_prefix("mcp-gauntlet: ");
        line.unwrap_or_else(|| panic!("{}", self.err))
    }

    /// The line of the totals at the end of the table.
    pub(super) fn totals(&self) -> &str {
        let line = self.out.lines().find(|line| line.starts_with("verdicts "));
        line.unwrap_or_else(|| panic!("no totals in {self:#?}"))
    }
}

#[cfg(target_os = "linux")]
fn peak_kib(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number.and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn peak_kib(_: u32) -> u64 {
    0
}

//! Another process that writes a database of SQLite: the test binary, started again.

use rusqlite::Connection;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Variable with the path of the database; set in the other process only.
const DATABASE: &str = "GAUNTLET_TEST_DATABASE";

/// Begins a line that is an answer.
const ANSWER: &str = "gauntlet: ";

/// The other process. It ends when it is dropped.
pub(in crate::source) struct Writer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Writer {
    pub(in crate::source) fn start(database: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "source::sql::sqlite::writer::the_other_process"])
            .args(["--nocapture", "--test-threads=1"])
            .env(DATABASE, database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, input, output }
    }

    /// Runs statements there, and waits until they are done.
    pub(in crate::source) fn run(&mut self, statements: &str) {
        let line = serde_json::to_string(statements).expect("a text");
        writeln!(self.input, "{line}").expect("written");
        let mut answer = String::new();
        while !answer.starts_with(ANSWER) {
            answer.clear();
            let read = self.output.read_line(&mut answer).expect("an answer");
            assert!(read > 0, "the other process ended");
        }
        assert_eq!(answer.trim_end(), "gauntlet: done", "{statements}");
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // One that has ended is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Does nothing, unless it was started as the other process of a test.
#[test]
fn the_other_process() {
    let Some(path) = std::env::var_os(DATABASE) else { return };
    let connection = Connection::open(path).expect("opened");
    connection.busy_timeout(std::time::Duration::from_secs(20)).expect("set");
    for line in std::io::stdin().lines() {
        let statements: String = serde_json::from_str(&line.expect("a line")).expect("a text");
        let said = match connection.execute_batch(&statements) {
            Ok(()) => "done".to_owned(),
            Err(error) => error.to_string(),
        };
        println!("\n{ANSWER}{said}");
    }
}

//! The bridge between two pipes and an upstream of our own.

use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write, pipe};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use super::{BridgeError, run};
use crate::upstream::{PREFIX, Upstream};
use crate::wire::json::{Json, parse};
use crate::wire::transport::Transport;

struct Process {
    upstream: Upstream,
    input: Option<PipeWriter>,
    lines: std::sync::mpsc::Receiver<String>,
    running: JoinHandle<Result<(), BridgeError>>,
}

impl Process {
    async fn begin() -> Self {
        let upstream = Upstream::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let to = upstream.address.to_string();
        let (their_input, input) = pipe().unwrap();
        let (output, their_output) = pipe().unwrap();
        let running = tokio::spawn(async move { run(their_input, their_output, &to).await });
        Self { upstream, input: Some(input), lines: read(output), running }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next line, within two seconds.
    async fn next(&mut self) -> Option<String> {
        let lines = std::mem::replace(&mut self.lines, std::sync::mpsc::channel().1);
        let waited = spawn_blocking(|| (lines.recv_timeout(Duration::from_secs(2)).ok(), lines));
        let (line, lines) = waited.await.unwrap();
        self.lines = lines;
        line
    }

    async fn greet(&mut self) {
        let params = r#"{"protocolVersion":"2025-06-18","capabilities":{}}"#;
        self.say(&format!(r#"{{"jsonrpc":"2.0","id":0,"method":"initialize","params":{params}}}"#));
        let answer = self.next().await.unwrap();
        assert!(answer.contains(r#""protocolVersion":"2025-06-18""#), "{answer}");
    }

    fn call(&mut self, id: u32, name: &str) {
        let params = format!(r#"{{"name":"{PREFIX}{name}","arguments":{{"text":"t{id}"}}}}"#);
        self.say(&format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{params}}}"#
        ));
    }

    async fn end(self) -> Result<(), BridgeError> {
        drop(self.input);
        timeout(Duration::from_secs(5), self.running).await.unwrap().unwrap()
    }
}

fn read(output: PipeReader) -> std::sync::mpsc::Receiver<String> {
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

fn id(line: &str) -> Option<String> {
    parse(line.as_bytes()).ok()?.get("id").map(Json::to_text)
}

#[tokio::test]
async fn calls_are_passed_on_and_answered_by_lines_in_their_session() {
    let mut process = Process::begin().await;
    process.greet().await;
    process.call(1, "sse_lines");
    let answer = process.next().await.unwrap();
    assert!(answer.contains("t1") && id(&answer).as_deref() == Some("1"), "{answer}");
    process.call(2, "garbage");
    assert_eq!(process.next().await.as_deref(), Some("{\"jsonrpc\":\"2.0\","));
    process.call(3, "hang");
    process.call(4, "accepted");
    process.call(5, "echo");
    assert_eq!(id(&process.next().await.unwrap()).as_deref(), Some("5"), "the others do not block");
    let came = process.upstream.journal().about("t5", 0.0..f64::MAX);
    let session = format!("{PREFIX}session_1");
    assert_eq!((came.len(), came[0].header("mcp-session-id")), (1, Some(session.as_str())));
    assert_eq!(came[0].header("mcp-protocol-version"), Some("2025-06-18"));
    assert_eq!(came[0].transport(), Transport::Stdio);
    process.end().await.unwrap();
}

#[tokio::test]
async fn questions_within_and_beside_a_call_are_lines() {
    let mut process = Process::begin().await;
    process.greet().await;
    for (number, program) in [(1, "ask_roots"), (2, "ask_outside_ping")] {
        process.call(number, program);
        let question = process.next().await.unwrap();
        assert_eq!(id(&question), Some(format!("\"ask-t{number}\"")), "{question}");
        process.say(&format!(r#"{{"jsonrpc":"2.0","id":"ask-t{number}","result":{{}}}}"#));
        assert_eq!(id(&process.next().await.unwrap()), Some(number.to_string()));
    }
    process.end().await.unwrap();
}

#[tokio::test]
async fn what_breaks_a_connection_ends_the_process() {
    for program in ["reset", "half", "http_500", "redirect", "gone"] {
        let mut process = Process::begin().await;
        process.greet().await;
        process.call(1, program);
        let ended = timeout(Duration::from_secs(5), &mut process.running).await.unwrap().unwrap();
        assert!(matches!(ended, Err(BridgeError::Broken(_))), "{program}: {ended:?}");
    }
}

#[tokio::test]
async fn a_line_of_the_stateless_revision_says_which_it_is() {
    let mut process = Process::begin().await;
    let meta = r#"{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#;
    process
        .say(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"_meta":{meta}}}}}"#));
    let answer = process.next().await.unwrap();
    assert!(answer.contains(r#""resultType":"complete""#), "{answer}");
    process.end().await.unwrap();
}

#[tokio::test]
async fn where_nothing_serves_that_is_said() {
    let ended = run(std::io::empty(), std::io::sink(), "127.0.0.1:9").await;
    let told = ended.unwrap_err().to_string();
    assert!(told.starts_with("--to 127.0.0.1:9: ") && told.contains("--listen"), "{told}");
}

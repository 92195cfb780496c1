//! Generated messages: the same seed sends the same bytes, and what fails is made simple.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use super::child::run;

/// A target that answers everything without a session, and keeps what it hears.
struct Recorder {
    url: String,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let all = Arc::clone(&all);
                thread::spawn(move || attend(stream, &all));
            }
        });
        Self { url, heard }
    }

    /// Everything that a run sends, in an order of its own: cases run side by side.
    fn run(&self, seed: &str) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().clear();
        let flags = ["--audit", "none", "--generated", "84", "--seed", seed, "--deadline", "2s"];
        let done = run(&[&["generated/", "--target", &self.url], &flags[..]].concat());
        assert!(done.out.contains("verdicts 7"), "{done:#?}");
        let mut heard = std::mem::take(&mut *self.heard.lock().unwrap());
        heard.sort();
        heard
    }
}

fn attend(mut stream: TcpStream, all: &Mutex<Vec<Vec<u8>>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some((head, body)) = read(&mut reader) {
        all.lock().unwrap().push([head.into_bytes(), body.clone()].concat());
        if stream.write_all(answer(&body).as_bytes()).is_err() {
            return;
        }
    }
}

/// One request: its head and its body.
fn read(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// What a server without tools and sessions says.
fn answer(body: &[u8]) -> String {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let id = &message["id"];
    let result = match message["method"].as_str() {
        Some("initialize") => json!({
            "protocolVersion": message["params"]["protocolVersion"],
            "capabilities": {},
            "serverInfo": {"name": "recorder", "version": "1"},
        }),
        _ => json!({}),
    };
    let reply = json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string();
    if id.is_null() {
        return "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".to_owned();
    }
    let length = reply.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{reply}"
    )
}

#[test]
fn the_same_seed_sends_the_same_bytes() {
    let recorder = Recorder::start();
    let first = recorder.run("1");
    assert!(first.len() > 300, "only {} messages", first.len());
    let again = recorder.run("1");
    assert_eq!(first.len(), again.len());
    for (one, other) in first.iter().zip(&again) {
        assert_eq!(String::from_utf8_lossy(one), String::from_utf8_lossy(other));
    }
    assert_ne!(first, recorder.run("2"));
}

#[test]
fn what_fails_is_made_simple_and_told_as_a_case_file() {
    let flags = ["--generated", "140", "--seed", "5", "--revision", "2025-11-25", "--problems"];
    let done = run(&[&["generated/id/", "--fault", "drop-bad-id"], &flags[..]].concat());
    assert_eq!(done.code, Some(1), "{done:#?}");
    let (_, told) = done.out.split_once("case file").unwrap();
    for line in ["class = \"invalid-id\"", "[send]", "base = \"ping\"", "edits = ["] {
        assert!(told.contains(line), "{line} is missing in {told}");
    }
    assert!(done.out.contains("seed 5"), "{}", done.out);
}

#[test]
fn the_honest_gateway_passes_them_all() {
    let done = run(&["generated/", "--generated", "280", "--audit", "none"]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.totals().starts_with("verdicts 276: 276 pass"), "{}", done.out);
}

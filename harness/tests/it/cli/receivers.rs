//! Sources to which records are delivered: a log shipper that posts what the gateway writes.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::audit_file::patient_profile;
use super::child::run;
use super::gateway::serve;

/// Ships a gateway's audit file to a webhook: what came since the last look in one delivery, as an
/// array, as lines, and packed by turns.
struct Shipper {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<u64>>,
}

impl Shipper {
    fn start(file: PathBuf, port: u16) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || ship(&file, port, &stopped));
        Self { stop, thread: Some(thread) }
    }

    /// How many records were shipped.
    fn stop(mut self) -> u64 {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap()
    }
}

fn ship(file: &Path, port: u16, stopped: &AtomicBool) -> u64 {
    let (mut done, mut deliveries, mut records) = (0, 0, 0);
    while !stopped.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(50));
        let text = fs::read_to_string(file).unwrap_or_default();
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        let lines: Vec<&str> = text[done..whole].lines().collect();
        // What cannot be delivered yet, since the run has not begun, is delivered later.
        if lines.is_empty() || !deliver(port, deliveries, &lines) {
            continue;
        }
        (done, deliveries) = (whole, deliveries + 1);
        records += lines.len() as u64;
    }
    records
}

fn deliver(port: u16, number: u32, lines: &[&str]) -> bool {
    let (body, packing) = match number % 3 {
        0 => (format!("[{}]", lines.join(",")).into_bytes(), ""),
        1 => (lines.join("\n").into_bytes(), ""),
        _ => (packed(lines.join("\n").as_bytes()), "Content-Encoding: gzip\r\n"),
    };
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let length = body.len();
    let head = format!(
        "POST /audit HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n{packing}Content-Length: {length}\r\n\r\n"
    );
    let mut answer = String::new();
    let sent = stream.write_all(&[head.as_bytes(), &body].concat());
    sent.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A port at which nothing listens.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn records_that_are_shipped_to_a_webhook_are_matched() {
    let folder = tempfile::tempdir().unwrap();
    let (file, port) = (folder.path().join("own.jsonl"), free_port());
    let target = serve(Some(&file), None, &[]);
    let shipper = Shipper::start(file, port);

    let json = folder.path().join("report.json").display().to_string();
    let (locator, profile) = (format!("webhook:127.0.0.1:{port}"), patient_profile(folder.path()));
    let files = ["--audit", &locator, "--profile", &profile, "--report-json", &json];
    let flags = ["jsonrpc/method", "mcp/ping"];
    let done = run(&[&["--target", &target.url], &files[..], &flags[..]].concat());
    let shipped = shipper.stop();

    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.out.contains(&format!("audit records from {locator}")), "{}", done.out);
    let report: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    let ledger = |name: &str| report["ledger"][name].as_u64().unwrap();
    assert!(shipped > 20, "{shipped}");
    assert_eq!((ledger("missing"), ledger("records"), ledger("unreadable")), (0, shipped, 0));
}

#[test]
fn a_webhook_that_nobody_posts_to_misses_every_record() {
    let target = serve(None, None, &[]);
    let locator = format!("webhook:127.0.0.1:{}", free_port());
    let done = run(&["--target", &target.url, "--audit", &locator, "mcp/ping/plain"]);
    let complaint = done.complaint(3);
    assert!(complaint.contains(&locator), "{complaint}");
}

#[test]
fn a_port_in_use_ends_the_run() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = serve(None, None, &[]);
    for scheme in ["webhook", "otlp"] {
        let locator = format!("{scheme}:{}", taken.local_addr().unwrap());
        let done = run(&["--target", &target.url, "--audit", &locator, "mcp/ping/plain"]);
        let complaint = done.complaint(3);
        for part in [&format!("cannot listen at {locator}"), "end what listens there"] {
            assert!(complaint.contains(part), "lacks {part}: {complaint}");
        }
    }
}

#[test]
fn a_receiver_without_a_port_is_a_mistake() {
    for locator in ["webhook:", "webhook:9009", "otlp:127.0.0.1", "otlp:127.0.0.1:70000"] {
        let done = run(&["--target", "http://127.0.0.1:9/mcp", "--audit", locator]);
        let complaint = done.complaint(2);
        let (scheme, _) = locator.split_once(':').unwrap();
        let example = format!("for example {scheme}:127.0.0.1:9009");
        assert!(complaint.contains(locator) && complaint.contains(&example), "{complaint}");
    }
}

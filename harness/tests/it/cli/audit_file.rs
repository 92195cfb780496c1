//! An audit file as real ones are: lines that are no records, a last line without an end, and
//! rotation while the run goes on.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;

use super::child::run;
use super::gateway::serve;

/// Lines that are no records, and are to be counted.
const RUBBISH: [&[u8]; 4] = [b"not json", b"{\"half\":", b"\xff\xfe", b"[1, 2"];

/// Copies a gateway's audit file to another, which it rotates, with rubbish in between.
struct Relay {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    records: u64,
    rubbish: u64,
    rotations: u64,
}

impl Relay {
    fn start(from: PathBuf, to: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || relay(&from, &to, &stopped));
        Self { stop, thread: Some(thread) }
    }

    fn stop(mut self) -> Counts {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap()
    }
}

fn append(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).unwrap()
}

/// How many records stand in one file before it is rotated.
const RECORDS: u64 = 60;

fn relay(from: &Path, to: &Path, stopped: &AtomicBool) -> Counts {
    let mut counts = Counts::default();
    let mut file = append(to);
    let mut done = 0;
    while !stopped.load(Ordering::SeqCst) {
        let text = fs::read(from).unwrap_or_default();
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        for line in text[done..whole].split_inclusive(|byte| *byte == b'\n') {
            file.write_all(line).unwrap();
            counts.records += 1;
            if counts.records % 20 == 0 {
                let rubbish = RUBBISH[(counts.rubbish % 4) as usize];
                file.write_all(&[rubbish, b"\n"].concat()).unwrap();
                counts.rubbish += 1;
            }
            if counts.records % RECORDS == 0 {
                counts.rotations += 1;
                // A name of its own for each: only an open handle still leads to the old file.
                fs::rename(to, to.with_extension(counts.rotations.to_string())).unwrap();
                file = append(to);
            }
        }
        done = whole;
        thread::sleep(Duration::from_millis(5));
    }
    counts
}

/// The reference profile with a longer settle time: the relay shares the machine with other tests.
pub(super) fn patient_profile(folder: &Path) -> String {
    let text = include_str!("../../../profiles/reference.toml");
    let path = folder.join("patient.toml");
    fs::write(&path, text.replace("settle = \"300ms\"", "settle = \"1500ms\"")).unwrap();
    path.display().to_string()
}

#[test]
fn rotation_and_rubbish_lose_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("own.jsonl"), folder.path().join("audit.jsonl"));
    // What stands in the file before the run is not read, and its unended line is passed over.
    append(&to).write_all(b"{\"old\": 1}\nnot json\nhalf a li").unwrap();
    let target = serve(Some(&from), None, &[]);
    let relay = Relay::start(from, to.clone());
    append(&to).write_all(b"ne\n").unwrap();

    let json = folder.path().join("report.json").display().to_string();
    let (locator, profile) = (format!("jsonl:{}", to.display()), patient_profile(folder.path()));
    let files = ["--audit", &locator, "--profile", &profile, "--report-json", &json];
    let flags = ["--rate", "150/s", "jsonrpc/method", "mcp/ping"];
    let done = run(&[&["--target", &target.url], &files[..], &flags[..]].concat());
    let counts = relay.stop();

    assert_eq!(done.code, Some(0), "{done:#?} {counts:?}");
    assert!(counts.rotations >= 3, "{counts:?}");
    let report: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    let ledger = |name: &str| report["ledger"][name].as_u64().unwrap();
    assert_eq!(ledger("missing"), 0, "{counts:?}");
    assert_eq!(ledger("records"), counts.records, "{counts:?}");
    assert_eq!(ledger("unreadable"), counts.rubbish, "{counts:?}");
    assert!(done.out.contains(&format!("unreadable {}", counts.rubbish)), "{}", done.out);
}

#[test]
fn a_last_line_without_an_end_is_waited_for_and_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let target = serve(Some(&path), None, &[]);
    append(&path).write_all(b"not json\n").unwrap();
    let locator = format!("jsonl:{}", path.display());
    let line = ["--target", &target.url, "--audit", &locator, "mcp/ping/plain"];
    let done = run(&line);
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.out.contains("unreadable 0"), "{}", done.out);
}

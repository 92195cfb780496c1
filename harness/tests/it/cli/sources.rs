//! Several sources of records at once, and records that come late or never.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::child::{Done, run};
use super::gateway::serve;

const CASES: [&str; 3] = ["mcp/tools/list", "jsonrpc/method/unknown", "audit/unknown-tool"];

/// What becomes of a line on its way: the time that it takes, or none where it never arrives.
type Fate = fn(&str) -> Option<Duration>;

/// A pipeline that carries a gateway's records to where they are read.
struct Pipeline {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Pipeline {
    fn start(from: PathBuf, to: &Path, fate: Fate) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let mut to = File::create(to).unwrap();
        let thread = thread::spawn(move || {
            let (mut seen, mut waiting) = (0, Vec::new());
            while !stopped.load(Ordering::SeqCst) {
                let text = fs::read_to_string(&from).unwrap_or_default();
                let whole: Vec<&str> =
                    text.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect();
                let new = whole
                    .iter()
                    .skip(seen)
                    .filter_map(|line| Some((fate(line)?, (*line).to_owned())));
                waiting.extend(new.map(|(wait, line)| (Instant::now() + wait, line)));
                seen = whole.len();
                let due = |(at, _): &(Instant, String)| *at <= Instant::now();
                for (_, line) in waiting.extract_if(.., |entry| due(entry)) {
                    to.write_all(line.as_bytes()).unwrap();
                }
                thread::sleep(Duration::from_millis(10));
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Runs the cases with the records of a gateway's file as they come out of a pipeline, and further words.
fn carried(fate: Fate, more: &[&str]) -> (Done, Value) {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.jsonl"), folder.path().join("to.jsonl"));
    let (report, target) = (folder.path().join("report.json"), serve(Some(&from), None, &[]));
    let _pipeline = Pipeline::start(from, &to, fate);
    let audit = format!("jsonl:{}", to.display());
    let report_path = report.to_str().unwrap();
    let line = ["--target", &target.url, "--audit", &audit, "--report-json", report_path];
    let done = run(&[&line, &CASES[..], &["--generated", "0"], more].concat());
    let report = fs::read_to_string(report).map(|text| serde_json::from_str(&text).unwrap());
    (done, report.unwrap_or_default())
}

#[test]
fn two_sources_that_agree_are_green() {
    let (done, report) = carried(|_| Some(Duration::ZERO), &["--audit", "http:/audit"]);
    assert_eq!(done.code, Some(0), "{done:#?}");
    let second = done.out.lines().nth(1).unwrap();
    assert!(second.contains("to.jsonl, http://127.0.0.1:"), "{second}");
    let verdict = &report["verdicts"][0];
    let agree = verdict["checks"].as_array().unwrap().iter();
    let agree: Vec<&Value> = agree.filter(|check| check["check"] == "audited.agree").collect();
    assert_eq!(agree.len(), 1, "{verdict:#}");
    assert_eq!(agree[0]["outcome"], "pass");
    assert_eq!(verdict["grades"].as_array().unwrap().len(), 2);
    let ledger = &report["ledger"];
    assert_eq!(ledger["records"], ledger["matched"]);
    assert_eq!((&ledger["missing"], &ledger["late"]), (&0.into(), &0.into()));
}

#[test]
fn what_one_source_loses_is_missing_there_alone() {
    let lossy: Fate = |line| (!line.contains("\"failure\"")).then_some(Duration::ZERO);
    let (done, report) = carried(lossy, &["--audit", "http:/audit", "--revision", "2025-06-18"]);
    assert_eq!(done.code, Some(1), "{done:#?}");
    let verdicts = report["verdicts"].as_array().unwrap();
    let refused =
        verdicts.iter().find(|verdict| verdict["case"] == "jsonrpc/method/unknown").unwrap();
    let records = refused["checks"].as_array().unwrap().iter();
    let records: Vec<(&str, &str)> = records
        .filter(|check| check["check"] == "audited.record")
        .map(|check| (check["outcome"].as_str().unwrap(), check["actual"].as_str().unwrap()))
        .collect();
    assert_eq!(records.len(), 2, "{refused:#}");
    assert!(records[0].0 == "fail" && records[0].1.contains("(in jsonl:"), "{records:?}");
    assert!(records[1].0 == "pass" && records[1].1.contains("(in http://"), "{records:?}");
    assert!(report["ledger"]["missing"].as_u64() > Some(0));
}

#[test]
fn a_late_record_is_told_from_a_lost_one() {
    // The profile's settle time is 300 ms and its deadline 3 s.
    let late: Fate = |line| {
        let late = line.contains("\"failure\"");
        Some(Duration::from_millis(if late { 1500 } else { 0 }))
    };
    let (done, report) = carried(late, &["--revision", "2025-06-18"]);
    assert_eq!(done.code, Some(0), "{done:#?}");
    let ledger = &report["ledger"];
    assert!(ledger["late"].as_u64() > Some(0), "{ledger}");
    assert_eq!(ledger["missing"], 0);
    assert!(done.out.contains(", late "), "{}", done.out);
}

#[test]
fn sources_that_cannot_go_together_are_refused() {
    for (one, two, part) in [
        ("none", "jsonl:a", "leave one out"),
        ("jsonl:a", "jsonl:a", "given twice"),
        ("http:/audit", "jsonl:a", "path on the target"),
    ] {
        let done = run(&["--stdio", "cat", "--audit", one, "--audit", two]);
        let complaint = done.complaint(2);
        assert!(complaint.contains(part), "{complaint}");
    }
}

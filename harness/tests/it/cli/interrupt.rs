//! Ctrl-C: what was done so far is reported, and marked incomplete.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::child::{Done, start};
use super::fake::{answer, hostile, send};
use super::gateway::serve;

/// Runs until a condition holds, then types Ctrl-C; how it ended, and its report.
fn interrupted(line: &[&str], ripe: impl Fn() -> bool) -> (Done, Value) {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("report.json").display().to_string();
    let running = start(&[line, &["--report-json", &json]].concat());
    let end = Instant::now() + Duration::from_secs(30);
    while !ripe() {
        assert!(Instant::now() < end, "the run does not get on");
        thread::sleep(Duration::from_millis(5));
    }
    let id = running.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let asked = Instant::now();
    let done = running.end_within(40);
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    assert_eq!(done.code, Some(1), "{done:#?}");
    let report: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(report["header"]["complete"], false);
    let head: String = done.out.lines().take(3).collect();
    assert!(head.contains("INCOMPLETE"), "{}", done.out);
    (done, report)
}

#[test]
fn a_slow_target_is_left_with_what_was_done() {
    let target = hostile(|stream, message| {
        thread::sleep(Duration::from_millis(100));
        let id = &message["id"];
        let error = r#"{"code":-32601,"message":"unknown method"}"#;
        send(stream, &answer(&format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)))
    });
    let line = ["--target", &target.url, "--audit", "none", "--jobs", "2", "jsonrpc/method"];
    let deeds = &target.deeds;
    let (done, report) = interrupted(&line, || deeds.load(Ordering::SeqCst) > 16);
    let verdicts = report["verdicts"].as_array().unwrap().len();
    assert!((1..60).contains(&verdicts), "{verdicts} verdicts");
    assert!(done.totals().starts_with(&format!("verdicts {verdicts}:")), "{done:#?}");
}

#[test]
fn records_of_what_was_sent_are_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let target = serve(Some(&path), None, &[]);
    let locator = format!("jsonl:{}", path.display());
    let flags = ["--rate", "100/s", "--jobs", "4", "jsonrpc/method"];
    let line = [&["--target", &target.url, "--audit", &locator], &flags[..]].concat();
    let (done, report) = interrupted(&line, || lines(&path) > 100);
    assert!(report["totals"]["pass"].as_u64().unwrap() > 0, "{done:#?}");
    assert_eq!(report["totals"]["fail"], 0, "{done:#?}");
    assert_eq!(report["totals"]["untestable"], 0, "{done:#?}");
    assert_eq!(report["ledger"]["missing"], 0, "{done:#?}");
    assert_eq!(report["ledger"]["orphan"], 0, "{done:#?}");
    assert!(done.out.lines().last().unwrap().starts_with("INCOMPLETE"), "{done:#?}");
}

fn lines(path: &Path) -> usize {
    fs::read(path).map_or(0, |text| text.iter().filter(|byte| **byte == b'\n').count())
}

#[test]
fn a_campaign_ends_with_what_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().to_str().unwrap();
    let line = ["fuzz", "--fault", "drop-bad-id", "--time", "60s", "--corpus", corpus];
    let found = folder.path().join("findings");
    let ripe = || fs::read_dir(&found).is_ok_and(|mut files| files.next().is_some());
    let (done, report) = interrupted(&line, ripe);
    assert!(done.out.contains("ended early: interrupted"), "{}", done.out);
    assert_eq!(report["verdicts"][0]["outcome"], "fail", "{report}");
}

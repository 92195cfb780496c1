//! `init` as its users meet it: a draft that a run can use, of our own format and of one that nobody knows.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

use super::child::{Done, run};
use super::gateway::{Served, serve};

/// What a product with names of its own makes of a record of the reference gateway.
fn translated(line: &str) -> String {
    let record: Value = serde_json::from_str(line).unwrap();
    let (request, tool) =
        (&record["metadata"]["mcp_request"], &record["metadata"]["mcp_tool_call_metadata"]);
    let verdict = if record["status"] == "success" { "Fine" } else { "Turned-Away" };
    let milliseconds = |name: &str| (record[name].as_f64().unwrap() * 1000.0).floor();
    json!({
        "row": record["id"],
        "who": {"ticket": request["correlation_id"], "w3c": record["trace_id"]},
        "what": {"verb": request["method"], "seq": request["jsonrpc_id"],
                 "thing": {"called": tool["name"], "with": tool["arguments"]}},
        "how": {"verdict": verdict, "num": record["error_information"]["error_code"],
                "words": record["error_information"]["error_message"]},
        "began_ms": milliseconds("startTime") as u64,
        "end_time": record["endTime"],
    })
    .to_string()
}

/// Copies records as a product of another make would write them.
struct Product {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Product {
    fn start(from: PathBuf, to: PathBuf, translate: fn(&str) -> String) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let mut file = fs::OpenOptions::new().create(true).append(true).open(to).unwrap();
        let thread = thread::spawn(move || {
            let mut done = 0;
            while !stopped.load(Ordering::SeqCst) {
                let text = fs::read_to_string(&from).unwrap_or_default();
                let whole = text.rfind('\n').map_or(0, |at| at + 1);
                for line in text[done..whole].lines() {
                    writeln!(file, "{}", translate(line)).unwrap();
                }
                done = whole;
                thread::sleep(Duration::from_millis(5));
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// What is written to ends before what it is written to: fields are dropped in their order.
struct Place {
    _product: Option<Product>,
    served: Served,
    records: PathBuf,
    folder: tempfile::TempDir,
}

/// A gateway that writes its records so; as they are without a translation.
fn place(translate: Option<fn(&str) -> String>) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.jsonl");
    fs::write(&own, "").unwrap();
    let served = serve(Some(&own), None, &[]);
    let records = translate.map_or_else(|| own.clone(), |_| folder.path().join("other.jsonl"));
    let product = translate.map(|translate| Product::start(own, records.clone(), translate));
    Place { _product: product, served, records, folder }
}

impl Place {
    fn draft(&self) -> PathBuf {
        self.folder.path().join("gw.toml")
    }

    fn with(&self, first: &[&str], more: &[&str]) -> Done {
        let locator = format!("jsonl:{}", self.records.display());
        run(&[first, &["--target", &self.served.url, "--audit", &locator], more].concat())
    }

    fn init(&self, more: &[&str]) -> Done {
        let draft = self.draft().display().to_string();
        self.with(&["init"], &[&["--profile-out", &draft], more].concat())
    }

    /// A run over what was probed, with this profile.
    fn tested(&self, profile: &str) -> (Done, Value) {
        let json = self.folder.path().join("report.json");
        let cases = ["audit/tools-list", "audit/unknown-method", "audit/unknown-tool", "README"];
        let path = json.display().to_string();
        let more =
            [&["--profile", profile, "--generated", "0", "--report-json", &path], &cases[..]];
        let done = self.with(&[], &more.concat());
        let report = fs::read_to_string(&json).unwrap_or_else(|_| panic!("{done:#?}"));
        (done, serde_json::from_str(&report).unwrap())
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn all_matched(report: &Value) {
    let ledger = &report["ledger"];
    assert_eq!(ledger["missing"], 0, "{ledger}");
    assert_eq!(ledger["unreadable"], 0, "{ledger}");
    assert_eq!(ledger["records"], ledger["matched"], "{ledger}");
}

#[test]
fn a_draft_of_our_own_format_names_its_places_and_passes() {
    let place = place(None);
    let done = place.init(&["--wait", "10s"]);
    assert_eq!(done.code, Some(0), "{done:#?}");
    let draft = read(&place.draft());
    for line in [
        "name = \"gw\"",
        "id = [\"/id\"]",
        "call_type = [\"/call_type\"]",
        "status = [\"/status\"]",
        "start = [\"/startTime\"]",
        "end = [\"/endTime\"]",
        "error_code = [\"/error_information/error_code\"]",
        "tool_name = [\"/metadata/mcp_tool_call_metadata/name\"]",
        "jsonrpc_id = [\"/metadata/mcp_request/jsonrpc_id\"]",
        "session_id = [\"/metadata/mcp_request/session_id\"]",
        "correlation_id = [\"/metadata/mcp_request/correlation_id\"]",
        "end_user = [\"/end_user\"]",
    ] {
        assert!(draft.contains(line), "lacks {line}:\n{draft}");
    }
    assert!(draft.contains("found by: header, header, header"), "{draft}");
    assert!(done.out.contains("a record came ") && done.out.contains("wrote "), "{}", done.out);
    let (done, report) = place.tested(&place.draft().display().to_string());
    assert_eq!(done.code, Some(0), "{done:#?}");
    all_matched(&report);
}

#[test]
fn a_draft_of_a_format_that_nobody_knows_passes() {
    let place = place(Some(translated));
    let done = place.init(&["--wait", "10s"]);
    assert_eq!(done.code, Some(0), "{done:#?}");
    let draft = read(&place.draft());
    for line in [
        "call_type_from_method = true",
        "\"fine\" = \"success\"",
        "\"turned-away\" = \"failure\"",
        "status = [\"/how/verdict\"]",
        "trace_id = [\"/who/w3c\"]",
        "method = [\"/what/verb\"]",
        "tool_name = [\"/what/thing/called\"]",
        "tool_arguments = [\"/what/thing/with\"]",
        "error_code = [\"/how/num\"]",
        "start = [{ pointer = \"/began_ms\", pattern = ",
        "end = [\"/end_time\"]",
        "correlation_id = [\"/who/ticket\"]",
        "field = \"session_id\"\nreason = \"not seen in three probes",
    ] {
        assert!(draft.contains(line), "lacks {line}:\n{draft}");
    }
    assert!(done.out.contains("not seen: ") && done.out.contains("session_id"), "{}", done.out);
    let (done, report) = place.tested(&place.draft().display().to_string());
    assert_eq!(done.code, Some(0), "{done:#?}");
    all_matched(&report);
}

#[test]
fn the_generic_profile_says_what_it_guessed_and_judges_nothing_else() {
    let place = place(Some(translated));
    let (done, report) = place.tested("generic");
    assert_eq!(done.code, Some(0), "{done:#?}");
    all_matched(&report);
    let notes = report["header"]["notes"].as_array().unwrap();
    let guessed = notes.iter().filter_map(Value::as_str).find(|it| it.contains(" guessed: "));
    let guessed = guessed.unwrap_or_else(|| panic!("{notes:?}"));
    assert!(guessed.contains("end from /end_time"), "{guessed}");
    assert!(guessed.contains("; no field for ") && guessed.contains("status"), "{guessed}");
    let checks = report["verdicts"].as_array().unwrap().iter();
    let mut checks = checks.flat_map(|verdict| verdict["checks"].as_array().unwrap());
    let status = checks.find(|check| check["check"] == "audited.status").unwrap();
    assert_eq!(status["outcome"], "not-applicable", "{status}");
    assert!(status["actual"].as_str().unwrap().contains("`generic` guesses"), "{status}");
}

#[test]
fn a_file_that_exists_is_not_overwritten() {
    let place = place(None);
    fs::write(place.draft(), "mine").unwrap();
    let done = place.init(&[]);
    assert!(done.complaint(2).contains("it exists and is not overwritten"), "{done:#?}");
    assert_eq!(read(&place.draft()), "mine");
    assert_eq!(read(&place.records), "", "nothing was sent");
}

#[test]
fn without_records_there_is_no_draft() {
    let place = place(None);
    let empty = place.folder.path().join("empty.jsonl");
    fs::write(&empty, "").unwrap();
    let (locator, draft) = (format!("jsonl:{}", empty.display()), place.draft());
    let out = draft.display().to_string();
    let line = ["init", "--target", &place.served.url, "--profile-out", &out, "--wait", "300ms"];
    let done = run(&[&line[..], &["--audit", &locator]].concat());
    let told = done.complaint(3);
    assert!(told.contains("no record of three probes") && told.contains("--wait"), "{told}");
    assert!(run(&line).complaint(2).contains("give --audit LOCATOR"));
    assert!(run(&[&line[..], &["--audit", "none"]].concat()).complaint(2).contains("none"));
    assert!(!draft.exists());
}

#[test]
fn lines_of_text_are_shown_with_what_to_do() {
    let place = place(Some(|line| format!("audit: {line}")));
    let done = place.init(&["--wait", "1s"]);
    let told = done.complaint(3);
    assert!(told.contains("no JSON") && told.contains("[[text]]"), "{told}");
}

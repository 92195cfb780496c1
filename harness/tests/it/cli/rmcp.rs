//! The Rust SDK as a target: a real server, and a snapshot of what it does with every case.

mod server;

use std::fs;

use serde_json::Value;

use super::child::start;

/// The snapshots of the repository.
const REPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../reports");

/// The tools of the server that may be called; the slow one waits longer than the others take.
const TOOLS: [&str; 6] = [
    "--call-tool",
    "echo",
    "--call-tool",
    "soft_error",
    "--call-tool",
    r#"slow={"milliseconds":300}"#,
];

/// Some verdicts are failures, which the snapshot keeps: the SDK does what it says there.
#[test]
fn verdicts_on_the_rust_sdk_are_those_of_the_snapshot() {
    let url = server::serve();
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("report.json").display().to_string();
    let line = ["--target", &url, "--audit", "none", "--problems", "--report-json", &json];
    let snapshot = ["--snapshot", "rmcp-3.9", "--snapshot-dir", REPORTS];
    let done = start(&[&line[..], &TOOLS, &snapshot].concat()).end_within(400);
    assert!(done.out.contains("\nsnapshot rmcp-3.9: unchanged"), "{done:#?}");
    assert_eq!(done.code, Some(1), "{done:#?}");
    let report: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(report["header"]["complete"], true);
    assert_eq!(report["totals"]["untestable"], 0);
}

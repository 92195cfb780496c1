//! `--set` and `--strict`: what decides disputed verdicts and warnings, and where it is told.

use std::fs;
use std::path::Path;

use super::child::{Done, run};

/// The reference gateway answers this with 200, which only warns unless the switch says otherwise.
const CASE: &str = r#"title = "an unknown method that is to be answered 400"
requirement = "A"
class = "unknown-method"
[send]
base = "unknown-method"
[expect]
switch = "error-status"
[expect.reply.error]
code = [-32601]
id = ["echo"]
status = [400]
status-warn = [200]
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let requirement =
        "[[requirement]]\nid = \"A\"\nlevel = \"should\"\nsource = \"s\"\ntext = \"t\"\n";
    fs::write(folder.path().join("requirements.toml"), requirement).unwrap();
    fs::write(folder.path().join("one.toml"), CASE).unwrap();
    folder
}

/// Runs the case under one revision, with a snapshot in the same folder.
fn judged(folder: &Path, more: &[&str]) -> Done {
    let shown = folder.display().to_string();
    let line = ["--cases", &shown, "--revision", "2025-11-25", "--snapshot", "it"];
    run(&[&line[..], &["--snapshot-dir", &shown], more].concat())
}

fn snapshot(folder: &Path) -> String {
    fs::read_to_string(folder.join("it.snap.new"))
        .or_else(|_| fs::read_to_string(folder.join("it.snap")))
        .unwrap()
}

#[test]
fn strict_makes_a_warning_a_failure_and_says_so() {
    let folder = folder();
    let usual = judged(folder.path(), &[]);
    assert!(usual.out.contains("1 warn, 0 FAIL"), "{usual:#?}");
    assert!(!usual.out.contains("rules "), "{usual:#?}");
    let path = folder.path().join("report.json");
    let shown = path.display().to_string();
    let strict = judged(folder.path(), &["--strict", "--report-json", &shown]);
    assert_eq!(strict.code, Some(1), "{strict:#?}");
    for part in ["0 warn, 1 FAIL", "\nrules strict\n", "(without --strict a warning)"] {
        assert!(strict.out.contains(part), "lacks {part:?}: {strict:#?}");
    }
    let kept = snapshot(folder.path());
    assert!(kept.contains("\nrules strict\n") && kept.contains("without --strict"), "{kept}");
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(report["header"]["strict"], true);
    assert_eq!(report["verdicts"][0]["outcome"], "fail");
}

#[test]
fn a_switch_decides_and_is_told() {
    let folder = folder();
    let done = judged(folder.path(), &["--set", "error-status=200"]);
    assert!(done.out.contains("1 pass, 0 warn, 0 FAIL"), "{done:#?}");
    assert!(done.out.contains("\nrules error-status=200\n"), "{done:#?}");
    assert!(snapshot(folder.path()).contains("\nrules error-status=200\n"));
    let back =
        judged(folder.path(), &["--set", "error-status=200", "--set", "error-status=lenient"]);
    assert!(back.out.contains("1 warn"), "the last word counts: {back:#?}");
}

#[test]
fn a_profile_sets_switches_and_the_command_line_has_the_last_word() {
    let folder = folder();
    let text = include_str!("../../../profiles/reference.toml");
    let path = folder.path().join("mine.profile");
    fs::write(&path, format!("{text}\n[switches]\nerror-status = \"200\"\n")).unwrap();
    let profile = path.display().to_string();
    let done = judged(folder.path(), &["--profile", &profile]);
    assert!(done.out.contains("1 pass, 0 warn"), "{done:#?}");
    let over = judged(folder.path(), &["--profile", &profile, "--set", "error-status=lenient"]);
    assert!(over.out.contains("1 warn"), "{over:#?}");

    fs::write(&path, format!("{text}\n[switches]\ncolour = \"red\"\n")).unwrap();
    let wrong = judged(folder.path(), &["--profile", &profile]);
    let complaint = wrong.complaint(2);
    for part in ["--profile", "`colour`", "known are unknown-tool, "] {
        assert!(complaint.contains(part), "lacks {part:?}: {complaint}");
    }
}

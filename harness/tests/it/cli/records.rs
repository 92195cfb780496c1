//! Where records are found, and what is said where there are none.

use std::fs::File;

use super::child::run;
use super::gateway::serve;

const CASES: [&str; 2] = ["mcp/tools/list", "jsonrpc/method/unknown"];

#[test]
fn the_query_api_of_a_target_is_found() {
    let target = serve(None, None, &[]);
    let done = run(&[&["--target", &target.url], &CASES[..]].concat());
    assert_eq!(done.code, Some(0), "{done:#?}");
    let head: Vec<&str> = done.out.lines().take(3).collect();
    let api = target.url.replace("/mcp", "/audit");
    assert!(head.iter().any(|line| *line == format!("audit records from {api}")), "{head:#?}");
    let row = done.out.lines().find(|line| line.contains(" METHOD-UNKNOWN ")).unwrap();
    assert_eq!(row.matches("pass").count(), 4, "{row}");
}

#[test]
fn without_records_the_audited_checks_do_not_apply() {
    let target = serve(None, None, &[]);
    let line = [&["--target", &target.url, "--audit", "none"], &CASES[..]].concat();
    let done = run(&line);
    assert_eq!(done.code, Some(0), "{done:#?}");
    let first = done.out.lines().next().unwrap();
    assert!(first.contains("`audited.` checks do not apply: --audit none"), "{first}");
    let row = done.out.lines().find(|line| line.contains(" METHOD-UNKNOWN ")).unwrap();
    assert_eq!((row.matches("pass").count(), row.matches("n/a").count()), (3, 1), "{row}");

    let strict = run(&[&line[..], &["--strict"]].concat());
    assert_eq!(strict.code, Some(1), "{strict:#?}");
}

#[test]
fn a_file_to_which_nobody_writes_is_one_error() {
    let target = serve(None, None, &[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idle.jsonl");
    File::create(&path).unwrap();
    let locator = format!("jsonl:{}", path.display());
    let done = run(&[&["--target", &target.url, "--audit", &locator], &CASES[..]].concat());
    let complaint = done.complaint(3);
    for part in ["no record of this run", "idle.jsonl", "--profile", "--audit none"] {
        assert!(complaint.contains(part), "lacks {part:?}: {complaint}");
    }
    assert_eq!(done.out, "");
}

#[test]
fn a_query_api_that_is_none_is_one_error() {
    let target = serve(None, None, &[]);
    let nowhere = target.url.replace("/mcp", "/nowhere");
    let done = run(&["--target", &target.url, "--audit", &nowhere]);
    let complaint = done.complaint(3);
    assert!(complaint.contains("/nowhere answered 404"), "{complaint}");
}

#[test]
fn a_run_that_judges_nothing_is_not_green() {
    let target = serve(None, None, &[]);
    // Neither case applies: nothing asks for credentials, and no tool of a dead upstream is named.
    let done = run(&["--target", &target.url, "http/credentials/wrong", "gateway/upstream-dead"]);
    let complaint = done.complaint(3);
    assert!(complaint.contains("nothing was tested"), "{complaint}");
    assert!(done.out.contains("--call-tool"), "{}", done.out);
}

//! `list` in its forms, and output that nobody reads.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::child::{command, run};

/// The lines of a listing that ended well.
fn lines(line: &[&str]) -> Vec<String> {
    let done = run(line);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:#?}");
    done.out.lines().map(str::to_owned).collect()
}

#[test]
fn cases_are_listed_with_requirement_and_title() {
    let cases = lines(&["list"]);
    assert!(cases.len() > 120, "{} cases", cases.len());
    let known = cases.iter().find(|line| line.starts_with("jsonrpc/id/bool-true ")).unwrap();
    let words: Vec<&str> = known.split_whitespace().collect();
    assert!(words[1].chars().all(|c| c.is_ascii_uppercase() || "-.0123456789".contains(c)));
    assert!(words.len() > 3, "{known}");
}

#[test]
fn checks_are_listed_by_family() {
    let checks = lines(&["list", "--checks"]);
    for check in ["answered.reply", "correlated.id", "audited.record", "leak.secret"] {
        assert!(checks.iter().any(|line| line == check), "{check}");
    }
}

#[cfg(feature = "reference")]
#[test]
fn faults_are_listed_with_what_they_break() {
    let faults = lines(&["list", "--faults"]);
    assert!(faults.len() >= 16, "{} faults", faults.len());
    assert!(faults.iter().all(|line| line.split_whitespace().count() > 4), "{faults:#?}");
}

#[test]
fn requirements_are_listed_with_cases_checks_and_reasons() {
    let lines = lines(&["list", "--requirements"]);
    let at = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
    let covered = at("MCP-ID-BOOL ");
    assert!(lines[covered].contains("must") && lines[covered].contains("every revision"));
    assert!(lines[covered + 1].contains("jsonrpc/id/bool-false, jsonrpc/id/bool-true"));
    assert!(lines[covered + 2].contains("checks  answered.{"), "{}", lines[covered + 2]);
    let uncovered = at("SSE-2024-ENDPOINT ");
    assert!(at("not covered") < uncovered && lines[uncovered].contains("2024-11-05"));
    assert!(lines[uncovered + 1].contains("reason  HTTP+SSE"));
    let sums = lines.last().unwrap();
    let numbers: Vec<usize> = sums.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert!(sums.contains(" covered, and ") && numbers[1] == 322, "{sums}");
    assert!(numbers[0] > 100 && numbers[0] <= numbers[1], "{sums}");
}

#[test]
fn switches_are_listed_with_values_and_citations() {
    let lines = lines(&["--set", "batch=fail", "list", "--switches"]);
    let batch = lines.iter().position(|line| line == "batch").unwrap();
    for (line, part) in
        [(2, "warn (default), pass, fail"), (3, "set to    fail"), (4, "2025-03-26")]
    {
        assert!(lines[batch + line].contains(part), "{lines:#?}");
    }
}

#[test]
fn only_one_thing_is_listed() {
    let done = run(&["list", "--checks", "--requirements"]);
    assert_eq!(done.code, Some(2), "{done:#?}");
}

/// Runs it with its output closed at once; the exit code.
fn unread(line: &[&str]) -> Option<i32> {
    let mut command = command(line);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if Instant::now() > end {
            let _ = child.kill();
            panic!("{line:?} takes longer than 30 s");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn output_that_nobody_reads_is_no_failure() {
    assert_eq!(unread(&["list"]), Some(0));
    assert_eq!(unread(&["list", "--checks"]), Some(0));
    #[cfg(feature = "reference")]
    assert_eq!(unread(&["--revision", "2025-11-25", "mcp/ping/plain"]), Some(0));
}

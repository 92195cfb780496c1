use super::super::sample;
use super::*;

fn xml() -> String {
    render(&sample::full()).unwrap()
}

/// The text of one test case, up to the next.
fn element(xml: &str, name: &str) -> String {
    let parts = xml.split("<testcase ");
    let mut cases = parts.filter(|part| part.starts_with(&format!("name=\"{name}\"")));
    let case = cases.next().unwrap().to_owned();
    assert_eq!(cases.next(), None, "{name} is not unique");
    case
}

#[test]
fn a_suite_is_a_folder() {
    let xml = xml();
    for suite in ["jsonrpc", "mcp", "gateway", "audit"] {
        assert_eq!(xml.matches(&format!("<testsuite name=\"{suite}\"")).count(), 1, "{suite}");
    }
    assert!(xml.contains("<testsuites name=\"mcp-gauntlet\" tests=\"18\" skipped=\"6\""));
    assert!(xml.contains("failures=\"2\" errors=\"3\""));
    assert!(xml.contains("<property name=\"seed\" value=\"90125\"/>"));
}

#[test]
fn a_failure_names_its_check_and_how_to_reproduce_it() {
    let case = element(&xml(), "jsonrpc/id/fraction [2025-03-26]");
    assert!(case.contains("classname=\"MCP-ID-BOOL\""));
    assert!(case.contains("<failure message=\"expected what correlated.id requires, actual id 1"));
    assert!(case.contains("type=\"correlated.id\""));
    assert!(case.contains("reproduce: curl -sS http://127.0.0.1:4000/mcp --data"));
    assert!(case.contains("record: (found by header) "));
}

#[test]
fn the_type_is_the_first_check_that_failed() {
    let mut verdict = sample::verdict("a/b", "2025-11-25", Outcome::Fail);
    verdict.checks = vec![
        sample::check("answered.status", Outcome::Warn, "200"),
        sample::check("answered.reply", Outcome::Fail, "nothing"),
        sample::check("audited.record", Outcome::Fail, "none"),
    ];
    let mut report = sample::empty();
    report.verdicts = vec![verdict];
    assert!(render(&report).unwrap().contains("type=\"answered.reply\""));
}

#[test]
fn each_outcome_has_its_element() {
    let xml = xml();
    let untestable = element(&xml, "mcp/tools/call [2025-11-25]");
    assert!(untestable.contains("<error message=\"the twin was refused: HTTP 503\""));
    let skipped = element(&xml, "audit/call-type/list [2025-11-25]");
    assert!(skipped.contains("<skipped message=\"the target has no tools\" type=\"n/a\"/>"));
    let explained = element(&xml, "gateway/auth/expired [2025-11-25]");
    assert!(explained.contains("<skipped ") && explained.contains("type=\"expected-fail\""));
    let passed = element(&xml, "jsonrpc/id/bool [2025-11-25]");
    assert!(passed.starts_with(
        "name=\"jsonrpc/id/bool [2025-11-25]\" classname=\"MCP-ID-BOOL\" \
         assertions=\"3\" time=\"0.003\"/>"
    ));
}

#[test]
fn a_warning_is_a_success_that_says_so() {
    let warned = element(&xml(), "jsonrpc/method/markup [2025-11-25]");
    assert!(warned.contains("<system-out>"));
    assert!(warned.contains("check: answered.reply warn (must)"));
    assert!(!warned.contains("<failure") && !warned.contains("<error"));
}

#[test]
fn hostile_texts_are_harmless() {
    let xml = xml();
    assert!(!xml.contains("<script"));
    assert!(xml.contains("\\u{1b}[31m\\u{202e}"));
    assert!(xml.chars().all(|c| c == '\n' || !c.is_control()));
    let warned = element(&xml, "jsonrpc/method/markup [2025-11-25]");
    assert_eq!(warned.matches("</system-out>").count(), 1);
}

#[test]
fn a_transport_other_than_http_is_named() {
    let mut report = sample::empty();
    let mut verdict = sample::verdict("a/b", "2025-11-25", Outcome::Pass);
    verdict.transport = "stdio".to_owned();
    verdict.milliseconds = f64::NAN;
    report.verdicts = vec![verdict];
    assert!(render(&report).unwrap().contains("name=\"a/b [2025-11-25 stdio]\""));
}

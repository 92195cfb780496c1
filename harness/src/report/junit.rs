//! The report as JUnit XML, for CI systems. Knows only the report.

use super::detail;
use super::escape::{escape, shorten};
use super::model::{Check, Header, Outcome, Report, Verdict};
use super::summary::folder;
use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// Columns of a message attribute, which CI systems show in one line.
const MESSAGE: usize = 400;

/// Columns of one line of a body.
const BODY: usize = 4000;

/// The report as JUnit XML: one test suite per first folder of the cases, one test case per verdict
/// with its requirement as the class name. A failure is a `failure`, an untestable case an `error`,
/// one that does not apply or whose failure a baseline explains is `skipped`, and a warning a
/// success that says so in `system-out`. No character of a target reaches the file unescaped.
///
/// # Errors
///
/// When the XML writer fails; it writes to memory.
pub fn render(report: &Report) -> Result<String, SerializeError> {
    let mut junit = quick_junit::Report::new("mcp-gauntlet");
    if let Some(time) = duration(report.header.seconds) {
        junit.set_time(time);
    }
    junit.add_test_suites(suites(report));
    junit.to_string()
}

fn suites(report: &Report) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    for verdict in &report.verdicts {
        let name = escape(folder(&verdict.case));
        let known = suites.iter_mut().find(|suite| suite.name == name);
        if let Some(suite) = known {
            suite.add_test_case(test_case(verdict));
            continue;
        }
        let mut suite = TestSuite::new(name);
        suite.add_properties(properties(&report.header)).add_test_case(test_case(verdict));
        suites.push(suite);
    }
    suites
}

/// What was tested, with what: the same for every suite, since a viewer may show only one.
fn properties(header: &Header) -> Vec<(String, String)> {
    let mut properties = vec![
        ("version", escape(&header.version)),
        ("target", escape(&header.target)),
        ("server", escape(&header.server)),
        ("profile", escape(&header.profile)),
        ("audit", escape(&header.audit)),
        ("revisions", escape(&header.revisions.join(" "))),
        ("seed", escape(&header.seed)),
        ("catalogue", escape(&header.catalogue)),
        ("complete", header.complete.to_string()),
    ];
    properties.extend(header.audit_note.as_deref().map(|note| ("audit-note", escape(note))));
    properties.extend(header.notes.iter().map(|note| ("note", escape(note))));
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn test_case(verdict: &Verdict) -> TestCase {
    let mut case = TestCase::new(name(verdict), status(verdict));
    case.set_classname(escape(&verdict.requirement)).set_assertions(verdict.checks.len());
    if let Some(time) = duration(verdict.milliseconds / 1000.0) {
        case.set_time(time);
    }
    if verdict.outcome == Outcome::Warn {
        case.set_system_out(body(verdict));
    }
    case
}

/// Case and revision, with the transport unless it is HTTP, so that names are unique.
fn name(verdict: &Verdict) -> String {
    let transport = match verdict.transport.as_str() {
        "http" => String::new(),
        other => format!(" {other}"),
    };
    escape(&format!("{} [{}{transport}]", verdict.case, verdict.revision))
}

fn status(verdict: &Verdict) -> TestCaseStatus {
    let mut status = match verdict.outcome {
        Outcome::Pass | Outcome::Warn => return TestCaseStatus::success(),
        Outcome::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Untestable => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::NotApplicable | Outcome::ExpectedFail => TestCaseStatus::skipped(),
    };
    let worst = detail::troubled(verdict).max_by_key(|check| check.outcome);
    // The first of equals: `max_by_key` would give the last.
    let worst = worst
        .and_then(|worst| detail::troubled(verdict).find(|check| check.outcome == worst.outcome));
    status.set_type(kind(verdict, worst)).set_message(message(verdict, worst));
    if verdict.outcome != Outcome::NotApplicable {
        status.set_description(body(verdict));
    }
    status
}

/// The check for a failure, the outcome for what is no failure of the target.
fn kind(verdict: &Verdict, worst: Option<&Check>) -> String {
    match (verdict.outcome, worst) {
        (Outcome::Fail, Some(check)) => escape(&check.check),
        (outcome, _) => outcome.as_str().to_owned(),
    }
}

fn message(verdict: &Verdict, worst: Option<&Check>) -> String {
    let reason = verdict.reason.clone();
    let seen = worst.map(|check| format!("expected {}, actual {}", check.expected, check.actual));
    shorten(&reason.or(seen).unwrap_or_else(|| verdict.title.clone()), MESSAGE)
}

/// Everything on the verdict, one labelled line each, the command last.
fn body(verdict: &Verdict) -> String {
    let mut lines = vec![format!("outcome: {}", verdict.outcome.as_str())];
    let details = detail::lines(verdict, BODY);
    lines.extend(details.iter().map(|line| format!("{}: {}", line.label, line.text)));
    lines.push(format!("reproduce: {}\n", detail::command(verdict).join("\n")));
    lines.join("\n")
}

/// Seconds as a duration; none for what is no time at all.
fn duration(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests;

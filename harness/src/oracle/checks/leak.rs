//! `leak.`: nothing of the target's inside, and no credential, in replies and records.

use super::shorten;
use crate::case::expectation::ReplyKind;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Audit, Evidence};
use crate::report::model::Check;

/// Marks of a stack trace, by language; none of them stands in an ordinary error message.
const TRACES: [&str; 6] = [
    "Traceback (most recent call last)",
    "panicked at ",
    "stack backtrace:",
    "goroutine 1 [running]",
    "\\n    at ",
    "\\tat java.",
];

/// A refusal tells the caller what was wrong, not what the target's source looks like. What a tool
/// answers is the tool's own affair.
pub fn traceback(evidence: &Evidence<'_>, findings: &mut Findings) {
    let kind = evidence.stimulus.observation.kind;
    let refused = matches!(kind, ReplyKind::Error | ReplyKind::Http | ReplyKind::Garbage);
    if !refused {
        return;
    }
    let body = String::from_utf8_lossy(evidence.stimulus.delivery.bytes());
    let found = TRACES.iter().find(|mark| body.contains(*mark));
    let actual = found.map_or_else(
        || "none".to_owned(),
        |mark| format!("`{}` in: {}", mark.escape_debug(), shorten(&body, 160)),
    );
    findings.require(CheckId::Traceback, found.is_none(), "no stack trace in the reply", actual);
}

/// The secret itself is never written into the finding.
pub fn secret(evidence: &Evidence<'_>, findings: &mut Findings) {
    if evidence.secrets.is_empty() {
        return;
    }
    let place = [("the reply", in_reply(evidence)), ("the record", in_records(evidence))]
        .into_iter()
        .find_map(|(place, found)| found.then_some(place));
    let actual = place
        .map_or_else(|| "none".to_owned(), |place| format!("the credential stands in {place}"));
    findings.require(CheckId::Secret, place.is_none(), "no credential in reply and record", actual);
}

fn in_reply(evidence: &Evidence<'_>) -> bool {
    let delivery = &evidence.stimulus.delivery;
    let headers = delivery.response.iter().flat_map(|response| &response.headers);
    let headers = headers.map(|header| String::from_utf8_lossy(&header.value));
    let holds = |text: &str| evidence.secrets.iter().any(|secret| text.contains(secret));
    holds(&String::from_utf8_lossy(delivery.bytes())) || headers.into_iter().any(|v| holds(&v))
}

fn in_records(evidence: &Evidence<'_>) -> bool {
    let Audit::Available(records) = &evidence.audit else { return false };
    let holds = |text: &str| evidence.secrets.iter().any(|secret| text.contains(secret));
    records.matched.iter().any(|(record, _)| holds(&record.raw))
        || records.broken.iter().any(|line| holds(line))
}

/// The checks with every secret blotted out: they quote replies and records.
#[must_use]
pub fn blot_checks(checks: Vec<Check>, secrets: &[String]) -> Vec<Check> {
    if secrets.is_empty() {
        return checks;
    }
    let blot_check = |check: Check| Check {
        expected: blot(&check.expected, secrets),
        actual: blot(&check.actual, secrets),
        ..check
    };
    checks.into_iter().map(blot_check).collect()
}

/// The text with every secret blotted out, and with the beginning of one that [`shorten`] has cut.
#[must_use]
pub fn blot(text: &str, secrets: &[String]) -> String {
    // Nearly every text is clean and whole, and is asked of in every check.
    if !text.contains('…') && !secrets.iter().any(|secret| text.contains(secret.as_str())) {
        return text.to_owned();
    }
    secrets.iter().fold(text.to_owned(), |text, secret| {
        let text = text.replace(secret.as_str(), "[secret]");
        let beginnings = secret.char_indices().skip(SHORTEST_PART);
        beginnings
            .filter_map(|(at, _)| secret.get(..at))
            .fold(text, |text, beginning| text.replace(&format!("{beginning}…"), "[secret]…"))
    })
}

/// Characters of a secret that say nothing yet.
const SHORTEST_PART: usize = 3;

#[cfg(test)]
mod tests;

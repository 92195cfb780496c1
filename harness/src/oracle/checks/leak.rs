//! `leak.`: nothing of the target's inside, and no credential, in replies, records and log.

use std::sync::LazyLock;

use regex::Regex;

use super::shorten;
use super::upstream::relayed;
use crate::audit::record::Status;
use crate::case::expectation::ReplyKind;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange, LogLine};
use crate::oracle::secrets::Secrets;
use crate::report::model::{Check, Outcome};
use crate::wire::arrival::stands_in;

/// Marks of a stack trace, by language; none of them stands in an ordinary error message.
const TRACES: [&str; 6] = [
    "Traceback (most recent call last)",
    "panicked at ",
    "stack backtrace:",
    "goroutine 1 [running]",
    "\\n    at ",
    "\\tat java.",
];

/// A path in the file system of the target: one with the name of a source or settings file at its end, or
/// below a folder that only such paths begin with.
static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let file = r"(?:/[\w.-]+)+/[\w.-]+\.(?:py|js|mjs|ts|java|go|rs|rb|php|so|jar|env)\b";
    let folder = r"/(?:home|Users|root|usr|opt|var|srv|tmp)(?:/[\w.-]+)+";
    let drive = r"[A-Za-z]:\\{1,2}[\w.-]+\\{1,2}[\w.-]+";
    Regex::new(&format!(r#"(?:^|[\s"'(=\[<])({file}|{folder}|{drive})"#)).ok()
});

/// A refusal tells the caller what was wrong, not what the target's source looks like. What a tool
/// answers is the tool's own affair, unless it is one of our own: those say nothing of the kind. Operators
/// may want a stack trace in their own records, so there it only warns.
pub fn traceback(evidence: &Evidence<'_>, findings: &mut Findings) {
    let stimulus = evidence.stimulus;
    let refused = match stimulus.observation.kind {
        ReplyKind::Error | ReplyKind::Http | ReplyKind::Garbage => true,
        ReplyKind::ToolError => evidence.hop.is_some(),
        _ => false,
    };
    let reply = String::from_utf8_lossy(stimulus.delivery.bytes());
    let reply = if refused { &*reply } else { "" };
    let recorded = raw_records(evidence).find_map(trace);
    let (outcome, actual) = if let Some(mark) = trace(reply) {
        (Outcome::Fail, format!("`{}` in: {}", mark.escape_debug(), shorten(reply, 160)))
    } else if let Some(path) = path(reply).filter(|path| !was_sent(stimulus, path)) {
        (Outcome::Warn, format!("the path {} in the reply", shorten(path, 120)))
    } else if let Some(mark) = recorded {
        (Outcome::Warn, format!("`{}` in the record", mark.escape_debug()))
    } else if refused || recorded_failure(evidence) {
        (Outcome::Pass, "none".to_owned())
    } else {
        return;
    };
    findings.add(CheckId::Traceback, outcome, "no stack trace, and no path in the reply", actual);
}

fn trace(text: &str) -> Option<&'static str> {
    TRACES.into_iter().find(|mark| text.contains(mark))
}

fn path(text: &str) -> Option<&str> {
    PATH.as_ref()?.captures(text)?.get(1).map(|found| found.as_str())
}

/// What we sent may come back.
fn was_sent(exchange: &Exchange, text: &str) -> bool {
    String::from_utf8_lossy(&exchange.envelope.body).contains(text)
}

fn recorded_failure(evidence: &Evidence<'_>) -> bool {
    let mut matched = evidence.audit.iter().flat_map(|records| &records.matched);
    matched.any(|(record, _)| record.status == Some(Status::Failure))
}

/// The texts of all records about the exchange, and of lines that are none.
fn raw_records<'a>(evidence: &'a Evidence<'_>) -> impl Iterator<Item = &'a str> {
    let matched = evidence.audit.iter().flat_map(|records| &records.matched);
    let broken = evidence.audit.iter().flat_map(|records| &records.broken);
    matched.map(|(record, _)| record.raw.as_str()).chain(broken.copied())
}

/// The secret itself is never written into the finding.
pub fn secret(evidence: &Evidence<'_>, findings: &mut Findings) {
    let private = evidence.hop.and_then(|hop| hop.private.as_deref());
    let said = said(evidence);
    if evidence.secrets.is_empty() && private.is_none() && said.is_empty() {
        return;
    }
    let is_private = |bytes: &[u8]| private.is_some_and(|text| stands_in(text, bytes));
    let secret = |bytes: &[u8]| evidence.secrets.are_in(bytes);
    let found = [
        ("the credential stands in the reply", in_reply(evidence, &secret)),
        ("the credential stands in the record", in_records(evidence, &secret)),
        // A question that is passed on as a question is told of by `upstream.answer`.
        (
            "what the upstream asked the user stands in the reply",
            relayed(evidence.stimulus).is_none() && in_reply(evidence, &is_private),
        ),
        (
            "what the upstream asked the user stands in the record",
            in_records(evidence, &is_private),
        ),
    ];
    let found = found.into_iter().find_map(|(what, is_there)| is_there.then_some(what));
    // That of a member with a telling name is masked by careful products only.
    let is_said = |bytes: &[u8]| said.are_in(bytes);
    let unmasked = in_reply(evidence, &is_said) || in_records(evidence, &is_said);
    let (outcome, actual) = match found {
        Some(what) => (Outcome::Fail, what),
        None if unmasked => (Outcome::Warn, "a secret argument stands unmasked in reply or record"),
        None => (Outcome::Pass, "none"),
    };
    findings.add(CheckId::Secret, outcome, "no credential in reply and record", actual);
}

/// The secret that the message under test holds by its case.
fn said(evidence: &Evidence<'_>) -> Secrets {
    let text = evidence.case.expectation.secret.as_ref();
    Secrets::new(text.map(|text| text.replace("{{key}}", &evidence.stimulus.key)))
}

fn in_reply(evidence: &Evidence<'_>, found_in: &dyn Fn(&[u8]) -> bool) -> bool {
    let delivery = &evidence.stimulus.delivery;
    let mut headers = delivery.response.iter().flat_map(|response| &response.headers);
    found_in(delivery.bytes()) || headers.any(|header| found_in(&header.value))
}

fn in_records(evidence: &Evidence<'_>, found_in: &dyn Fn(&[u8]) -> bool) -> bool {
    raw_records(evidence).any(|raw| found_in(raw.as_bytes()))
}

/// The target's own log holds no credential at any level, and of what the upstream asked the user nothing
/// above the levels that are made for it.
pub fn log(evidence: &Evidence<'_>, findings: &mut Findings) {
    let Some(lines) = evidence.log else { return };
    let private = evidence.hop.and_then(|hop| hop.private.as_deref());
    let asked = |line: &&LogLine| private.is_some_and(|text| line.text.contains(text));
    let actual = if lines.iter().any(|line| line.leaks) {
        "a line with the credential"
    } else if lines.iter().any(|line| said(evidence).are_in(&line.text)) {
        "a line with a secret argument"
    } else if lines.iter().filter(|line| !line.is_detail()).any(|line| asked(&line)) {
        "a line with what the upstream asked the user"
    } else {
        "none"
    };
    let expected = "no credential in the target's log";
    findings.require(CheckId::LogLeak, actual == "none", expected, actual);
}

/// Nothing that a source delivers holds a credential, be it about us or not: lines that are no records,
/// records of others, those of the messages around a case. What is about the message itself
/// `leak.secret` tells.
pub fn delivered(evidence: &Evidence<'_>, findings: &mut Findings) {
    if !evidence.case.expectation.deliveries || evidence.secrets.is_empty() {
        return;
    }
    for records in &evidence.audit {
        findings.at(records.source);
        let credentials = records.leaks.iter().filter(|leak| leak.credential);
        let (outcome, what, count) = match (credentials.count(), records.leaks.len()) {
            (0, 0) => (Outcome::Pass, "none", 0),
            // As in the record of the call itself: only careful products mask what has a telling name.
            (0, count) => (Outcome::Warn, "a secret argument", count),
            (count, _) => (Outcome::Fail, "a credential", count),
        };
        let first = records.leaks.iter().find(|leak| leak.credential || outcome == Outcome::Warn);
        let first =
            first.map(|leak| format!(" {count} times, first: {}", shorten(&leak.excerpt, 160)));
        let expected = "no credential in anything that the source delivers";
        findings.add(
            CheckId::Delivered,
            outcome,
            expected,
            format!("{what}{}", first.unwrap_or_default()),
        );
    }
    findings.at(None);
}

/// The checks with every secret blotted out: they quote replies and records.
#[must_use]
pub fn blot(checks: Vec<Check>, secrets: &Secrets) -> Vec<Check> {
    if secrets.is_empty() {
        return checks;
    }
    let blot = |check: Check| Check {
        expected: secrets.blot(&check.expected),
        actual: secrets.blot(&check.actual),
        ..check
    };
    checks.into_iter().map(blot).collect()
}

#[cfg(test)]
mod tests;

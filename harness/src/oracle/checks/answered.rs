//! `answered.`: was the message answered, once, in a permitted way, and does the target live on?

use super::{graded, permitted, shorten};
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::Grade;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange};
use crate::oracle::expect::Replies;
use crate::oracle::observe::Observation;
use crate::report::model::Outcome;
use crate::wire::delivery::End;
use crate::wire::json::Json;

/// Whether the twin was accepted; if not, the case is untestable.
pub fn control(evidence: &Evidence<'_>, findings: &mut Findings) -> bool {
    let Some(control) = evidence.control else { return true };
    let accepted = accepts(control);
    let outcome = if accepted { Outcome::Pass } else { Outcome::Untestable };
    findings.add(
        CheckId::Control,
        outcome,
        "the same message without its defect is accepted",
        describe(control),
    );
    accepted
}

/// Whether the target protects itself (429, or 503 with Retry-After: RFC 6585 section 4, RFC 9110
/// section 10.2.3). That is no verdict on the message, so the case is untestable.
pub fn limited(evidence: &Evidence<'_>, findings: &mut Findings) -> bool {
    let Some(actual) = limit(evidence.stimulus) else { return false };
    findings.add(CheckId::Control, Outcome::Untestable, "a target that takes messages", actual);
    true
}

/// How the target asked for a pause, if it did.
fn limit(exchange: &Exchange) -> Option<String> {
    let response = exchange.delivery.response.as_ref()?;
    let wait = response.header("retry-after");
    let limited = response.status == 429 || (response.status == 503 && wait.is_some());
    let wait = wait.map_or_else(String::new, |wait| format!(", Retry-After {wait}"));
    limited.then(|| format!("HTTP {}{wait}: lower the load with --rate or --jobs", response.status))
}

/// A valid message was served: a result, or 2xx for a notification.
#[must_use]
pub fn accepts(exchange: &Exchange) -> bool {
    matches!(exchange.observation.kind, ReplyKind::Result | ReplyKind::Accepted)
}

/// The kind of reply. Returns what the expectation permits of it, if anything.
pub fn reply<'a>(
    exchange: &Exchange,
    replies: &'a Replies,
    findings: &mut Findings,
) -> Option<&'a Allowed> {
    let allowed = replies.get(&exchange.observation.kind);
    let outcome = match allowed.map(|allowed| allowed.grade) {
        Some(Grade::Pass) => Outcome::Pass,
        Some(Grade::Warn) => Outcome::Warn,
        None => Outcome::Fail,
    };
    findings.add(CheckId::Reply, outcome, kinds(replies), describe(exchange));
    allowed
}

fn kinds(replies: &Replies) -> String {
    let of = |grade| {
        let kinds = replies.iter().filter(move |(_, allowed)| allowed.grade == grade);
        kinds.map(|(kind, _)| *kind).collect::<Vec<_>>()
    };
    permitted(&of(Grade::Pass), &of(Grade::Warn))
}

/// Exactly one response to one request (JSON-RPC 2.0 section 5).
pub fn once(exchange: &Exchange, allowed: Option<&Allowed>, findings: &mut Findings) {
    let count = exchange.observation.responses.len();
    // An array without a response in it is a batch whose answers are all missing.
    if exchange.observation.kind == ReplyKind::Batch {
        batch_count(exchange, count, allowed, findings);
    } else if count > 0 {
        let actual = format!("{count} responses");
        findings.require(CheckId::Once, count == 1, "one response", actual);
    }
}

fn batch_count(
    exchange: &Exchange,
    count: usize,
    allowed: Option<&Allowed>,
    findings: &mut Findings,
) {
    let wanted = allowed.and_then(|allowed| allowed.responses);
    let wanted = wanted.unwrap_or(exchange.reading.requests);
    let enough = allowed.and_then(|allowed| allowed.responses_warn);
    let outcome = match enough {
        _ if count == wanted => Outcome::Pass,
        Some(enough) if (enough..wanted).contains(&count) => Outcome::Warn,
        _ => Outcome::Fail,
    };
    let expected = format!("{wanted} responses, one for each request of the batch");
    findings.add(CheckId::Once, outcome, expected, format!("{count} responses"));
}

/// The error code.
pub fn code(observation: &Observation, allowed: &Allowed, findings: &mut Findings) {
    let Some(code) = error_code(observation) else { return };
    // No text assigns a code to what HTTP itself refuses: there the status is the answer.
    let outcome = match graded(&allowed.code, &allowed.code_warn, |wanted| *wanted == code) {
        Outcome::Fail if observation.is_http_refusal() => Outcome::Pass,
        outcome => outcome,
    };
    let message = observation.main.as_ref().and_then(|main| main.pointer("/error/message"));
    let text = message.and_then(Json::as_str).unwrap_or_default();
    findings.add(
        CheckId::Code,
        outcome,
        permitted(&allowed.code, &allowed.code_warn),
        format!("{code} \"{}\"", shorten(text, 120)),
    );
}

/// The code of the reply, where it is an integer.
#[must_use]
pub fn error_code(observation: &Observation) -> Option<i64> {
    let code = observation.main.as_ref()?.pointer("/error/code")?;
    code.as_number()?.as_i64()
}

/// What the result must hold, and must not.
pub fn result(observation: &Observation, allowed: &Allowed, findings: &mut Findings) {
    let Some(result) = observation.main.as_ref().and_then(|main| main.get("result")) else {
        return;
    };
    for pointer in &allowed.has {
        let there = result.pointer(pointer).is_some_and(|found| !found.is_null());
        let actual = if there { "it is there" } else { "it is missing" };
        findings.require(CheckId::Result, there, format!("{pointer} in the result"), actual);
    }
    for pointer in &allowed.lacks {
        let gone = result.pointer(pointer).is_none();
        let actual = if gone { "it is not there" } else { "it is there" };
        findings.require(CheckId::Result, gone, format!("no {pointer} in the result"), actual);
    }
    for (pointer, kind) in &allowed.kinds {
        let found = result.pointer(pointer);
        let holds = found.is_some_and(|found| is_of_kind(found, kind));
        let shown = found.map_or_else(|| "it is missing".to_owned(), Json::to_text);
        findings.require(
            CheckId::Result,
            holds,
            format!("{pointer} is a {kind}"),
            shorten(&shown, 120),
        );
    }
    for (pointer, wanted) in &allowed.equals {
        let actual = result.pointer(pointer).map(Json::to_text).unwrap_or_default();
        let holds = actual == *wanted;
        findings.require(
            CheckId::Result,
            holds,
            format!("{pointer} is {wanted}"),
            shorten(&actual, 120),
        );
    }
    for (pointer, unwanted) in &allowed.differs {
        let actual = result.pointer(pointer).map(Json::to_text).unwrap_or_default();
        let holds = actual != *unwanted;
        findings.require(
            CheckId::Result,
            holds,
            format!("{pointer} is not {unwanted}"),
            shorten(&actual, 120),
        );
    }
}

/// Every dated revision of MCP, also those that we do not speak.
const REVISIONS: [&str; 5] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

/// A JSON kind, or `revision` for the text of a revision of MCP.
fn is_of_kind(found: &Json, kind: &str) -> bool {
    match kind {
        "revision" => found.as_str().is_some_and(|text| REVISIONS.contains(&text)),
        kind => found.kind() == kind,
    }
}

/// Whether the session, and so the target, still serves.
pub fn alive(evidence: &Evidence<'_>, findings: &mut Findings) {
    let Some(sentinel) = evidence.sentinel else { return };
    let expected = "a valid request on the same session is served afterwards";
    // A target that protects itself is alive, but whether the session is cannot be said.
    if let Some(limit) = limit(sentinel) {
        return findings.add(CheckId::Alive, Outcome::Untestable, expected, limit);
    }
    findings.require(CheckId::Alive, accepts(sentinel), expected, describe(sentinel));
}

/// What came back, in a few words.
#[must_use]
pub fn describe(exchange: &Exchange) -> String {
    let observation = &exchange.observation;
    let status = observation.status.map_or_else(String::new, |status| format!("HTTP {status}, "));
    let waited = format!("{:.1} s", exchange.delivery.elapsed.as_secs_f64());
    match (&observation.kind, &exchange.delivery.end) {
        (ReplyKind::Error, _) => {
            let code = error_code(observation).map_or_else(|| "?".to_owned(), |c| c.to_string());
            format!("{status}JSON-RPC error {code}")
        }
        (ReplyKind::Refused, End::Refused(why)) => format!("no connection: {why}"),
        (ReplyKind::Silent, End::Deadline) => format!("{status}no answer within {waited}"),
        (ReplyKind::Silent, _) => format!("{status}the stream ended without an answer"),
        (ReplyKind::Closed, end) => format!("{status}{}", ended(end)),
        (kind, _) => format!("{status}{kind}"),
    }
}

fn ended(end: &End) -> String {
    match end {
        End::Reset(why) => format!("connection lost: {why}"),
        End::NotHttp(why) => format!("no HTTP: {why}"),
        End::Complete
        | End::StillOpen
        | End::Closed
        | End::Deadline
        | End::Overflow
        | End::Refused(_) => "connection closed without an answer".to_owned(),
    }
}

#[cfg(test)]
mod tests;

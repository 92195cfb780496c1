//! `answered.`: was the message answered, once, in a permitted way, and does the target live on?

use super::{graded_code, permitted, shorten};
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::Grade;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange};
use crate::oracle::expect::Replies;
use crate::oracle::observe::Observation;
use crate::report::model::Outcome;
use crate::wire::delivery::End;
use crate::wire::json::Json;
use crate::wire::revision::Revision;

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
    matches!(exchange.fate(), ReplyKind::Result | ReplyKind::Accepted)
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
        // Each of several lines that cannot be read may get an error of its own.
        let most = match exchange.reading.class {
            Class::Unparsable => exchange.reading.messages,
            _ => 1,
        };
        let expected = if most > 1 { format!("at most {most}") } else { "one".to_owned() };
        findings.require(CheckId::Once, count <= most, format!("{expected} response"), actual);
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
pub fn code(
    observation: &Observation,
    allowed: &Allowed,
    revision: Revision,
    findings: &mut Findings,
) {
    let Some(code) = error_code(observation) else { return };
    // No text assigns a code to what HTTP itself refuses: there the status is the answer.
    let outcome = match graded_code(code, allowed, observation) {
        Outcome::Fail if observation.is_http_refusal() => Outcome::Pass,
        outcome => outcome,
    };
    let outcome = outcome.max(assigned(code, revision));
    let message = observation.main.as_ref().and_then(|main| main.pointer("/error/message"));
    let text = message.and_then(Json::as_str).unwrap_or_default();
    findings.add(
        CheckId::Code,
        outcome,
        permitted(&allowed.code, &allowed.code_warn),
        format!("{code} \"{}\"", shorten(text, 120)),
    );
}

/// What the allocation of codes says, whatever was sent (2026-07-28 base protocol, Error Codes):
/// two codes are retired, and of the range that is kept for the protocol three have a meaning. The
/// range of -32000 to -32019, which SHOULD NOT be used, is left to what the case permits.
fn assigned(code: i64, revision: Revision) -> Outcome {
    match code {
        -32002 | -32099..=-32023 if revision.is_modern() => Outcome::Fail,
        _ => Outcome::Pass,
    }
}

/// The code of the reply, where it is an integer.
#[must_use]
pub fn error_code(observation: &Observation) -> Option<i64> {
    let code = observation.main.as_ref()?.pointer("/error/code")?;
    code.as_number()?.as_i64()
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
        (ReplyKind::Refused, End::Refused(why)) if exchange.delivery.output.is_some() => {
            why.clone()
        }
        (ReplyKind::Refused, End::Refused(why)) => format!("no connection: {why}"),
        (ReplyKind::Silent, End::Deadline) => format!("{status}no answer within {waited}"),
        (ReplyKind::Silent, _) if exchange.delivery.output.is_some() => {
            "no answer, though a later request was answered".to_owned()
        }
        (ReplyKind::Silent, _) => format!("{status}the stream ended without an answer"),
        (ReplyKind::Closed, end) => format!("{status}{}", ended(end)),
        (kind, _) => format!("{status}{kind}"),
    }
}

fn ended(end: &End) -> String {
    match end {
        End::Reset(why) => format!("connection lost: {why}"),
        End::NotHttp(why) => format!("no HTTP: {why}"),
        End::Exited(how) => format!("the process ended without an answer: {how}"),
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

//! What a target did, as far as two messages are told apart by it: an input that shows a behaviour
//! that was not seen before is worth changing further.

use std::fmt::Write as _;

use crate::oracle::checks::answered::error_code;
use crate::oracle::evidence::Exchange;
use crate::report::model::{Outcome, Verdict};
use crate::runner::case_run::{RunResult, Sent};
use crate::wire::delivery::End;
use crate::wire::id::{Id, IdRelation};
use crate::wire::json::Json;

/// Seconds from which on an answer is slow, and the next from which it is very slow.
const SLOW: [f64; 2] = [0.5, 2.0];

/// The behaviour in one line: revision, class, status, code, relation of the ids, framing, how the
/// connection ended, latency, and what each check that did not pass said. None where nothing was sent.
pub(crate) fn behaviour(result: &RunResult, verdict: &Verdict) -> Option<String> {
    let RunResult::Sent(sent) = result else { return None };
    let exchange = &sent.stimulus;
    let observation = &exchange.observation;
    let mut line =
        format!("{} {} {:?}", verdict.revision, exchange.reading.class, observation.kind);
    if let Some(status) = observation.status {
        let _ = write!(line, " {status}");
    }
    if let Some(code) = error_code(observation) {
        let _ = write!(line, " code {code}");
    }
    let _ = write!(line, " id {}", ids(exchange));
    let _ = write!(line, " {} {}", framing(exchange), fate(exchange));
    let slow =
        SLOW.iter().filter(|limit| exchange.delivery.elapsed.as_secs_f64() >= **limit).count();
    let _ = write!(line, " slow {slow}{}", if is_unharmed(sent) { "" } else { " harmed" });
    for check in verdict.checks.iter().filter(|check| check.outcome > Outcome::Pass) {
        let _ = write!(line, " {} {}", check.check, check.outcome.as_str());
    }
    Some(line)
}

/// How the id of the answer is related to the first that was sent.
fn ids(exchange: &Exchange) -> &'static str {
    let received = exchange.observation.main.as_ref().map(|main| main.get("id"));
    match (exchange.reading.ids.first(), received) {
        (_, None) => "-",
        (_, Some(None)) => "missing",
        (_, Some(Some(Json::Null))) => "null",
        (None, Some(Some(_))) => "invented",
        (Some(sent), Some(Some(received))) => match Id::relation(sent, received) {
            IdRelation::Identical => "same",
            IdRelation::SameValue => "rewritten",
            IdRelation::TypeChanged => "other type",
            IdRelation::Rounded => "rounded",
            IdRelation::Different => "different",
        },
    }
}

fn framing(exchange: &Exchange) -> &'static str {
    let Some(response) = &exchange.delivery.response else { return "-" };
    if response.is_event_stream() {
        "events"
    } else if response.body.is_empty() {
        "empty"
    } else {
        "body"
    }
}

const fn fate(exchange: &Exchange) -> &'static str {
    match exchange.delivery.end {
        End::Complete => "complete",
        End::StillOpen => "open",
        End::Deadline => "deadline",
        End::Overflow => "overflow",
        End::Reset(_) => "reset",
        End::Refused(_) => "refused",
        _ => "other",
    }
}

/// Whether the session serves on.
fn is_unharmed(sent: &Sent) -> bool {
    sent.sentinel.as_ref().is_none_or(crate::oracle::checks::answered::accepts)
}

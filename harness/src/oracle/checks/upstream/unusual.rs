//! What an upstream does that is no proper answer, and what a target makes of it.

use crate::case::expectation::{ReplyKind, UpstreamRule};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::checks::answered::error_code;
use crate::oracle::evidence::{Exchange, Hop};
use crate::report::model::Outcome;
use crate::wire::arrival::Arrival;
use crate::wire::json::Json;

/// Asks what the case says of it.
pub(super) fn unusual(
    rule: &UpstreamRule,
    calls: &[&Arrival],
    (stimulus, hop): (&Exchange, &Hop),
    findings: &mut Findings,
) {
    if rule.noise > 0 {
        noise(rule.noise, hop.strays, findings);
    }
    if rule.own_error {
        own_error(stimulus, findings);
    }
    if rule.unknown_type {
        unknown_type(calls, stimulus, findings);
    }
}

/// Responses are for requests. One to each line that cannot be read becomes a storm where the other side
/// does the same.
fn noise(lines: usize, answers: usize, findings: &mut Findings) {
    let outcome = match answers {
        0 => Outcome::Pass,
        some if some < lines => Outcome::Warn,
        _ => Outcome::Fail,
    };
    let expected = format!("no answer to {lines} lines that are no JSON (fewer than lines warn)");
    findings.add(CheckId::UpstreamAnswer, outcome, expected, format!("{answers} answers"));
}

/// Codes that SDKs use for their own errors are those of servers too: nobody can tell whose error it is
/// (2026-07-28, base protocol, Error Codes).
fn own_error(stimulus: &Exchange, findings: &mut Findings) {
    let Some(code) = error_code(&stimulus.observation) else { return };
    let outcome = if (-32_019..=-32_000).contains(&code) { Outcome::Warn } else { Outcome::Pass };
    let expected = "an error of the target's own, with no code from -32019 to -32000 (else warns)";
    findings.add(CheckId::Code, outcome, expected, code.to_string());
}

/// A result of an unknown kind is none where there are kinds. An upstream with a handshake knows none:
/// there the member says nothing.
fn unknown_type(calls: &[&Arrival], stimulus: &Exchange, findings: &mut Findings) {
    let observation = &stimulus.observation;
    if observation.kind != ReplyKind::Result || !calls.iter().any(|call| call.is_modern()) {
        return;
    }
    let main = observation.main.as_ref();
    let kind = main.and_then(|main| main.pointer("/result/resultType")).and_then(Json::as_str);
    let actual = kind.unwrap_or("no kind").to_owned();
    let expected = "an error, or a result of the kind that the upstream named";
    findings.require(CheckId::UpstreamIntact, kind != Some("complete"), expected, actual);
}

#[cfg(test)]
mod tests;

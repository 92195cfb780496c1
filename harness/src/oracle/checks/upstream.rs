//! `upstream.`: what a gateway does at the hop behind it, where our own upstream stands.

use super::shorten;
use crate::case::expectation::{AnswerRule, ReplyKind, UpstreamRule};
use crate::case::graded::Grade;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Hop};
use crate::report::model::Outcome;
use crate::wire::arrival::Arrival;
use crate::wire::json::Json;

/// Asks all of it, where the case says what is due and an upstream of ours is there.
pub fn upstream(evidence: &Evidence<'_>, findings: &mut Findings) {
    let rule = evidence.case.expectation.upstream.as_ref();
    let (Some(rule), Some(hop)) = (rule, evidence.hop) else { return };
    let calls: Vec<&Arrival> =
        hop.arrivals.iter().filter(|it| it.rpc_method() == Some("tools/call")).collect();
    number(rule, calls.len(), evidence.stimulus.observation.kind, findings);
    intact(evidence, &calls, findings);
    if let Some(due) = &rule.answer {
        answer(due, &evidence.stimulus.key, hop, findings);
    }
    secret(evidence, hop, findings);
}

fn number(rule: &UpstreamRule, count: usize, kind: ReplyKind, findings: &mut Findings) {
    // Whether it should have been served is the question of another check; served, it has run once.
    let served = matches!(kind, ReplyKind::Result | ReplyKind::ToolError) && count == 1;
    let outcome = match count {
        count if rule.calls.contains(&count) => Outcome::Pass,
        count if rule.calls_warn.contains(&count) => Outcome::Warn,
        _ if served => Outcome::Warn,
        _ => Outcome::Fail,
    };
    let numbers =
        |counts: &[usize]| counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ");
    let warns = match rule.calls_warn.as_slice() {
        [] => String::new(),
        counts => format!(" ({} warns)", numbers(counts)),
    };
    let expected = format!("{}{warns} calls at the upstream", numbers(&rule.calls));
    findings.add(CheckId::UpstreamCalls, outcome, expected, format!("{count} calls"));
}

/// Arguments arrive as they were sent: every member, every digit.
fn intact(evidence: &Evidence<'_>, calls: &[&Arrival], findings: &mut Findings) {
    let Some(sent) = evidence.stimulus.reading.arguments.as_ref() else { return };
    let mut worst: Option<(Outcome, String)> = None;
    for call in calls {
        let came = call.message.as_ref().and_then(|message| message.pointer("/params/arguments"));
        let seen = match came {
            Some(came) if is_same(sent, came) => (Outcome::Pass, "the same".to_owned()),
            Some(came) => (Outcome::Fail, shorten(&came.to_text(), 160)),
            None => (Outcome::Fail, "no arguments".to_owned()),
        };
        worst = worst.max(Some(seen));
    }
    if let Some((outcome, actual)) = worst {
        let expected = format!("the arguments {}", shorten(&sent.to_text(), 160));
        findings.add(CheckId::UpstreamIntact, outcome, expected, actual);
    }
}

/// Whether two values say the same: the order of members and the notation of numbers are free, and of
/// members that stand twice the last counts.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one.same_value(other),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Json::Object(members), Json::Object(others)) => {
            let within = |members: &[(_, Json)], whole: &Json| {
                members.iter().all(|(name, _): &(crate::wire::text::Text, Json)| {
                    name.decoded().is_none_or(|name| whole.get(name).is_some())
                })
            };
            let alike = |(name, _): &(crate::wire::text::Text, Json)| {
                let Some(name) = name.decoded() else { return true };
                let pair = one.get(name).zip(other.get(name));
                pair.is_some_and(|(one, other)| is_same(one, other))
            };
            members.iter().all(alike) && within(others, one)
        }
        (one, other) => one == other,
    }
}

/// The upstream's question is answered once, with its id.
fn answer(due: &AnswerRule, key: &str, hop: &Hop, findings: &mut Findings) {
    let asked = format!("ask-{key}");
    let answers: Vec<&Json> = hop
        .arrivals
        .iter()
        .filter_map(|arrival| arrival.message.as_ref())
        .filter(|message| message.get("method").is_none())
        .filter(|message| message.get("id").and_then(Json::as_str) == Some(asked.as_str()))
        .collect();
    let (outcome, actual) = match answers.as_slice() {
        [] => (Outcome::Fail, "no answer".to_owned()),
        [answer] => graded(due, answer),
        several => (Outcome::Fail, format!("{} answers", several.len())),
    };
    findings.add(CheckId::UpstreamAnswer, outcome, wanted(due), actual);
}

fn graded(due: &AnswerRule, answer: &Json) -> (Outcome, String) {
    if answer.get("result").is_some() {
        let outcome = match due.result {
            Some(Grade::Pass) => Outcome::Pass,
            Some(Grade::Warn) => Outcome::Warn,
            None => Outcome::Fail,
        };
        return (outcome, "a result".to_owned());
    }
    let code = answer.pointer("/error/code").and_then(Json::as_number).and_then(|it| it.as_i64());
    let Some(code) = code else { return (Outcome::Fail, "neither result nor error".to_owned()) };
    let outcome = match due.code.as_slice() {
        [] => Outcome::Fail,
        codes if codes.contains(&code) => Outcome::Pass,
        _ => Outcome::Warn,
    };
    (outcome, format!("error {code}"))
}

fn wanted(due: &AnswerRule) -> String {
    let codes = |codes: &[i64]| codes.iter().map(i64::to_string).collect::<Vec<_>>().join(" or ");
    let mut passes = Vec::new();
    if due.result == Some(Grade::Pass) {
        passes.push("a result".to_owned());
    }
    if !due.code.is_empty() {
        passes.push(format!("error {}", codes(&due.code)));
    }
    let warns = match (due.result, due.code.is_empty()) {
        (Some(Grade::Warn), _) => " (a result or another error warns)",
        (_, false) => " (another error warns)",
        (_, true) => "",
    };
    format!("the upstream's request is answered once by {}{warns}", passes.join(" or "))
}

/// The caller's credentials end at the gateway. The secret itself is never written into the finding.
fn secret(evidence: &Evidence<'_>, hop: &Hop, findings: &mut Findings) {
    if evidence.secrets.is_empty() || hop.arrivals.is_empty() {
        return;
    }
    let leaked = evidence
        .secrets
        .iter()
        .any(|secret| hop.arrivals.iter().any(|arrival| arrival.holds(secret)));
    let actual = if leaked { "they reached the upstream" } else { "none" };
    let expected = "no credentials of the caller at the upstream";
    findings.require(CheckId::UpstreamSecret, !leaked, expected, actual);
}

#[cfg(test)]
mod tests;

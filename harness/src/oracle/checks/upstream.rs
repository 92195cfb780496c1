//! `upstream.`: what a gateway does at the hop behind it, where our own upstream stands.

use super::shape::defect;
use super::shorten;
use crate::case::expectation::{AnswerRule, ReplyKind, UpstreamRule};
use crate::case::graded::Grade;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange, Hop};
use crate::report::model::Outcome;
use crate::wire::arrival::{Arrival, question_of};
use crate::wire::json::Json;

/// Asks all of it, where the case says what is due and an upstream of ours is there.
pub fn upstream(evidence: &Evidence<'_>, findings: &mut Findings) {
    let rule = evidence.case.expectation.upstream.as_ref();
    let (Some(rule), Some(hop)) = (rule, evidence.hop) else { return };
    if hop.cut {
        let (expected, actual) = ("all that reached our upstream", "more than is kept");
        return findings.add(CheckId::UpstreamCalls, Outcome::Untestable, expected, actual);
    }
    let calls: Vec<&Arrival> =
        hop.arrivals.iter().filter(|it| it.rpc_method() == Some("tools/call")).collect();
    // What is refused may have been piped through as it came, and be no call any more.
    let key = &evidence.stimulus.key;
    let forwarded = hop.arrivals.iter().filter(|it| it.says(key)).count();
    let count = if rule.calls == [0] { forwarded } else { calls.len() };
    number(rule, count, evidence.stimulus.observation.kind, findings);
    intact(evidence, &calls, findings);
    returned(rule, evidence.stimulus, findings);
    // A server of the stateless revision asks nothing.
    if let Some(due) = rule.answer.as_ref().filter(|_| !calls.iter().any(|it| it.is_modern())) {
        answer(due, evidence.stimulus, hop, findings);
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

/// A result holds the text with which the upstream answered: that of the call, or so many letters.
fn returned(rule: &UpstreamRule, stimulus: &Exchange, findings: &mut Findings) {
    if stimulus.observation.kind != ReplyKind::Result || rule.calls == [0] {
        return;
    }
    let main = stimulus.observation.main.as_ref();
    let text = main.and_then(|main| main.pointer("/result/content/0/text"));
    let text = text.and_then(Json::as_str).unwrap_or_default();
    let (holds, expected) = match rule.letters {
        Some(letters) => (text.chars().count() == letters, format!("a text of {letters} letters")),
        None => (text == stimulus.key, format!("the text {}", stimulus.key)),
    };
    findings.require(CheckId::UpstreamIntact, holds, expected, shorten(text, 120));
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
            let names = members.iter().chain(others).filter_map(|(name, _)| name.decoded());
            let mut pairs = names.map(|name| one.get(name).zip(other.get(name)));
            pairs.all(|pair| pair.is_some_and(|(one, other)| is_same(one, other)))
        }
        (one, other) => one == other,
    }
}

/// Requests of a server that need a capability of the client. Ours declares none.
const UNDECLARED: [&str; 3] = ["sampling/", "elicitation/", "roots/"];

/// The upstream's question is answered once, with its id, and by the gateway itself where the caller
/// cannot answer it.
fn answer(due: &AnswerRule, stimulus: &Exchange, hop: &Hop, findings: &mut Findings) {
    if hop.unasked {
        let actual = "the target opened no stream (GET) on which it could have been asked";
        return findings.add(CheckId::UpstreamAnswer, Outcome::NotApplicable, wanted(due), actual);
    }
    let asked = question_of(&stimulus.key);
    let answers: Vec<&Json> = hop
        .arrivals
        .iter()
        .filter_map(|arrival| arrival.message.as_ref())
        .filter(|message| message.get("method").is_none())
        .filter(|message| message.get("id").and_then(Json::as_str) == Some(asked.as_str()))
        .collect();
    let passed_on = |method: &&String| !method.starts_with("notifications/");
    let relayed = stimulus.observation.asked.iter().find(passed_on);
    let undeclared = |method: &String| UNDECLARED.iter().any(|begin| method.starts_with(begin));
    let (outcome, actual) = match (answers.as_slice(), relayed) {
        (_, Some(method)) if undeclared(method) => {
            (Outcome::Fail, format!("{method} was passed on to a caller that did not declare it"))
        }
        // Over HTTP nobody answers here what a gateway passes on; that it may be passed on is no defect.
        ([], Some(method)) => (Outcome::Warn, format!("{method} was passed on to the caller")),
        ([], None) => (Outcome::Fail, "no answer".to_owned()),
        ([answer], _) => graded(due, answer),
        (several, _) => (Outcome::Fail, format!("{} answers", several.len())),
    };
    findings.add(CheckId::UpstreamAnswer, outcome, wanted(due), actual);
}

fn graded(due: &AnswerRule, answer: &Json) -> (Outcome, String) {
    if let Some(defect) = defect(answer) {
        return (Outcome::Fail, defect.to_owned());
    }
    if let Some(result) = answer.get("result") {
        // Nobody was asked who could have agreed.
        let agreed = result.get("action").and_then(Json::as_str) == Some("accept");
        let outcome = match due.result {
            Some(_) if agreed => Outcome::Fail,
            Some(Grade::Pass) => Outcome::Pass,
            Some(Grade::Warn) => Outcome::Warn,
            None => Outcome::Fail,
        };
        return (outcome, format!("the result {}", shorten(&result.to_text(), 80)));
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
    if evidence.secrets.is_empty() {
        return;
    }
    let actual = if hop.leaked { "they reached the upstream" } else { "none" };
    let expected = "no credentials of the caller at the upstream";
    findings.require(CheckId::UpstreamSecret, !hop.leaked, expected, actual);
}

#[cfg(test)]
mod tests;

//! `upstream.`: what a gateway does at the hop behind it, where our own upstream stands.

mod dropped;
mod list;
mod retry;

use super::audited::main_record;
use super::record::names;
use super::shape::defect;
use super::shorten;
use crate::case::expectation::{AnswerRule, ReplyKind, UpstreamRule};
use crate::case::graded::Grade;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange, Hop, LogLine};
use crate::report::model::Outcome;
use crate::upstream::{COOKIE, PREFIX, QUESTIONS, SECOND_PREFIX};
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
    // Of another request that is served, what it is about may be passed on in requests of that kind.
    let other = evidence.stimulus.reading.method.as_deref().is_some_and(|it| it != "tools/call");
    let count = if rule.calls == [0] && !other { forwarded } else { calls.len() };
    number(rule, count, evidence.stimulus.observation.kind, findings);
    intact(evidence, &calls, findings);
    alike(evidence, &calls, findings);
    if rule.others_listed || rule.some_listed {
        listed(rule, evidence, hop, findings);
    }
    if let Some(due) = &rule.list {
        list::list(due, evidence, hop, findings);
    }
    if rule.retried {
        retry::retry(&calls, hop, findings);
    }
    returned(rule, (evidence.stimulus, hop), findings);
    unusual::unusual(rule, &calls, (evidence.stimulus, hop), findings);
    // A server of the stateless revision asks nothing.
    if let Some(due) = rule.answer.as_ref().filter(|_| !calls.iter().any(|it| it.is_modern())) {
        let refused = answer(due, evidence.stimulus, hop, findings);
        if let Some(method) = due.warned.as_ref().filter(|_| refused) {
            warned(method, evidence, hop, findings);
        }
    }
    if rule.cancelled {
        cancelled(&calls, hop, findings);
    }
    if let Some(due) = rule.dropped.filter(|_| !calls.is_empty()) {
        dropped::dropped(due, &calls, hop, findings);
    }
    secret(evidence, hop, findings);
    if rule.apart {
        apart(hop, findings);
    }
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

/// The tool that runs is the one that the record names: of a name that stands twice, whichever it is.
fn alike(evidence: &Evidence<'_>, calls: &[&Arrival], findings: &mut Findings) {
    let main = evidence.audit.iter().find_map(|records| main_record(evidence, records));
    let recorded = main.and_then(|(record, _)| record.tool_name.as_ref());
    let ran = |call: &&Arrival| {
        let name = call.message.as_ref()?.pointer("/params/name")?.as_str()?;
        Some(name.to_owned())
    };
    let (Some(recorded), Some(ran)) = (recorded, calls.iter().find_map(ran)) else { return };
    let holds = names(recorded, &ran) || recorded.ends_with(&ran);
    let expected = format!("the tool that runs is the recorded {}", shorten(recorded, 80));
    findings.require(CheckId::UpstreamIntact, holds, expected, shorten(&ran, 80));
}

/// One upstream that is down takes nothing away from the others; where it is the only one, nobody knows
/// that there are no tools.
fn listed(rule: &UpstreamRule, evidence: &Evidence<'_>, hop: &Hop, findings: &mut Findings) {
    let Some(listed) = list::names(evidence) else { return };
    if rule.some_listed {
        let (expected, actual) = ("tools, or an error", format!("{} tools", listed.len()));
        return findings.require(CheckId::Result, !listed.is_empty(), expected, actual);
    }
    let missing = hop.others.iter().find(|name| !listed.contains(&name.as_str()));
    let actual = missing.map_or_else(
        || "all of them".to_owned(),
        |name| format!("{} is not listed", shorten(name, 80)),
    );
    let expected = "the tools of the other upstreams in the list";
    findings.require(CheckId::Result, missing.is_none(), expected, actual);
}

/// A result holds the text with which the upstream answered: that of the call, or so many letters.
fn returned(rule: &UpstreamRule, (stimulus, hop): (&Exchange, &Hop), findings: &mut Findings) {
    let is_call = stimulus.reading.tool.is_some();
    if stimulus.observation.kind != ReplyKind::Result || rule.calls == [0] || !is_call {
        return;
    }
    let main = stimulus.observation.main.as_ref();
    let text = main.and_then(|main| main.pointer("/result/content/0/text"));
    let text = text.and_then(Json::as_str).unwrap_or_default();
    let (holds, expected) = match rule.letters {
        Some(letters) => (text.chars().count() == letters, format!("a text of {letters} letters")),
        None => {
            let sent = hop.first.as_ref().unwrap_or(&stimulus.key);
            (text == sent, format!("the text {sent}"))
        }
    };
    findings.require(CheckId::UpstreamIntact, holds, expected, shorten(text, 120));
}

/// Whether two values say the same: the order of members and the notation of numbers are free, and of
/// members that stand twice either counts.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one.same_value(other),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Json::Object(members), Json::Object(others)) => {
            let mut names = members.iter().chain(others).filter_map(|(name, _)| name.decoded());
            names.all(|name| {
                let sent = members.iter().filter(|(other, _)| other.decoded() == Some(name));
                let came = other.get(name);
                came.is_some_and(|came| sent.into_iter().any(|(_, sent)| is_same(sent, came)))
            })
        }
        (one, other) => one == other,
    }
}

/// Requests of a server that need a capability of the client. Ours declares none.
const UNDECLARED: [&str; 3] = ["sampling/", "elicitation/", "roots/"];

/// The upstream's question is answered once, with its id, and by the gateway itself where the caller
/// cannot answer it. Whether it was refused, or not answered at all.
fn answer(due: &AnswerRule, stimulus: &Exchange, hop: &Hop, findings: &mut Findings) -> bool {
    if hop.unasked {
        let actual = "the target opened no stream (GET) on which it could have been asked";
        findings.add(CheckId::UpstreamAnswer, Outcome::NotApplicable, wanted(due), actual);
        return false;
    }
    let asked = hop.asked.clone().unwrap_or_else(|| Json::string(&question_of(&stimulus.key)));
    let answers: Vec<&Json> = hop
        .arrivals
        .iter()
        .filter_map(|arrival| arrival.message.as_ref())
        .filter(|message| message.get("method").is_none())
        .filter(|message| message.get("id").is_some_and(|id| is_same(id, &asked)))
        .collect();
    let relayed = relayed(stimulus);
    let undeclared = |method: &str| UNDECLARED.iter().any(|begin| method.starts_with(begin));
    let (outcome, actual) = match (answers.as_slice(), relayed) {
        (_, Some(method)) if undeclared(method) => {
            (Outcome::Fail, format!("{method} was passed on to a caller that did not declare it"))
        }
        // Over HTTP nobody answers here what a gateway passes on; that it may be passed on is no defect.
        ([], Some(method)) => (Outcome::Warn, format!("{method} was passed on to the caller")),
        ([], None) => (due.silence.map_or(Outcome::Fail, counted), "no answer".to_owned()),
        ([answer], _) => graded(due, answer, hop),
        (several, _) => (Outcome::Fail, format!("{} answers", several.len())),
    };
    findings.add(CheckId::UpstreamAnswer, outcome, wanted(due), actual);
    relayed.is_none() && !answers.iter().any(|answer| answer.get("result").is_some())
}

/// The method of a request of the upstream that was passed on to the caller: in the stream of the answer, or
/// on standard output.
pub(super) fn relayed(stimulus: &Exchange) -> Option<&str> {
    let observation = &stimulus.observation;
    let asks = |message: &&std::sync::Arc<Json>| message.get("id").is_some();
    let streamed = observation.others.iter().filter(asks);
    let streamed = streamed.filter_map(|message| message.get("method")?.as_str());
    let asked = observation.asked.iter().map(String::as_str);
    streamed.chain(asked).find(|method| !method.starts_with("notifications/"))
}

/// Without a word in the log nobody learns why the upstream's tool does not work.
fn warned(method: &str, evidence: &Evidence<'_>, hop: &Hop, findings: &mut Findings) {
    let expected =
        format!("a WARNING with {method} and the name of the upstream in the target's log");
    let Some(log) = evidence.log else {
        let actual = "the log is not read: --log PATH";
        return findings.add(CheckId::UpstreamWarned, Outcome::NotApplicable, expected, actual);
    };
    let named = |line: &LogLine| hop.names.iter().any(|name| line.has_word(name));
    // A list of all methods, or a line about the case before, is not about this one.
    let others = QUESTIONS.into_iter().filter(|other| *other != method && other.contains('/'));
    let is_other = |line: &LogLine| others.clone().any(|other| line.text.contains(other));
    let about = log.iter().filter(|line| line.text.contains(method) && !is_other(line));
    let best = about.max_by_key(|line| (line.is_warning(), named(line)));
    let (outcome, actual) = match best {
        None => (Outcome::Fail, "no line names it".to_owned()),
        Some(line) if line.is_warning() && named(line) => (Outcome::Pass, shorten(&line.text, 160)),
        Some(line) => (Outcome::Warn, shorten(&line.text, 160)),
    };
    findings.add(CheckId::UpstreamWarned, outcome, expected, actual);
}

/// What the caller has cancelled may be cancelled behind the target too, and nothing else.
fn cancelled(calls: &[&Arrival], hop: &Hop, findings: &mut Findings) {
    let own = |told: &&Arrival| calls.iter().any(|call| told.cancels(call));
    let foreign = hop.cancelled.iter().find(|told| !own(told));
    let (outcome, actual) = match (foreign, hop.cancelled.len()) {
        (Some(told), _) => {
            let body = String::from_utf8_lossy(&told.body).into_owned();
            (Outcome::Fail, format!("another is cancelled: {}", shorten(&body, 160)))
        }
        (None, 0) => (Outcome::Warn, "nothing is cancelled".to_owned()),
        (None, _) => (Outcome::Pass, "it is cancelled".to_owned()),
    };
    let expected = "the call is cancelled at the upstream, and no other";
    findings.add(CheckId::UpstreamCancelled, outcome, expected, actual);
}

fn graded(due: &AnswerRule, answer: &Json, hop: &Hop) -> (Outcome, String) {
    if let Some(defect) = defect(answer) {
        return (Outcome::Fail, defect.to_owned());
    }
    if let Some(result) = answer.get("result") {
        // Nobody was asked who could have agreed.
        let agreed = result.get("action").and_then(Json::as_str) == Some("accept");
        let outcome = match due.result {
            Some(_) if agreed => Outcome::Fail,
            Some(grade) => counted(grade),
            // Who has declared the capability to its upstream may serve it by itself.
            None if is_declared(due, hop) => Outcome::Warn,
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

/// What a grade is in the verdict.
const fn counted(grade: Grade) -> Outcome {
    match grade {
        Grade::Pass => Outcome::Pass,
        Grade::Warn => Outcome::Warn,
    }
}

/// Whether the target has declared to the upstream that it serves such questions.
fn is_declared(due: &AnswerRule, hop: &Hop) -> bool {
    let capability = due.warned.as_ref().and_then(|method| method.split('/').next());
    capability.is_some_and(|capability| hop.declared.contains(capability))
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
    let silence = if due.silence.is_some() { ", or not at all (warns)" } else { "" };
    format!("the upstream's request is answered once by {}{warns}{silence}", passes.join(" or "))
}

/// Cookies and sessions go back to the upstream that gave them, and a call goes to the one that it is for.
fn apart(hop: &Hop, findings: &mut Findings) {
    let (second, first): (Vec<&Arrival>, Vec<&Arrival>) =
        hop.arrivals.iter().partition(|arrival| arrival.is_second());
    let given = |arrival: &&Arrival| {
        let cookie = arrival.header("cookie").is_some_and(|it| it.contains(COOKIE));
        let session = arrival.header("mcp-session-id").unwrap_or_default();
        cookie || (session.starts_with(PREFIX) && !session.starts_with(SECOND_PREFIX))
    };
    let calls = |arrival: &&&Arrival| arrival.rpc_method() == Some("tools/call");
    let actual = if first.iter().any(|arrival| calls(&arrival)) {
        "the call reached the first upstream"
    } else if second.iter().any(given) {
        "a cookie or the session of the first upstream reached the second"
    } else {
        "nothing"
    };
    let expected = "nothing of one upstream at the other";
    findings.require(CheckId::UpstreamSecret, actual == "nothing", expected, actual);
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

mod unusual;

#[cfg(test)]
mod tests;

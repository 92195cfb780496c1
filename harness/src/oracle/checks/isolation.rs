//! `isolation.`: does each caller get its own answer, and everybody the same where it must be the same?

use super::shorten;
use crate::case::expectation::ReplyKind;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange};
use crate::report::model::Outcome;
use crate::wire::json::Json;

/// No answer holds the canary of another message; where the case says so, each
/// result of a tool that echoes holds its own.
pub fn canary(evidence: &Evidence<'_>, findings: &mut Findings) {
    if evidence.beside.is_empty() {
        return;
    }
    let expected = "each answer holds what its own request said, and nothing of another";
    let crossed = evidence.together().find_map(|exchange| foreign(evidence, exchange));
    if let Some(text) = crossed {
        return findings.add(CheckId::Canary, Outcome::Fail, expected, text);
    }
    if !evidence.case.expectation.beside.own_canary {
        return;
    }
    let served = |exchange: &&Exchange| {
        matches!(exchange.observation.kind, ReplyKind::Result | ReplyKind::ToolError)
    };
    // A tool echoes when one answer of it shows that it does; others need not say what they were told.
    let own = |exchange: &&Exchange| holds(exchange, &exchange.key);
    let tools: Vec<_> = evidence
        .together()
        .filter(served)
        .filter(own)
        .map(|exchange| &exchange.reading.tool)
        .collect();
    let echoes = |exchange: &&Exchange| tools.contains(&&exchange.reading.tool);
    let lost = evidence.together().filter(served).filter(echoes).find(|exchange| !own(exchange));
    let actual = lost.map_or_else(
        || "each holds its own".to_owned(),
        |lost| format!("an answer without the canary {} of its request", lost.key),
    );
    findings.require(CheckId::Canary, lost.is_none(), expected, actual);
}

/// The canary of another message in an answer.
fn foreign(evidence: &Evidence<'_>, exchange: &Exchange) -> Option<String> {
    // What stands on a stream of the session may belong to any message of the session.
    if exchange.envelope.method == "GET" {
        return None;
    }
    // A tool may tell what it was told before; an answer that is another's lacks its own canary. Tools of
    // our own upstream tell nothing of others.
    if evidence.hop.is_none() && holds(exchange, &exchange.key) {
        return None;
    }
    let others = evidence.together().chain(evidence.control).map(|other| other.key.clone());
    let mut others = others.chain(of_the_run(exchange)).filter(|other| *other != exchange.key);
    let other = others.find(|other| holds(exchange, other))?;
    Some(format!("the answer to {} holds the canary {other} of another message", exchange.key))
}

/// The first canary of the run in an answer. All are of one length, and differ in their number.
fn of_the_run(exchange: &Exchange) -> Option<String> {
    let (length, number) = (exchange.key.len(), exchange.key.len().checked_sub(NUMBER)?);
    let prefix = exchange.key.get(..number)?;
    let text = String::from_utf8_lossy(&exchange.delivery.response.as_ref()?.body).into_owned();
    let at = text.find(prefix)?;
    let found = text.get(at..at + length)?;
    let digits = found.get(number..).is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()));
    digits.then(|| found.to_owned())
}

/// Digits at the end of a canary.
const NUMBER: usize = 6;

fn holds(exchange: &Exchange, key: &str) -> bool {
    let response = exchange.delivery.response.as_ref();
    let body = response.map_or(&[][..], |response| response.body.as_slice());
    body.windows(key.len()).any(|window| window == key.as_bytes())
}

/// The parts that must be the same in every answer. Another order of the same items only warns.
pub fn same(evidence: &Evidence<'_>, findings: &mut Findings) {
    for pointer in &evidence.case.expectation.beside.same {
        let expected = format!("{pointer} is the same in every answer");
        let parts: Vec<Option<&Json>> = evidence
            .together()
            .filter(|exchange| exchange.envelope.method == "POST" && !refused_by_http(exchange))
            .map(|exchange| exchange.observation.main.as_ref()?.pointer(pointer))
            .collect();
        let (outcome, actual) = compared(&parts);
        findings.add(CheckId::Same, outcome, expected, actual);
    }
}

/// Whether HTTP may refuse the message, and did: that says nothing of the answer itself.
fn refused_by_http(exchange: &Exchange) -> bool {
    exchange.reading.class.is_http() && exchange.observation.kind != ReplyKind::Result
}

fn compared(parts: &[Option<&Json>]) -> (Outcome, String) {
    let Some((Some(first), rest)) = parts.split_first() else {
        return (Outcome::Fail, "the first answer lacks it".to_owned());
    };
    let differing = rest.iter().find(|part| **part != Some(*first));
    match differing {
        None => (Outcome::Pass, format!("the same in {} answers", parts.len())),
        Some(Some(other)) if sorted(first).is_some_and(|items| sorted(other) == Some(items)) => {
            (Outcome::Warn, "the same items in another order".to_owned())
        }
        Some(Some(other)) => {
            let texts = (shorten(&first.to_text(), 80), shorten(&other.to_text(), 80));
            (Outcome::Fail, format!("{} and {}", texts.0, texts.1))
        }
        Some(None) => (Outcome::Fail, "an answer lacks it".to_owned()),
    }
}

/// The items of an array as texts, in an order of their own; none for what is no array.
fn sorted(value: &Json) -> Option<Vec<String>> {
    let mut texts: Vec<String> = value.as_array()?.iter().map(Json::to_text).collect();
    texts.sort();
    Some(texts)
}

#[cfg(test)]
mod tests;

//! `correlated.id`: does the response carry the id of the request?

use std::sync::Arc;

use super::{graded, permitted, shorten};
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::IdRule;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Exchange;
use crate::oracle::observe::echoes;
use crate::report::model::Outcome;
use crate::wire::id::{Id, IdRelation};
use crate::wire::json::Json;

/// Judges the id of the reply. A result always carries the id sent; an error by its rule.
pub fn id(exchange: &Exchange, allowed: Option<&Allowed>, findings: &mut Findings) {
    let sent = &exchange.reading.ids;
    match (&exchange.observation.kind, &exchange.observation.main) {
        (ReplyKind::Error, Some(main)) => error_id(exchange, main, allowed, findings),
        (ReplyKind::Result | ReplyKind::ToolError, Some(main)) => result_id(sent, main, findings),
        (ReplyKind::Batch, _) => batch_ids(exchange, findings),
        _ => {}
    }
}

fn result_id(sent: &[Json], main: &Json, findings: &mut Findings) {
    if sent.is_empty() {
        // The target read more in the bytes than we can: what it should echo is unknown.
        return;
    }
    let received = main.get("id");
    let holds = received.is_some_and(|received| echoes(sent, received));
    findings.require(CheckId::Id, holds, expected(sent), actual(sent, received));
}

fn error_id(exchange: &Exchange, main: &Json, allowed: Option<&Allowed>, findings: &mut Findings) {
    let sent = &exchange.reading.ids;
    let received = main.get("id");
    let anything = Allowed::default();
    let allowed = allowed.unwrap_or(&anything);
    let (pass, warn) = if allowed.id.is_empty() && allowed.id_warn.is_empty() {
        (vec![IdRule::Echo, IdRule::Null, IdRule::Absent], Vec::new())
    } else {
        (allowed.id.clone(), allowed.id_warn.clone())
    };
    let outcome = match graded(&pass, &warn, |rule| follows(*rule, sent, received)) {
        Outcome::Fail if refused_by_http(exchange) => Outcome::Warn,
        outcome => outcome,
    };
    let wanted = permitted(&pass, &warn);
    let wanted = if pass.contains(&IdRule::Echo) && !sent.is_empty() {
        format!("{wanted}, where {}", expected(sent))
    } else {
        wanted
    };
    findings.add(CheckId::Id, outcome, wanted, actual(sent, received));
}

/// What the HTTP layer refuses is told by its status, and its body is optional: there a made-up id
/// misleads nobody.
fn refused_by_http(exchange: &Exchange) -> bool {
    let failed = exchange.observation.status.is_some_and(|status| status >= 400);
    exchange.observation.is_http_refusal() || (failed && exchange.reading.class.is_http())
}

fn follows(rule: IdRule, sent: &[Json], received: Option<&Json>) -> bool {
    match (rule, received) {
        (IdRule::Absent, None) | (IdRule::Null, Some(Json::Null)) => true,
        (IdRule::Echo, Some(received)) => echoes(sent, received),
        _ => false,
    }
}

/// Every id of a batch answer is one that was sent, and none comes twice; null is for items that
/// carry none. Every request of the batch has an answer with its id, of the kind that it deserves.
fn batch_ids(exchange: &Exchange, findings: &mut Findings) {
    let sent = &exchange.reading.ids;
    let answers = &exchange.observation.responses;
    let received: Vec<&Json> = answers.iter().filter_map(|answer| answer.get("id")).collect();
    let known = |id: &&Json| id.is_null() || echoes(sent, id);
    let once =
        |id: &&Json| id.is_null() || received.iter().filter(|other| other == &id).count() == 1;
    let strangers = !received.iter().all(|id| known(id) && once(id)) || too_many_nameless(exchange);
    let items = exchange.reading.items.iter();
    let worst = items.map(|(id, class)| item_outcome(id, *class, answers)).max();
    let outcome = if strangers { Outcome::Fail } else { worst.unwrap_or(Outcome::Pass) };
    let list = answers.iter().map(|answer| answer_text(answer)).collect::<Vec<_>>();
    let expected = "an answer with the id of each request of the batch, and no other";
    findings.add(CheckId::Id, outcome, expected, list.join(", "));
}

/// How one request of a batch was answered. One that is itself invalid may be left out or answered
/// with null; whether enough answers came is another question.
fn item_outcome(id: &Json, class: Class, answers: &[Arc<Json>]) -> Outcome {
    let of_item = |answer: &&Arc<Json>| {
        answer.get("id").is_some_and(|seen| echoes(std::slice::from_ref(id), seen))
    };
    let answer = answers.iter().find(of_item);
    let code = answer.and_then(|answer| answer.pointer("/error/code")).map(Json::to_text);
    match (class, answer, code.as_deref()) {
        (Class::Request, Some(answer), _) if answer.get("result").is_some() => Outcome::Pass,
        (Class::UnknownMethod, _, Some("-32601")) => Outcome::Pass,
        (Class::UnknownMethod, _, Some("-32602")) => Outcome::Warn,
        (Class::Request | Class::UnknownMethod, _, _) => Outcome::Fail,
        _ => Outcome::Pass,
    }
}

fn answer_text(answer: &Json) -> String {
    let id = answer.get("id").map_or_else(|| "no id".to_owned(), |id| shorten(&id.to_text(), 40));
    let code = answer.pointer("/error/code").map(Json::to_text);
    code.map_or_else(|| format!("{id}: result"), |code| format!("{id}: error {code}"))
}

/// Whether more answers come without an id than there are items that have none to be echoed: then
/// the answer of a valid request has lost its id.
fn too_many_nameless(exchange: &Exchange) -> bool {
    let reading = &exchange.reading;
    let nameless = |response: &&Arc<Json>| response.get("id").is_none_or(Json::is_null);
    let count = exchange.observation.responses.iter().filter(nameless).count();
    count > reading.requests.saturating_sub(reading.identified)
}

fn expected(sent: &[Json]) -> String {
    sent.first().map_or_else(
        || "the id sent".to_owned(),
        |id| format!("the id sent is {}", shorten(&id.to_text(), 80)),
    )
}

fn actual(sent: &[Json], received: Option<&Json>) -> String {
    let Some(received) = received else { return "no id".to_owned() };
    let text = shorten(&received.to_text(), 80);
    let Some(first) = sent.first() else { return format!("id {text}") };
    let how = match Id::relation(first, received) {
        IdRelation::Identical | IdRelation::SameValue => "",
        IdRelation::TypeChanged => ": its type was changed",
        IdRelation::Rounded => ": its digits were rounded",
        IdRelation::Different if received.is_null() => "",
        IdRelation::Different => ": an id that was never sent",
    };
    format!("id {text}{how}")
}

#[cfg(test)]
mod tests;

//! `correlated.id`: does the response carry the id of the request?

use super::{graded, permitted, shorten};
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

/// Statuses by which HTTP itself refuses, whatever the body says (RFC 9110 section 15.5).
const HTTP_REFUSALS: [u16; 11] = [401, 403, 405, 406, 411, 413, 414, 415, 421, 429, 431];

/// What the HTTP layer refuses is told by its status, and its body is optional: there a made-up id
/// misleads nobody.
fn refused_by_http(exchange: &Exchange) -> bool {
    let Some(status) = exchange.observation.status else { return false };
    HTTP_REFUSALS.contains(&status) || (status >= 400 && exchange.reading.class.is_http())
}

fn follows(rule: IdRule, sent: &[Json], received: Option<&Json>) -> bool {
    match (rule, received) {
        (IdRule::Absent, None) | (IdRule::Null, Some(Json::Null)) => true,
        (IdRule::Echo, Some(received)) => echoes(sent, received),
        _ => false,
    }
}

/// Every id of a batch answer is one that was sent, and none comes twice; null is for items that
/// carry none.
fn batch_ids(exchange: &Exchange, findings: &mut Findings) {
    let sent = &exchange.reading.ids;
    let mut seen: Vec<&Json> = Vec::new();
    let mut outcome = if too_many_nameless(exchange) { Outcome::Fail } else { Outcome::Pass };
    for received in exchange.observation.responses.iter().filter_map(|response| response.get("id"))
    {
        let known = received.is_null() || echoes(sent, received);
        let repeated = !received.is_null() && seen.contains(&received);
        if !known || repeated {
            outcome = Outcome::Fail;
        }
        seen.push(received);
    }
    let list: Vec<String> = seen.iter().map(|id| shorten(&id.to_text(), 40)).collect();
    findings.add(CheckId::Id, outcome, "each id of the batch at most once", list.join(", "));
}

/// Whether more answers come without an id than there are items that have none to be echoed: then
/// the answer of a valid request has lost its id.
fn too_many_nameless(exchange: &Exchange) -> bool {
    let reading = &exchange.reading;
    let nameless = |response: &&Json| response.get("id").is_none_or(Json::is_null);
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

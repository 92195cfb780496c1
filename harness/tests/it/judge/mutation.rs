//! Replies changed in one thing, each with the check that must see it.

use super::asked;
use super::reply::{Reply, both, has_head, result_text};
use super::subject::Subject;
use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::expectation::{Allowed, Missing, ReplyKind};
use mcp_gauntlet::oracle::check::CheckId;
use mcp_gauntlet::oracle::expect::stdio::needs_trace;
use mcp_gauntlet::report::model::Outcome;
use mcp_gauntlet::wire::envelope::Header;

/// Statuses by which HTTP itself refuses: there an invented id only warns.
const REFUSALS: [u16; 11] = [401, 403, 405, 406, 411, 413, 414, 415, 421, 429, 431];

/// The mutations of a reply, each with the check that must turn and to what.
pub(super) fn mutations(
    subject: &Subject,
    reply: &Reply,
    allowed: &Allowed,
) -> Vec<(Reply, CheckId, Option<Outcome>)> {
    let fail = Some(Outcome::Fail);
    let mut mutants = vec![];
    let restricted = !allowed.code.is_empty() || !allowed.code_warn.is_empty();
    if reply.kind == ReplyKind::Error && restricted {
        // What HTTP itself refuses is told by the status, whatever the code.
        let free = REFUSALS.contains(&reply.status);
        let outcome = if free { Outcome::Pass } else { Outcome::Fail };
        mutants.push((Reply { code: 1234, ..reply.clone() }, CheckId::Code, Some(outcome)));
    }
    let status = if reply.kind == ReplyKind::Accepted { 299 } else { 599 };
    let all = both(&allowed.status, &allowed.status_warn);
    let strange = !all.is_empty() && !all.iter().any(|rule| rule.admits(status));
    if strange && has_head(reply.kind) {
        mutants.push((Reply { status, ..reply.clone() }, CheckId::Status, fail));
    }
    if !reply.headers.is_empty() {
        let rules = &subject.case.expectation.headers;
        let mut demanded = rules.iter().filter(|rule| !rule.forbidden);
        let fails = demanded.any(|rule| rule.missing == Missing::Fail);
        let outcome = if fails { Outcome::Fail } else { Outcome::Warn };
        let mutant = Reply { headers: Vec::new(), ..reply.clone() };
        mutants.push((mutant, CheckId::Header, Some(outcome)));
    }
    mutants.extend(forbidden_header(subject, reply));
    let demands =
        [allowed.has.len(), allowed.has_any.len(), allowed.kinds.len(), allowed.equals.len()];
    let demands = demands.iter().sum::<usize>() + allowed.lists.len() + allowed.one_of.len();
    if demands > 0 {
        let failed = reply.kind == ReplyKind::ToolError;
        let result = if failed { r#"{"isError":true}"# } else { "{}" }.to_owned();
        mutants.push((Reply { result, ..reply.clone() }, CheckId::Result, fail));
    }
    if schema_decides(subject, reply, allowed) {
        let result = "{}".to_owned();
        mutants.push((Reply { result, ..reply.clone() }, CheckId::Schema, fail));
    }
    for (pointer, unwanted) in &allowed.differs {
        let equals = [(pointer.clone(), unwanted.clone())].into();
        let result = result_text(subject, reply.kind, &Allowed { equals, ..allowed.clone() });
        mutants.push((Reply { result, ..reply.clone() }, CheckId::Result, fail));
    }
    for pointer in &allowed.lacks {
        let equals = [(pointer.clone(), "{}".to_owned())].into();
        let result = result_text(subject, reply.kind, &Allowed { equals, ..allowed.clone() });
        mutants.push((Reply { result, ..reply.clone() }, CheckId::Result, fail));
    }
    if reply.is_message() && !reply.batch_is_empty() {
        mutants.push((Reply { version: "1.0", ..reply.clone() }, CheckId::Shape, fail));
        let times = 1 + subject.reading.messages.max(1);
        mutants.push((Reply { times, ..reply.clone() }, CheckId::Once, fail));
    }
    mutants.extend(spoken(subject, reply));
    mutants.extend(invented_id(subject, reply));
    mutants
}

/// Whether only the schema says what a result of the method holds.
fn schema_decides(subject: &Subject, reply: &Reply, allowed: &Allowed) -> bool {
    let methods = ["initialize", "tools/list", "tools/call"];
    let method = subject.reading.method.as_deref();
    let named = !allowed.has.is_empty() || !allowed.equals.is_empty() || !allowed.kinds.is_empty();
    reply.kind == ReplyKind::Result
        && subject.reading.class == Class::Request
        && method.is_some_and(|method| methods.contains(&method))
        && !named
        && allowed.differs.is_empty()
}

/// What only a process can do: write what is no message, and leave no trace of what it ignores.
fn spoken(subject: &Subject, reply: &Reply) -> Vec<(Reply, CheckId, Option<Outcome>)> {
    if !reply.spoken {
        return Vec::new();
    }
    let before = |before| Reply { before, ..reply.clone() };
    let mut mutants = vec![
        (before("Server running on stdio\n"), CheckId::Purity, Some(Outcome::Fail)),
        (before("\n"), CheckId::Purity, Some(Outcome::Warn)),
    ];
    let named = subject.case.expectation.on_stdio.contains_key(&ReplyKind::Silent);
    if reply.kind == ReplyKind::Silent && needs_trace(subject.case.stimulus.class) && !named {
        let mutant = Reply { errors: "", ..reply.clone() };
        mutants.push((mutant, CheckId::Reply, Some(Outcome::Fail)));
    }
    mutants
}

/// A header that the case forbids.
fn forbidden_header(subject: &Subject, reply: &Reply) -> Option<(Reply, CheckId, Option<Outcome>)> {
    let mut rules = subject.case.expectation.headers.iter();
    let rule = rules.find(|rule| {
        rule.forbidden && has_head(reply.kind) && rule.on.iter().any(|on| on.admits(reply.status))
    })?;
    let outcome = if rule.missing == Missing::Fail { Outcome::Fail } else { Outcome::Warn };
    let headers = vec![Header::new(rule.name.as_str(), "x")];
    Some((Reply { headers, ..reply.clone() }, CheckId::Header, Some(outcome)))
}

pub(super) fn invented_id(
    subject: &Subject,
    reply: &Reply,
) -> Option<(Reply, CheckId, Option<Outcome>)> {
    let made_up = "\"made-up\"".to_owned();
    let batch = vec![made_up.clone(); reply.batch.len()];
    let mutant = Reply { id: Some(made_up), batch, ..reply.clone() };
    let refused = REFUSALS.contains(&reply.status)
        || (reply.status >= 400 && subject.case.stimulus.class.is_http());
    let expected = match reply.kind {
        ReplyKind::Error if refused => Some(Outcome::Warn),
        ReplyKind::Error => Some(Outcome::Fail),
        ReplyKind::Batch if reply.batch.is_empty() => Some(Outcome::Pass),
        ReplyKind::Batch => Some(Outcome::Fail),
        // Where no id was sent that we can read, the target may have read more than we.
        ReplyKind::Result | ReplyKind::ToolError if subject.reading.ids.is_empty() => None,
        ReplyKind::Result | ReplyKind::ToolError => Some(Outcome::Fail),
        _ => return None,
    };
    Some((mutant, CheckId::Id, expected))
}

/// The mutations that the judge does not see.
pub(super) fn unseen(subject: &Subject, reply: &Reply, allowed: &Allowed) -> Vec<String> {
    let mutants = mutations(subject, reply, allowed).into_iter();
    let unseen = mutants.filter_map(|(mutant, check, expected)| {
        let seen = asked(&subject.judge(mutant.delivery()), check);
        let name = subject.name();
        let text = || format!("{name}: {check} is {seen:?}, not {expected:?}: {mutant:?}");
        (seen != expected).then(text)
    });
    unseen.collect()
}

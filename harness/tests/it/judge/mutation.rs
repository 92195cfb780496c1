//! Replies changed in one thing, each with the check that must see it.

use super::asked;
use super::reply::{Reply, both, has_head, result_text};
use super::subject::Subject;
use mcp_gauntlet::case::expectation::{Allowed, Missing, ReplyKind};
use mcp_gauntlet::oracle::check::CheckId;
use mcp_gauntlet::report::model::Outcome;

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
        let fails = rules.iter().any(|rule| rule.missing == Missing::Fail);
        let outcome = if fails { Outcome::Fail } else { Outcome::Warn };
        let mutant = Reply { headers: Vec::new(), ..reply.clone() };
        mutants.push((mutant, CheckId::Header, Some(outcome)));
    }
    if !allowed.has.is_empty() || !allowed.equals.is_empty() {
        let result = result_text(reply.kind, &Allowed::default());
        mutants.push((Reply { result, ..reply.clone() }, CheckId::Result, fail));
    }
    for (pointer, unwanted) in &allowed.differs {
        let equals = [(pointer.clone(), unwanted.clone())].into();
        let result = result_text(reply.kind, &Allowed { equals, ..allowed.clone() });
        mutants.push((Reply { result, ..reply.clone() }, CheckId::Result, fail));
    }
    for pointer in &allowed.lacks {
        let equals = [(pointer.clone(), "{}".to_owned())].into();
        let result = result_text(reply.kind, &Allowed { equals, ..allowed.clone() });
        mutants.push((Reply { result, ..reply.clone() }, CheckId::Result, fail));
    }
    if reply.is_message() && !reply.batch_is_empty() {
        mutants.push((Reply { version: "1.0", ..reply.clone() }, CheckId::Shape, fail));
        mutants.push((Reply { times: 2, ..reply.clone() }, CheckId::Once, fail));
    }
    mutants.extend(invented_id(subject, reply));
    mutants
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

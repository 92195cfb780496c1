//! The tables of permitted replies in words: what passes, what warns, what fails.

use std::fmt::Display;

use super::page::Page;
use crate::case::Case;
use crate::case::expectation::{Allowed, Expectation, Missing, RecordDemand, ReplyKind};
use crate::case::graded::{Grade, IdRule};
use crate::case::switch::Switches;
use crate::oracle::asked::permitted;
use crate::oracle::expect::Replies;

/// Says what passes, warns and fails of a case, once for all revisions that agree.
pub(super) fn say(case: &Case, switches: &Switches, page: &mut Page) {
    let groups = groups(case, switches);
    let alone = groups.len() == 1;
    for (when, replies) in &groups {
        if !alone {
            page.plain(&format!("{when}:"));
        }
        page.list("passes", &graded(replies, Grade::Pass));
        page.list("warns", &graded(replies, Grade::Warn));
        page.say("fails", &failing(replies));
    }
    page.list("besides", &besides(&case.expectation));
}

/// What is permitted, with the revisions (and whether the id can be read) for which it is.
pub(super) fn groups(case: &Case, switches: &Switches) -> Vec<(String, Replies)> {
    let mut groups: Vec<(Vec<String>, Replies)> = Vec::new();
    for revision in &case.revisions {
        let readable = permitted(case, *revision, true, switches);
        let unread = permitted(case, *revision, false, switches);
        let mut add = |when: String, replies: Replies| match groups
            .iter_mut()
            .find(|(_, known)| *known == replies)
        {
            Some((names, _)) => names.push(when),
            None => groups.push((vec![when], replies)),
        };
        if readable == unread {
            add(revision.to_string(), readable);
        } else {
            add(format!("{revision} with an id that can be read"), readable);
            add(format!("{revision} without one"), unread);
        }
    }
    groups.into_iter().map(|(names, replies)| (names.join(", "), replies)).collect()
}

/// One line for each kind of reply that may pass, or that warns.
fn graded(replies: &Replies, grade: Grade) -> Vec<String> {
    let line = |(kind, allowed): (&ReplyKind, &Allowed)| match (grade, allowed.grade) {
        (Grade::Pass, Grade::Pass) => Some(passing(*kind, allowed)),
        (Grade::Warn, Grade::Warn) => Some(passing(*kind, allowed)),
        (Grade::Warn, Grade::Pass) => warning(*kind, allowed),
        (Grade::Pass, Grade::Warn) => None,
    };
    replies.iter().filter_map(line).collect()
}

fn passing(kind: ReplyKind, allowed: &Allowed) -> String {
    let mut parts = vec![kind.to_string()];
    let error = kind == ReplyKind::Error;
    parts.extend(set("code", &allowed.code).filter(|_| error));
    parts.extend(ids(&allowed.id).filter(|_| error));
    parts.extend(set("status", &allowed.status));
    parts.extend(allowed.has.iter().map(|at| format!("{at} in the result")));
    parts.extend(allowed.kinds.iter().map(|(at, kind)| format!("{at} is a {kind}")));
    parts.extend(allowed.equals.iter().map(|(at, text)| format!("{at} is {text}")));
    parts.extend(allowed.differs.iter().map(|(at, text)| format!("{at} is not {text}")));
    parts.extend(allowed.responses.map(|count| format!("{count} responses")));
    parts.join("; ")
}

/// What of a kind that may pass only warns.
fn warning(kind: ReplyKind, allowed: &Allowed) -> Option<String> {
    let error = kind == ReplyKind::Error;
    let parts: Vec<String> = [
        set("code", &allowed.code_warn).filter(|_| error),
        allowed.refused.then(|| "code -32019 to -32000 in an HTTP 4xx".to_owned()),
        ids(&allowed.id_warn).filter(|_| error),
        set("status", &allowed.status_warn),
        allowed.responses_warn.map(|count| format!("{count} responses or more")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| format!("{kind} with {}", parts.join(", or ")))
}

fn set<T: Display>(name: &str, values: &[T]) -> Option<String> {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    (!values.is_empty()).then(|| format!("{name} {}", values.join(" or ")))
}

/// Like [`set`], but the id sent needs no word before it.
fn ids(rules: &[IdRule]) -> Option<String> {
    let text = set("id", rules)?;
    Some(text.strip_prefix("id the id").map_or(text.clone(), |rest| format!("the id{rest}")))
}

fn failing(replies: &Replies) -> String {
    let other = ReplyKind::ALL.into_iter().filter(|kind| !replies.contains_key(kind));
    let other: Vec<String> = other.map(|kind| kind.to_string()).collect();
    format!("{}, and every other code, id, status or content", other.join(", "))
}

fn besides(expectation: &Expectation) -> Vec<String> {
    let mut lines: Vec<String> = expectation
        .headers
        .iter()
        .map(|rule| {
            let on = set("status", &rule.on).unwrap_or_default();
            let missing = match rule.missing {
                Missing::Fail => "fails",
                Missing::Warn => "warns",
            };
            format!(
                "a reply of {on} carries the header {}; without it the case {missing}",
                rule.name
            )
        })
        .collect();
    lines.push(match expectation.record {
        RecordDemand::Required => "exactly one audit record, where records can be read".to_owned(),
        RecordDemand::Expected => "at most one audit record; none warns".to_owned(),
        RecordDemand::Optional => "at most one audit record".to_owned(),
    });
    lines.push("a valid request on the same session is served afterwards".to_owned());
    lines
}

//! What a switch changes: a small pure transformation of the permitted replies. A switch that stands
//! on its default changes nothing, so the tables of `expect` are the defaults.

use super::expect::Replies;
use crate::case::Case;
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::{Grade, IdRule, StatusRule};
use crate::case::switch::{Switch, Switches};
use crate::wire::revision::Revision;

/// The replies of a case with every switch applied: those that its class is subject to, or the one
/// that the case names beside replies of its own.
#[must_use]
pub fn applied(
    mut replies: Replies,
    case: &Case,
    revision: Revision,
    switches: &Switches,
) -> Replies {
    if case.expectation.replies.is_empty() {
        return of_class(replies, case.stimulus.class, revision, switches);
    }
    let named = case.expectation.switch;
    if let Some((switch, value)) = named.and_then(|name| Some((name, switches.changed(name)?))) {
        apply(switch, value, revision, &mut replies);
    }
    replies
}

/// The replies of a class with every switch applied that decides about it.
#[must_use]
pub fn of_class(
    mut replies: Replies,
    class: Class,
    revision: Revision,
    switches: &Switches,
) -> Replies {
    for switch in Switch::ALL.into_iter().filter(|switch| concerns(*switch, class)) {
        if let Some(value) = switches.changed(switch) {
            apply(switch, value, revision, &mut replies);
        }
    }
    replies
}

/// Whether a switch decides about the replies of a class.
#[must_use]
pub const fn concerns(switch: Switch, class: Class) -> bool {
    match switch {
        Switch::UnknownTool => matches!(class, Class::UnknownTool),
        Switch::ToolArguments => matches!(class, Class::ToolArguments),
        Switch::ErrorId => {
            !class.is_http() && !matches!(class, Class::Notification | Class::Response)
        }
        Switch::IdRecovery => matches!(class, Class::InvalidRequest),
        Switch::ErrorStatus => matches!(
            class,
            Class::UnknownMethod | Class::InvalidParams | Class::UnknownTool | Class::ToolArguments
        ),
        Switch::StdioParseSilence => matches!(class, Class::Unparsable | Class::Empty),
        Switch::Batch => matches!(class, Class::Batch),
        Switch::Accept => matches!(class, Class::HttpAccept),
        Switch::Origin => matches!(class, Class::HttpOrigin),
        // About what comes beside a reply.
        Switch::SinkWait | Switch::SinkLoss => false,
    }
}

/// Sets a switch to a value that is not its default.
fn apply(switch: Switch, value: &str, revision: Revision, replies: &mut Replies) {
    match switch {
        Switch::UnknownTool | Switch::ToolArguments => tool_error(value, replies),
        Switch::ErrorId => error_id(value, replies),
        Switch::IdRecovery => id_recovery(value, replies),
        Switch::ErrorStatus => error_status(revision, replies),
        Switch::StdioParseSilence => graded(value, &[ReplyKind::Silent], replies),
        Switch::Batch => batch(value, revision, replies),
        Switch::Accept => strict_accept(replies),
        Switch::Origin => graded(value, &[ReplyKind::Result], replies),
        Switch::SinkWait | Switch::SinkLoss => {}
    }
}

/// The two ways of a tool's refusal: one of them, or both alike.
fn tool_error(value: &str, replies: &mut Replies) {
    let (error, tool_error) = (ReplyKind::Error, ReplyKind::ToolError);
    let kept: &[ReplyKind] = match value {
        "protocol-error" => {
            replies.remove(&tool_error);
            &[error]
        }
        "is-error" => {
            replies.remove(&error);
            &[tool_error]
        }
        _ => &[error, tool_error],
    };
    for kind in kept {
        if let Some(allowed) = replies.get_mut(kind) {
            allowed.grade = Grade::Pass;
        }
    }
}

/// Of null and absent only one is left where both pass.
fn error_id(value: &str, replies: &mut Replies) {
    let other = if value == "null" { IdRule::Absent } else { IdRule::Null };
    let Some(error) = replies.get_mut(&ReplyKind::Error) else { return };
    if error.id.contains(&IdRule::Null) && error.id.contains(&IdRule::Absent) {
        error.id.retain(|rule| *rule != other);
    }
}

fn id_recovery(value: &str, replies: &mut Replies) {
    let Some(error) = replies.get_mut(&ReplyKind::Error) else { return };
    // Where the id cannot be read there is nothing to recover.
    if !error.id.contains(&IdRule::Echo) {
        return;
    }
    let warned = std::mem::take(&mut error.id_warn);
    if value == "pass" {
        error.id.extend(warned);
    }
}

/// Revisions from 2026-07-28 on state the status themselves.
fn error_status(revision: Revision, replies: &mut Replies) {
    let handshake = revision <= Revision::V2025_11_25;
    if let Some(error) = replies.get_mut(&ReplyKind::Error).filter(|_| handshake) {
        error.status = vec![StatusRule::Exactly(200)];
        error.status_warn = Vec::new();
    }
}

/// Under 2025-03-26 it is the refusal that is disputed, later the answer.
fn batch(value: &str, revision: Revision, replies: &mut Replies) {
    let disputed: &[ReplyKind] = if revision == Revision::V2025_03_26 {
        &[ReplyKind::Error, ReplyKind::Http]
    } else {
        &[ReplyKind::Batch, ReplyKind::Result]
    };
    graded(value, disputed, replies);
}

/// Only 406 passes, and an answer in spite of Accept fails.
fn strict_accept(replies: &mut Replies) {
    replies.remove(&ReplyKind::Result);
    for refused in replies.values_mut() {
        refused.status = vec![StatusRule::Exactly(406)];
        refused.status_warn = vec![StatusRule::Hundred(4)];
    }
}

/// Lets kinds of reply that warn pass, or takes them away.
fn graded(value: &str, kinds: &[ReplyKind], replies: &mut Replies) {
    let warns = |allowed: &Allowed| allowed.grade == Grade::Warn;
    for kind in kinds {
        match value {
            "fail" => {
                if replies.get(kind).is_some_and(warns) {
                    replies.remove(kind);
                }
            }
            _ => {
                if let Some(allowed) = replies.get_mut(kind) {
                    allowed.grade = Grade::Pass;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

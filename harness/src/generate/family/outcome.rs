//! What may come back where the class alone does not say it: the same as the case files on it permit.

use std::collections::BTreeMap;

use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::{Grade, IdRule, StatusRule};
use crate::case::recipe::Base;

/// The permitted replies.
pub(super) type Outcome = BTreeMap<ReplyKind, Allowed>;

/// The codes that a server may define for itself (JSON-RPC 2.0 section 5.1).
const OWN: std::ops::RangeInclusive<i64> = -32019..=-32000;

fn statuses<const N: usize>(all: [u16; N]) -> Vec<StatusRule> {
    all.map(StatusRule::Exactly).into()
}

fn error(code: &[i64], code_warn: &[i64], status_warn: Vec<StatusRule>) -> Allowed {
    Allowed {
        code: code.to_vec(),
        code_warn: code_warn.to_vec(),
        id: vec![IdRule::Echo],
        status: statuses([200]),
        status_warn,
        ..Allowed::default()
    }
}

fn served() -> Allowed {
    Allowed { status: statuses([200]), ..Allowed::default() }
}

/// A tool that fails says so in its result (`TOOL-EXEC-ERROR`).
pub(super) fn failing_tool() -> Outcome {
    let told = Allowed { has: vec!["/content".to_owned()], ..served() };
    let refused = Allowed { grade: Grade::Warn, ..error(&[-32603], &[], Vec::new()) };
    [(ReplyKind::ToolError, told), (ReplyKind::Error, refused)].into()
}

/// A tool whose upstream is down: either way, but an answer (`HOUSE-ANSWERED-DEAD-UPSTREAM`).
pub(super) fn dead_upstream() -> Outcome {
    let own: Vec<i64> = OWN.chain([-32602]).collect();
    let refused = error(&[-32603], &own, statuses([500, 502, 503, 504]));
    [(ReplyKind::ToolError, served()), (ReplyKind::Error, refused)].into()
}

/// No JSON text to the letter, which many readers take for one: refused, or served as what it would be
/// (`JSON-8.1-UTF8`, `JSON-7-CTRL`, `JSON-TRAIL`, `JSON-8.1-BOM-IN`; NaN in a value).
pub(super) fn leniently_read(base: Base) -> Outcome {
    let unread = statuses([400, 415, 422]);
    let refused = Allowed {
        id: vec![IdRule::Null, IdRule::Absent],
        id_warn: vec![IdRule::Echo],
        status: statuses([400]),
        ..error(&[-32700], &[-32600, -32602], statuses([200, 415, 422]))
    };
    let warns = |allowed| Allowed { grade: Grade::Warn, ..allowed };
    let without = warns(Allowed { status: unread, ..Allowed::default() });
    let mut all = Outcome::from([(ReplyKind::Error, refused), (ReplyKind::Http, without)]);
    if base == Base::Notification {
        all.insert(ReplyKind::Accepted, warns(Allowed::default()));
    } else {
        all.extend([ReplyKind::Result, ReplyKind::ToolError].map(|kind| (kind, warns(served()))));
    }
    all
}

/// A prompt that does not exist (`PROMPT-UNKNOWN`).
pub(super) fn unknown_prompt() -> Outcome {
    let refused = error(&[-32602], &[-32601, -32603], statuses([400, 422, 500]));
    [(ReplyKind::Error, refused)].into()
}

/// A resource that does not exist (`RES-NF-LEGACY`).
pub(super) fn unknown_resource() -> Outcome {
    let refused = error(&[-32002], &[-32602, -32603, -32601], statuses([400, 422, 500]));
    [(ReplyKind::Error, refused)].into()
}

/// A handshake for a revision, raw text, that does not exist (`INIT-VERSION-OTHER`).
pub(super) fn other_revision(version: &str) -> Outcome {
    const AT: &str = "/protocolVersion";
    let offered = Allowed {
        kinds: BTreeMap::from([(AT.to_owned(), "revision".to_owned())]),
        differs: BTreeMap::from([(AT.to_owned(), version.to_owned())]),
        ..served()
    };
    let refused = error(&[-32602, -32600], &[], Vec::new());
    let refused = Allowed { grade: Grade::Warn, status: statuses([200, 400]), ..refused };
    [(ReplyKind::Result, offered), (ReplyKind::Error, refused)].into()
}

//! What may come back where neither the class nor one case says it.

use std::collections::BTreeMap;

use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::{Grade, IdRule, StatusRule};
use crate::case::recipe::Base;

/// The permitted replies.
pub(super) type Outcome = BTreeMap<ReplyKind, Allowed>;

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

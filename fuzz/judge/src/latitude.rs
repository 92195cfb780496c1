//! What is permitted beyond the table of classes. That is made for messages with one defect, about
//! which a case says the rest; fuzzed bytes have several at once, and no case.

use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::expectation::{Allowed, ReplyKind};
use mcp_gauntlet::case::graded::{IdRule, StatusRule};
use mcp_gauntlet::oracle::evidence::Exchange;
use mcp_gauntlet::oracle::expect::{self, Replies};
use mcp_gauntlet::wire::json::{Json, parse};
use mcp_gauntlet::wire::mirror::META_VERSION;
use mcp_gauntlet::wire::revision::Revision;

use crate::house::subscribes;

/// Codes by which a method that is understood may still be refused: params that are not served, no
/// such resource (until 2025-11-25), a feature that is not offered, a capability that is needed.
const REASONS: [i64; 4] =
    [expect::INVALID_PARAMS, -32002, expect::METHOD_NOT_FOUND, expect::MISSING_CAPABILITY];

/// The permitted replies to a message; none where those of its class are all.
pub(crate) fn replies(revision: Revision, exchange: &Exchange) -> Replies {
    let reading = &exchange.reading;
    let message = parse(&exchange.envelope.body).unwrap_or(Json::Null);
    match reading.class {
        // RFC 8259 section 8.2 leaves unpaired surrogates, section 6 large numbers to the reader.
        _ if is_odd(&message) => tolerated(revision),
        Class::Request => request(revision, exchange),
        Class::Batch if reading.requests == 0 => unanswered(revision),
        Class::UnknownMethod => unknown_method(revision, &message),
        _ => Replies::new(),
    }
}

/// Whether a message says itself that it is one of the stateless revision, whatever it stands in.
pub(crate) fn names_its_version(body: &[u8]) -> bool {
    let names = |message: &Json| {
        let meta = message.get("params").and_then(|params| params.get("_meta"));
        meta.and_then(|meta| meta.get(META_VERSION)).is_some()
    };
    parse(body).is_ok_and(|message| names(&message))
}

/// A request may fail for a reason of its own, and a tool may.
fn request(revision: Revision, exchange: &Exchange) -> Replies {
    let mut replies = expect::replies(Class::Request, revision, true);
    if exchange.reading.tool.is_some() {
        let result = replies.get(&ReplyKind::Result).cloned().unwrap_or_default();
        replies.insert(ReplyKind::ToolError, result);
    }
    if subscribes(&exchange.reading) {
        replies.insert(ReplyKind::Stream, Allowed::default());
    }
    let (code, id) = (REASONS.to_vec(), vec![IdRule::Echo]);
    let status = [200, 400, 404].map(StatusRule::Exactly).to_vec();
    let error = Allowed { code, id, status, ..Allowed::default() };
    replies.insert(ReplyKind::Error, error);
    replies
}

/// Whatever else is wrong, it is refused or served, and answered once.
fn tolerated(revision: Revision) -> Replies {
    let mut replies = expect::replies(Class::Ambiguous, revision, false);
    replies.insert(ReplyKind::Accepted, Allowed::default());
    replies.insert(ReplyKind::Batch, Allowed::default());
    if let Some(error) = replies.get_mut(&ReplyKind::Error) {
        error.code.extend(REASONS);
    }
    replies
}

/// A batch in which nothing asks for an answer.
fn unanswered(revision: Revision) -> Replies {
    let mut replies = expect::replies(Class::Batch, revision, false);
    replies.insert(ReplyKind::Accepted, Allowed::default());
    replies
}

/// Params that are no object may be what is told first.
fn unknown_method(revision: Revision, message: &Json) -> Replies {
    let mut replies = expect::replies(Class::UnknownMethod, revision, true);
    if let Some(error) = replies.get_mut(&ReplyKind::Error)
        && message.get("params").is_some_and(|params| params.as_object().is_none())
    {
        error.code.push(expect::INVALID_PARAMS);
        error.status.push(StatusRule::Exactly(400));
    }
    replies
}

fn is_odd(value: &Json) -> bool {
    match value {
        Json::String(text) => text.decoded().is_none(),
        Json::Number(number) => !number.as_f64().is_finite(),
        Json::Array(items) => items.iter().any(is_odd),
        Json::Object(members) => {
            members.iter().any(|(name, value)| name.decoded().is_none() || is_odd(value))
        }
        Json::Null | Json::Bool(_) => false,
    }
}

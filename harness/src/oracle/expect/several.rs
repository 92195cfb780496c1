//! What is permitted beyond the table of classes. That is made for messages with one defect, about
//! which a case says the rest; fuzzed bytes have several at once, and no case.

use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::expectation::{Allowed, ReplyKind};
use mcp_gauntlet::case::graded::{IdRule, StatusRule};
use mcp_gauntlet::oracle::evidence::Exchange;
use mcp_gauntlet::oracle::expect::{self, Replies};
use mcp_gauntlet::oracle::observe::echoes;
use mcp_gauntlet::wire::json::{Json, parse};
use mcp_gauntlet::wire::mirror;
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
        Class::InvalidParams => invalid_params(revision),
        Class::UnsupportedVersion if !is_writable(&message) => unwritable_version(revision),
        class if is_strange(class) && is_unlike_a_request(exchange) => tolerated(revision),
        _ => Replies::new(),
    }
}

/// Whether a check asks more of a message than its bytes say.
pub(crate) fn excuses(exchange: &Exchange, check: &str) -> bool {
    let reading = &exchange.reading;
    match check {
        // A request of a batch may fail for a reason of its own, and an id that is sent twice comes
        // back twice. How many answers there are is another check.
        "correlated.id" => {
            reading.class == Class::Batch
                && exchange.observation.kind == ReplyKind::Batch
                && known_ids(exchange)
        }
        "audited.call-type" => is_strange(reading.class) && is_unlike_a_request(exchange),
        _ => false,
    }
}

/// Classes that hide what a message is otherwise.
const fn is_strange(class: Class) -> bool {
    matches!(class, Class::Ambiguous | Class::TooDeep | Class::TooLarge)
}

/// Whether it may be served as a notification or as a batch.
fn is_unlike_a_request(exchange: &Exchange) -> bool {
    let batch = exchange.envelope.body.trim_ascii_start().starts_with(b"[");
    batch || exchange.reading.ids.is_empty()
}

/// Whether every id that came back was sent.
fn known_ids(exchange: &Exchange) -> bool {
    let ids = exchange.observation.responses.iter().filter_map(|response| response.get("id"));
    ids.clone().all(|id| id.is_null() || echoes(&exchange.reading.ids, id))
}

/// Whether a message says itself that it is one of the stateless revision, whatever it stands in.
pub(crate) fn names_its_version(body: &[u8]) -> bool {
    parse(body).is_ok_and(|message| version(&message).is_some())
}

/// The revision that a message names itself.
fn version(message: &Json) -> Option<&Json> {
    let meta = message.get("params").and_then(|params| params.get("_meta"));
    meta.and_then(|meta| meta.get(mirror::META_VERSION))
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
    let replies = expect::replies(Class::UnknownMethod, revision, true);
    let object = message.get("params").is_none_or(|params| params.as_object().is_some());
    if object { replies } else { also(replies, expect::INVALID_PARAMS, 400) }
}

/// That the feature is not offered may be what is told first.
fn invalid_params(revision: Revision) -> Replies {
    let replies = expect::replies(Class::InvalidParams, revision, true);
    also(replies, expect::METHOD_NOT_FOUND, 404)
}

/// A version that no header can carry as it stands agrees with none (LAT-PRECEDENCE).
fn unwritable_version(revision: Revision) -> Replies {
    const UNSUPPORTED_VERSION: i64 = -32022;
    also(expect::replies(Class::HeaderMismatch, revision, true), UNSUPPORTED_VERSION, 400)
}

fn is_writable(message: &Json) -> bool {
    let version = version(message).and_then(Json::as_str);
    version.is_some_and(|version| mirror::encode(version) == version)
}

/// The same, with one more error.
fn also(mut replies: Replies, code: i64, status: u16) -> Replies {
    if let Some(error) = replies.get_mut(&ReplyKind::Error) {
        error.code.push(code);
        error.status.push(StatusRule::Exactly(status));
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

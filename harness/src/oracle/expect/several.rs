//! What is permitted where a message may have several defects at once, as fuzzed ones have: whichever
//! is told first (LAT-PRECEDENCE). The table of classes is made for messages with one.

use super::modern::{HEADER_MISMATCH, UNSUPPORTED_VERSION};
use super::{
    INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, MISSING_CAPABILITY,
    PARSE_ERROR, Replies, UNREAD, adapt, http_warn, replies,
};
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::{Grade, IdRule, StatusRule};
use crate::oracle::classify::{LARGE, Reading};
use crate::oracle::evidence::Exchange;
use crate::oracle::observe::echoes;
use crate::wire::json::{Json, parse};
use crate::wire::mirror;
use crate::wire::revision::Revision;

/// Codes by which a method that is understood may still be refused: params that are not served, no
/// such resource (until 2025-11-25), a feature that is not offered, a capability that is needed.
const REASONS: [i64; 4] = [INVALID_PARAMS, -32002, METHOD_NOT_FOUND, MISSING_CAPABILITY];

/// The permitted replies to a message. Beyond what they say, any standard code and an id that was not
/// read only warn: which of the defects is told first, and how far the message was read, is free.
#[must_use]
pub fn permitted(revision: Revision, exchange: &Exchange) -> Replies {
    let mut permitted = by_class(revision, exchange);
    if let Some(error) = permitted.get_mut(&ReplyKind::Error) {
        // What else it is may be a request that is refused for a reason of its own, or whose headers do
        // not say what it says.
        let modern = [HEADER_MISMATCH, UNSUPPORTED_VERSION];
        if is_strange(exchange.reading.class) && !error.code.is_empty() {
            error.code.extend(REASONS);
        }
        match is_strange(exchange.reading.class) {
            _ if !revision.is_modern() || error.code.is_empty() => {}
            true => error.code.extend(modern),
            false => warn(&error.code, &mut error.code_warn, &modern),
        }
        let ids = [IdRule::Echo, IdRule::Null, IdRule::Absent];
        warn(&error.code, &mut error.code_warn, &STANDARD);
        warn(&error.id, &mut error.id_warn, &ids);
        warn(&error.status, &mut error.status_warn, &REFUSALS.map(StatusRule::Exactly));
        let (kind, unread) = http_warn(&UNREAD);
        permitted.entry(kind).or_insert(unread);
    }
    if subscribes(&exchange.reading) {
        permitted.insert(ReplyKind::Stream, Allowed::default());
    }
    if is_strange(exchange.reading.class) && exchange.reading.method.is_none() {
        // It may be a response.
        permitted.insert(ReplyKind::Accepted, Allowed::default());
    }
    permitted
}

/// Lets more values warn, where it is said at all which pass.
fn warn<T: Copy + PartialEq>(pass: &[T], warn: &mut Vec<T>, more: &[T]) {
    if !pass.is_empty() {
        let new = more.iter().filter(|value| !pass.contains(value) && !warn.contains(value));
        let new: Vec<T> = new.copied().collect();
        warn.extend(new);
    }
}

/// Codes that JSON-RPC 2.0 section 5.1 defines for what a message is.
const STANDARD: [i64; 5] =
    [PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR];

/// Statuses with which what is defective is answered.
const REFUSALS: [u16; 5] = [200, 400, 404, 413, 422];

fn by_class(revision: Revision, exchange: &Exchange) -> Replies {
    let reading = &exchange.reading;
    let message = parse(&exchange.envelope.body).unwrap_or(Json::Null);
    match reading.class {
        // RFC 8259 section 8.2 leaves unpaired surrogates, section 6 large numbers to the reader.
        _ if is_odd(&message) => tolerated(revision),
        Class::Request => request(revision, exchange),
        // What is too large may be refused before it is read.
        Class::Unparsable if exchange.envelope.body.len() > LARGE => {
            of_class(Class::TooLarge, revision, reading)
        }
        Class::Unparsable => leniently_read(of_class(Class::Unparsable, revision, reading)),
        Class::Batch => batch(revision, reading),
        Class::UnknownMethod => unknown_method(revision, reading, &message),
        Class::InvalidParams => invalid_params(revision, reading),
        Class::UnsupportedVersion if !is_writable(&message) => unwritable_version(revision),
        class if is_strange(class) && is_unlike_a_request(exchange) => tolerated(revision),
        class if class.is_http() => refused(revision, exchange),
        class => of_class(class, revision, reading),
    }
}

/// Some readers take more for JSON than is: invalid UTF-8, NaN, what stands behind the message.
fn leniently_read(mut permitted: Replies) -> Replies {
    for kind in [ReplyKind::Result, ReplyKind::ToolError, ReplyKind::Accepted] {
        let warns = Allowed { grade: Grade::Warn, ..Allowed::default() };
        permitted.entry(kind).or_insert(warns);
    }
    permitted
}

/// What a class permits, of a message as it stands.
fn of_class(class: Class, revision: Revision, reading: &Reading) -> Replies {
    let mut permitted = replies(class, revision, reading.id_readable);
    adapt(&mut permitted, (class, revision), &[revision], reading);
    permitted
}

/// Of several defects of the HTTP request any may be told first, with whatever status and code. Where
/// it may be overlooked, the message is served as what it is.
fn refused(revision: Revision, exchange: &Exchange) -> Replies {
    let mut permitted = replies(exchange.reading.class, revision, false);
    if let Some(result) = permitted.get(&ReplyKind::Result).cloned() {
        permitted.insert(ReplyKind::ToolError, result);
        if is_unlike_a_request(exchange) {
            permitted.insert(ReplyKind::Accepted, Allowed::default());
        }
    }
    permitted.insert(ReplyKind::Error, Allowed::default());
    permitted.insert(ReplyKind::Http, Allowed::default());
    permitted
}

/// Whether a check asks more of a message than its bytes say.
#[must_use]
pub fn excuses(exchange: &Exchange, check: &str) -> bool {
    let reading = &exchange.reading;
    match check {
        // A request of a batch may fail for a reason of its own, and an id that is sent twice comes
        // back twice. How many answers there are is another check.
        "correlated.id" if reading.class == Class::Batch => is_batch_of_known(exchange),
        // The target may have read an id where we read none, and a batch where we read nothing.
        "correlated.id" if is_strange(reading.class) => {
            reading.ids.is_empty() || is_batch_of_known(exchange)
        }
        // What could not be read is recorded as that.
        "audited.call-type" | "audited.tool" | "audited.request" => {
            (is_strange(reading.class) && is_unlike_a_request(exchange))
                || is_refused_unread(exchange)
                || parse(&exchange.envelope.body).is_ok_and(|message| is_odd(&message))
        }
        _ => false,
    }
}

/// Whether the answer is an error that names no id: what was told was wrong before the message was read.
fn is_refused_unread(exchange: &Exchange) -> bool {
    let observation = &exchange.observation;
    let named = observation.main.as_ref().and_then(|main| main.get("id"));
    observation.kind == ReplyKind::Error && named.is_none_or(Json::is_null)
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

/// Whether a batch came back, and every id in it was sent.
fn is_batch_of_known(exchange: &Exchange) -> bool {
    let observation = &exchange.observation;
    let mut ids = observation.responses.iter().filter_map(|response| response.get("id"));
    observation.kind == ReplyKind::Batch
        && ids.all(|id| id.is_null() || echoes(&exchange.reading.ids, id))
}

/// The revision that a message names itself.
fn version(message: &Json) -> Option<&Json> {
    let meta = message.get("params").and_then(|params| params.get("_meta"));
    meta.and_then(|meta| meta.get(mirror::META_VERSION))
}

/// A request may fail for a reason of its own, and a tool may.
fn request(revision: Revision, exchange: &Exchange) -> Replies {
    let mut permitted = replies(Class::Request, revision, true);
    if exchange.reading.tool.is_some() {
        let result = permitted.get(&ReplyKind::Result).cloned().unwrap_or_default();
        permitted.insert(ReplyKind::ToolError, result);
    }
    let (code, id) = (REASONS.to_vec(), vec![IdRule::Echo]);
    let status = [200, 400, 404].map(StatusRule::Exactly).to_vec();
    let error = Allowed { code, id, status, ..Allowed::default() };
    permitted.insert(ReplyKind::Error, error);
    permitted
}

/// A subscription stands open by design.
fn subscribes(reading: &Reading) -> bool {
    reading.method.as_deref() == Some("subscriptions/listen")
}

/// Whatever else is wrong, it is refused or served, and answered once.
fn tolerated(revision: Revision) -> Replies {
    let mut permitted = replies(Class::Ambiguous, revision, false);
    permitted.insert(ReplyKind::Accepted, Allowed::default());
    permitted.insert(ReplyKind::Batch, Allowed::default());
    if let Some(error) = permitted.get_mut(&ReplyKind::Error) {
        error.code.extend(REASONS);
    }
    permitted
}

/// Whether everything in a batch may be read as something that asks for no answer.
fn is_quiet(reading: &Reading) -> bool {
    let ambiguous = reading.items.iter().filter(|(_, class)| *class == Class::Ambiguous);
    reading.requests == ambiguous.count()
}

/// A batch may be answered like the one message in it, and one in which nothing need ask for an answer
/// may have none.
fn batch(revision: Revision, reading: &Reading) -> Replies {
    let mut permitted = of_class(Class::Batch, revision, reading);
    if reading.requests <= 1 {
        permitted.insert(ReplyKind::Result, Allowed::default());
    }
    if is_quiet(reading) {
        permitted.insert(ReplyKind::Accepted, Allowed::default());
    }
    permitted
}

/// Params that are no object may be what is told first.
fn unknown_method(revision: Revision, reading: &Reading, message: &Json) -> Replies {
    let permitted = of_class(Class::UnknownMethod, revision, reading);
    let object = message.get("params").is_none_or(|params| params.as_object().is_some());
    if object { permitted } else { also(permitted, INVALID_PARAMS, 400) }
}

/// That the feature is not offered, or asks for a capability, may be what is told first.
fn invalid_params(revision: Revision, reading: &Reading) -> Replies {
    let permitted = also(of_class(Class::InvalidParams, revision, reading), METHOD_NOT_FOUND, 404);
    if revision.is_modern() { also(permitted, MISSING_CAPABILITY, 400) } else { permitted }
}

/// A version that no header can carry as it stands agrees with none (LAT-PRECEDENCE).
fn unwritable_version(revision: Revision) -> Replies {
    also(replies(Class::HeaderMismatch, revision, true), UNSUPPORTED_VERSION, 400)
}

fn is_writable(message: &Json) -> bool {
    let version = version(message).and_then(Json::as_str);
    version.is_some_and(|version| mirror::encode(version) == version)
}

/// The same, with one more error.
fn also(mut permitted: Replies, code: i64, status: u16) -> Replies {
    if let Some(error) = permitted.get_mut(&ReplyKind::Error) {
        error.code.push(code);
        error.status.push(StatusRule::Exactly(status));
    }
    permitted
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

#[cfg(test)]
mod tests {
    use crate::case::class::Class;
    use crate::oracle::check::CheckId;
    use crate::oracle::testing::{CALL, Scene, error, json};
    use crate::report::model::Outcome;

    /// A call that was refused, in a record that names no tool.
    fn refused(id: &str) -> Scene {
        let mut scene = Scene::of(Class::Request, CALL, json(400, error(-32600, id)));
        scene.case.expectation.several = true;
        scene.control = None;
        let record = &mut scene.records[0];
        (record.tool_name, record.tool_arguments) = (None, None);
        scene
    }

    #[test]
    fn the_record_of_what_was_refused_unread_need_name_no_tool() {
        assert_eq!(refused("null").asked(CheckId::RecordTool), None);
        assert_eq!(refused("7").asked(CheckId::RecordTool), Some(Outcome::Fail));
    }
}

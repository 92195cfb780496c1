//! The seam of replies: a finished answer before it is sent.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::Value;
use serde_json::value::RawValue;

use super::stateless::without;
use super::{Fault, Faults, WEDGED_LIMIT};
use crate::json::{Kind, kind, quoted, raw, string};
use crate::reply::{Content, Framing, KEEP_ALIVE, Reply, Standing, Wire, WireBody};
use crate::revision::Revision;
use crate::rpc::{Answer, Echo, ErrorObject, code};

/// What a trace of another implementation looks like.
const TRACE: &str = "\nthread 'main' panicked at /opt/app/src/main.rs:42:13\n   0: core::panicking::panic\n   1: app::serve at /opt/app/src/serve.rs:7:9";

/// An event with progress under a token that nobody gave.
const UNASKED: &str = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":\"unasked\",\"progress\":1}}\n\n";

/// What is answered.
#[derive(Debug)]
pub(crate) struct ReplyContext {
    /// When the message came.
    pub(super) arrived: Instant,
    /// How an answer that is no stream is framed.
    pub(crate) framing: Framing,
    /// The session that the message belongs to, or says so.
    pub(crate) session: Option<String>,
    /// The request was refused for its id.
    pub(crate) invalid_id: bool,
    /// The body was no JSON text.
    pub(crate) unparsable: bool,
    /// A notification was accepted.
    pub(crate) notification: bool,
    /// A single `tools/call` was served.
    pub(crate) tool_call: bool,
    /// The headers name a revision without sessions.
    pub(crate) stateless: bool,
}

impl ReplyContext {
    /// Nothing in particular of a message that came then.
    pub(crate) fn new(framing: Framing, arrived: Instant) -> Self {
        Self {
            arrived,
            framing,
            session: None,
            invalid_id: false,
            unparsable: false,
            notification: false,
            tool_call: false,
            stateless: false,
        }
    }
}

impl Faults {
    /// A finished reply.
    pub(crate) fn on_reply(&self, context: &ReplyContext, mut reply: Reply) -> Reply {
        if self.planted.is_empty() {
            return reply;
        }
        if self.must_hang(context, &reply) {
            return Reply::standing(Standing {
                primed: false,
                first: None,
                last: None,
                every: Duration::from_secs(1),
                comment: KEEP_ALIVE,
                ends: None,
            });
        }
        if context.invalid_id && self.has(Fault::DropBadId) {
            return Reply::empty(StatusCode::ACCEPTED);
        }
        if context.notification && self.has(Fault::AnswerNotification) {
            return unasked_answer(context.framing);
        }
        let line = context.framing == Framing::Lines;
        if context.unparsable && line && self.has(Fault::StdioSilentParseError) {
            return Reply::empty(StatusCode::OK);
        }
        if context.unparsable && self.has(Fault::ParseError500) {
            reply.status = StatusCode::INTERNAL_SERVER_ERROR;
        }
        if self.has(Fault::NoChallenge) {
            reply.headers.remove(header::WWW_AUTHENTICATE);
        }
        if context.stateless {
            self.spoil_stateless(&mut reply);
        }
        if self.has(Fault::UpstreamHeadersPassed) {
            reply.headers.extend(self.passed_headers());
        }
        if let Content::Messages(messages) = &mut reply.content {
            for answer in &mut messages.answers {
                self.spoil_content(answer);
                self.spoil_id(answer);
            }
            let streamed = messages.framing != Framing::Json;
            if context.tool_call && streamed && self.has(Fault::DoubleReply) {
                messages.answers.extend_from_within(..);
            }
        }
        self.between(context, reply)
    }

    /// A reply in its final bytes.
    pub(crate) fn on_wire(&self, mut wire: Wire) -> Wire {
        let content_type = wire.headers.get(header::CONTENT_TYPE).cloned();
        let is = |name: &str| content_type.as_ref().is_some_and(|value| value == name);
        if is("application/json") && self.has(Fault::PlainTextReply) {
            let plain = HeaderValue::from_static("text/plain");
            wire.headers.insert(header::CONTENT_TYPE, plain);
        }
        if is("application/json")
            && self.has(Fault::ByteOrderMark)
            && let WireBody::Whole(body) = &mut wire.body
        {
            body.splice(0..0, *b"\xef\xbb\xbf");
        }
        if is("text/event-stream") {
            self.repeat_event_ids(&mut wire);
        }
        if is("text/event-stream")
            && let WireBody::Whole(body) = &mut wire.body
            && let Some(repeated) = self.repeated_notice()
        {
            body.extend_from_slice(repeated.as_bytes());
        }
        if is("text/event-stream")
            && self.has(Fault::UnaskedProgress)
            && let WireBody::Whole(body) = &mut wire.body
        {
            body.splice(0..0, UNASKED.bytes());
        }
        if is("text/event-stream")
            && self.has(Fault::SseUnterminated)
            && let WireBody::Whole(body) = &mut wire.body
        {
            body.pop();
        }
        wire
    }

    fn must_hang(&self, context: &ReplyContext, reply: &Reply) -> bool {
        let Content::Messages(messages) = &reply.content else {
            return false;
        };
        let unknown_method = messages.answers.iter().any(|answer| {
            let error = answer.error.as_ref();
            error.is_some_and(|error| error.code == code::METHOD_NOT_FOUND)
        });
        (unknown_method && self.has(Fault::HangUnknownMethod))
            || (self.has(Fault::WedgeSession) && self.is_wedged(context))
    }

    /// The unparsable body itself is still answered.
    fn is_wedged(&self, context: &ReplyContext) -> bool {
        let Some(session) = &context.session else {
            return false;
        };
        let mut wedged = self.wedged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_wedged = wedged.contains(session);
        if context.unparsable && wedged.len() < WEDGED_LIMIT {
            wedged.insert(session.clone());
        }
        is_wedged
    }

    fn spoil_content(&self, answer: &mut Answer) {
        let method = answer.method.as_deref();
        let refused = match method {
            Some("tools/list") => self.has(Fault::RejectValid),
            Some("initialize") => self.has(Fault::InitializeRefused),
            _ => false,
        };
        if refused {
            answer.result = None;
            answer.error = Some(ErrorObject::new(code::INTERNAL_ERROR, "Internal error"));
        } else if method == Some("tools/call")
            && answer.result.is_some()
            && self.has(Fault::ResultAndError)
        {
            answer.error = Some(ErrorObject::new(code::INTERNAL_ERROR, "Internal error"));
        }
        if method == Some("initialize") && self.has(Fault::ServerInfoLost) {
            answer.result = answer.result.as_deref().map(|result| without(result, &["serverInfo"]));
        }
        if method == Some("initialize") && self.has(Fault::RevisionInvented) {
            answer.result = answer.result.as_deref().map(with_invented_revision);
        }
        if method == Some("tools/list") && self.has(Fault::ToolSchemaNull) {
            answer.result = answer.result.as_deref().map(with_null_schema);
        }
        if let Some(error) = &mut answer.error {
            if error.code == code::METHOD_NOT_FOUND && self.has(Fault::WrongCode) {
                error.code = -32000;
            }
            if self.has(Fault::Traceback) {
                error.message.push_str(TRACE);
            }
        }
    }

    fn spoil_id(&self, answer: &mut Answer) {
        let Some(id) = answer.id.as_deref() else {
            return;
        };
        let spoilt = match kind(id) {
            Kind::Null if answer.error.is_some() && self.has(Fault::InventedId) => {
                quoted("server-error")
            }
            Kind::Number if self.has(Fault::StringifyId) => quoted(id.get()),
            Kind::Number if self.has(Fault::RoundId) => rounded(id),
            Kind::String if self.has(Fault::AliasIdEchoLowercase) => {
                quoted(&string(id).unwrap_or_default().to_lowercase())
            }
            _ => return,
        };
        answer.id = Some(spoilt);
    }
}

/// The newest revision replaced by one that nobody has published.
fn with_invented_revision(result: &RawValue) -> Box<RawValue> {
    let mut result: Value = serde_json::from_str(result.get()).unwrap_or_default();
    if let Some(revision) = result.get_mut("protocolVersion")
        && *revision == Revision::NEWEST.name()
    {
        *revision = "2020-02-30".into();
    }
    raw(result.to_string())
}

fn with_null_schema(result: &RawValue) -> Box<RawValue> {
    let mut result: Value = serde_json::from_str(result.get()).unwrap_or_default();
    let tools = result.get_mut("tools").and_then(Value::as_array_mut);
    for tool in tools.into_iter().flatten() {
        let slow = tool["name"].as_str().is_some_and(|name| name.ends_with("gauntlet_slow"));
        if let Some(schema) = tool.get_mut("inputSchema").filter(|_| slow) {
            *schema = Value::Null;
        }
    }
    raw(result.to_string())
}

fn unasked_answer(framing: Framing) -> Reply {
    let error = ErrorObject::new(code::METHOD_NOT_FOUND, "Method not found");
    Reply::message(StatusCode::OK, framing, Answer::error(Echo::Null, error))
}

/// A number as it is after a detour through a double; numbers that survive it keep their text.
fn rounded(id: &RawValue) -> Box<RawValue> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let text = match id.get().parse::<f64>() {
        Ok(double) if double.abs() < EXACT => id.get().to_owned(),
        Ok(double) if double.abs() < 1e18 => format!("{double}"),
        Ok(double) => format!("{double:e}"),
        Err(_) => id.get().to_owned(),
    };
    raw(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_big_numbers_are_rounded() {
        for (sent, echoed) in [
            ("7", "7"),
            ("1.0", "1.0"),
            ("9007199254740991", "9007199254740991"),
            ("9007199254740993", "9007199254740992"),
            ("18446744073709551616", "1.8446744073709552e19"),
        ] {
            assert_eq!(rounded(&raw(sent.to_owned())).get(), echoed);
        }
    }

    #[test]
    fn without_faults_a_reply_stays_as_it_is() {
        let error = ErrorObject::new(code::METHOD_NOT_FOUND, "m");
        let answer = Answer::error(Echo::Of(raw("1".to_owned())), error);
        let text = answer.text().get().to_owned();
        let reply = Reply::message(StatusCode::OK, Framing::Json, answer);
        let context = ReplyContext::new(Framing::Json, Instant::now());
        let reply = Faults::default().on_reply(&context, reply);
        let Content::Messages(messages) = reply.content else {
            panic!("it is a message");
        };
        assert_eq!(messages.answers[0].text().get(), text);
    }
}

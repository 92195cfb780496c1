//! Delivery -> observation: which JSON-RPC messages came back, and what the reply is at a glance.
//! Reads the target's bytes without forgiving anything; every oddity is kept as a defect.

pub mod lines;

use std::sync::Arc;

use crate::case::expectation::ReplyKind;
use crate::wire::delivery::{Delivery, End, Response};
use crate::wire::id::{Id, IdRelation};
use crate::wire::json::{self, Json};
use crate::wire::number::Number;
use crate::wire::sse;

/// What came back for one envelope.
#[derive(Clone, Debug)]
pub struct Observation {
    /// What the reply is at a glance.
    pub kind: ReplyKind,
    /// HTTP status, where a head arrived.
    pub status: Option<u16>,
    /// Every JSON-RPC response that arrived, in order.
    pub responses: Vec<Arc<Json>>,
    /// Every other JSON-RPC message that arrived, in order: notifications and requests of the target.
    pub others: Vec<Arc<Json>>,
    /// The one of them that is judged: the first with the id sent, or else the first.
    pub main: Option<Arc<Json>>,
    /// The notifications that came beside them in a stream, in order.
    pub notices: Vec<Notice>,
    /// Framing defects that break a reader.
    pub defects: Vec<String>,
    /// Framing oddities that a reader survives.
    pub oddities: Vec<String>,
    /// Texts on a process's standard output that are no message: the first few, cut.
    pub strays: Vec<String>,
    /// Oddities of its lines that a reader survives.
    pub quirks: Vec<String>,
    /// The method of each request and notification that it sent on its own.
    pub asked: Vec<String>,
}

/// A notification of the target.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The message.
    pub message: Arc<Json>,
    /// Whether it came after a response.
    pub late: bool,
}

/// Statuses by which HTTP itself refuses, whatever the body says (RFC 9110 section 15.5).
const HTTP_REFUSALS: [u16; 11] = [401, 403, 405, 406, 411, 413, 414, 415, 421, 429, 431];

impl Observation {
    /// Whether the status is one by which HTTP itself refuses.
    #[must_use]
    pub fn is_http_refusal(&self) -> bool {
        self.status.is_some_and(|status| HTTP_REFUSALS.contains(&status))
    }
}

/// Reads a delivery. `ids` are the ids that the envelope carried.
#[must_use]
pub fn observe(delivery: &Delivery, ids: &[Json]) -> Observation {
    if let Some(output) = &delivery.output {
        return lines::observe(output, delivery, ids);
    }
    let Some(response) = &delivery.response else { return without_response(&delivery.end) };
    let mut parts = Parts::default();
    parts.read(response);
    parts.end(delivery);
    let main = main_response(&parts.responses, ids);
    Observation {
        kind: kind(response, delivery, &parts, main.as_deref()),
        status: Some(response.status),
        responses: parts.responses,
        others: parts.others,
        main,
        notices: parts.notices,
        defects: parts.defects,
        oddities: parts.oddities,
        strays: Vec::new(),
        quirks: Vec::new(),
        asked: Vec::new(),
    }
}

fn without_response(end: &End) -> Observation {
    let (kind, defects) = match end {
        End::Refused(_) => (ReplyKind::Refused, Vec::new()),
        End::Deadline => (ReplyKind::Silent, Vec::new()),
        End::NotHttp(why) => (ReplyKind::Closed, vec![format!("no HTTP response: {why}")]),
        End::Complete
        | End::StillOpen
        | End::Closed
        | End::Exited(_)
        | End::Reset(_)
        | End::Overflow => (ReplyKind::Closed, Vec::new()),
    };
    Observation {
        kind,
        status: None,
        responses: Vec::new(),
        others: Vec::new(),
        main: None,
        notices: Vec::new(),
        defects,
        oddities: Vec::new(),
        strays: Vec::new(),
        quirks: Vec::new(),
        asked: Vec::new(),
    }
}

#[derive(Default)]
struct Parts {
    responses: Vec<Arc<Json>>,
    others: Vec<Arc<Json>>,
    notices: Vec<Notice>,
    array: bool,
    defects: Vec<String>,
    oddities: Vec<String>,
}

impl Parts {
    fn read(&mut self, response: &Response) {
        if response.is_event_stream() {
            self.read_stream(&response.body);
        } else if !response.body.is_empty() {
            self.read_json(&response.body, "body", response.media_type().as_deref());
        }
    }

    fn read_stream(&mut self, body: &[u8]) {
        let mut decoder = sse::Decoder::new();
        decoder.push(body);
        let stream = decoder.finish();
        for event in stream.events.iter().filter(|event| !event.data.is_empty()) {
            if event.event.as_deref().is_some_and(|name| !matches!(name, "message" | "")) {
                continue;
            }
            self.read_json(event.data.as_bytes(), "event", Some("application/json"));
        }
        for defect in &stream.defects {
            let text = defect.to_string();
            if matches!(defect, sse::Defect::UnknownField { .. }) {
                self.oddities.push(text);
            } else {
                self.defects.push(text);
            }
        }
    }

    fn read_json(&mut self, bytes: &[u8], part: &str, media: Option<&str>) {
        // RFC 8259 section 8.1: a sender must not add a byte order mark; behind it is the message.
        let behind_mark = bytes.strip_prefix(b"\xef\xbb\xbf");
        if behind_mark.is_some() {
            self.defects.push(format!("{part} begins with a byte order mark"));
        }
        match json::parse(behind_mark.unwrap_or(bytes)) {
            Ok(Json::Array(items)) => {
                self.array = true;
                items.into_iter().for_each(|item| self.take(item));
            }
            Ok(message) => self.take(message),
            Err(error) if media == Some("application/json") => {
                self.defects.push(format!("{part} is no JSON text: {error}"));
            }
            Err(_) => {}
        }
    }

    fn take(&mut self, message: Json) {
        if is_response(&message) {
            self.responses.push(Arc::new(message));
        } else if message.get("method").is_some() && message.get("jsonrpc").is_some() {
            let message = Arc::new(message);
            if message.get("id").is_none() {
                let late = !self.responses.is_empty();
                self.notices.push(Notice { message: Arc::clone(&message), late });
            }
            self.others.push(message);
        }
    }

    fn end(&mut self, delivery: &Delivery) {
        match &delivery.end {
            End::Closed | End::Exited(_) => {
                self.defects.push("connection closed before the message ended".to_owned())
            }
            End::Reset(why) => self.defects.push(format!("connection lost: {why}")),
            End::NotHttp(why) => self.defects.push(format!("broken HTTP: {why}")),
            End::Overflow => {
                self.defects.push("response larger than the reader's bound".to_owned())
            }
            End::Complete | End::StillOpen | End::Deadline | End::Refused(_) => {}
        }
        if delivery.surplus > 0 {
            self.defects.push(format!("{} bytes after the end of the message", delivery.surplus));
        }
    }
}

/// A JSON-RPC response, valid or nearly: it answers, and looks like JSON-RPC.
#[must_use]
pub fn is_response(message: &Json) -> bool {
    let has = |name| message.get(name).is_some();
    // Many HTTP APIs answer `{"error":{"code":...}}` with a text or a status of their own.
    let code = message.pointer("/error/code").and_then(Json::as_number);
    let coded = code.and_then(Number::as_i64).is_some_and(|code| (-32768..=-32000).contains(&code));
    !has("method") && (has("jsonrpc") || (has("id") && has("result")) || coded)
}

fn main_response(responses: &[Arc<Json>], ids: &[Json]) -> Option<Arc<Json>> {
    let ours = |response: &&Arc<Json>| response.get("id").is_some_and(|id| echoes(ids, id));
    responses.iter().find(ours).or_else(|| responses.first()).cloned()
}

/// Whether an id is one of those sent: same type and value.
#[must_use]
pub fn echoes(sent: &[Json], received: &Json) -> bool {
    sent.iter().any(|sent| {
        matches!(Id::relation(sent, received), IdRelation::Identical | IdRelation::SameValue)
    })
}

fn kind(response: &Response, delivery: &Delivery, parts: &Parts, main: Option<&Json>) -> ReplyKind {
    message_kind(parts.array, &parts.responses, main)
        .unwrap_or_else(|| kind_without_message(response, delivery))
}

/// What the messages that arrived are at a glance; none where there is none.
fn message_kind(array: bool, responses: &[Arc<Json>], main: Option<&Json>) -> Option<ReplyKind> {
    if array || responses.len() > 1 && several_ids(responses) {
        return Some(ReplyKind::Batch);
    }
    let message = main?;
    // With both members it is at a glance what the other says it is; `answered.shape` fails it.
    Some(if message.get("error").is_some() && message.get("result").is_none() {
        ReplyKind::Error
    } else if is_tool_error(message) {
        ReplyKind::ToolError
    } else {
        ReplyKind::Result
    })
}

fn several_ids(responses: &[Arc<Json>]) -> bool {
    let first = responses.first().and_then(|response| response.get("id"));
    responses.iter().any(|response| response.get("id") != first)
}

fn is_tool_error(message: &Json) -> bool {
    message.pointer("/result/isError").and_then(Json::as_bool) == Some(true)
}

fn kind_without_message(response: &Response, delivery: &Delivery) -> ReplyKind {
    let cut = matches!(delivery.end, End::Closed | End::Reset(_) | End::NotHttp(_));
    let success = (200..300).contains(&response.status);
    let blank = response.body.iter().all(u8::is_ascii_whitespace);
    match (success, response.is_event_stream()) {
        (true, true) if delivery.end == End::StillOpen => ReplyKind::Stream,
        // The stream ended, or the deadline passed, and the response never came.
        (true, true) => ReplyKind::Silent,
        (true, false) if delivery.end == End::Deadline => ReplyKind::Silent,
        (true, false) if cut => ReplyKind::Closed,
        (true, false) if blank => ReplyKind::Accepted,
        (true, false) => ReplyKind::Garbage,
        (false, _) => ReplyKind::Http,
    }
}

#[cfg(test)]
mod tests;

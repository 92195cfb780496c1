//! Bytes -> class, by our own rules and never by the union of the MCP JSON Schema, which takes a
//! request with a bad id for a valid notification. A message with `id` and `method` is a request.

use super::params::{self, Tool};
use super::{http, modern};
use crate::case::class::Class;
use crate::wire::envelope::{Envelope, Header};
use crate::wire::id::Id;
use crate::wire::json::{self, Json, JsonErrorKind};
use crate::wire::methods;
use crate::wire::revision::Revision;

/// What must be known of the target to read an envelope.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The revision in force.
    pub revision: Revision,
    /// The live session's id; none when the target issues none.
    pub session: Option<&'a str>,
    /// The headers that authenticate a caller.
    pub credentials: &'a [Header],
    /// The target's host name, without port.
    pub host: &'a str,
    /// Tools that exist.
    pub tools: &'a [Tool],
}

/// What an envelope is, and what it says of itself.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Its class.
    pub class: Class,
    /// The ids that a reply may echo: the last member `id` first. Empty where there is none.
    pub ids: Vec<Json>,
    /// Whether the first of them is a valid id in a text that can be parsed.
    pub id_readable: bool,
    /// Its method, where that is a readable string.
    pub method: Option<String>,
    /// The tool that it calls.
    pub tool: Option<String>,
    /// The arguments of the call.
    pub arguments: Option<Json>,
    /// The token under which it wants to hear of progress.
    pub progress_token: Option<Json>,
    /// Whether it lacks the name that `Mcp-Name` would carry (2026-07-28).
    pub nameless: bool,
    /// Whether it wants log messages (2026-07-28: `_meta` names a level).
    pub wants_log: bool,
    /// Whether a later line of the same write cancels it (stdio).
    pub cancelled: bool,
    /// The messages of a batch that demand an answer with their own id: id and class.
    pub items: Vec<(Json, Class)>,
    /// Messages in it that demand an answer.
    pub requests: usize,
    /// Those of them that are valid requests, so that their answers must carry their ids.
    pub identified: usize,
    /// Messages in it.
    pub messages: usize,
}

/// A body above this is no message that anyone sends.
pub(crate) const LARGE: usize = 900_000;
/// Nesting above this is no message that anyone sends.
const DEEP: usize = 64;

/// Reads an envelope.
#[must_use]
pub fn classify(envelope: &Envelope, context: &Context<'_>) -> Reading {
    let mut reading = classify_body(&envelope.body, context);
    let session = if context.revision.is_modern() {
        let mirrored = is_valid_request(reading.class) && reading.class != Class::MissingMeta;
        let differ = mirrored && modern::headers_differ(envelope, context);
        differ.then_some(Class::HeaderMismatch)
    } else if reading.method.as_deref() == Some("initialize") {
        None
    } else {
        http::classify_session(envelope, context)
    };
    if let Some(class) = http::classify(envelope, context).or(session) {
        reading.class = class;
    }
    reading
}

/// Reads what is written to a process: lines, and no HTTP around them. Several lines are several
/// messages; where none of them can be read, they are unparsable together.
#[must_use]
pub fn classify_lines(text: &[u8], context: &Context<'_>) -> Reading {
    let blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !blank(line)).collect();
    let [first, _, ..] = lines.as_slice() else {
        return classify_body(lines.first().copied().unwrap_or_default(), context);
    };
    let readings: Vec<Reading> = lines.iter().map(|line| classify_body(line, context)).collect();
    let unparsable = readings.iter().all(|reading| reading.class == Class::Unparsable);
    let first =
        if unparsable { Reading::bare(Class::Unparsable) } else { classify_body(first, context) };
    let requests = readings.iter().map(|reading| reading.requests).sum();
    let ids =
        if unparsable { Vec::new() } else { readings.into_iter().flat_map(|it| it.ids).collect() };
    let own = first.ids.first();
    let cancelled = own.is_some_and(|own| lines.iter().skip(1).any(|line| cancels(line, own)));
    Reading { messages: lines.len(), requests, ids, cancelled, ..first }
}

/// Whether a line is the cancellation of the request with this id.
fn cancels(line: &[u8], id: &Json) -> bool {
    json::parse(line).is_ok_and(|message| {
        let method = message.get("method").and_then(Json::as_str);
        let named = message.pointer("/params/requestId");
        method == Some("notifications/cancelled") && named == Some(id)
    })
}

/// Reads a body alone.
#[must_use]
pub fn classify_body(body: &[u8], context: &Context<'_>) -> Reading {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Reading::bare(Class::Empty);
    }
    let parsed = json::parse(body);
    let mut reading = match &parsed {
        Ok(message) => classify_json(message, context),
        Err(error) if error.kind == JsonErrorKind::TooDeep => Reading::guess(Class::TooDeep, body),
        Err(_) => Reading::guess(Class::Unparsable, body),
    };
    if parsed.is_ok() && json::scan_depth(body) > DEEP {
        reading.class = Class::TooDeep;
    }
    if body.len() > LARGE && reading.class != Class::Unparsable {
        reading.class = Class::TooLarge;
    }
    reading
}

fn classify_json(message: &Json, context: &Context<'_>) -> Reading {
    match message {
        Json::Object(_) => classify_object(message, context),
        Json::Array(items) => batch(items, context),
        _ => Reading::bare(Class::Scalar),
    }
}

fn batch(items: &[Json], context: &Context<'_>) -> Reading {
    let readings: Vec<Reading> = items.iter().map(|item| classify_json(item, context)).collect();
    let silent =
        |reading: &&Reading| matches!(reading.class, Class::Notification | Class::Response);
    let requests = readings.len() - readings.iter().filter(silent).count();
    let ids = readings.iter().flat_map(|reading| reading.ids.clone()).collect();
    let messages = items.len();
    // An inner array is no request, whatever stands in it.
    let flat = readings.iter().filter(|reading| reading.class != Class::Batch);
    let identified = flat.map(|reading| reading.identified).sum();
    let asking = readings.iter().filter(|reading| reading.id_readable && !silent(reading));
    let items = asking.filter_map(|reading| Some((reading.ids.first()?.clone(), reading.class)));
    let items = items.collect();
    Reading { items, requests, identified, messages, ids, ..Reading::bare(Class::Batch) }
}

fn classify_object(message: &Json, context: &Context<'_>) -> Reading {
    let mut ids: Vec<Json> = message.all("id").cloned().collect();
    ids.reverse();
    let params = message.get("params");
    let method = message.get("method").and_then(Json::as_str).map(str::to_owned);
    let called = method.as_deref() == Some("tools/call");
    let text = |json: &Json| json.as_str().map(str::to_owned);
    let reading = Reading {
        class: object_class(message, context),
        id_readable: ids.first().is_some_and(Id::is_valid),
        tool: params.filter(|_| called).and_then(|params| params.get("name")).and_then(text),
        arguments: params.filter(|_| called).and_then(|params| params.get("arguments")).cloned(),
        progress_token: params.and_then(|params| params.pointer("/_meta/progressToken")).cloned(),
        nameless: nameless(method.as_deref(), params),
        wants_log: params.is_some_and(wants_log),
        cancelled: false,
        method,
        ids,
        items: Vec::new(),
        requests: 1,
        identified: 0,
        messages: 1,
    };
    let silent = matches!(reading.class, Class::Notification | Class::Response);
    let identified = usize::from(is_valid_request(reading.class));
    Reading { requests: usize::from(!silent), identified, ..reading }
}

fn nameless(method: Option<&str>, params: Option<&Json>) -> bool {
    let member = method.and_then(crate::wire::mirror::named_by);
    let named = |member| params.and_then(|params| params.get(member)).and_then(Json::as_str);
    member.is_some_and(|member| named(member).is_none())
}

fn wants_log(params: &Json) -> bool {
    let meta = params.get("_meta");
    meta.is_some_and(|meta| meta.get(crate::wire::mirror::META_LOG_LEVEL).is_some())
}

/// Whether a message of this class is a valid request of JSON-RPC, served or not.
const fn is_valid_request(class: Class) -> bool {
    matches!(
        class,
        Class::Request
            | Class::UnknownMethod
            | Class::InvalidParams
            | Class::UnknownTool
            | Class::ToolArguments
            | Class::MissingMeta
            | Class::UnsupportedVersion
            | Class::HeaderMismatch
    )
}

fn object_class(message: &Json, context: &Context<'_>) -> Class {
    let has = |name| message.get(name).is_some();
    let answers = has("result") || has("error");
    let params = message.get("params");
    if message.has_duplicates() || params.is_some_and(Json::has_duplicates) {
        return Class::Ambiguous;
    }
    if !has("method") && answers {
        return Class::Response;
    }
    if answers {
        return Class::Ambiguous;
    }
    if message.get("id").is_some_and(|id| !Id::is_valid(id)) && has("method") {
        return Class::InvalidId;
    }
    if !is_envelope(message) {
        return Class::InvalidRequest;
    }
    if !has("id") {
        return Class::Notification;
    }
    request_class(message, context)
}

/// JSON-RPC 2.0 section 4: the exact version, a method that is a string, structured params. MCP
/// allows an object only, but an array is still a valid JSON-RPC request; null counts as absent.
fn is_envelope(message: &Json) -> bool {
    let version = message.get("jsonrpc").and_then(Json::as_str) == Some("2.0");
    let method = matches!(message.get("method"), Some(Json::String(_)));
    let params = message.get("params");
    let structured = matches!(params, None | Some(Json::Null | Json::Object(_) | Json::Array(_)));
    version && method && structured
}

fn request_class(message: &Json, context: &Context<'_>) -> Class {
    let method = message.get("method").and_then(Json::as_str).unwrap_or_default();
    let params = message.get("params").filter(|params| !params.is_null());
    let array = matches!(params, Some(Json::Array(_)));
    let stateless = context.revision.is_modern();
    let meta = (stateless && !array).then(|| modern::meta_class(params, context.revision));
    if let Some(class) = meta.flatten() {
        return class;
    }
    if !methods::is_known(method, context.revision) {
        return Class::UnknownMethod;
    }
    let violated =
        params::violate(method, params) || (stateless && modern::violate(method, params));
    if array || violated {
        return Class::InvalidParams;
    }
    if method == "tools/call" { call_class(params, context) } else { Class::Request }
}

fn call_class(params: Option<&Json>, context: &Context<'_>) -> Class {
    let member = |name| params.and_then(|params| params.get(name));
    let name = member("name").and_then(Json::as_str);
    let Some(tool) = context.tools.iter().find(|tool| Some(tool.name.as_str()) == name) else {
        return Class::UnknownTool;
    };
    let violated = params::arguments_violate(tool, member("arguments"));
    if violated { Class::ToolArguments } else { Class::Request }
}

impl Reading {
    /// A reading that knows nothing but the class.
    #[must_use]
    pub const fn bare(class: Class) -> Self {
        Self {
            class,
            ids: Vec::new(),
            id_readable: false,
            method: None,
            tool: None,
            arguments: None,
            progress_token: None,
            nameless: false,
            wants_log: false,
            cancelled: false,
            items: Vec::new(),
            requests: 1,
            identified: 0,
            messages: 1,
        }
    }

    /// A text that cannot be read whole: an id that stands in it may still be echoed.
    fn guess(class: Class, body: &[u8]) -> Self {
        Self { ids: guess_id(body).into_iter().collect(), ..Self::bare(class) }
    }
}

/// The scalar behind the first `"id":` of a text that is no JSON as a whole.
fn guess_id(body: &[u8]) -> Option<Json> {
    // Without the zero bytes UTF-16 of ASCII reads like ASCII.
    let body: Vec<u8> = body.iter().copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&body);
    let (_, behind) = text.split_once("\"id\":")?;
    let behind = behind.trim_start();
    let end = match behind.strip_prefix('"') {
        Some(string) => string.find('"')? + 2,
        None => behind.find([',', '}', ' '])?,
    };
    json::parse(behind.get(..end)?.as_bytes()).ok()
}

#[cfg(test)]
mod tests;

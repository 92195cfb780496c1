//! Replies made up to satisfy an expectation.

use std::time::Duration;

use super::subject::Subject;
use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::expectation::{Allowed, HeaderRule, ReplyKind};
use mcp_gauntlet::case::graded::{Grade, IdRule, StatusRule};
use mcp_gauntlet::wire::delivery::{Delivery, End, Output, Response};
use mcp_gauntlet::wire::envelope::Header;
use mcp_gauntlet::wire::id::Id;
use mcp_gauntlet::wire::json::Json;
use mcp_gauntlet::wire::transport::Transport;
use proptest::sample::Index;

/// Which of the permitted values a reply takes: the first of each, or by chance.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    pub(super) code: Option<Index>,
    pub(super) id: Option<Index>,
    pub(super) status: Option<Index>,
    pub(super) stream: bool,
}

pub(super) fn pick<T: Copy>(values: &[T], at: Option<Index>) -> Option<T> {
    match at {
        Some(at) if !values.is_empty() => Some(*at.get(values)),
        _ => values.first().copied(),
    }
}

pub(super) fn both<T: Copy>(pass: &[T], warn: &[T]) -> Vec<T> {
    pass.iter().chain(warn).copied().collect()
}

/// A reply in parts, so that a mutation can change one of them.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) kind: ReplyKind,
    pub(super) status: u16,
    pub(super) code: i64,
    /// Raw text; none for no member.
    pub(super) id: Option<String>,
    pub(super) result: String,
    /// Answers of a batch, as ids in raw text.
    pub(super) batch: Vec<String>,
    /// Ids of a batch that ask for a method that does not exist.
    pub(super) strange: Vec<String>,
    pub(super) stream: bool,
    pub(super) headers: Vec<Header>,
    pub(super) version: &'static str,
    pub(super) times: usize,
    /// Whether it is spoken by a process.
    pub(super) spoken: bool,
    /// Standard error of the process.
    pub(super) errors: &'static str,
    /// What the process writes before its answer.
    pub(super) before: &'static str,
}

/// A reply of this kind that satisfies what is permitted, and whether it must warn. None where no
/// reply can satisfy it.
pub(super) fn satisfy(
    subject: &Subject,
    kind: ReplyKind,
    allowed: &Allowed,
    choice: &Choice,
) -> Option<(Reply, bool)> {
    let status = match pick(&both(&allowed.status, &allowed.status_warn), choice.status) {
        Some(StatusRule::Exactly(status)) => status,
        Some(StatusRule::Hundred(hundred)) => hundred * 100,
        None if kind == ReplyKind::Accepted => 202,
        None if kind == ReplyKind::Http => 400,
        None => 200,
    };
    let (id, id_warns) = id_of(subject, kind, allowed, choice)?;
    let code = pick(&both(&allowed.code, &allowed.code_warn), choice.code);
    let outside = |pass: bool, any: bool| any && !pass;
    let fits = |rule: &StatusRule| rule.admits(status);
    let status_warns = outside(
        allowed.status.iter().any(fits),
        !allowed.status.is_empty() || !allowed.status_warn.is_empty(),
    );
    let code_warns = kind == ReplyKind::Error
        && code.is_some_and(|code| outside(allowed.code.contains(&code), true));
    let has_status = !matches!(kind, ReplyKind::Closed | ReplyKind::Silent | ReplyKind::Refused);
    let warns =
        allowed.grade == Grade::Warn || (has_status && status_warns) || code_warns || id_warns;
    let media = subject.media();
    let stream = media == ["text/event-stream"] || (choice.stream && media.len() == 2);
    let rules = subject.case.expectation.headers.iter();
    let spoken = subject.transport == Transport::Stdio;
    let demanded = rules.filter(|rule| rule.on.iter().any(|on| on.admits(status)));
    // Every message has its media type anyway.
    let demanded =
        demanded.filter(|rule| rule.is_demand() && !rule.name.eq_ignore_ascii_case("content-type"));
    let reply = Reply {
        kind,
        status,
        code: code.unwrap_or(-32000),
        id,
        result: result_text(subject, kind, allowed),
        batch: batch_ids(subject, allowed),
        strange: strange(subject),
        stream,
        headers: demanded
            .filter(|_| !spoken)
            .map(|rule| Header::new(rule.name.as_str(), value_of(subject, rule)))
            .collect(),
        version: "2.0",
        times: 1,
        spoken,
        // Silence on what cannot be read needs a trace.
        errors: "that is no JSON",
        before: "",
    };
    Some((reply, warns))
}

/// The id of the reply, and whether it must warn.
pub(super) fn id_of(
    subject: &Subject,
    kind: ReplyKind,
    allowed: &Allowed,
    choice: &Choice,
) -> Option<(Option<String>, bool)> {
    if kind != ReplyKind::Error {
        return Some((subject.echo(), false));
    }
    let text = |rule: IdRule| match rule {
        IdRule::Echo => subject.echo().map(Some),
        IdRule::Null => Some(Some("null".to_owned())),
        IdRule::Absent => Some(None),
    };
    let all = both(&allowed.id, &allowed.id_warn);
    let all = if all.is_empty() { vec![IdRule::Echo, IdRule::Null, IdRule::Absent] } else { all };
    let possible: Vec<IdRule> = all.into_iter().filter(|rule| text(*rule).is_some()).collect();
    let id = text(pick(&possible, choice.id)?)?;
    let free = allowed.id.is_empty() && allowed.id_warn.is_empty();
    let passes = free || allowed.id.iter().any(|rule| text(*rule).as_ref() == Some(&id));
    Some((id, !passes))
}

/// The ids of a whole batch answer: those that were sent, and null for the items without one.
pub(super) fn batch_ids(subject: &Subject, allowed: &Allowed) -> Vec<String> {
    let wanted = allowed.responses.unwrap_or(subject.reading.requests);
    let valid = subject.reading.ids.iter().filter(|id| Id::is_valid(id)).map(Json::to_text);
    let nulls = std::iter::repeat_n("null".to_owned(), wanted);
    valid.chain(nulls).take(wanted).collect()
}

/// A value that every rule about the header admits.
fn value_of<'a>(subject: &Subject, rule: &'a HeaderRule) -> &'a str {
    let all = &subject.case.expectation.headers;
    let same = || all.iter().filter(|other| other.name == rule.name);
    let fits =
        |value: &&str| same().filter_map(|rule| rule.matches.as_ref()).all(|form| form.fits(value));
    let plain = SAMPLES.into_iter().find(fits);
    rule.value.as_deref().or(plain).unwrap_or("x")
}

/// Values of headers, of which one has each form that cases speak of.
pub(super) const SAMPLES: [&str; 4] =
    ["x", "a-long-enough-value", "Bearer error=\"invalid_token\"", "*"];

/// A result with the members that are demanded.
pub(super) fn result_text(subject: &Subject, kind: ReplyKind, allowed: &Allowed) -> String {
    let mut result = plain_result(subject.reading.method.as_deref());
    if subject.revision.is_modern() && kind != ReplyKind::Stream {
        stateless(&mut result);
    }
    if let Some(members) = result.as_object_mut().filter(|_| kind == ReplyKind::ToolError) {
        members.insert("isError".to_owned(), true.into());
    }
    let once = allowed.has.iter().chain(&allowed.has_warn).chain(allowed.has_any.first());
    let there = once.map(|pointer| (pointer, "{}".to_owned()));
    let kinds = allowed.kinds.iter().map(|(pointer, kind)| (pointer, of_kind(kind).to_owned()));
    let lists = allowed.lists.iter().map(|(pointer, raw)| (pointer, format!("[{raw}]")));
    let first = |(pointer, raw): (_, &Vec<String>)| Some((pointer, raw.first()?.clone()));
    let one_of = allowed.one_of.iter().filter_map(first);
    let equal = allowed.equals.iter().map(|(pointer, raw)| (pointer, raw.clone()));
    for (pointer, raw) in there.chain(kinds).chain(lists).chain(one_of).chain(equal) {
        let named = allowed.equals.contains_key(pointer)
            || allowed.lists.contains_key(pointer)
            || allowed.one_of.contains_key(pointer);
        if result.pointer(pointer).is_some() && !named {
            continue;
        }
        let mut place = &mut result;
        for token in pointer.split('/').skip(1) {
            if let Ok(index) = token.parse::<usize>() {
                if place.as_array().is_none_or(|items| items.len() <= index) {
                    *place = serde_json::Value::Array(vec![serde_json::Value::Null; index + 1]);
                }
                place = &mut place[index];
            } else {
                place = &mut place[token.replace("~1", "/")];
            }
        }
        *place = serde_json::from_str(&raw).unwrap();
    }
    result.to_string()
}

/// The least that a result of the method holds.
fn plain_result(method: Option<&str>) -> serde_json::Value {
    match method.unwrap_or_default() {
        "initialize" => serde_json::json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "serverInfo": { "name": "x", "version": "1" },
        }),
        "server/discover" => serde_json::json!({
            "supportedVersions": ["2026-07-28"],
            "capabilities": {},
        }),
        "tools/list" => serde_json::json!({ "tools": [] }),
        "tools/call" => serde_json::json!({ "content": [] }),
        "resources/list" => serde_json::json!({ "resources": [] }),
        "resources/templates/list" => serde_json::json!({ "resourceTemplates": [] }),
        "resources/read" => serde_json::json!({ "contents": [] }),
        "tasks/list" => serde_json::json!({ "tasks": [] }),
        "prompts/list" => serde_json::json!({ "prompts": [] }),
        "prompts/get" => serde_json::json!({ "messages": [] }),
        "completion/complete" => serde_json::json!({ "completion": { "values": [] } }),
        _ => serde_json::json!({}),
    }
}

/// What results hold besides since 2026-07-28. Hints for caches harm nowhere.
fn stateless(result: &mut serde_json::Value) {
    let more = serde_json::json!({ "resultType": "complete", "ttlMs": 0, "cacheScope": "private" });
    if let (Some(members), Some(more)) = (result.as_object_mut(), more.as_object()) {
        members.extend(more.clone());
    }
}

/// Raw text of a value of a kind.
fn of_kind(kind: &str) -> &'static str {
    match kind {
        "array" => "[]",
        "revision" => "\"2025-11-25\"",
        "string" => "\"text\"",
        "count" | "number" => "3",
        "boolean" => "true",
        _ => "{}",
    }
}

/// The ids of a batch that ask for a method that does not exist.
fn strange(subject: &Subject) -> Vec<String> {
    let items = subject.reading.items.iter();
    let strange = items.filter(|(_, class)| *class == Class::UnknownMethod);
    strange.map(|(id, _)| id.to_text()).collect()
}

impl Reply {
    pub(super) fn message(&self, id: Option<&str>) -> String {
        let id = id.map_or_else(String::new, |id| format!(r#""id":{id},"#));
        let said = match self.kind {
            ReplyKind::Error => {
                let further = self.result.trim_start_matches('{').trim_end_matches('}');
                // What is nested keeps its own braces.
                let open = further.matches('{').count() - further.matches('}').count();
                let comma = if further.is_empty() { "" } else { "," };
                let closed = "}".repeat(open);
                format!(
                    r#""error":{{"code":{},"message":"no"{comma}{further}{closed}}}"#,
                    self.code
                )
            }
            _ => format!(r#""result":{}"#, self.result),
        };
        format!(r#"{{"jsonrpc":"{}",{id}{said}}}"#, self.version)
    }

    /// The answer to one item of a batch.
    fn item(&self, id: &str) -> String {
        if !self.strange.iter().any(|strange| strange == id) {
            return self.message(Some(id));
        }
        format!(
            r#"{{"jsonrpc":"{}","id":{id},"error":{{"code":-32601,"message":"no"}}}}"#,
            self.version
        )
    }

    pub(super) fn messages(&self) -> Vec<String> {
        let one = match self.kind {
            ReplyKind::Result | ReplyKind::ToolError | ReplyKind::Error => {
                self.message(self.id.as_deref())
            }
            ReplyKind::Batch => {
                let all: Vec<_> = self.batch.iter().map(|id| self.item(id)).collect();
                format!("[{}]", all.join(","))
            }
            _ => return Vec::new(),
        };
        vec![one; self.times]
    }

    /// What a process writes.
    fn lines(&self) -> Delivery {
        let lines: String = self.messages().iter().map(|message| format!("{message}\n")).collect();
        let lines = format!("{}{lines}", self.before).into_bytes();
        let end = match self.kind {
            ReplyKind::Closed => End::Exited("exit code 1".to_owned()),
            ReplyKind::Refused => End::Refused("no such program".to_owned()),
            ReplyKind::Silent => End::StillOpen,
            _ => End::Complete,
        };
        let output = Some(Output { lines, errors: self.errors.to_owned() });
        Delivery { output, response: None, end, elapsed: Duration::from_millis(1), surplus: 0 }
    }

    pub(super) fn delivery(&self) -> Delivery {
        if self.spoken {
            return self.lines();
        }
        let messages = self.messages();
        let stream = self.kind == ReplyKind::Stream || self.stream || self.times > 1;
        let (media, body) = match (messages.is_empty(), stream) {
            (true, _) if self.kind == ReplyKind::Stream => ("text/event-stream", self.opening()),
            (true, _) if self.kind == ReplyKind::Garbage => ("text/html", "<p>".to_owned()),
            (true, _) => ("", String::new()),
            (false, true) => {
                let events = messages.iter().map(|text| format!("data: {text}\n\n"));
                ("text/event-stream", events.collect())
            }
            (false, false) => ("application/json", messages.concat()),
        };
        let end = match self.kind {
            ReplyKind::Stream => End::StillOpen,
            ReplyKind::Closed => End::Closed,
            ReplyKind::Silent => End::Deadline,
            ReplyKind::Refused => End::Refused("refused".to_owned()),
            _ => End::Complete,
        };
        let lost = matches!(self.kind, ReplyKind::Closed | ReplyKind::Silent | ReplyKind::Refused);
        let mut headers = self.headers.clone();
        headers.push(Header::new("Content-Type", media));
        let response = Response { status: self.status, headers, body: body.into_bytes() };
        let response = (!lost).then_some(response);
        Delivery { output: None, response, end, elapsed: Duration::from_millis(1), surplus: 0 }
    }

    /// The first message of a stream, where one is demanded.
    fn opening(&self) -> String {
        match self.result.strip_prefix('{') {
            Some(members) if members != "}" => {
                format!("data: {{\"jsonrpc\":\"2.0\",{members}\n\n")
            }
            _ => String::new(),
        }
    }

    pub(super) fn is_message(&self) -> bool {
        !self.messages().is_empty()
    }

    pub(super) fn batch_is_empty(&self) -> bool {
        self.kind == ReplyKind::Batch && self.batch.is_empty()
    }
}

pub(super) const fn has_head(kind: ReplyKind) -> bool {
    !matches!(kind, ReplyKind::Closed | ReplyKind::Silent | ReplyKind::Refused)
}

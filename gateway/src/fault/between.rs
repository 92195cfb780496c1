//! Defects that only show between several exchanges.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::reply::ReplyContext;
use super::{Fault, Faults};
use crate::json::raw;
use crate::reply::{Content, Messages, Reply, Wire, WireBody};
use crate::rpc::Answer;

/// A call that was answered.
#[derive(Debug)]
pub(super) struct Answered {
    session: Option<String>,
    /// When its request came.
    arrived: Instant,
    /// When its answer went.
    at: Instant,
    result: Box<RawValue>,
}

/// Calls that a fault remembers, at most.
const RECENT_LIMIT: usize = 1000;

/// What a standing stream carries that has no business there.
const STRAY: &[u8] = b"data: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n\n";

/// A request that needs a capability of the client.
const UNDECLARED: &[u8] =
    b"data: {\"jsonrpc\":\"2.0\",\"id\":\"roots\",\"method\":\"roots/list\"}\n\n";

impl Faults {
    /// A reply as it is once other exchanges had their say in it.
    pub(super) fn between(&self, context: &ReplyContext, mut reply: Reply) -> Reply {
        if context.tool_call
            && self.overlaps(context, &mut reply)
            && self.has(Fault::OverlapDropped)
        {
            return Reply::empty(StatusCode::ACCEPTED);
        }
        match &mut reply.content {
            Content::Messages(messages) => self.spoil_lists(messages),
            Content::Standing(standing) if self.has(Fault::ResponseOnStream) => {
                standing.every = Duration::from_millis(400);
                standing.comment = STRAY;
            }
            Content::Standing(standing) if self.has(Fault::AsksUndeclared) => {
                standing.every = Duration::from_millis(400);
                standing.comment = UNDECLARED;
            }
            Content::Standing(_) | Content::Live(_) | Content::Empty => {}
        }
        reply
    }

    /// Whether another call of the session came later and was answered earlier. The result becomes
    /// the other one's where that is the fault.
    fn overlaps(&self, context: &ReplyContext, reply: &mut Reply) -> bool {
        let Content::Messages(Messages { answers, .. }) = &mut reply.content else { return false };
        let Some(result) = answers.first_mut().and_then(|answer| answer.result.as_mut()) else {
            return false;
        };
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let ran_beside =
            |call: &&Answered| call.at > context.arrived && call.arrived > context.arrived;
        let mut beside = recent.iter().filter(ran_beside);
        if let Some(other) = beside.clone().next() {
            if self.has(Fault::AnswersCrossed) {
                result.clone_from(&other.result);
            }
            return beside.any(|other| other.session == context.session);
        }
        if recent.len() >= RECENT_LIMIT {
            recent.pop_front();
        }
        recent.push_back(Answered {
            session: context.session.clone(),
            arrived: context.arrived,
            at: Instant::now(),
            result: result.clone(),
        });
        false
    }

    fn spoil_lists(&self, messages: &mut Messages) {
        let lists = messages
            .answers
            .iter_mut()
            .filter(|answer| answer.method.as_deref() == Some("tools/list"));
        for answer in lists {
            if self.has(Fault::ListsVary) && self.lists.fetch_add(1, Ordering::Relaxed) % 2 == 1 {
                change(answer, without_a_tool);
            }
            if self.has(Fault::PagesEndless) {
                change(answer, |result| {
                    result.insert("nextCursor".to_owned(), Value::from("again"));
                });
            }
        }
    }

    /// A reply in its final bytes, with event ids that tell nothing.
    pub(super) fn repeat_event_ids(&self, wire: &mut Wire) {
        if let WireBody::Whole(body) = &mut wire.body
            && self.has(Fault::EventIdsRepeat)
        {
            let text = String::from_utf8_lossy(body).into_owned();
            let line = |line: &str| {
                if line.starts_with("id: ") { "id: 1".to_owned() } else { line.to_owned() }
            };
            *body = text.split('\n').map(line).collect::<Vec<_>>().join("\n").into_bytes();
        }
    }
}

fn without_a_tool(result: &mut Map<String, Value>) {
    if let Some(Value::Array(tools)) = result.get_mut("tools") {
        tools.retain(|tool| {
            tool.get("name").and_then(Value::as_str) != Some("gauntlet-gauntlet_add")
        });
    }
}

fn change(answer: &mut Answer, change: impl FnOnce(&mut Map<String, Value>)) {
    let Some(result) = answer.result.as_deref() else { return };
    let Ok(mut members) = serde_json::from_str::<Map<String, Value>>(result.get()) else { return };
    change(&mut members);
    answer.result = Some(raw(Value::Object(members).to_string()));
}

//! The seam of replies, as far as it is about the stateless revision.

use axum::http::{HeaderValue, StatusCode};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Fault, Faults};
use crate::json::raw;
use crate::reply::{Content, Reply};

impl Faults {
    /// Spoils a reply of the stateless revision.
    pub(super) fn spoil_stateless(&self, reply: &mut Reply) {
        let refused = matches!(reply.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND);
        if refused && self.has(Fault::ModernStatus200) {
            reply.status = StatusCode::OK;
        }
        if self.has(Fault::SessionMinted) {
            reply.headers.insert("mcp-session-id", HeaderValue::from_static("minted"));
        }
        match &mut reply.content {
            Content::Messages(messages) => {
                for result in messages.answers.iter_mut().filter_map(|it| it.result.as_mut()) {
                    self.spoil_result(result);
                }
            }
            Content::Standing(standing) => {
                if let Some(first) = &mut standing.first
                    && self.has(Fault::SubscriptionIdStringified)
                {
                    *first = with_string_id(first);
                }
            }
            Content::Empty | Content::Live(_) => {}
        }
    }

    fn spoil_result(&self, result: &mut Box<RawValue>) {
        if self.has(Fault::ResultTypeLost) {
            *result = without(result, &["resultType"]);
        }
        if self.has(Fault::CacheHintsLost) {
            *result = without(result, &["ttlMs", "cacheScope"]);
        }
    }
}

/// A result without these members.
pub(super) fn without(result: &RawValue, names: &[&str]) -> Box<RawValue> {
    let mut members: serde_json::Map<String, Value> =
        serde_json::from_str(result.get()).unwrap_or_default();
    members.retain(|name, _| !names.contains(&name.as_str()));
    raw(Value::Object(members).to_string())
}

fn with_string_id(message: &RawValue) -> Box<RawValue> {
    let mut message: Value = serde_json::from_str(message.get()).unwrap_or_default();
    let pointer = "/params/_meta/io.modelcontextprotocol~1subscriptionId";
    if let Some(id) = message.pointer_mut(pointer)
        && id.is_number()
    {
        *id = Value::from(id.to_string());
    }
    raw(message.to_string())
}

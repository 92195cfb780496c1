//! A message of the stateless revision: its record, its answer, and its status and framing over
//! HTTP.

use axum::http::{HeaderName, HeaderValue};
use serde_json::value::RawValue;

use super::exchange::{Exchange, Served, ServedKind};
use super::message::take_notice;
use super::refusal::Refusal;
use crate::audit::Entry;
use crate::dispatch;
use crate::json::{Kind, kind};
use crate::modern::{self, Facts, status_of};
use crate::reply::{Framing, Reply};
use crate::rpc::{Echo, Message, Request, read_message};
use crate::text::header_text;

/// Serves a text that belongs to the stateless revision.
pub(super) async fn serve(
    exchange: &Exchange<'_>,
    text: &RawValue,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    let header = |headers| header_text(headers, "mcp-protocol-version", 256);
    entry.stateless(&exchange.headers().and_then(header).unwrap_or_default());
    if kind(text) == Kind::Array {
        return Err(Refusal::bad_request("Invalid Request: this revision has no batches"));
    }
    let (sketch, message) = read_message(text);
    exchange.app.note(entry, &sketch);
    match message {
        Err(defect) => Err(Refusal::defect(defect)),
        Ok(Message::Request(request)) => Ok(serve_request(exchange, &request, entry).await),
        Ok(Message::Notification(params)) => {
            let method = sketch.method.unwrap_or_default();
            entry.call_type(dispatch::call_type_of_notification(&method));
            take_notice(exchange, &method, &params);
            entry.succeed(None);
            Ok(Served::accepted(ServedKind::Notification))
        }
        Ok(Message::Response) => {
            let message = "Invalid Request: nothing was asked, so that there is nothing to answer";
            Err(Refusal::bad_request(message).echoing(Echo::Omitted).unasked())
        }
    }
}

async fn serve_request(
    exchange: &Exchange<'_>,
    request: &Request<'_>,
    entry: &mut Entry,
) -> Served {
    let traceparent = exchange.traceparent(&request.params);
    let facts = Facts {
        carrier: exchange.carrier,
        mirrored: exchange.headers(),
        traceparent: traceparent.as_deref(),
    };
    let outcome = modern::serve(exchange.app, request, facts, entry).await;
    let tool_call = request.method == "tools/call";
    let status = status_of(&outcome);
    let framing = match exchange.framing(tool_call && status.is_success(), false) {
        Framing::Sse { .. } => Framing::Unnumbered,
        other => other,
    };
    let Some(answer) = outcome.into_answer(request.id) else {
        return Served::accepted(ServedKind::Other);
    };
    let reply = Reply::message(status, framing, answer.to(&request.method));
    Served {
        reply: if framing == Framing::Unnumbered { unbuffered(reply) } else { reply },
        kind: if tool_call { ServedKind::ToolCall } else { ServedKind::Other },
    }
}

/// Keeps proxies from holding events back (2026-07-28, Receiving Messages).
fn unbuffered(reply: Reply) -> Reply {
    let name = HeaderName::from_static("x-accel-buffering");
    reply.with(name, HeaderValue::from_static("no"))
}

//! A POST of the stateless revision: one message, its status and its framing.

use axum::http::{HeaderName, HeaderValue};
use serde_json::value::RawValue;

use super::accept::Accept;
use super::endpoint::{Exchange, Served, ServedKind};
use super::refusal::Refusal;
use crate::audit::Entry;
use crate::dispatch;
use crate::json::{Kind, kind};
use crate::modern::{Facts, serve, status_of};
use crate::reply::{Framing, Reply};
use crate::rpc::{Echo, Message, Request, read_message};
use crate::text::header_text;

/// Serves a body whose message belongs to the stateless revision.
pub(crate) async fn serve_body(
    exchange: &Exchange<'_>,
    accept: Accept,
    text: &RawValue,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    entry
        .stateless(&header_text(exchange.headers, "mcp-protocol-version", 256).unwrap_or_default());
    if kind(text) == Kind::Array {
        return Err(Refusal::bad_request("Invalid Request: this revision has no batches"));
    }
    let (sketch, message) = read_message(text);
    exchange.app.note(entry, &sketch);
    match message {
        Err(defect) => Err(Refusal::defect(defect)),
        Ok(Message::Request(request)) => Ok(serve_request(exchange, accept, &request, entry).await),
        Ok(Message::Notification) => {
            let method = sketch.method.unwrap_or_default();
            entry.call_type(dispatch::call_type_of_notification(&method));
            entry.succeed(None);
            Ok(Served::accepted(ServedKind::Notification))
        }
        Ok(Message::Response) => {
            let message = "Invalid Request: nothing was asked, so that there is nothing to answer";
            Err(Refusal::bad_request(message).echoing(Echo::Omitted))
        }
    }
}

async fn serve_request(
    exchange: &Exchange<'_>,
    accept: Accept,
    request: &Request<'_>,
    entry: &mut Entry,
) -> Served {
    let traceparent = header_text(exchange.headers, "traceparent", 256);
    let facts = Facts { mirrored: Some(exchange.headers), traceparent: traceparent.as_deref() };
    let outcome = serve(exchange.app, request, facts, entry).await;
    let tool_call = request.method == "tools/call";
    let status = status_of(&outcome);
    let framing = match accept.framing(tool_call && status.is_success(), false) {
        Framing::Json => Framing::Json,
        Framing::Sse { .. } | Framing::Unnumbered => Framing::Unnumbered,
    };
    let answer = outcome.into_answer(request.id).to(&request.method);
    let reply = Reply::message(status, framing, answer);
    Served {
        reply: if framing == Framing::Json { reply } else { unbuffered(reply) },
        kind: if tool_call { ServedKind::ToolCall } else { ServedKind::Other },
    }
}

/// Keeps proxies from holding events back (2026-07-28, Receiving Messages).
fn unbuffered(reply: Reply) -> Reply {
    let name = HeaderName::from_static("x-accel-buffering");
    reply.with(name, HeaderValue::from_static("no"))
}

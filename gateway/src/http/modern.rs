//! A POST of the stateless revision: one message, its status and its framing.

use axum::http::{HeaderName, HeaderValue};
use serde_json::value::RawValue;

use super::accept::Accept;
use super::endpoint::{Exchange, Served, ServedKind};
use super::headers;
use super::refusal::Refusal;
use super::stream::COMMENT_EVERY;
use crate::audit::Entry;
use crate::dispatch;
use crate::json::{Kind, kind};
use crate::modern::{self, Facts, Subscription, status_of};
use crate::outcome::Outcome;
use crate::reply::{Framing, Reply, Standing};
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
        Ok(Message::Request(request)) => serve_request(exchange, accept, &request, entry).await,
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
) -> Result<Served, Refusal> {
    let traceparent = header_text(exchange.headers, "traceparent", 256);
    let facts = Facts {
        principal: exchange.principal,
        mirrored: Some(exchange.headers),
        traceparent: traceparent.as_deref(),
    };
    if request.method == "subscriptions/listen" && !accept.stream {
        return Err(headers::not_acceptable());
    }
    let served = tokio::select! {
        served = modern::serve(exchange.app, request, facts, entry) => served,
        () = exchange.caller.hung_up() => {
            let outcome = modern::cancelled();
            outcome.note(entry);
            modern::Served::Outcome(outcome)
        }
    };
    Ok(match served {
        modern::Served::Outcome(outcome) => answered(accept, request, outcome),
        modern::Served::Subscription(subscription) => standing(subscription),
    })
}

fn answered(accept: Accept, request: &Request<'_>, outcome: Outcome) -> Served {
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

/// A stream that stands until the caller hangs up or the gateway stops.
fn standing(subscription: Subscription) -> Served {
    let reply = Reply::standing(Standing {
        primed: false,
        first: Some(subscription.acknowledgement),
        last: Some(subscription.end),
        every: COMMENT_EVERY,
        ends: None,
    });
    Served { reply: unbuffered(reply), kind: ServedKind::Other }
}

/// Keeps proxies from holding events back (2026-07-28, Receiving Messages).
fn unbuffered(reply: Reply) -> Reply {
    let name = HeaderName::from_static("x-accel-buffering");
    reply.with(name, HeaderValue::from_static("no"))
}

//! A message of the stateless revision: its record, its answer, and its status and framing over
//! HTTP.

use std::pin::pin;

use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::exchange::{Carrier, Exchange, Served, ServedKind};
use super::message::take_notice;
use super::refusal::Refusal;
use crate::audit::Entry;
use crate::dispatch;
use crate::http::{COMMENT_EVERY, not_acceptable};
use crate::json::{Kind, kind};
use crate::modern::{self, Facts, Subscription, log_level, status_of};
use crate::notice::Notices;
use crate::outcome::Outcome;
use crate::reply::{Framing, KEEP_ALIVE, Reply, Standing, UNBUFFERED};
use crate::rpc::{Echo, Message, Request, progress_token, read_message};
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
        Ok(Message::Request(request)) => serve_request(exchange, &request, entry).await,
        Ok(Message::Notification(params)) => {
            let method = sketch.method.unwrap_or_default();
            entry.call_type(dispatch::call_type_of_notification(&method));
            take_notice(exchange, None, &method, &params);
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
) -> Result<Served, Refusal> {
    let listens = request.method == "subscriptions/listen";
    if listens && matches!(exchange.carrier, Carrier::Http { accept, .. } if !accept.stream) {
        return Err(not_acceptable().echoing(Echo::Of(request.id.to_owned())));
    }
    let traceparent = exchange.traceparent(&request.params);
    let framing = framing(exchange, request);
    let (notices, mut told) = match framing {
        Framing::Json => (Notices::none(), mpsc::channel(1).1),
        _ => Notices::new(
            progress_token(&request.params),
            log_level(&request.params),
            &exchange.app.faults,
        ),
    };
    let facts = Facts {
        carrier: exchange.carrier,
        principal: exchange.principal,
        mirrored: exchange.headers(),
        traceparent: traceparent.as_deref(),
        notices,
    };
    let mut work = pin!(modern::serve(exchange.app, request, &facts, entry));
    let mut streams = false;
    let served = loop {
        tokio::select! {
            biased;
            Some(notice) = told.recv() => {
                streams = true;
                exchange.tell(framing, &notice).await;
            }
            served = &mut work => break served,
        }
    };
    let outcome = match served {
        modern::Served::Outcome(outcome) => outcome,
        modern::Served::Subscription(subscription) => return Ok(standing(subscription)),
    };
    if !matches!(outcome, Outcome::Cancelled { .. }) {
        while let Ok(notice) = told.try_recv() {
            streams = true;
            exchange.tell(framing, &notice).await;
        }
    }
    Ok(answered(exchange, request, outcome, streams.then_some(framing)))
}

/// Calls are better streamed.
fn framing(exchange: &Exchange<'_>, request: &Request<'_>) -> Framing {
    match exchange.framing(request.method == "tools/call", false) {
        Framing::Sse { .. } => Framing::Unnumbered,
        other => other,
    }
}

/// The answer; `begun` is the framing of what was told before it. What is refused is no stream
/// unless it is one already.
fn answered(
    exchange: &Exchange<'_>,
    request: &Request<'_>,
    outcome: Outcome,
    begun: Option<Framing>,
) -> Served {
    let tool_call = request.method == "tools/call";
    let status = status_of(&outcome);
    let framing = match exchange.framing(tool_call && status.is_success(), false) {
        Framing::Sse { .. } => Framing::Unnumbered,
        other => other,
    };
    let framing = begun.unwrap_or(framing);
    let Some(answer) = outcome.into_answer(request.id) else {
        return Served::accepted(ServedKind::Other);
    };
    let reply = Reply::message(status, framing, answer.to(&request.method));
    Served {
        reply: if framing == Framing::Unnumbered { unbuffered(reply) } else { reply },
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
        comment: KEEP_ALIVE,
        ends: None,
    });
    Served { reply: unbuffered(reply), kind: ServedKind::Other }
}

fn unbuffered(reply: Reply) -> Reply {
    let (name, value) = UNBUFFERED;
    reply.with(name, value)
}

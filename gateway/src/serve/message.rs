//! One message: its record, its session and its answer.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::value::RawValue;

use super::exchange::{Carrier, Exchange, Served, ServedKind};
use super::refusal::Refusal;
use crate::audit::Entry;
use crate::dispatch;
use crate::outcome::{Outcome, survive};
use crate::reply::{Framing, Reply};
use crate::rpc::{Echo, Message, Params, Request, code, read_message};
use crate::session::Session;

/// Serves one message.
pub(crate) async fn serve(
    exchange: &Exchange<'_>,
    text: &RawValue,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    let (sketch, message) = read_message(text);
    exchange.app.note(entry, &sketch);
    match message {
        Err(defect) => Err(Refusal::defect(defect)),
        Ok(Message::Request(request)) => {
            entry.call_type(dispatch::call_type(&request.method));
            serve_request(exchange, &request, entry).await
        }
        Ok(Message::Notification(params)) => {
            let method = sketch.method.unwrap_or_default();
            entry.call_type(dispatch::call_type_of_notification(&method));
            exchange.admit_unasked()?;
            take_notice(exchange, &method, &params);
            entry.succeed(None);
            Ok(Served::accepted(ServedKind::Notification))
        }
        Ok(Message::Response) => {
            exchange.admit_unasked()?;
            entry.succeed(None);
            Ok(Served::accepted(ServedKind::Other))
        }
    }
}

/// Does what a notification wants. Those that are malformed or not known are ignored.
pub(crate) fn take_notice(exchange: &Exchange<'_>, method: &str, params: &Params<'_>) {
    if method == "notifications/cancelled"
        && let Carrier::Stdio(connection) = exchange.carrier
    {
        connection.cancel(params);
    }
}

async fn serve_request(
    exchange: &Exchange<'_>,
    request: &Request<'_>,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    if request.method == "initialize" {
        return initialize(exchange, request, entry);
    }
    let session = session_of(exchange, request)?;
    let outcome = run(exchange, request).await;
    let primed = session.is_some_and(|session| session.revision.primes_streams());
    let as_stream = request.method == "tools/call";
    let framing = exchange.framing(as_stream, primed);
    Ok(answered(outcome, framing, request, entry))
}

/// Notes the outcome in the entry and frames the answer, if there is one.
fn answered(
    outcome: Outcome,
    framing: Framing,
    request: &Request<'_>,
    entry: &mut Entry,
) -> Served {
    outcome.note(entry);
    let status = status_of(&outcome);
    let Some(answer) = outcome.into_answer(request.id) else {
        return Served::accepted(ServedKind::Other);
    };
    Served {
        reply: Reply::message(status, framing, answer.to(&request.method)),
        kind: match request.method.as_str() {
            "tools/call" => ServedKind::ToolCall,
            _ => ServedKind::Other,
        },
    }
}

/// The session of a request. On stdio a ping needs none (lifecycle, Initialization); over HTTP the
/// header is demanded of all.
fn session_of(exchange: &Exchange<'_>, request: &Request<'_>) -> Result<Option<Session>, Refusal> {
    let early = request.method == "ping" && matches!(exchange.carrier, Carrier::Stdio(_));
    match exchange.session(Echo::Of(request.id.to_owned())) {
        Err(_) if early => Ok(None),
        found => found.map(Some),
    }
}

/// Runs a request. A panic of its handler is answered like any other failure.
pub(crate) async fn run(exchange: &Exchange<'_>, request: &Request<'_>) -> Outcome {
    let traceparent = exchange.traceparent(&request.params);
    let work = survive(dispatch::dispatch(exchange.app, request, traceparent.as_deref()));
    exchange.carrier.run(exchange.app, request.id, work).await
}

/// Errors of valid requests are HTTP 200; only our own failure is not.
fn status_of(outcome: &Outcome) -> StatusCode {
    match outcome {
        Outcome::Refused { class: "InternalError", .. } => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::OK,
    }
}

fn initialize(
    exchange: &Exchange<'_>,
    request: &Request<'_>,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    let framing = exchange.framing(false, false);
    if exchange.claims_session() {
        exchange.session(Echo::Of(request.id.to_owned()))?;
        let message = "Invalid Request: the session is initialized already";
        let outcome = Outcome::refused(code::INVALID_REQUEST, "InvalidRequest", message);
        return Ok(answered(outcome, framing, request, entry));
    }
    let revision = match dispatch::negotiate(&request.params) {
        Ok(revision) => revision,
        Err(message) => {
            let outcome = Outcome::invalid_params(message);
            return Ok(answered(outcome, framing, request, entry));
        }
    };
    let session = exchange.open_session(revision, entry);
    let outcome = Outcome::Success(dispatch::introduction(exchange.app, revision));
    let mut served = answered(outcome, framing, request, entry);
    if let Ok(id) = HeaderValue::from_str(&session.id) {
        let name = HeaderName::from_static("mcp-session-id");
        served.reply = served.reply.with(name, id);
    }
    Ok(served)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_internal_error() {
        let outcome = survive(async { panic!("on purpose") }).await;
        assert_eq!(status_of(&outcome), StatusCode::INTERNAL_SERVER_ERROR);
        let id = crate::json::raw("7".to_owned());
        let answer = outcome.into_answer(&id).expect("it is answered").text();
        assert!(answer.get().contains(r#""id":7,"error":{"code":-32603"#));
    }
}

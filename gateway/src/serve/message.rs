//! One message: its record, its session and its answer.

use std::pin::pin;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::value::RawValue;

use super::exchange::{Carrier, Exchange, Served, ServedKind};
use super::refusal::Refusal;
use crate::audit::Entry;
use crate::dispatch::{self, Circumstances};
use crate::notice::Notices;
use crate::outcome::{Outcome, survive};
use crate::reply::{Framing, Messages, Reply};
use crate::rpc::{
    Answer, Echo, ErrorObject, Message, Params, Request, code, progress_token, read_message,
};
use crate::session::Session;
use crate::upstream::Era;

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
            let session = exchange.admit_unasked()?;
            take_notice(exchange, session.as_ref(), &method, &params);
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
pub(crate) fn take_notice(
    exchange: &Exchange<'_>,
    session: Option<&Session>,
    method: &str,
    params: &Params<'_>,
) {
    if method == "notifications/cancelled" {
        match (exchange.carrier, session) {
            (Carrier::Stdio(connection), _) => connection.cancel(params),
            (Carrier::Http { .. }, Some(session)) => session.running().obey(params),
            // Without sessions, a caller of HTTP cancels by hanging up.
            (Carrier::Http { .. }, None) => {}
        }
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
    let primed = session.as_ref().is_some_and(|session| session.revision.primes_streams());
    let as_stream = request.method == "tools/call";
    let framing = exchange.framing(as_stream, primed);
    let outcome = run_aloud(exchange, session.as_ref(), request, framing).await;
    Ok(answered(outcome, framing, request, entry))
}

/// Runs a request and passes on what it has to tell, where the framing has room for it.
async fn run_aloud(
    exchange: &Exchange<'_>,
    session: Option<&Session>,
    request: &Request<'_>,
    framing: Framing,
) -> Outcome {
    if framing == Framing::Json {
        return run(exchange, session, request, Notices::none()).await;
    }
    let token = progress_token(&request.params);
    let (notices, mut told) =
        Notices::new(token, session.map(Session::level), &exchange.app.faults);
    let mut work = pin!(run(exchange, session, request, notices));
    let outcome = loop {
        tokio::select! {
            biased;
            Some(notice) = told.recv() => exchange.tell(framing, &notice).await,
            outcome = &mut work => break outcome,
        }
    };
    // Of a cancelled request nothing more is heard.
    if !matches!(outcome, Outcome::Cancelled { .. }) {
        while let Ok(notice) = told.try_recv() {
            exchange.tell(framing, &notice).await;
        }
    }
    outcome
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
        return Served { reply: unanswered(framing, request), kind: ServedKind::Other };
    };
    Served {
        reply: Reply::message(status, framing, answer.to(&request.method)),
        kind: match request.method.as_str() {
            "tools/call" => ServedKind::ToolCall,
            _ => ServedKind::Other,
        },
    }
}

/// The end of a request that was cancelled: a stream ends without a response, and over stdio nothing
/// is sent. A caller who takes JSON alone waits for a body, so that one is told what happened.
fn unanswered(framing: Framing, request: &Request<'_>) -> Reply {
    match framing {
        Framing::Lines => Reply::empty(StatusCode::OK),
        Framing::Json => {
            let error = ErrorObject::new(code::CANCELLED, "the request was cancelled");
            let answer = Answer::error(Echo::Of(request.id.to_owned()), error);
            Reply::message(StatusCode::OK, framing, answer)
        }
        _ => {
            let messages = Messages { framing, batch: false, answers: Vec::new() };
            Reply::messages(StatusCode::OK, messages)
        }
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
pub(crate) async fn run(
    exchange: &Exchange<'_>,
    session: Option<&Session>,
    request: &Request<'_>,
    notices: Notices,
) -> Outcome {
    let traceparent = exchange.traceparent(&request.params);
    let (traceparent, era) = (traceparent.as_deref(), Era::Handshake);
    let circumstances = Circumstances { session, traceparent, notices, era };
    let work = survive(dispatch::dispatch(exchange.app, request, &circumstances));
    exchange.carrier.run(exchange.app, session, request.id, work).await
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

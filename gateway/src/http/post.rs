//! POST: one message, or a batch of them.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::value::RawValue;

use super::accept::Accept;
use super::endpoint::{Exchange, Served, ServedKind};
use super::refusal::Refusal;
use super::{batch, body, headers, modern};
use crate::audit::Entry;
use crate::dispatch;
use crate::json::{self, Kind, elements, kind};
use crate::modern::is_modern;
use crate::outcome::{Outcome, survive};
use crate::reply::Reply;
use crate::rpc::{Echo, Message, Request, code, read_message};
use crate::session::SessionHeader;
use crate::text::header_text;

/// Serves a POST.
pub(crate) async fn serve(
    exchange: &Exchange<'_>,
    body: Body,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    headers::check_content_type(exchange.headers)?;
    let accept = Accept::read(exchange.headers);
    if accept.is_nothing() {
        return Err(headers::not_acceptable());
    }
    let served = serve_body(exchange, accept, body, entry).await;
    served.map_err(|refusal| refusal.framed(accept.framing(false, false)))
}

async fn serve_body(
    exchange: &Exchange<'_>,
    accept: Accept,
    body: Body,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    let bytes = body::read(exchange.headers, body).await?;
    let text = json::read(&bytes).map_err(Refusal::unparsable)?;
    if is_modern(exchange.headers, text) {
        let served = modern::serve_body(exchange, accept, text, entry).await;
        return served.map_err(Refusal::without_null_id);
    }
    headers::check_version(exchange.headers)?;
    if kind(text) == Kind::Array {
        let items = elements(text).unwrap_or_default();
        batch::check(text, &items)?;
        return batch::serve(exchange, accept, &items, entry).await;
    }
    serve_message(exchange, accept, text, entry).await
}

async fn serve_message(
    exchange: &Exchange<'_>,
    accept: Accept,
    text: &RawValue,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    let (sketch, message) = read_message(text);
    exchange.app.note(entry, &sketch);
    match message {
        Err(defect) => Err(Refusal::defect(defect)),
        Ok(Message::Request(request)) => {
            entry.call_type(dispatch::call_type(&request.method));
            serve_request(exchange, accept, &request, entry).await
        }
        Ok(Message::Notification) => {
            let method = sketch.method.unwrap_or_default();
            entry.call_type(dispatch::call_type_of_notification(&method));
            exchange.session(Echo::Omitted)?;
            entry.succeed(None);
            Ok(Served::accepted(ServedKind::Notification))
        }
        Ok(Message::Response) => {
            exchange.session(Echo::Omitted)?;
            entry.succeed(None);
            Ok(Served::accepted(ServedKind::Other))
        }
    }
}

async fn serve_request(
    exchange: &Exchange<'_>,
    accept: Accept,
    request: &Request<'_>,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    if request.method == "initialize" {
        return initialize(exchange, accept, request, entry);
    }
    let session = exchange.session(Echo::Of(request.id.to_owned()))?;
    let outcome = run(exchange, request).await;
    outcome.note(entry);
    let tool_call = request.method == "tools/call";
    let framing = accept.framing(tool_call, session.revision.primes_streams());
    let status = status_of(&outcome);
    let answer = outcome.into_answer(request.id).to(&request.method);
    Ok(Served {
        reply: Reply::message(status, framing, answer),
        kind: if tool_call { ServedKind::ToolCall } else { ServedKind::Other },
    })
}

/// Runs a request. A panic of its handler is answered like any other failure.
pub(crate) async fn run(exchange: &Exchange<'_>, request: &Request<'_>) -> Outcome {
    let traceparent = header_text(exchange.headers, "traceparent", 256);
    let work = dispatch::dispatch(exchange.app, request, traceparent.as_deref());
    survive(work).await
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
    accept: Accept,
    request: &Request<'_>,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    if headers::session_header(exchange.headers) != SessionHeader::Missing {
        exchange.session(Echo::Of(request.id.to_owned()))?;
        let message = "Invalid Request: the session is initialized already";
        let outcome = Outcome::refused(code::INVALID_REQUEST, "InvalidRequest", message);
        return Ok(initialized(outcome, accept, request, entry));
    }
    let revision = match dispatch::negotiate(&request.params) {
        Ok(revision) => revision,
        Err(message) => {
            let outcome = Outcome::invalid_params(message);
            return Ok(initialized(outcome, accept, request, entry));
        }
    };
    let session = exchange.app.sessions.open(exchange.principal, revision);
    entry.session(&session.id, revision);
    let outcome = Outcome::Success(dispatch::introduction(revision));
    let mut served = initialized(outcome, accept, request, entry);
    if let Ok(id) = HeaderValue::from_str(&session.id) {
        let name = HeaderName::from_static("mcp-session-id");
        served.reply = served.reply.with(name, id);
    }
    Ok(served)
}

fn initialized(
    outcome: Outcome,
    accept: Accept,
    request: &Request<'_>,
    entry: &mut Entry,
) -> Served {
    outcome.note(entry);
    let answer = outcome.into_answer(request.id).to(&request.method);
    Served {
        reply: Reply::message(StatusCode::OK, accept.framing(false, false), answer),
        kind: ServedKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_internal_error() {
        let outcome = survive(async { panic!("on purpose") }).await;
        assert_eq!(status_of(&outcome), StatusCode::INTERNAL_SERVER_ERROR);
        let id = json::raw("7".to_owned());
        let answer = outcome.into_answer(&id).text();
        assert!(answer.get().contains(r#""id":7,"error":{"code":-32603"#));
    }
}

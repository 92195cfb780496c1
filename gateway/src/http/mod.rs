//! The HTTP side: routing, checks and framing.

mod accept;
mod audit_query;
mod body;
mod endpoint;
mod gate;
mod headers;
mod post;
mod respond;
mod stream;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;

use crate::app::{App, Phase};
use crate::serve::Refusal;

pub(crate) use accept::Accept;
pub(crate) use gate::{Gate, Principal};
pub(crate) use headers::{check_version, session_header};
pub(crate) use respond::respond;

/// Serves one HTTP request. It runs in a task of its own: a caller who hangs up does not cancel
/// what was asked for (transports, Sending Messages to the Server), and a panic stays in there.
pub(crate) async fn serve(State(app): State<Arc<App>>, request: Request) -> Response {
    let shared = Arc::clone(&app);
    let task = tokio::spawn(async move {
        tokio::select! {
            response = route(&shared, request) => response,
            () = shared.reached(Phase::Ended) => refused(&shared, Refusal::stopping()),
        }
    });
    task.await.unwrap_or_else(|_| refused(&app, Refusal::internal()))
}

async fn route(app: &Arc<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if matches!(parts.uri.path(), "/mcp" | "/mcp/") {
        return endpoint::serve(app, &parts, body).await;
    }
    match app.gate.admit(&parts) {
        Err(refusal) => refused(app, refusal),
        Ok(_) if parts.uri.path() != "/audit" => refused(app, Refusal::unknown_path()),
        Ok(_) if parts.method != Method::GET => refused(app, Refusal::method("GET")),
        Ok(_) => audit_query::answer(app.trail.ring(), parts.uri.query()),
    }
}

fn refused(app: &Arc<App>, refusal: Refusal) -> Response {
    respond(app, refusal.into_reply().into_wire(&app.event_ids))
}

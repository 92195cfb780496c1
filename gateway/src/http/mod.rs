//! The HTTP side: routing, checks and framing.

mod accept;
mod audit_query;
mod body;
mod debug;
mod early;
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
use crate::oauth::{self, Page};
use crate::serve::Refusal;

pub(crate) use accept::Accept;
pub(crate) use early::Early;
pub(crate) use gate::{Gate, Principal};
pub(crate) use headers::{check_version, not_acceptable, session_header};
pub(crate) use respond::respond;
pub(crate) use stream::COMMENT_EVERY;

/// Serves one HTTP request. It runs in a task of its own: a caller who hangs up does not cancel
/// what was asked for in a session (transports, Sending Messages to the Server), and a panic stays
/// in there.
pub(crate) async fn serve(State(app): State<Arc<App>>, request: Request) -> Response {
    let (early, response) = Early::new(&app);
    let shared = Arc::clone(&app);
    tokio::spawn(async move {
        tokio::select! {
            () = route(&shared, &early, request) => {}
            () = shared.reached(Phase::Ended) => {
                early.finish(Refusal::stopping().into_reply()).await;
            }
        }
    });
    response.await.unwrap_or_else(|_| refused(&app, Refusal::internal()))
}

async fn route(app: &Arc<App>, early: &Early, request: Request) {
    let (parts, body) = request.into_parts();
    if matches!(parts.uri.path(), "/mcp" | "/mcp/") {
        return endpoint::serve(app, early, &parts, body).await;
    }
    if let Some(page) = Page::at(parts.uri.path()) {
        let served = oauth::serve(app, page, &parts);
        return early.respond(served.unwrap_or_else(|refusal| refused(app, refusal)));
    }
    early.respond(match app.gate.admit(&parts) {
        Err(refusal) => refused(app, refusal.pointing(|| oauth::metadata_url(app, &parts))),
        Ok(_) if parts.uri.path() != "/audit" => refused(app, Refusal::unknown_path()),
        Ok(_) if parts.method != Method::GET => refused(app, Refusal::method("GET")),
        Ok(_) => audit_query::answer(&app.trail, parts.uri.query()),
    });
}

fn refused(app: &Arc<App>, refusal: Refusal) -> Response {
    respond(app, refusal.into_reply().into_wire(&app.event_ids))
}

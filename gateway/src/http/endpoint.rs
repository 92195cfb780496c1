//! The endpoint `/mcp`: one exchange from its audit entry to its response.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;

use super::accept::Accept;
use super::gate::Principal;
use super::{post, respond, stream};
use crate::app::App;
use crate::audit::Entry;
use crate::serve::{Carrier, Exchange, Refusal, Served};

/// The methods of the endpoint.
const METHODS: &str = "GET, POST, DELETE";

/// Serves one request to the endpoint.
pub(crate) async fn serve(app: &Arc<App>, parts: &Parts, body: Body) -> Response {
    let mut entry = Entry::open(&app.trail, &parts.headers);
    let admitted = app.gate.admit(parts);
    let carrier = Carrier::Http { headers: &parts.headers, accept: Accept::read(&parts.headers) };
    let principal = *admitted.as_ref().unwrap_or(&Principal::Anyone);
    let exchange = Exchange { app, principal, carrier };
    let served = match admitted {
        Err(refusal) => Err(refusal),
        Ok(_) => route(&exchange, parts, body, &mut entry).await,
    };
    let reply = exchange.conclude(served, entry).await;
    respond(app, app.faults.on_wire(reply.into_wire(&app.event_ids)))
}

async fn route(
    exchange: &Exchange<'_>,
    parts: &Parts,
    body: Body,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    exchange.note_session(entry);
    match parts.method {
        Method::POST => post::serve(exchange, &parts.headers, body, entry).await,
        Method::GET => stream::open(exchange, &parts.headers, entry),
        Method::DELETE => stream::end_session(exchange, &parts.headers, entry),
        _ => Err(Refusal::method(METHODS)),
    }
}

//! The endpoint `/mcp`: one exchange from its audit entry to its response.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::accept::Accept;
use super::gate::Principal;
use super::{Early, debug, post, stream};
use crate::app::App;
use crate::audit::Entry;
use crate::modern::header_is_modern;
use crate::oauth;
use crate::serve::{Carrier, Exchange, Refusal, Served};

/// The methods of the endpoint.
const METHODS: &str = "GET, POST, DELETE";

/// Serves one request to the endpoint.
pub(crate) async fn serve(app: &Arc<App>, early: &Early, parts: &Parts, body: Body) {
    let mut entry = Entry::open(&app.trail, &parts.headers);
    let arrived = Instant::now();
    let admitted = app.gate.admit(parts);
    let admitted = admitted.map_err(|it| it.pointing(|| oauth::metadata_url(app, parts)));
    let accept = Accept::read(&parts.headers);
    let carrier = Carrier::Http { headers: &parts.headers, accept, early };
    let principal = *admitted.as_ref().unwrap_or(&Principal::Anyone);
    let exchange = Exchange { app, principal, carrier, arrived };
    let served = match admitted {
        Err(refusal) => Err(refusal),
        Ok(_) => {
            early.beside(debug::headers(app, &parts.headers));
            let served = route(&exchange, parts, body, &mut entry).await;
            served.map_err(|refusal| in_era(&parts.headers, refusal))
        }
    };
    let reply = exchange.conclude(served, entry).await;
    early.finish(reply).await;
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
        _ if header_is_modern(&parts.headers) => Err(Refusal::method("POST")),
        Method::GET => stream::open(exchange, &parts.headers, entry),
        Method::DELETE => stream::end_session(exchange, &parts.headers, entry),
        _ => Err(Refusal::method(METHODS)),
    }
}

/// A refusal as the revision that the header names has it.
fn in_era(headers: &HeaderMap, refusal: Refusal) -> Refusal {
    if header_is_modern(headers) { refusal.without_null_id() } else { refusal }
}

//! The stateless revision 2026-07-28: no handshake and no session. Every request says itself, in
//! `_meta`, which revision it speaks and what its client can do.

mod discover;
mod era;
mod finish;
mod meta;
mod mirror;
mod violation;

use axum::http::HeaderMap;

use crate::app::App;
use crate::audit::{Entry, PROTOCOL_ERROR};
use crate::dispatch;
use crate::outcome::{Outcome, survive};
use crate::rpc::Request;
use crate::serve::Carrier;

pub(crate) use era::{header_is_modern, names_its_version};
pub(crate) use finish::status_of;
use meta::Meta;
use violation::Violation;

/// What is known about a request besides its message.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) carrier: Carrier<'a>,
    /// The headers that mirror parts of the message; `None` on a transport without headers.
    pub(crate) mirrored: Option<&'a HeaderMap>,
    pub(crate) traceparent: Option<&'a str>,
}

/// Serves one request, and notes it and its end in the record.
pub(crate) async fn serve(
    app: &App,
    request: &Request<'_>,
    facts: Facts<'_>,
    entry: &mut Entry,
) -> Outcome {
    let outcome = match check(request, facts, entry) {
        Err(violation) => violation.into_outcome(),
        Ok(()) => {
            entry.call_type(call_type(&request.method));
            run(app, request, facts).await
        }
    };
    outcome.note(entry);
    outcome
}

/// `call_type` of a method that is served here.
fn call_type(method: &str) -> &'static str {
    match method {
        "server/discover" => "mcp_server_discover",
        known => dispatch::call_type(known),
    }
}

/// What must hold for every method, in this order: the envelope of the request first, then the
/// headers that mirror it, then the method.
fn check(request: &Request<'_>, facts: Facts<'_>, entry: &mut Entry) -> Result<(), Violation> {
    entry.call_type(PROTOCOL_ERROR);
    let meta = Meta::read(&request.params).map_err(Violation::Meta)?;
    entry.stateless(&meta.version);
    if let Some(headers) = facts.mirrored {
        mirror::check_version(headers, &meta.version)?;
    }
    meta.check_version()?;
    if let Some(headers) = facts.mirrored {
        mirror::check_method(headers, &request.method)?;
    }
    if !is_served(&request.method) {
        return Err(Violation::Method(request.method.clone()));
    }
    meta.check_optional()
}

fn is_served(method: &str) -> bool {
    matches!(method, "server/discover" | "tools/list" | "tools/call")
}

async fn run(app: &App, request: &Request<'_>, facts: Facts<'_>) -> Outcome {
    let outcome = match request.method.as_str() {
        "server/discover" => discover::discover(&request.params),
        _ => {
            let work = survive(dispatch::dispatch(app, request, facts.traceparent));
            facts.carrier.run(app, request.id, work).await
        }
    };
    finish::finished(outcome, &request.method)
}

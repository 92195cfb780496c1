//! The stateless revision 2026-07-28: no handshake and no session. Every request says itself, in
//! `_meta`, which revision it speaks and what its client can do.

mod ask;
mod check;
mod discover;
mod era;
mod finish;
mod listen;
mod meta;
mod mirror;
mod seal;
mod tool;
mod value;
mod violation;

use axum::http::HeaderMap;

use crate::app::App;
use crate::audit::{Entry, PROTOCOL_ERROR};
use crate::dispatch::{self, Circumstances};
use crate::http::Principal;
use crate::notice::Notices;
use crate::outcome::{Outcome, survive};
use crate::rpc::{Request, code};
use crate::serve::Carrier;
use crate::upstream::Era;

pub(crate) use era::{header_is_modern, names_its_version};
pub(crate) use finish::status_of;
pub(crate) use listen::Subscription;
use meta::Meta;
pub(crate) use meta::log_level;
pub(crate) use seal::Seal;
pub(crate) use violation::Violation;

/// What is known about a request besides its message.
#[derive(Clone)]
pub(crate) struct Facts<'a> {
    pub(crate) carrier: Carrier<'a>,
    pub(crate) principal: Principal,
    /// The headers that mirror parts of the message; `None` on a transport without headers.
    pub(crate) mirrored: Option<&'a HeaderMap>,
    pub(crate) traceparent: Option<&'a str>,
    /// What is told before the answer.
    pub(crate) notices: Notices,
}

impl Facts<'_> {
    fn circumstances(&self) -> Circumstances<'_> {
        let (notices, era) = (self.notices.clone(), Era::Stateless);
        Circumstances { session: None, traceparent: self.traceparent, notices, era }
    }
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Served {
    /// An answer.
    Outcome(Outcome),
    /// A stream.
    Subscription(Subscription),
}

/// Serves one request, and notes it and its end in the record.
pub(crate) async fn serve(
    app: &App,
    request: &Request<'_>,
    facts: &Facts<'_>,
    entry: &mut Entry,
) -> Served {
    entry.call_type(PROTOCOL_ERROR);
    let outcome = match check::check(app, request, facts, entry).await {
        Err(violation) => violation.into_outcome(),
        Ok(meta) => {
            entry.call_type(call_type(&request.method));
            if request.method == "subscriptions/listen" {
                match listen::check(&request.params) {
                    Ok(()) => {
                        entry.succeed(None);
                        return Served::Subscription(Subscription::new(request.id));
                    }
                    Err(message) => Outcome::invalid_params(format!("Invalid params: {message}")),
                }
            } else {
                let work = survive(run(app, request, facts, &meta));
                facts.carrier.run_stateless(app, request.id, work).await
            }
        }
    };
    outcome.note(entry);
    Served::Outcome(outcome)
}

/// `call_type` of a method that is served here.
fn call_type(method: &str) -> String {
    match method {
        "server/discover" => "mcp_server_discover".to_owned(),
        "subscriptions/listen" => "mcp_subscriptions_listen".to_owned(),
        known => dispatch::call_type(known),
    }
}

async fn run(app: &App, request: &Request<'_>, facts: &Facts<'_>, meta: &Meta<'_>) -> Outcome {
    let outcome = match request.method.as_str() {
        "tools/call" => return tool::call(app, request, facts, meta).await,
        "server/discover" => discover::discover(app, &request.params),
        feature => {
            let not_found = code::INVALID_PARAMS;
            match dispatch::serve_feature(app, feature, &request.params, not_found, |_| ()) {
                Some(outcome) => outcome,
                None => dispatch::dispatch(app, request, &facts.circumstances()).await,
            }
        }
    };
    finish::finished(outcome, &request.method)
}

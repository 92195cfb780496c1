//! The endpoint `/mcp`: one exchange from its audit entry to its response.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;

use super::refusal::{Refusal, RefusalKind};
use super::{Principal, headers, post, respond, stream};
use crate::app::App;
use crate::audit::Entry;
use crate::fault::ReplyContext;
use crate::modern::header_is_modern;
use crate::reply::Reply;
use crate::rpc::Echo;
use crate::session::{Session, SessionHeader};

/// The methods of the endpoint.
const METHODS: &str = "GET, POST, DELETE";

/// What an exchange knows from its headers.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) app: &'a App,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) principal: Principal,
}

/// A reply to something that was not refused.
pub(crate) struct Served {
    pub(crate) reply: Reply,
    pub(crate) kind: ServedKind,
}

/// What was served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServedKind {
    /// A notification.
    Notification,
    /// One `tools/call`.
    ToolCall,
    /// Anything else.
    Other,
}

/// Serves one request to the endpoint.
pub(crate) async fn serve(app: &Arc<App>, parts: &Parts, body: Body) -> Response {
    let mut entry = Entry::open(&app.trail, &parts.headers);
    let served = match app.gate.admit(parts) {
        Err(refusal) => Err(refusal),
        Ok(principal) => {
            let exchange = Exchange { app, headers: &parts.headers, principal };
            let served = exchange.serve(&parts.method, body, &mut entry).await;
            served.map_err(|refusal| exchange.in_era(refusal))
        }
    };
    let mut context = ReplyContext::of(&parts.headers);
    let reply = match served {
        Ok(served) => {
            context.notification = served.kind == ServedKind::Notification;
            context.tool_call = served.kind == ServedKind::ToolCall;
            served.reply
        }
        Err(refusal) => {
            context.invalid_id = refusal.kind == RefusalKind::InvalidId;
            context.unparsable = refusal.kind == RefusalKind::Unparsable;
            refusal.note(&mut entry);
            refusal.into_reply()
        }
    };
    entry.close().await;
    let reply = app.faults.on_reply(&context, reply);
    respond(app, app.faults.on_wire(reply.into_wire(&app.event_ids)))
}

impl Exchange<'_> {
    async fn serve(
        &self,
        method: &Method,
        body: Body,
        entry: &mut Entry,
    ) -> Result<Served, Refusal> {
        self.note_session(entry);
        match *method {
            Method::POST => post::serve(self, body, entry).await,
            _ if header_is_modern(self.headers) => Err(Refusal::method("POST")),
            Method::GET => stream::open(self, entry),
            Method::DELETE => stream::end_session(self, entry),
            _ => Err(Refusal::method(METHODS)),
        }
    }

    /// A refusal as the revision that the header names has it.
    fn in_era(&self, refusal: Refusal) -> Refusal {
        if header_is_modern(self.headers) { refusal.without_null_id() } else { refusal }
    }

    /// Whatever becomes of the request, its record names the revision of its session.
    fn note_session(&self, entry: &mut Entry) {
        if let SessionHeader::Given(id) = headers::session_header(self.headers)
            && let Some(session) = self.app.sessions.find(&id, self.principal)
        {
            entry.session(&session.id, session.revision);
        }
    }

    /// The live session that the headers name.
    pub(crate) fn session(&self, echo: Echo) -> Result<Session, Refusal> {
        let found = match headers::session_header(self.headers) {
            SessionHeader::Missing => return Err(Refusal::session_missing(echo)),
            SessionHeader::Malformed => None,
            SessionHeader::Given(id) => self.app.sessions.find(&id, self.principal),
        };
        found.ok_or_else(|| Refusal::session_not_found(echo))
    }
}

impl Served {
    /// Something that has no answer.
    pub(crate) fn accepted(kind: ServedKind) -> Self {
        Self { reply: Reply::empty(StatusCode::ACCEPTED), kind }
    }
}

//! One exchange: who sent a message, by what it came, and what is sent back.

use std::time::Instant;

use axum::http::{HeaderMap, StatusCode};
use serde_json::value::RawValue;

use super::refusal::{Refusal, RefusalKind};
use crate::app::App;
use crate::audit::Entry;
use crate::fault::ReplyContext;
use crate::http::{Accept, Early, Principal, check_version, session_header};
use crate::modern::{header_is_modern, names_its_version};
use crate::notice::Notice;
use crate::outcome::Outcome;
use crate::reply::{Framing, Reply};
use crate::revision::Revision;
use crate::rpc::{Echo, Params, traceparent};
use crate::session::{Session, SessionHeader};
use crate::stdio::Connection;
use crate::text::header_text;

/// Longer values of `traceparent` are cut.
const TRACE_LIMIT: usize = 256;

/// What is known about a message before it is read.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) app: &'a App,
    pub(crate) principal: Principal,
    pub(crate) carrier: Carrier<'a>,
    /// When the message came.
    pub(crate) arrived: Instant,
}

/// What carries messages.
#[derive(Clone, Copy)]
pub(crate) enum Carrier<'a> {
    /// A request of HTTP.
    Http { headers: &'a HeaderMap, accept: Accept, early: &'a Early },
    /// A line of stdin. The process is the session.
    Stdio(&'a Connection),
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

impl Carrier<'_> {
    /// Runs a request. It can be cancelled over stdio and in a session of HTTP, where hanging up is
    /// no cancellation (transports, Sending Messages to the Server).
    pub(crate) async fn run(
        &self,
        app: &App,
        session: Option<&Session>,
        id: &RawValue,
        work: impl Future<Output = Outcome>,
    ) -> Outcome {
        match self {
            Self::Stdio(connection) => connection.run(app, id, work).await,
            Self::Http { .. } => match session {
                Some(session) => session.running().run(id, work).await,
                None => work.await,
            },
        }
    }

    /// Runs a request of the stateless revision: there, hanging up is a cancellation too.
    pub(crate) async fn run_stateless(
        &self,
        app: &App,
        id: &RawValue,
        work: impl Future<Output = Outcome>,
    ) -> Outcome {
        let Self::Http { early, .. } = self else {
            return self.run(app, None, id, work).await;
        };
        tokio::select! {
            biased;
            outcome = work => outcome,
            () = early.hung_up() => {
                Outcome::Cancelled { reason: Some("the response stream was closed".to_owned()) }
            }
        }
    }
}

impl Exchange<'_> {
    /// The headers, if there are any.
    pub(crate) fn headers(&self) -> Option<&HeaderMap> {
        match self.carrier {
            Carrier::Http { headers, .. } => Some(headers),
            Carrier::Stdio(_) => None,
        }
    }

    /// Whether the message is one of the stateless revision.
    pub(crate) fn is_modern(&self, text: &RawValue) -> bool {
        names_its_version(text) || self.headers().is_some_and(header_is_modern)
    }

    /// The header that names the revision of a session, where there are headers.
    pub(crate) fn check_version(&self) -> Result<(), Refusal> {
        self.headers().map_or(Ok(()), check_version)
    }

    /// A notification or a response needs the session that HTTP names in a header. Over stdio it
    /// can be of either era, and is never answered.
    pub(crate) fn admit_unasked(&self) -> Result<Option<Session>, Refusal> {
        match self.carrier {
            Carrier::Http { .. } => self.session(Echo::Omitted).map(Some).map_err(Refusal::unasked),
            Carrier::Stdio(connection) => Ok(connection.session()),
        }
    }

    /// The live session that the message belongs to.
    pub(crate) fn session(&self, echo: Echo) -> Result<Session, Refusal> {
        let headers = match self.carrier {
            Carrier::Stdio(connection) => {
                return connection.session().ok_or_else(|| Refusal::not_initialized(echo));
            }
            Carrier::Http { headers, .. } => headers,
        };
        let found = match session_header(headers) {
            SessionHeader::Missing => return Err(Refusal::session_missing(echo)),
            SessionHeader::Malformed => None,
            SessionHeader::Given(id) => self.app.sessions.find(&id, self.principal),
        };
        found.ok_or_else(|| Refusal::session_not_found(echo))
    }

    /// Whether the message claims to belong to a session, live or not.
    pub(crate) fn claims_session(&self) -> bool {
        match self.carrier {
            Carrier::Http { headers, .. } => session_header(headers) != SessionHeader::Missing,
            Carrier::Stdio(connection) => connection.session().is_some(),
        }
    }

    /// Opens a session, and notes it in the entry.
    pub(crate) fn open_session(&self, revision: Revision, entry: &mut Entry) -> Session {
        let session = match self.carrier {
            Carrier::Http { .. } => self.app.sessions.open(self.principal, revision),
            Carrier::Stdio(connection) => connection.open(revision),
        };
        self.note(&session, entry);
        session
    }

    /// Whatever becomes of the message, its record names the revision of its session.
    pub(crate) fn note_session(&self, entry: &mut Entry) {
        let found = match self.carrier {
            Carrier::Stdio(connection) => connection.session(),
            Carrier::Http { headers, .. } => match session_header(headers) {
                SessionHeader::Given(id) => self.app.sessions.find(&id, self.principal),
                SessionHeader::Missing | SessionHeader::Malformed => None,
            },
        };
        if let Some(session) = found {
            self.note(&session, entry);
        }
    }

    /// A session of stdio has no id that anybody else knows.
    fn note(&self, session: &Session, entry: &mut Entry) {
        if matches!(self.carrier, Carrier::Http { .. }) {
            entry.session(&session.id);
        }
        entry.revision(session.revision);
    }

    /// The trace context of a request: that of the header, or else that of `_meta`.
    pub(crate) fn traceparent(&self, params: &Params<'_>) -> Option<String> {
        let header = |headers| header_text(headers, "traceparent", TRACE_LIMIT);
        self.headers().and_then(header).or_else(|| traceparent(params))
    }

    /// How a reply is framed that is better sent as a stream, or better not.
    pub(crate) fn framing(&self, as_stream: bool, primed: bool) -> Framing {
        match self.carrier {
            Carrier::Http { accept, .. } => accept.framing(as_stream, primed),
            Carrier::Stdio(_) => Framing::Lines,
        }
    }

    /// Tells the caller something before the answer.
    pub(crate) async fn tell(&self, framing: Framing, notice: &Notice) {
        match self.carrier {
            Carrier::Http { early, .. } => early.tell(framing, notice).await,
            Carrier::Stdio(connection) => connection.tell(self.app, notice).await,
        }
    }

    /// Ends the exchange: its record is written, then the reply may go out.
    pub(crate) async fn conclude(
        &self,
        served: Result<Served, Refusal>,
        mut entry: Entry,
    ) -> Reply {
        let mut context = ReplyContext::new(self.framing(false, false), self.arrived);
        context.session = self.session_name();
        context.stateless = self.headers().is_some_and(header_is_modern);
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
                self.refused(refusal)
            }
        };
        entry.close().await;
        self.app.faults.on_reply(&context, reply)
    }

    /// HTTP has a status for what asks for no answer; a line has none, so that nothing is sent.
    fn refused(&self, refusal: Refusal) -> Reply {
        match self.carrier {
            Carrier::Http { .. } => refusal.into_reply(),
            Carrier::Stdio(_) if refusal.kind == RefusalKind::Unasked => {
                Reply::empty(StatusCode::BAD_REQUEST)
            }
            Carrier::Stdio(_) => refusal.framed(Framing::Lines).into_reply(),
        }
    }

    fn session_name(&self) -> Option<String> {
        match self.carrier {
            Carrier::Http { headers, .. } => header_text(headers, "mcp-session-id", TRACE_LIMIT),
            Carrier::Stdio(connection) => connection.session().map(|session| session.id),
        }
    }
}

impl Served {
    /// Something that has no answer.
    pub(crate) fn accepted(kind: ServedKind) -> Self {
        Self { reply: Reply::empty(StatusCode::ACCEPTED), kind }
    }
}

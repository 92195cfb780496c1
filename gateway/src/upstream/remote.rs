//! An upstream behind Streamable HTTP: one session, opened when it is first needed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};

use super::call::{CallOutcome, ToolCall, Unavailable};
use super::catalog::{Hop, Tool};
use super::given_up::GivenUp;
use super::incoming::{Incoming, Reply, read_incoming};
use super::listener::Listener;
use super::messages::{self, Pages};
use super::sse::EventReader;
use super::wire::{ANSWER_LIMIT, Received, UpstreamSession, Wire};
use crate::json::raw;
use crate::notice::Notices;

/// Requests of the upstream that are answered while one call lasts.
const REQUEST_LIMIT: usize = 100;
/// The cancellation of a call that took too long.
const CANCEL_BUDGET: Duration = Duration::from_secs(2);

/// A server that is reached over HTTP.
#[derive(Debug)]
pub(crate) struct Remote {
    wire: Wire,
    session: Mutex<Option<Kept>>,
    next_id: AtomicU64,
}

/// The session, and what listens for as long as it lasts.
#[derive(Debug)]
struct Kept {
    session: UpstreamSession,
    _listener: Listener,
}

/// One request, ready to be sent as often as it takes.
struct Outbound<'a> {
    id: u64,
    method: &'static str,
    params: Option<String>,
    traceparent: Option<&'a str>,
    /// Where its progress is told, if anybody wants to know.
    notices: Option<&'a Notices>,
}

/// Why an exchange brought no reply.
enum Failed {
    /// HTTP 404: the upstream does not know our session any more.
    SessionGone,
    /// Anything else.
    For(Unavailable),
}

impl From<Unavailable> for Failed {
    fn from(cause: Unavailable) -> Self {
        Self::For(cause)
    }
}

impl Remote {
    /// A server that is not connected yet.
    pub(crate) fn new(wire: Wire) -> Self {
        Self { wire, session: Mutex::default(), next_id: AtomicU64::new(1) }
    }

    /// Where it is, and the credentials that go there.
    pub(crate) fn hop(&self) -> Hop {
        self.wire.hop()
    }

    /// All tools of the server.
    pub(crate) async fn list(&self, deadline: Instant) -> Result<Vec<Tool>, Unavailable> {
        timeout_at(deadline, self.list_pages()).await.unwrap_or(Err(Unavailable::Timeout))
    }

    /// Calls a tool, and cancels the call if it is given up.
    pub(crate) async fn call(
        &self,
        call: ToolCall<'_>,
        deadline: Instant,
    ) -> Result<CallOutcome, Unavailable> {
        if self.wire.outgoing.is_cut_off() {
            return Ok(CallOutcome::answered(raw(r#"{"content":[]}"#.to_owned())));
        }
        for _ in 1..self.wire.outgoing.calls() {
            let _ = self.ask(&self.call_request(&call)).await;
        }
        let request = self.call_request(&call);
        let cancel = |id| self.cancel(self.wire.outgoing.cancelled(id));
        let waiting = GivenUp::new(request.id, cancel);
        let reply = timeout_at(deadline, self.ask(&request)).await;
        let reply = reply.map_err(|_| Unavailable::Timeout)?;
        waiting.answered();
        Ok(CallOutcome::from(reply?))
    }

    fn request<'a>(&self, method: &'static str, params: Option<String>) -> Outbound<'a> {
        Outbound {
            id: self.next_id.fetch_add(1, Ordering::Relaxed),
            method,
            params,
            traceparent: None,
            notices: None,
        }
    }

    /// The request of a call. Its progress token is its own id: those of two callers may be equal.
    fn call_request<'a>(&self, call: &ToolCall<'a>) -> Outbound<'a> {
        let mut request = self.request("tools/call", None);
        request.traceparent = call.traceparent;
        request.notices = call.notices.wants_progress().then_some(call.notices);
        let token = request.notices.map(|_| request.id);
        request.params = Some(messages::call_params(call, token));
        request
    }

    async fn list_pages(&self) -> Result<Vec<Tool>, Unavailable> {
        let mut pages = Pages::default();
        loop {
            let reply = self.ask(&self.request("tools/list", pages.params())).await?;
            if let Some(tools) = pages.add(reply)? {
                return Ok(tools);
            }
        }
    }

    /// Sends a request within the session, and once more in a new one if the session is gone.
    async fn ask(&self, request: &Outbound<'_>) -> Result<Reply, Unavailable> {
        let session = self.open_session().await?;
        match self.exchange(request, Some(&session)).await {
            Ok((reply, _)) => return Ok(reply),
            Err(Failed::For(cause)) => return Err(cause),
            Err(Failed::SessionGone) if self.wire.outgoing.keeps_sessions() => {
                return Err(Unavailable::Status(404));
            }
            Err(Failed::SessionGone) => self.forget(&session).await,
        }
        let session = self.open_session().await?;
        match self.exchange(request, Some(&session)).await {
            Ok((reply, _)) => Ok(reply),
            Err(Failed::For(cause)) => Err(cause),
            Err(Failed::SessionGone) => Err(Unavailable::Status(404)),
        }
    }

    async fn open_session(&self) -> Result<UpstreamSession, Unavailable> {
        let mut kept = self.session.lock().await;
        if let Some(kept) = &*kept {
            return Ok(kept.session.clone());
        }
        let session = self.initialize().await?;
        *kept = Some(Kept {
            session: session.clone(),
            _listener: Listener::start(self.wire.clone(), session.clone()).await,
        });
        Ok(session)
    }

    /// Another call may have replaced the session already.
    async fn forget(&self, gone: &UpstreamSession) {
        let mut kept = self.session.lock().await;
        if kept.as_ref().is_some_and(|kept| kept.session == *gone) {
            *kept = None;
        }
    }

    async fn initialize(&self) -> Result<UpstreamSession, Unavailable> {
        let request = self.request("initialize", Some(messages::initialize_params()));
        let (reply, id) = self.exchange(&request, None).await.map_err(|failed| match failed {
            Failed::SessionGone => Unavailable::Status(404),
            Failed::For(cause) => cause,
        })?;
        let session = UpstreamSession { id, revision: messages::agreed(&reply)? };
        self.wire.post(messages::INITIALIZED.to_owned(), Some(&session), None).await?;
        Ok(session)
    }

    /// One request and its reply, and the session that came with it.
    async fn exchange(
        &self,
        request: &Outbound<'_>,
        session: Option<&UpstreamSession>,
    ) -> Result<(Reply, Option<axum::http::HeaderValue>), Failed> {
        let message = request.message();
        let received = self.wire.post(message, session, request.traceparent).await?;
        let opened = received.session_id();
        let status = received.status();
        if status == StatusCode::NOT_FOUND && session.is_some() {
            return Err(Failed::SessionGone);
        }
        let reply = if received.is_stream && status.is_success() {
            self.read_stream(received, request, session).await?
        } else {
            read_body(received, request.id).await?
        };
        Ok((reply, opened))
    }

    async fn read_stream(
        &self,
        mut received: Received,
        request: &Outbound<'_>,
        session: Option<&UpstreamSession>,
    ) -> Result<Reply, Unavailable> {
        let mut reader = EventReader::default();
        let (mut bytes, mut requests) = (0, 0);
        while let Some(chunk) = received.chunk().await? {
            bytes += chunk.len();
            if bytes > ANSWER_LIMIT || requests > REQUEST_LIMIT {
                return Err(Unavailable::Garbage("answer of a bearable size"));
            }
            for event in reader.feed(&chunk) {
                match read_incoming(event.as_bytes(), request.id)? {
                    Incoming::Reply(reply) => return Ok(reply),
                    Incoming::Progress(params) => {
                        if let Some(notices) = request.notices {
                            notices.relay_progress(&params).await;
                        }
                    }
                    Incoming::Other => {}
                    Incoming::Request(question) => {
                        requests += 1;
                        self.wire.answer(session, &question).await?;
                    }
                }
            }
        }
        Err(Unavailable::Garbage("complete stream"))
    }

    /// Tells the server that nobody waits any more; whether it listens is its own affair.
    fn cancel(&self, id: u64) {
        let kept = self.session.try_lock().ok();
        let session = kept.and_then(|kept| kept.as_ref().map(|kept| kept.session.clone()));
        let wire = self.wire.clone();
        tokio::spawn(async move {
            let post = wire.post(messages::cancellation(id), session.as_ref(), None);
            let _ = timeout(CANCEL_BUDGET, post).await;
        });
    }
}

impl Outbound<'_> {
    fn message(&self) -> String {
        messages::request(self.id, self.method, self.params.as_deref())
    }
}

/// An error status may carry a JSON-RPC error all the same.
async fn read_body(received: Received, own: u64) -> Result<Reply, Unavailable> {
    let status = received.status();
    let body = received.body().await?;
    match read_incoming(&body, own) {
        Ok(Incoming::Reply(reply @ Reply::Error(_))) => Ok(reply),
        _ if !status.is_success() => Err(Unavailable::Status(status.as_u16())),
        Ok(Incoming::Reply(reply)) => Ok(reply),
        Ok(_) => Err(Unavailable::Garbage("answer to the request")),
        Err(cause) => Err(cause),
    }
}

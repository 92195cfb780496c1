//! An upstream behind Streamable HTTP: one session, opened when it is first needed.

mod sessionless;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};

use super::call::{CallOutcome, ToolCall, Unavailable};
use super::catalog::Hop;
use super::changed::Changed;
use super::era::{Brought, Era};
use super::given_up::GivenUp;
use super::incoming::{Incoming, Reply, read_incoming};
use super::listener::Listener;
use super::messages::{self, Listed, Pages};
use super::mirrored::Mirrored;
use super::mirrors;
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
    /// What it speaks to callers of the revision without a handshake, once that is known.
    era: Mutex<Option<Era>>,
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
    /// The headers that mirror it.
    mirrors: HeaderMap,
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
        let (session, era) = (Mutex::default(), Mutex::default());
        Self { wire, session, era, next_id: AtomicU64::new(1) }
    }

    /// Where it is, and the credentials that go there.
    pub(crate) fn hop(&self) -> Hop {
        self.wire.hop()
    }

    /// What the server has told of its tools.
    pub(super) const fn changed(&self) -> &Changed {
        &self.wire.changed
    }

    /// Whether its tools are offered whatever their schemas say of headers, which is a fault.
    pub(super) fn overlooks(&self) -> bool {
        self.wire.outgoing.overlooks_annotations()
    }

    /// All tools of the server.
    pub(super) async fn list(&self, deadline: Instant, era: Era) -> Result<Listed, Unavailable> {
        timeout_at(deadline, self.list_pages(era)).await.unwrap_or(Err(Unavailable::Timeout))
    }

    /// Calls a tool, and cancels the call if it is given up.
    pub(crate) async fn call(
        &self,
        call: ToolCall<'_>,
        mirrored: &[Mirrored],
        deadline: Instant,
    ) -> Result<CallOutcome, Unavailable> {
        if self.wire.outgoing.is_cut_off() {
            return Ok(CallOutcome::answered(raw(r#"{"content":[]}"#.to_owned())));
        }
        let era = timeout_at(deadline, self.era(call.era())).await;
        let era = era.map_err(|_| Unavailable::Timeout)??;
        let retry = call.retry();
        if let Some(kept) = retry.as_ref().and_then(|it| self.wire.outgoing.kept_retry(it)) {
            return Ok(CallOutcome::answered(kept));
        }
        for _ in 1..self.wire.outgoing.calls() {
            let _ = self.ask_in(era, &self.call_request(&call, (era, mirrored))).await;
        }
        let request = self.call_request(&call, (era, mirrored));
        // Without a handshake whoever hangs up has cancelled.
        let cancel = |id| {
            if era == Era::Handshake {
                self.cancel(self.wire.outgoing.cancelled(id));
            }
        };
        let waiting = GivenUp::new(request.id, cancel);
        let reply = timeout_at(deadline, self.ask_in(era, &request)).await;
        let reply = reply.map_err(|_| Unavailable::Timeout)?;
        waiting.answered();
        let reply = reply?;
        if let (Some(retry), Reply::Result(result)) = (&retry, &reply) {
            self.wire.outgoing.keep_retry(retry, result);
        }
        Ok(CallOutcome::from(reply))
    }

    fn request<'a>(&self, method: &'static str, params: Option<String>) -> Outbound<'a> {
        Outbound {
            id: self.next_id.fetch_add(1, Ordering::Relaxed),
            method,
            params,
            traceparent: None,
            notices: None,
            mirrors: HeaderMap::new(),
        }
    }

    /// The request of a call. Its progress token is its own id: those of two callers may be equal.
    fn call_request<'a>(
        &self,
        call: &ToolCall<'a>,
        (era, mirrored): (Era, &[Mirrored]),
    ) -> Outbound<'a> {
        let mut request = self.request("tools/call", None);
        request.traceparent = call.traceparent;
        request.notices = call.notices.wants_progress().then_some(call.notices);
        let token = request.notices.map(|_| request.id);
        let state = |brought: Brought<'a>| self.wire.outgoing.state(brought.state);
        let brought = call.brought.filter(|_| era == Era::Stateless);
        let brought = brought.map(|it| Brought { state: state(it), ..it });
        if brought.is_some() {
            request.mirrors = mirrors::of_call(call.name, call.arguments, mirrored);
        }
        request.params = Some(messages::call_params(call, token, brought.as_ref()));
        request
    }

    async fn list_pages(&self, era: Era) -> Result<Listed, Unavailable> {
        let era = self.era(era).await?;
        let mut pages = Pages::new(era, &self.wire.outgoing);
        let listed = loop {
            let mut request = self.request("tools/list", pages.params());
            if era == Era::Stateless {
                request.mirrors = mirrors::of_method("tools/list");
            }
            let reply = self.ask_in(era, &request).await?;
            if let Some(listed) = pages.add(reply)? {
                break listed;
            }
        };
        if self.wire.outgoing.fetches_references() {
            for reference in listed.tools.iter().flat_map(|tool| references(&tool.schema)) {
                self.wire.fetch(reference).await;
            }
        }
        Ok(listed)
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
        let (mirrors, traceparent) = (request.mirrors.clone(), request.traceparent);
        let received = self.wire.post_with(mirrors, message, session, traceparent).await?;
        let opened = received.session_id();
        let status = received.status();
        let stateful = session.is_some_and(|session| *session != UpstreamSession::STATELESS);
        if status == StatusCode::NOT_FOUND && stateful {
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
                    Incoming::Changed => self.wire.changed.tell(),
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

/// The references of a schema that lead into the network.
fn references(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Array(elements) => elements.iter().flat_map(references).collect(),
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str);
            let own = own.filter(|reference| reference.starts_with("http"));
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        _ => Vec::new(),
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

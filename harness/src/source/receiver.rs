//! A server to which records are delivered by HTTP, whatever they look like.
//!
//! It answers at once: senders drop records while they wait. What is delivered is bounded for each
//! body and in all, and each connection has a deadline, since the target delivers it. The server ends
//! when its source is dropped.

mod body;
mod door;
mod elements;
mod encoding;
mod queue;
#[cfg(test)]
pub(super) mod testing;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::error::SourceError;
use super::webhook::manner::{Manner, SinkManner};
use super::{Feed, Line, MAX_COLLECTED, MAX_POLL};
use body::Failed;
use door::Door;
pub(super) use elements::{MAX_RECORDS, elements, too_many};
pub(super) use encoding::Encoding;
use queue::Queue;
pub(super) use queue::{Delivery, Room};

/// What a receiver grants to those who deliver to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Most bytes that wait to be read.
    pub(super) queued: usize,
    /// Longest body that is read, in bytes.
    pub(super) body: usize,
    /// Time from a connection's begin, or from its last answer, to the next answer.
    pub(super) request: Duration,
    /// How long a slow receiver takes for an answer.
    pub(super) slow: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queued: MAX_COLLECTED,
            body: 32 * 1024 * 1024,
            request: Duration::from_secs(30),
            slow: Duration::from_secs(10),
        }
    }
}

/// What is delivered, and how it is answered.
pub(super) trait Protocol: Send + Sync + 'static {
    /// The word before the address in a locator.
    const SCHEME: &'static str;

    /// The answer to what is no delivery, so that its body is not read.
    fn refuse(&self, head: &Parts) -> Option<Response>;

    /// Takes a whole delivery and answers it. Lines that need more room than the body take it, and are
    /// lost where there is none.
    fn take(&self, head: &Parts, bytes: Vec<u8>, room: &mut Room) -> Taken;
}

/// What became of a delivery.
pub(super) struct Taken {
    /// What is kept; none where there was no room for it.
    pub(super) kept: Option<Delivery>,
    /// The answer.
    pub(super) answer: Response,
}

/// The receiving end of a server.
#[derive(Debug)]
pub(super) struct Receiver {
    queue: Arc<Queue>,
    manner: Manner,
    /// The locator with the port that is in use.
    place: String,
    more: bool,
    /// Dropping it ends the server.
    _open: oneshot::Sender<()>,
}

/// What every request needs.
struct Shared<P> {
    protocol: P,
    queue: Arc<Queue>,
    manner: Manner,
    limits: Limits,
}

impl Receiver {
    /// Listens at `HOST:PORT`; port 0 takes a free one.
    ///
    /// # Errors
    /// When nothing can listen there.
    pub(super) async fn listen<P: Protocol>(
        address: &str,
        protocol: P,
        limits: Limits,
    ) -> Result<Self, SourceError> {
        let failed = |error: std::io::Error| SourceError::Listen {
            locator: format!("{}:{address}", P::SCHEME),
            reason: error.to_string(),
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let place = format!("{}:{}", P::SCHEME, listener.local_addr().map_err(failed)?);
        let (queue, manner) = (Queue::new(limits.queued), Manner::default());
        let shared = Shared { protocol, queue: Arc::clone(&queue), manner: manner.clone(), limits };
        let (open, closed) = oneshot::channel::<()>();
        let app = Router::new().fallback(serve::<P>).with_state(Arc::new(shared));
        let server = axum::serve(Door::new(listener, manner.clone(), limits.request), app)
            .with_graceful_shutdown(async move { drop(closed.await) });
        tokio::spawn(async move { server.await });
        Ok(Self { queue, manner, place, more: false, _open: open })
    }

    fn lines(&mut self) -> Vec<Line> {
        let (mut lines, mut taken) = (Vec::new(), 0);
        while taken < MAX_POLL {
            let Some(delivery) = self.queue.pop() else { break };
            let came = delivery.read();
            taken += came.iter().map(Line::size).sum::<usize>();
            lines.extend(came);
        }
        self.more = !self.queue.is_empty();
        lines
    }
}

impl Feed for Receiver {
    // What was delivered is here already; reading it waits for nothing.
    fn poll(&mut self) -> BoxFuture<'_, Result<Vec<Line>, SourceError>> {
        Box::pin(async { Ok(self.lines()) })
    }

    fn has_more(&self) -> bool {
        self.more
    }

    fn lost(&self) -> u64 {
        self.queue.lost()
    }

    fn place(&self) -> Option<&str> {
        Some(&self.place)
    }

    fn manner(&self) -> Option<Manner> {
        Some(self.manner.clone())
    }
}

async fn serve<P: Protocol>(State(shared): State<Arc<Shared<P>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if let Some(answer) = shared.protocol.refuse(&head) {
        return answer;
    }
    let read = body::read(body, &shared.queue, shared.limits.body).await;
    match shared.manner.get() {
        SinkManner::Honest => shared.keep(&head, read),
        SinkManner::Slow => {
            let answer = shared.keep(&head, read);
            shared.manner.note();
            shared.manner.dawdle(shared.limits.slow).await;
            answer
        }
        SinkManner::Error => {
            shared.manner.note();
            text(StatusCode::INTERNAL_SERVER_ERROR, "this receiver fails on purpose\n")
        }
        // The connection is closed before any of this is written.
        SinkManner::Down => text(StatusCode::SERVICE_UNAVAILABLE, "this receiver is down\n"),
    }
}

impl<P: Protocol> Shared<P> {
    fn keep(&self, head: &Parts, read: Result<body::Whole, Failed>) -> Response {
        match read {
            Ok(body::Whole { bytes, mut room }) => {
                let taken = self.protocol.take(head, bytes, &mut room);
                match taken.kept {
                    Some(delivery) => self.queue.push(delivery, room),
                    None => self.queue.lose(),
                }
                taken.answer
            }
            Err(Failed::Full) => {
                self.queue.lose();
                full()
            }
            Err(Failed::TooLong(line)) => {
                self.tell(line);
                text(StatusCode::PAYLOAD_TOO_LARGE, "longer than this receiver reads\n")
            }
            Err(Failed::Broken(line)) => {
                self.tell(line);
                text(StatusCode::REQUEST_TIMEOUT, "the body did not come whole in time\n")
            }
        }
    }

    /// Keeps one line about a delivery that cannot be read.
    fn tell(&self, line: Line) {
        match self.queue.room() {
            Some(room) => self.queue.push(Delivery::new(move || vec![line]), room),
            None => self.queue.lose(),
        }
    }
}

/// The answer where there is no room.
pub(super) fn full() -> Response {
    text(StatusCode::SERVICE_UNAVAILABLE, "as much waits to be read as this receiver keeps\n")
}

/// An answer for humans.
pub(super) fn text(status: StatusCode, text: &'static str) -> Response {
    answer(status, "text/plain; charset=utf-8", text)
}

/// An answer of a type.
pub(super) fn answer(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Body>,
) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

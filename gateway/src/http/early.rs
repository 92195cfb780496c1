//! The response of one exchange, which begins before the answer is known where something is to be
//! told earlier.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::respond;
use crate::app::App;
use crate::notice::Notice;
use crate::reply::{Content, Framing, Live, Reply, Wire, WireBody};

/// Events that wait for the caller to read.
const QUEUE: usize = 16;
/// A caller who does not read for so long is told nothing more.
const READ_BUDGET: Duration = Duration::from_secs(5);

/// The response, and how far it has come.
pub(crate) struct Early {
    app: Arc<App>,
    /// Headers that go along with whatever is sent.
    beside: OnceLock<HeaderMap>,
    state: Mutex<State>,
}

enum State {
    /// Nothing is sent.
    Waiting(oneshot::Sender<Response>),
    /// The head is sent, and the stream stands open.
    Open(mpsc::Sender<Bytes>),
    /// All is sent, or the caller is gone.
    Over,
}

impl Early {
    /// A response that did not begin, and where it arrives.
    pub(crate) fn new(app: &Arc<App>) -> (Self, oneshot::Receiver<Response>) {
        let (responder, response) = oneshot::channel();
        let state = Mutex::new(State::Waiting(responder));
        (Self { app: Arc::clone(app), beside: OnceLock::new(), state }, response)
    }

    /// Headers that go along with whatever is sent; to be told once, before anything is.
    pub(crate) fn beside(&self, headers: HeaderMap) {
        let _ = self.beside.set(headers);
    }

    /// Sends a notice. The first one begins the stream.
    pub(crate) async fn tell(&self, framing: Framing, notice: &Notice) {
        if let Some(stream) = self.stream(framing) {
            let event = framing.event(&self.app.event_ids, notice.text().get());
            self.push(&stream, event.into()).await;
        }
    }

    /// Sends the reply, or what is left of it where the stream began.
    pub(crate) async fn finish(&self, reply: Reply) {
        let state = std::mem::replace(&mut *self.lock(), State::Over);
        match state {
            State::Waiting(responder) => {
                let wire = self.app.faults.on_wire(reply.into_wire(&self.app.event_ids));
                let _ = responder.send(self.response(wire));
            }
            State::Open(stream) => {
                let rest = reply.unprimed().into_wire(&self.app.event_ids);
                if let WireBody::Whole(rest) = self.app.faults.on_wire(rest).body {
                    self.push(&stream, rest.into()).await;
                }
            }
            State::Over => {}
        }
    }

    /// Sends a response that is no reply of the endpoint.
    pub(crate) fn respond(&self, response: Response) {
        if let State::Waiting(responder) = std::mem::replace(&mut *self.lock(), State::Over) {
            let _ = responder.send(response);
        }
    }

    /// Resolves when the caller has hung up before all was sent.
    pub(crate) async fn hung_up(&self) {
        let mut closed: Option<Pin<Box<dyn Future<Output = ()> + Send>>> = None;
        poll_fn(|context| {
            if closed.is_none() {
                match &mut *self.lock() {
                    State::Waiting(responder) => return responder.poll_closed(context),
                    State::Open(stream) => {
                        let stream = stream.clone();
                        closed = Some(Box::pin(async move { stream.closed().await }));
                    }
                    State::Over => {}
                }
            }
            closed.as_mut().map_or(Poll::Pending, |closed| closed.as_mut().poll(context))
        })
        .await;
    }

    fn stream(&self, framing: Framing) -> Option<mpsc::Sender<Bytes>> {
        let mut state = self.lock();
        let stream = match std::mem::replace(&mut *state, State::Over) {
            State::Waiting(responder) => {
                let (stream, events) = mpsc::channel(QUEUE);
                let live = Content::Live(Live { framing, events });
                let wire = Reply::of(live).into_wire(&self.app.event_ids);
                let response = self.response(self.app.faults.on_wire(wire));
                // A caller who is gone is noticed when the first event is sent.
                let _ = responder.send(response);
                stream
            }
            State::Open(stream) => stream,
            State::Over => return None,
        };
        *state = State::Open(stream.clone());
        Some(stream)
    }

    fn response(&self, mut wire: Wire) -> Response {
        wire.headers.extend(self.beside.get().cloned().unwrap_or_default());
        respond(&self.app, wire)
    }

    async fn push(&self, stream: &mpsc::Sender<Bytes>, bytes: Bytes) {
        let sent = timeout(READ_BUDGET, stream.send(bytes)).await;
        if !matches!(sent, Ok(Ok(()))) {
            *self.lock() = State::Over;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

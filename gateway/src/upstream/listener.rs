//! Listens to the stream that a server may open beside its answers (transports, Listening for
//! Messages from the Server). A server whose request on it is not answered waits in vain, and with
//! it the call that made it ask.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::call::Unavailable;
use super::incoming::{Incoming, read_incoming};
use super::sse::EventReader;
use super::wire::{ANSWER_LIMIT, Received, UpstreamSession, Wire};

/// A stream that ends is opened again after this time.
const REOPEN_AFTER: Duration = Duration::from_secs(1);
/// Streams in a row that may end at once before the listener gives up.
const FAILURE_LIMIT: u32 = 5;
/// A stream that stood so long was good, even if it carried nothing.
const GOOD_AFTER: Duration = Duration::from_secs(10);
/// The first call of a session waits so long for the stream to stand.
const OPENING_BUDGET: Duration = Duration::from_millis(500);
/// No request of ours is open on this stream: our ids begin at 1.
const NO_REQUEST: u64 = 0;

/// A listener; dropping it ends the stream.
#[derive(Debug)]
pub(crate) struct Listener(JoinHandle<()>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Listener {
    /// Opens the stream of a session, and waits for a moment until it stands.
    pub(crate) async fn start(wire: Wire, session: UpstreamSession) -> Self {
        let (opened, stands) = oneshot::channel();
        let listener = Self(tokio::spawn(listen(wire, session, opened)));
        let _ = timeout(OPENING_BUDGET, stands).await;
        listener
    }
}

/// Ends when the server has no such stream (HTTP 405), the session is gone or nothing comes of it.
async fn listen(wire: Wire, session: UpstreamSession, opened: oneshot::Sender<()>) {
    let mut opened = Some(opened);
    let mut failures = 0;
    while failures < FAILURE_LIMIT {
        let began = Instant::now();
        let stream = wire.open_stream(&session).await;
        opened.take();
        let heard = match stream {
            Ok(received) if received.is_stream && received.status().is_success() => {
                read_requests(&wire, &session, received).await
            }
            Ok(_) => return,
            Err(_) => 0,
        };
        let good = heard > 0 || began.elapsed() >= GOOD_AFTER;
        failures = if good { 0 } else { failures + 1 };
        sleep(REOPEN_AFTER).await;
    }
}

/// How many events the stream carried before it ended.
async fn read_requests(wire: &Wire, session: &UpstreamSession, mut received: Received) -> usize {
    let mut reader = EventReader::default();
    let (mut heard, mut pending) = (0, 0);
    while let Ok(Some(chunk)) = received.chunk().await {
        pending += chunk.len();
        for event in reader.feed(&chunk) {
            pending = 0;
            heard += 1;
            if answer(wire, session, &event).await.is_err() {
                return heard;
            }
        }
        if pending > ANSWER_LIMIT {
            return heard;
        }
    }
    heard
}

async fn answer(wire: &Wire, session: &UpstreamSession, event: &str) -> Result<(), Unavailable> {
    match read_incoming(event.as_bytes(), NO_REQUEST) {
        Ok(Incoming::Request(question)) => wire.answer(Some(session), &question).await,
        Ok(Incoming::Changed) => {
            wire.changed.tell();
            Ok(())
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

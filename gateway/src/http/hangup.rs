//! Whether the caller still waits for the answer.

use std::convert::Infallible;

use tokio::sync::mpsc;

/// The caller of one request. What serves the request runs on without him, unless it asks here.
pub(crate) struct Caller(mpsc::Sender<Infallible>);

/// Stands for the caller; dropped when he hangs up.
pub(crate) struct Waiting {
    _line: mpsc::Receiver<Infallible>,
}

impl Caller {
    /// A caller who waits, and what has to be dropped when he does not any more.
    pub(crate) fn new() -> (Waiting, Self) {
        let (caller, line) = mpsc::channel(1);
        (Waiting { _line: line }, Self(caller))
    }

    /// Resolves when the caller has hung up.
    pub(crate) async fn hung_up(&self) {
        self.0.closed().await;
    }
}

//! The caller at the other end of the pipes.

use std::sync::{Mutex, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::Notify;

use super::output::Output;
use crate::app::{App, Phase};
use crate::audit::new_id;
use crate::notice::Notice;
use crate::outcome::Outcome;
use crate::revision::Revision;
use crate::rpc::Params;
use crate::running::Running;
use crate::session::Session;

/// What one process knows of its caller.
pub(crate) struct Connection {
    output: Output,
    session: Mutex<Option<Session>>,
    running: Running,
    broken: Notify,
}

impl Connection {
    /// A connection without a session yet.
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            session: Mutex::default(),
            running: Running::default(),
            broken: Notify::new(),
        }
    }

    /// The session, once it is initialized.
    pub(crate) fn session(&self) -> Option<Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens the session. The id never leaves the process.
    pub(crate) fn open(&self, revision: Revision) -> Session {
        let session = Session::new(new_id(), revision);
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session.clone());
        session
    }

    /// Runs a request until it is done, cancelled or the gateway ends.
    pub(crate) async fn run(
        &self,
        app: &App,
        id: &RawValue,
        work: impl Future<Output = Outcome>,
    ) -> Outcome {
        tokio::select! {
            outcome = self.running.run(id, work) => outcome,
            () = app.reached(Phase::Ended) => Outcome::stopping(),
        }
    }

    /// Waits for an end, unless the request with this id is cancelled first; `false` if it is.
    pub(crate) async fn outlasts(
        &self,
        id: Option<&RawValue>,
        end: impl Future<Output = ()>,
    ) -> bool {
        let Some(id) = id else {
            end.await;
            return true;
        };
        let (_registration, cancelled) = self.running.register(id);
        tokio::select! {
            biased;
            Ok(_) = cancelled => false,
            () = end => true,
        }
    }

    /// Cancels the request that a `notifications/cancelled` names. What names none is ignored
    /// (cancellation, Error Handling).
    pub(crate) fn cancel(&self, params: &Params<'_>) {
        self.running.obey(params);
    }

    /// Sends a notice to the caller.
    pub(crate) async fn tell(&self, app: &App, notice: &Notice) {
        let line = format!("{}\n", notice.text().get()).into_bytes();
        self.output.send(app.faults.on_line(line, self.running()), None).await;
    }

    /// How many requests have no outcome yet.
    pub(crate) fn running(&self) -> usize {
        self.running.count()
    }

    /// Ends the connection, and the process with it.
    pub(crate) fn break_off(&self) {
        self.broken.notify_one();
    }

    /// Resolves when the connection was broken off.
    pub(crate) async fn broken_off(&self) {
        self.broken.notified().await;
    }
}

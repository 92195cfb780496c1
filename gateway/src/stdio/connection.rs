//! The caller at the other end of the pipes.

use std::sync::{Mutex, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::Notify;

use super::running::Running;
use crate::app::{App, Phase};
use crate::audit::new_id;
use crate::json::{member, string};
use crate::outcome::Outcome;
use crate::revision::Revision;
use crate::rpc::Params;
use crate::session::Session;
use crate::text::shown;

/// Longer reasons of cancellations are cut.
const REASON_LIMIT: usize = 256;

/// What one process knows of its caller.
#[derive(Default)]
pub(crate) struct Connection {
    session: Mutex<Option<Session>>,
    running: Running,
    broken: Notify,
}

impl Connection {
    /// The session, once it is initialized.
    pub(crate) fn session(&self) -> Option<Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens the session. The id never leaves the process.
    pub(crate) fn open(&self, revision: Revision) -> Session {
        let session = Session { id: new_id(), revision };
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
        let (_registration, cancelled) = self.running.register(id);
        tokio::select! {
            biased;
            Ok(reason) = cancelled => Outcome::Cancelled { reason },
            outcome = work => outcome,
            () = app.reached(Phase::Ended) => Outcome::stopping(),
        }
    }

    /// Cancels the request that a `notifications/cancelled` names. What names none is ignored
    /// (cancellation, Error Handling).
    pub(crate) fn cancel(&self, params: &Params<'_>) {
        let members = params.members();
        let reason = member(members, "reason").and_then(string);
        if let Some(id) = member(members, "requestId") {
            self.running.cancel(id, reason.map(|reason| shown(&reason, REASON_LIMIT)));
        }
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

//! Sessions: what `initialize` opens and DELETE ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::audit::new_id;
use crate::http::Principal;
use crate::revision::Revision;
use crate::running::Running;
use crate::upstream::builtin::Level;

/// Sessions that are kept; beyond them the one that was idle longest is forgotten.
const LIMIT: usize = 10_000;

/// What is known about a session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) revision: Revision,
    state: Arc<State>,
}

/// What changes while a session lives, shared by all who serve it.
#[derive(Debug)]
struct State {
    running: Running,
    level: Mutex<Level>,
}

impl Session {
    /// A session that just began. It is sent log messages from the level info on, until it asks for
    /// others (logging, Setting Log Level, leaves that to the server).
    pub(crate) fn new(id: String, revision: Revision) -> Self {
        let state = State { running: Running::default(), level: Mutex::new(Level::Info) };
        Self { id, revision, state: Arc::new(state) }
    }

    /// From which level on the session is sent log messages.
    pub(crate) fn level(&self) -> Level {
        *self.state.level.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session asks for messages from this level on.
    pub(crate) fn set_level(&self, level: Level) {
        *self.state.level.lock().unwrap_or_else(PoisonError::into_inner) = level;
    }

    /// The requests that have no outcome yet.
    pub(crate) fn running(&self) -> &Running {
        &self.state.running
    }
}

/// All sessions of one gateway.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: Mutex<HashMap<String, Open>>,
}

#[derive(Debug)]
struct Open {
    session: Session,
    principal: Principal,
    used: Instant,
    /// Dropped when another stream takes its place, or the session ends.
    stream: Option<oneshot::Sender<()>>,
}

impl Sessions {
    /// Opens a session under a fresh id.
    pub(crate) fn open(&self, principal: Principal, revision: Revision) -> Session {
        let session = Session::new(new_id(), revision);
        let (id, opened) = (session.id.clone(), session.clone());
        let open = Open { session, principal, used: Instant::now(), stream: None };
        let mut sessions = self.lock();
        if sessions.len() >= LIMIT {
            forget_idlest(&mut sessions);
        }
        sessions.insert(id, open);
        opened
    }

    /// The live session `id` of this caller.
    pub(crate) fn find(&self, id: &str, principal: Principal) -> Option<Session> {
        let mut sessions = self.lock();
        let open = sessions.get_mut(id).filter(|open| open.principal == principal)?;
        open.used = Instant::now();
        Some(open.session.clone())
    }

    /// Ends a session; `false` if there is none.
    pub(crate) fn end(&self, id: &str) -> bool {
        self.lock().remove(id).is_some()
    }

    /// Registers the stream of a session. The receiver resolves when the stream has to end: there
    /// is one for each session, and the latest wins.
    pub(crate) fn attach_stream(&self, id: &str) -> oneshot::Receiver<()> {
        let (stream, ends) = oneshot::channel();
        if let Some(open) = self.lock().get_mut(id) {
            open.stream = Some(stream);
        }
        ends
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_idlest(sessions: &mut HashMap<String, Open>) {
    let idlest = sessions.iter().min_by_key(|(_, open)| open.used).map(|(id, _)| id.clone());
    if let Some(id) = idlest {
        sessions.remove(&id);
    }
}

/// The header `Mcp-Session-Id` of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SessionHeader {
    /// There is none.
    Missing,
    /// One, which may be a session.
    Given(String),
    /// Several, or one that no session can have.
    Malformed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_belongs_to_its_principal_until_it_ends() {
        let sessions = Sessions::default();
        let session = sessions.open(Principal::Key, Revision::June2025);
        assert!(sessions.find(&session.id, Principal::Key).is_some());
        assert!(sessions.find(&session.id, Principal::Anyone).is_none());
        assert!(sessions.end(&session.id));
        assert!(!sessions.end(&session.id));
        assert!(sessions.find(&session.id, Principal::Key).is_none());
    }

    #[test]
    fn the_idlest_session_makes_room() {
        let sessions = Sessions::default();
        let first = sessions.open(Principal::Anyone, Revision::NEWEST);
        let second = sessions.open(Principal::Anyone, Revision::NEWEST);
        assert!(sessions.find(&first.id, Principal::Anyone).is_some());
        for _ in 0..LIMIT - 1 {
            sessions.open(Principal::Anyone, Revision::NEWEST);
        }
        assert!(sessions.find(&second.id, Principal::Anyone).is_none());
        assert!(sessions.find(&first.id, Principal::Anyone).is_some());
    }

    #[tokio::test]
    async fn a_second_stream_ends_the_first() {
        let sessions = Sessions::default();
        let session = sessions.open(Principal::Anyone, Revision::NEWEST);
        let first = sessions.attach_stream(&session.id);
        let mut second = sessions.attach_stream(&session.id);
        assert!(first.await.is_err());
        assert!(second.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Empty));
        sessions.end(&session.id);
        assert!(second.await.is_err());
    }
}

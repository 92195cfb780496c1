//! Sessions: what `initialize` opens and DELETE ends.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::audit::new_id;
use crate::http::Principal;
use crate::revision::Revision;

/// Sessions that are kept; beyond them the one that was idle longest is forgotten.
const LIMIT: usize = 10_000;

/// What is known about a session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) revision: Revision,
}

/// All sessions of one gateway.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: Mutex<HashMap<String, Open>>,
}

#[derive(Debug)]
struct Open {
    revision: Revision,
    principal: Principal,
    used: Instant,
    /// Dropped when another stream takes its place, or the session ends.
    stream: Option<oneshot::Sender<()>>,
}

impl Sessions {
    /// Opens a session under a fresh id.
    pub(crate) fn open(&self, principal: Principal, revision: Revision) -> Session {
        let id = new_id();
        let open = Open {
            revision,
            principal,
            used: Instant::now(),
            stream: None,
        };
        let mut sessions = self.lock();
        if sessions.len() >= LIMIT {
            forget_idlest(&mut sessions);
        }
        sessions.insert(id.clone(), open);
        Session { id, revision }
    }

    /// The live session `id` of this caller.
    pub(crate) fn find(&self, id: &str, principal: Principal) -> Option<Session> {
        let mut sessions = self.lock();
        let open = sessions
            .get_mut(id)
            .filter(|open| open.principal == principal)?;
        open.used = Instant::now();
        Some(Session {
            id: id.to_owned(),
            revision: open.revision,
        })
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
    let idlest = sessions
        .iter()
        .min_by_key(|(_, open)| open.used)
        .map(|(id, _)| id.clone());
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
        assert!(
            second
                .try_recv()
                .is_err_and(|error| error == oneshot::error::TryRecvError::Empty)
        );
        sessions.end(&session.id);
        assert!(second.await.is_err());
    }
}

//! The requests that a child has not answered yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::upstream::call::Unavailable;
use crate::upstream::incoming::Reply;

/// What comes of a request.
type Outcome = Result<Reply, Unavailable>;

/// All of them; none can be added once the child has ended.
#[derive(Debug)]
pub(super) struct Pending(Mutex<Option<HashMap<u64, oneshot::Sender<Outcome>>>>);

/// Takes a request off the list when it is dropped.
pub(super) struct Waiting<'a> {
    pending: &'a Pending,
    id: u64,
    outcome: oneshot::Receiver<Outcome>,
}

impl Pending {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Some(HashMap::new())))
    }

    /// Puts a request on the list.
    pub(super) fn add(&self, id: u64) -> Result<Waiting<'_>, Unavailable> {
        let (sender, outcome) = oneshot::channel();
        self.lock().as_mut().ok_or(Unavailable::Broken)?.insert(id, sender);
        Ok(Waiting { pending: self, id, outcome })
    }

    /// Whether a request waits for its answer.
    pub(super) fn holds(&self, id: u64) -> bool {
        self.lock().as_ref().is_some_and(|open| open.contains_key(&id))
    }

    /// Gives a request its outcome. Whoever asked may have given up already.
    pub(super) fn settle(&self, id: u64, outcome: Outcome) {
        let waiting = self.lock().as_mut().and_then(|open| open.remove(&id));
        if let Some(waiting) = waiting {
            let _ = waiting.send(outcome);
        }
    }

    /// The child has ended: no answer will come.
    pub(super) fn end(&self) {
        *self.lock() = None;
    }

    /// Whether it has.
    pub(super) fn has_ended(&self) -> bool {
        self.lock().is_none()
    }

    fn lock(&self) -> MutexGuard<'_, Option<HashMap<u64, oneshot::Sender<Outcome>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// The answer, or that the child has ended.
    pub(super) async fn outcome(mut self) -> Outcome {
        (&mut self.outcome).await.unwrap_or(Err(Unavailable::Broken))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(open) = self.pending.lock().as_mut() {
            open.remove(&self.id);
        }
    }
}

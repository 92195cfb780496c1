//! The requests that have no outcome yet, so that they can be cancelled.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::oneshot;

use crate::json::{integer, member, string};
use crate::outcome::Outcome;
use crate::rpc::Params;
use crate::text::shown;

/// Longer reasons of cancellations are cut.
const REASON_LIMIT: usize = 256;

/// Cancelled, for this reason if one was given.
pub(crate) type Cancelled = oneshot::Receiver<Option<String>>;

/// All requests of one session or connection.
#[derive(Debug, Default)]
pub(crate) struct Running {
    requests: Mutex<Requests>,
}

#[derive(Debug, Default)]
struct Requests {
    next: u64,
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    number: u64,
    id: Id,
    cancel: oneshot::Sender<Option<String>>,
}

/// An id by its value: `1` and `1.0` are the same, `1` and `"1"` are not.
#[derive(Debug, PartialEq, Eq)]
enum Id {
    Text(String),
    Integer(String),
}

/// Takes the request off the list when it is dropped.
pub(crate) struct Registration<'a> {
    running: &'a Running,
    number: u64,
}

impl Running {
    /// Puts a request on the list. The receiver hears of a cancellation, or errs if there is none
    /// to come.
    pub(crate) fn register(&self, id: &RawValue) -> (Registration<'_>, Cancelled) {
        let (cancel, cancelled) = oneshot::channel();
        let mut requests = self.lock();
        let number = requests.next;
        requests.next += 1;
        if let Some(id) = Id::read(id) {
            requests.open.push(Open { number, id, cancel });
        }
        (Registration { running: self, number }, cancelled)
    }

    /// Runs a request until it has an outcome or is cancelled.
    pub(crate) async fn run(&self, id: &RawValue, work: impl Future<Output = Outcome>) -> Outcome {
        let (_registration, cancelled) = self.register(id);
        tokio::select! {
            biased;
            Ok(reason) = cancelled => Outcome::Cancelled { reason },
            outcome = work => outcome,
        }
    }

    /// Cancels the request that a `notifications/cancelled` names. What names none is ignored
    /// (cancellation, Error Handling).
    pub(crate) fn obey(&self, params: &Params<'_>) {
        let members = params.members();
        let reason = member(members, "reason").and_then(string);
        if let Some(id) = member(members, "requestId") {
            self.cancel(id, reason.map(|reason| shown(&reason, REASON_LIMIT)));
        }
    }

    /// Cancels the requests with this id: all of them, if a caller uses one id twice.
    pub(crate) fn cancel(&self, id: &RawValue, reason: Option<String>) {
        let id = Id::read(id);
        let mut requests = self.lock();
        let named = |open: &mut Open| Some(&open.id) == id.as_ref();
        for open in requests.open.extract_if(.., named) {
            // The request may have its outcome already.
            let _ = open.cancel.send(reason.clone());
        }
    }

    /// How many are on the list.
    pub(crate) fn count(&self) -> usize {
        self.lock().open.len()
    }

    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        self.running.lock().open.retain(|open| open.number != self.number);
    }
}

impl Id {
    fn read(id: &RawValue) -> Option<Self> {
        string(id).map(Self::Text).or_else(|| integer(id.get()).map(Self::Integer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    fn id(text: &str) -> Box<RawValue> {
        raw(text.to_owned())
    }

    #[test]
    fn a_cancellation_finds_its_request_by_value_and_type() {
        let running = Running::default();
        let (_number, mut of_number) = running.register(&id("1"));
        let (_text, mut of_text) = running.register(&id("\"1\""));
        running.cancel(&id("2"), None);
        running.cancel(&id("null"), None);
        running.cancel(&id("\"\\u0031\""), Some("late".to_owned()));
        assert_eq!(of_text.try_recv(), Ok(Some("late".to_owned())));
        assert!(of_number.try_recv().is_err());
        running.cancel(&id("1.0"), None);
        assert_eq!(of_number.try_recv(), Ok(None));
    }

    #[test]
    fn a_finished_request_is_off_the_list() {
        let running = Running::default();
        let first = running.register(&id("7"));
        let second = running.register(&id("7"));
        assert_eq!(running.count(), 2);
        drop(first);
        assert_eq!(running.count(), 1);
        drop(second);
        assert_eq!(running.count(), 0);
    }
}

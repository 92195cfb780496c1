//! How a receiver treats those who deliver to it: honestly, unless a case makes it misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SinkManner {
    /// It is kept and answered at once.
    #[default]
    Honest,
    /// Connections are closed at once without an answer, also those that were open before.
    Down,
    /// It is kept at once and answered after 10 s, or as soon as the receiver is not slow any more.
    Slow,
    /// It is answered with status 500 and not kept.
    Error,
}

/// The manner of one receiver, which its source and those who change it share.
#[derive(Clone, Debug, Default)]
pub struct Manner(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    now: watch::Sender<SinkManner>,
    /// Deliveries that were not treated honestly, and attempts at one.
    suffered: AtomicU64,
}

impl Manner {
    /// Changes what becomes of the deliveries that have not been read whole yet.
    pub fn set(&self, manner: SinkManner) {
        self.0.now.send_replace(manner);
    }

    /// The manner at present.
    #[must_use]
    pub fn get(&self) -> SinkManner {
        *self.0.now.borrow()
    }

    /// How many deliveries were not treated honestly so far, attempts at one included.
    #[must_use]
    pub fn suffered(&self) -> u64 {
        self.0.suffered.load(Ordering::SeqCst)
    }

    /// Counts a delivery that is not treated honestly.
    pub(in crate::source) fn note(&self) {
        self.0.suffered.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits as long as the receiver is slow, at most for this time.
    pub(in crate::source) async fn dawdle(&self, most: Duration) {
        let mut now = self.0.now.subscribe();
        let _ = timeout(most, now.wait_for(|manner| *manner != SinkManner::Slow)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{Manner, SinkManner};

    #[test]
    fn all_copies_change_together() {
        let manner = Manner::default();
        let copy = manner.clone();
        assert_eq!(copy.get(), SinkManner::Honest);
        for set in [SinkManner::Down, SinkManner::Slow, SinkManner::Error, SinkManner::Honest] {
            manner.set(set);
            assert_eq!(copy.get(), set);
        }
        copy.note();
        assert_eq!(manner.suffered(), 1);
    }
}

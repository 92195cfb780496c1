//! How a receiver treats those who deliver to it: honestly, unless a case makes it misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SinkManner {
    /// It is kept and answered at once.
    #[default]
    Honest,
    /// Connections are closed at once without an answer, also those that were open before.
    Down,
    /// It is kept at once and answered after 10 s.
    Slow,
    /// It is answered with status 500 and not kept.
    Error,
}

/// The manner of one receiver, which its source and those who change it share.
#[derive(Clone, Debug, Default)]
pub struct Manner(Arc<AtomicU8>);

impl Manner {
    /// Changes what becomes of the deliveries that have not been read whole yet.
    pub fn set(&self, manner: SinkManner) {
        self.0.store(manner as u8, Ordering::SeqCst);
    }

    /// The manner at present.
    #[must_use]
    pub fn get(&self) -> SinkManner {
        let all = [SinkManner::Down, SinkManner::Slow, SinkManner::Error];
        let now = self.0.load(Ordering::SeqCst);
        all.into_iter().find(|manner| *manner as u8 == now).unwrap_or_default()
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
    }
}

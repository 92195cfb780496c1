//! The latest records in memory, for `GET /audit`.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::element;

/// Records that are kept.
const RECORD_LIMIT: usize = 100_000;
/// Bytes that are kept: 64 MiB.
const BYTE_LIMIT: usize = 64 << 20;

/// A bounded queue of records, numbered from 0.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    records: VecDeque<String>,
    bytes: usize,
    /// The number of the oldest record in `records`.
    first: u64,
}

/// Some records in their order.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) records: Vec<String>,
    /// The number to ask for next.
    pub(crate) next: u64,
    /// Records that were asked for and are gone.
    pub(crate) lost: u64,
}

impl Ring {
    /// Keeps a record, and forgets the oldest ones if there are too many.
    pub(crate) fn push(&self, text: String) {
        let text = element(text);
        let mut kept = self.lock();
        kept.bytes += text.len();
        kept.records.push_back(text);
        while kept.records.len() > RECORD_LIMIT || kept.bytes > BYTE_LIMIT {
            kept.forget_oldest();
        }
    }

    /// At most `limit` records from number `since` on.
    pub(crate) fn since(&self, since: u64, limit: usize) -> Page {
        let kept = self.lock();
        let start = since.max(kept.first);
        let skipped = usize::try_from(start - kept.first).unwrap_or(usize::MAX);
        let records: Vec<String> = kept.records.iter().skip(skipped).take(limit).cloned().collect();
        let end = kept.first + kept.records.len() as u64;
        Page { next: start.min(end) + records.len() as u64, lost: start - since, records }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn forget_oldest(&mut self) {
        if let Some(text) = self.records.pop_front() {
            self.bytes -= text.len();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another() {
        let ring = Ring::default();
        for number in 0..5 {
            ring.push(number.to_string());
        }
        let page = ring.since(0, 2);
        assert_eq!((page.records, page.next, page.lost), (vec!["0".into(), "1".into()], 2, 0));
        let page = ring.since(2, 1000);
        assert_eq!((page.records.len(), page.next), (3, 5));
        let page = ring.since(99, 1000);
        assert_eq!((page.records.len(), page.next, page.lost), (0, 5, 0));
    }

    #[test]
    fn old_records_are_forgotten_by_number() {
        let ring = Ring::default();
        for _ in 0..RECORD_LIMIT + 3 {
            ring.push("1".to_owned());
        }
        let page = ring.since(1, 1);
        assert_eq!((page.records.len(), page.next, page.lost), (1, 4, 2));
    }

    #[test]
    fn old_records_are_forgotten_by_size() {
        let ring = Ring::default();
        for _ in 0..5 {
            ring.push(format!("\"{}\"", "x".repeat(BYTE_LIMIT / 4)));
        }
        assert!(ring.since(0, 10).records.len() < 5);
    }

    #[test]
    fn a_text_that_is_no_json_is_kept_as_a_string() {
        let ring = Ring::default();
        ring.push("{\"a\":\"\n\"}".to_owned());
        assert_eq!(ring.since(0, 1).records, [r#""{\"a\":\"\n\"}""#]);
    }
}

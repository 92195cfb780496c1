//! Records that wait for a sink, in order and bounded.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot, watch};
use tokio::time::{sleep, timeout};

/// Records that may wait; what comes on top is lost.
const RECORD_LIMIT: usize = 10_000;
/// Bytes that may wait: 64 MiB.
const BYTE_LIMIT: usize = 64 << 20;
/// Records of one batch, at most.
const BATCH_RECORDS: usize = 100;
/// Bytes of one batch: 1 MiB, or one record that is longer.
const BATCH_BYTES: usize = 1 << 20;

/// One record that waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) text: String,
    /// Is dropped when the record is delivered, or lost.
    _settled: oneshot::Sender<()>,
}

/// The queue of one sink.
#[derive(Debug)]
pub(crate) struct Queue {
    waiting: Mutex<Bounded>,
    news: Notify,
    /// Records that wait or are under way.
    pending: watch::Sender<usize>,
    closing: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Bounded {
    records: VecDeque<Waiting>,
    bytes: usize,
}

impl Default for Queue {
    fn default() -> Self {
        let (pending, closing) = (watch::Sender::new(0), watch::Sender::new(false));
        Self { waiting: Mutex::default(), news: Notify::new(), pending, closing }
    }
}

impl Queue {
    /// Puts a record last. The receiver hears, by an error, that it is delivered or lost; none if the
    /// queue is full.
    pub(crate) fn push(&self, text: String) -> Option<oneshot::Receiver<()>> {
        let (settled, receiver) = oneshot::channel();
        {
            let mut waiting = self.lock();
            if waiting.records.len() >= RECORD_LIMIT || waiting.bytes + text.len() > BYTE_LIMIT {
                return None;
            }
            waiting.bytes += text.len();
            waiting.records.push_back(Waiting { text, _settled: settled });
            self.pending.send_modify(|pending| *pending += 1);
        }
        self.news.notify_one();
        Some(receiver)
    }

    /// The next records, as soon as there are some. They are under way until they are done.
    pub(crate) async fn next(&self) -> Vec<Waiting> {
        loop {
            let batch = self.batch();
            if !batch.is_empty() {
                return batch;
            }
            self.news.notified().await;
        }
    }

    /// So many records that were under way are delivered, or lost.
    pub(crate) fn done(&self, count: usize) {
        self.pending.send_modify(|pending| *pending = pending.saturating_sub(count));
    }

    /// Forgets what waits.
    pub(crate) fn clear(&self) {
        let count = {
            let mut waiting = self.lock();
            waiting.bytes = 0;
            waiting.records.drain(..).count()
        };
        self.done(count);
    }

    /// Whether nothing waits beside what is under way.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().records.is_empty()
    }

    /// Waits before the next attempt, but hardly when there will be none after it.
    pub(crate) async fn pause(&self, pause: Duration) {
        const LAST: Duration = Duration::from_millis(100);
        let mut closing = self.closing.subscribe();
        if *closing.borrow() {
            return sleep(pause.min(LAST)).await;
        }
        let _ = timeout(pause, closing.wait_for(|closing| *closing)).await;
    }

    /// Waits until everything is done, within a deadline; returns how much is not.
    pub(crate) async fn close(&self, deadline: Duration) -> usize {
        self.closing.send_replace(true);
        let mut pending = self.pending.subscribe();
        let _ = timeout(deadline, pending.wait_for(|pending| *pending == 0)).await;
        *pending.borrow()
    }

    fn batch(&self) -> Vec<Waiting> {
        let mut waiting = self.lock();
        let mut bytes = 0;
        let fitting = waiting.records.iter().take(BATCH_RECORDS).take_while(|record| {
            bytes += record.text.len();
            bytes <= BATCH_BYTES
        });
        // One that is too long for any batch goes alone.
        let count = fitting.count().max(1).min(waiting.records.len());
        let batch: Vec<Waiting> = waiting.records.drain(..count).collect();
        waiting.bytes -= batch.iter().map(|record| record.text.len()).sum::<usize>();
        batch
    }

    fn lock(&self) -> MutexGuard<'_, Bounded> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(batch: &[Waiting]) -> Vec<&str> {
        batch.iter().map(|record| record.text.as_str()).collect()
    }

    #[tokio::test]
    async fn batches_keep_the_order_and_their_bounds() {
        let queue = Queue::default();
        let long = "x".repeat(BATCH_BYTES + 1);
        for text in ["1", "2", &long, "3"] {
            queue.push(text.to_owned()).expect("there is room");
        }
        assert_eq!(texts(&queue.next().await), ["1", "2"]);
        assert_eq!(texts(&queue.next().await), [&long]);
        assert_eq!(texts(&queue.next().await), ["3"]);
        for _ in 0..=BATCH_RECORDS {
            queue.push("4".to_owned()).expect("there is room");
        }
        assert_eq!((queue.next().await.len(), queue.next().await.len()), (BATCH_RECORDS, 1));
    }

    #[tokio::test]
    async fn a_full_queue_takes_nothing_more() {
        let queue = Queue::default();
        let quarter = "x".repeat(BYTE_LIMIT / 4);
        let taken = (0..9).filter(|_| queue.push(quarter.clone()).is_some()).count();
        assert_eq!(taken, 4);
        queue.clear();
        let taken = (0..RECORD_LIMIT + 9).filter(|_| queue.push(String::new()).is_some()).count();
        assert_eq!(taken, RECORD_LIMIT);
    }

    #[tokio::test]
    async fn closing_waits_for_what_is_under_way_and_counts_the_rest() {
        let queue = Queue::default();
        let settled = queue.push("1".to_owned()).expect("there is room");
        let batch = queue.next().await;
        assert!(queue.is_empty());
        assert_eq!(queue.close(Duration::from_millis(20)).await, 1);
        drop(batch);
        assert!(settled.await.is_err());
        queue.done(1);
        assert_eq!(queue.close(Duration::from_secs(60)).await, 0);
    }
}

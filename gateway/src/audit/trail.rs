//! Where finished records go: the ring in memory and, if there is one, the file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::HeaderValue;
use tokio::sync::oneshot;

use super::Record;
use crate::fault::Faults;
use crate::sink::{JsonLines, Ring};

/// What a record must not hold, but its writing may need to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordContext<'a> {
    /// The credentials of the caller.
    pub(crate) authorization: Option<&'a HeaderValue>,
}

/// One line to be written.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) text: String,
    /// What the memory keeps instead, if that is another text; an empty one is not kept.
    pub(crate) kept: Option<String>,
    /// How long to wait before writing.
    pub(crate) delay: Duration,
}

/// All sinks of one gateway.
pub(crate) struct Trail {
    sinks: Arc<Sinks>,
    faults: Arc<Faults>,
    unwritable: AtomicU64,
}

struct Sinks {
    ring: Ring,
    file: Option<JsonLines>,
}

impl Trail {
    /// A trail into a ring and perhaps a file.
    pub(crate) fn new(file: Option<JsonLines>, faults: Arc<Faults>) -> Self {
        Self {
            sinks: Arc::new(Sinks { ring: Ring::default(), file }),
            faults,
            unwritable: AtomicU64::new(0),
        }
    }

    /// The records that are kept in memory.
    pub(crate) fn ring(&self) -> &Ring {
        &self.sinks.ring
    }

    /// How many records did not reach the file.
    pub(crate) fn lost(&self) -> u64 {
        let in_file = self.sinks.file.as_ref().map_or(0, JsonLines::lost);
        in_file + self.unwritable.load(Ordering::Relaxed)
    }

    /// Writes a record. The receiver tells when it is on disk, if there is a file.
    pub(crate) fn write(
        &self,
        record: Record,
        context: &RecordContext<'_>,
    ) -> Option<oneshot::Receiver<()>> {
        let mut written = None;
        for outgoing in self.faults.on_record(record, context) {
            if outgoing.delay.is_zero() {
                written = self.sinks.deliver(outgoing);
            } else {
                self.write_later(outgoing);
            }
        }
        written
    }

    /// Waits until all that was written so far is on disk, within a deadline.
    pub(crate) async fn flush(&self, deadline: Duration) {
        if let Some(file) = &self.sinks.file {
            let _ = tokio::time::timeout(deadline, file.flush()).await;
        }
    }

    fn write_later(&self, outgoing: Outgoing) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            self.unwritable.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let sinks = Arc::clone(&self.sinks);
        runtime.spawn(async move {
            tokio::time::sleep(outgoing.delay).await;
            sinks.deliver(outgoing);
        });
    }
}

impl Sinks {
    fn deliver(&self, outgoing: Outgoing) -> Option<oneshot::Receiver<()>> {
        let Outgoing { text, kept, .. } = outgoing;
        let written = self.file.as_ref().map(|file| file.write(text.clone()));
        let kept = kept.unwrap_or(text);
        if !kept.is_empty() {
            self.ring.push(kept);
        }
        written
    }
}

/// A record as one line of JSON.
pub(crate) fn line(record: &Record) -> Outgoing {
    let text = serde_json::to_string(record).unwrap_or_default();
    Outgoing { text, kept: None, delay: Duration::ZERO }
}

//! Where finished records go: the ring in memory and, if there are any, the file and the webhook.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::HeaderValue;
use tokio::sync::oneshot;

use super::Record;
use crate::fault::Faults;
use crate::sink::{JsonLines, Ring, Webhook};

/// A disk that is slower than this does not hold up the answer.
const DISK_PATIENCE: Duration = Duration::from_millis(250);

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

/// The sinks outside of the gateway, as far as there are any.
#[derive(Default)]
pub(crate) struct Outlets {
    pub(crate) file: Option<JsonLines>,
    pub(crate) webhook: Option<Webhook>,
}

/// A record that is on its way to a sink for which its answer waits a moment.
#[derive(Debug)]
pub(crate) struct Settling {
    written: oneshot::Receiver<()>,
    patience: Duration,
}

impl Settling {
    /// Waits until the record is there, or the moment is over.
    pub(crate) async fn wait(self) {
        let _ = tokio::time::timeout(self.patience, self.written).await;
    }
}

/// All sinks of one gateway.
pub(crate) struct Trail {
    sinks: Arc<Sinks>,
    faults: Arc<Faults>,
    unwritable: AtomicU64,
}

struct Sinks {
    ring: Ring,
    outlets: Outlets,
    /// How long an answer waits for the webhook, where it does at all.
    held_up: Option<Duration>,
}

impl Trail {
    /// A trail into a ring and these sinks.
    pub(crate) fn new(outlets: Outlets, faults: Arc<Faults>) -> Self {
        let sinks = Sinks { ring: Ring::default(), outlets, held_up: faults.held_up() };
        Self { sinks: Arc::new(sinks), faults, unwritable: AtomicU64::new(0) }
    }

    /// The records that are kept in memory.
    pub(crate) fn ring(&self) -> &Ring {
        &self.sinks.ring
    }

    /// How many records did not reach the file or the webhook.
    pub(crate) fn lost(&self) -> u64 {
        let Outlets { file, webhook } = &self.sinks.outlets;
        let in_file = file.as_ref().map_or(0, JsonLines::lost);
        let on_the_way = webhook.as_ref().map_or(0, Webhook::lost);
        in_file + on_the_way + self.unwritable.load(Ordering::Relaxed)
    }

    /// Writes a record, and says for what its answer waits.
    pub(crate) fn write(&self, record: Record, context: &RecordContext<'_>) -> Option<Settling> {
        let mut settling = None;
        for outgoing in self.faults.on_record(record, context) {
            if outgoing.delay.is_zero() {
                settling = self.sinks.deliver(outgoing);
            } else {
                self.write_later(outgoing);
            }
        }
        settling
    }

    /// Waits until all that was written so far is in the file and with the receiver, within a deadline.
    /// Nothing is written afterwards.
    pub(crate) async fn close(&self, deadline: Duration) {
        let Outlets { file, webhook } = &self.sinks.outlets;
        let in_file = async {
            if let Some(file) = file {
                let _ = tokio::time::timeout(deadline, file.flush()).await;
            }
        };
        let posted = async {
            if let Some(webhook) = webhook {
                webhook.close(deadline).await;
            }
        };
        tokio::join!(in_file, posted);
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
    /// Hands a record to every sink. An answer waits for the disk, and never for the webhook.
    fn deliver(&self, outgoing: Outgoing) -> Option<Settling> {
        let Outgoing { text, kept, .. } = outgoing;
        let Outlets { file, webhook } = &self.outlets;
        let written = file.as_ref().map(|file| file.write(text.clone()));
        let posted = webhook.as_ref().and_then(|webhook| webhook.write(text.clone()));
        let kept = kept.unwrap_or(text);
        if !kept.is_empty() {
            self.ring.push(kept);
        }
        match (self.held_up.zip(posted), written) {
            (Some((patience, posted)), _) => Some(Settling { written: posted, patience }),
            (None, written) => Some(Settling { written: written?, patience: DISK_PATIENCE }),
        }
    }
}

/// A record as one line of JSON.
pub(crate) fn line(record: &Record) -> Outgoing {
    let text = serde_json::to_string(record).unwrap_or_default();
    Outgoing { text, kept: None, delay: Duration::ZERO }
}

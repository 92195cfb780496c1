//! The seam of webhooks: the way of a written record to its receiver.

use std::time::Duration;

use super::{Fault, Faults};

/// The longest time for which an answer is held up.
const HELD_UP: Duration = Duration::from_secs(2);

impl Faults {
    /// How long an answer waits for the webhook, where it does.
    pub(crate) fn held_up(&self) -> Option<Duration> {
        self.has(Fault::SinkBlocks).then_some(HELD_UP)
    }

    /// Whether the queue is emptied after each batch, with what came meanwhile.
    pub(crate) fn drops_on_flush(&self) -> bool {
        self.has(Fault::SinkDropsOnFlush)
    }

    /// Whether a batch is given up at once and without a word.
    pub(crate) fn loses_silently(&self) -> bool {
        self.has(Fault::SinkLossSilent)
    }

    /// Whether the records of a batch are doubled for its repetition.
    pub(crate) fn repeats_after_error(&self) -> bool {
        self.has(Fault::SinkRepeats)
    }
}

//! Waiting for late and batched records: once for a whole batch of exchanges, never for each.

use super::{Line, MAX_COLLECTED, Source, SourceError};
use std::time::{Duration, Instant};

/// Time between two polls.
const PAUSE: Duration = Duration::from_millis(15);

/// What came until the source settled.
#[derive(Debug, Default)]
pub struct Collected {
    /// Everything that came, in order.
    pub lines: Vec<Line>,
    /// Whether the source settled before the deadline and within the bound, so that a record that is
    /// not here is missing and not just late.
    pub settled: bool,
    /// Records that the source says it dropped.
    pub lost: u64,
    /// Why the last poll failed, if it did.
    pub error: Option<SourceError>,
}

/// When to stop waiting: a pure state, to which the time is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settling {
    quiet_since: Instant,
    settle: Duration,
    end: Option<Instant>,
}

/// Whether to go on waiting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wait {
    /// Records may still come.
    More,
    /// Nothing of ours has come for the settle time.
    Settled,
    /// The deadline has passed.
    Late,
}

impl Settling {
    /// Begins to wait `now`. A deadline beyond what the clock can count is none.
    pub(super) fn new(now: Instant, settle: Duration, deadline: Duration) -> Self {
        Self { quiet_since: now, settle, end: now.checked_add(deadline) }
    }

    /// A record of ours has come.
    pub(super) const fn heard(&mut self, now: Instant) {
        self.quiet_since = now;
    }

    pub(super) fn state(&self, now: Instant) -> Wait {
        if now.saturating_duration_since(self.quiet_since) >= self.settle {
            Wait::Settled
        } else if self.end.is_some_and(|end| now >= end) {
            Wait::Late
        } else {
            Wait::More
        }
    }
}

/// Polls until settled or late. A failing poll is tried again, and keeps the source from settling.
pub(super) async fn collect(
    source: &mut Source,
    mut settling: Settling,
    is_ours: impl Fn(&str) -> bool,
) -> Collected {
    let mut collected = Collected::default();
    let mut size = 0;
    loop {
        // A poll speaks for the time at which it began: what comes later may still be unread.
        let now = Instant::now();
        let came = take(source, &mut collected, &is_ours).await;
        size += came.bytes;
        if came.ours || collected.error.is_some() || source.has_more() {
            settling.heard(now);
        }
        let wait = settling.state(now);
        if wait != Wait::More || size > MAX_COLLECTED {
            collected.settled = wait == Wait::Settled && size <= MAX_COLLECTED;
            collected.lost = source.lost();
            return collected;
        }
        if !source.has_more() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// What one poll brought.
#[derive(Default)]
struct Came {
    bytes: usize,
    ours: bool,
}

async fn take(
    source: &mut Source,
    collected: &mut Collected,
    is_ours: &impl Fn(&str) -> bool,
) -> Came {
    match source.poll().await {
        Ok(lines) => {
            let ours = |line: &Line| matches!(line, Line::Text(text) if is_ours(text));
            let came =
                Came { bytes: lines.iter().map(Line::size).sum(), ours: lines.iter().any(ours) };
            collected.error = None;
            collected.lines.extend(lines);
            came
        }
        Err(error) => {
            collected.error = Some(error);
            Came::default()
        }
    }
}

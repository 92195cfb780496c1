//! How many messages are sent before the records are read: as many as are worth the wait, and as few
//! as a campaign can do without when its time is over.

use std::time::Duration;

/// A batch takes this long at most, as far as that can be foreseen.
const LONG: Duration = Duration::from_secs(2);

/// A batch of less is not worth its wait.
const LEAST: usize = 16;

/// The size of the next batch.
#[derive(Debug)]
pub(super) struct Size {
    size: usize,
    /// How long one message took, with its share of the wait.
    each: Duration,
}

impl Default for Size {
    fn default() -> Self {
        Self { size: 64, each: Duration::ZERO }
    }
}

impl Size {
    /// How many messages can be sent and judged before this time is over; none where it is not worth
    /// while. A batch is judged while the next one is sent, or alone.
    pub(super) fn within(&self, left: Duration) -> usize {
        let room = left.as_micros() * 2 / (self.each.as_micros() * 5).max(1);
        let size = usize::try_from(room).unwrap_or(usize::MAX).min(self.size);
        if size < LEAST { 0 } else { size }
    }

    /// Learns from a batch of so many messages how long its sending took, and all of it.
    pub(super) fn learn(&mut self, count: usize, sending: Duration, all: Duration) {
        let waiting = all.saturating_sub(sending);
        self.each =
            u32::try_from(count).ok().and_then(|count| all.checked_div(count)).unwrap_or(self.each);
        if all > LONG {
            self.size = (self.size / 2).max(LEAST);
        } else if all < LONG / 4 || (sending < waiting * 4 && all < LONG / 2) {
            self.size = (self.size * 2).min(4096);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_grow_while_they_are_short_or_waiting_is_dear_and_shrink_when_they_are_long() {
        let (short, long) = (Duration::from_millis(150), Duration::from_secs(3));
        let later = Duration::from_secs(1000);
        let mut size = Size::default();
        size.learn(64, short, short * 2);
        assert_eq!(size.within(later), 128);
        size.learn(128, short * 2, short * 6);
        assert_eq!(size.within(later), 256);
        size.learn(256, short * 5, short * 6);
        assert_eq!(size.within(later), 256);
        for _ in 0..10 {
            size.learn(16, long, long);
        }
        assert_eq!(size.within(later), LEAST);
        for _ in 0..10 {
            size.learn(16, short, short * 2);
        }
        assert_eq!(size.within(later), 4096);
    }

    #[test]
    fn the_last_batches_fit_into_what_is_left() {
        let mut size = Size::default();
        assert_eq!(size.within(Duration::from_secs(1)), 64);
        size.learn(100, Duration::from_millis(800), Duration::from_secs(1));
        assert_eq!(size.within(Duration::from_secs(1)), 40);
        assert_eq!(size.within(Duration::from_millis(100)), 0);
        assert_eq!(size.within(Duration::ZERO), 0);
    }
}

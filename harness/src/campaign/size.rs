//! How many messages are sent before the records are read: as many as are worth the wait, and as few
//! as a campaign can do without when its time is over.

use std::time::Duration;

/// A batch takes this long at most, as far as that can be foreseen.
const LONG: Duration = Duration::from_secs(2);

/// The size of the next batch.
#[derive(Debug)]
pub(super) struct Size(usize);

impl Default for Size {
    fn default() -> Self {
        Self(64)
    }
}

impl Size {
    pub(super) const fn get(&self) -> usize {
        self.0
    }

    /// Learns from a batch how long its sending took, and all of it.
    pub(super) fn learn(&mut self, sending: Duration, all: Duration) {
        let waiting = all.saturating_sub(sending);
        if all > LONG {
            self.0 = (self.0 / 2).max(16);
        } else if sending < waiting * 4 && all < LONG / 2 {
            self.0 = (self.0 * 2).min(4096);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_grow_while_waiting_is_dear_and_shrink_when_they_are_long() {
        let (short, long) = (Duration::from_millis(100), Duration::from_secs(3));
        let mut size = Size::default();
        size.learn(short, short * 4);
        assert_eq!(size.get(), 128);
        size.learn(short * 4, short * 5);
        assert_eq!(size.get(), 128);
        for _ in 0..10 {
            size.learn(long, long);
        }
        assert_eq!(size.get(), 16);
        for _ in 0..10 {
            size.learn(short, short * 4);
        }
        assert_eq!(size.get(), 4096);
    }
}

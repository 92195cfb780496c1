//! Records that a sink lost: counted, and told in the log once when it begins and once when the sink
//! works again. The log must not drown in it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::log::Log;

/// The losses of one sink.
#[derive(Debug)]
pub(crate) struct Losses {
    /// What the log calls the sink.
    sink: &'static str,
    log: Log,
    /// Records that were ever lost.
    lost: AtomicU64,
    /// Records that were lost since the sink last worked.
    lately: AtomicU64,
}

impl Losses {
    /// Of a sink by this name; none so far.
    pub(crate) fn new(sink: &'static str, log: Log) -> Self {
        Self { sink, log, lost: AtomicU64::new(0), lately: AtomicU64::new(0) }
    }

    /// So many records are gone.
    pub(crate) fn add(&self, count: usize, reason: &str) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.lost.fetch_add(count, Ordering::Relaxed);
        if count > 0 && self.lately.fetch_add(count, Ordering::Relaxed) == 0 {
            self.log.losing(self.sink, reason);
        }
    }

    /// The sink has taken everything that waited for it.
    pub(crate) fn over(&self) {
        let lately = self.lately.swap(0, Ordering::Relaxed);
        if lately > 0 {
            self.log.kept_again(self.sink, lately);
        }
    }

    /// The gateway ends. So many records that still waited are gone, whatever was told before.
    pub(crate) fn end(&self, count: usize) {
        if count > 0 {
            self.lost.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
            self.log.ended(self.sink, count);
        }
    }

    /// How many records were ever lost.
    pub(crate) fn count(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::fault::Faults;

    #[test]
    fn the_first_loss_and_the_recovery_are_told_and_no_other() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let log = Log::open(Some(file.path()), &Arc::new(Faults::default())).expect("it opens");
        let losses = Losses::new("file", log);
        losses.over();
        losses.add(0, "nothing");
        losses.add(2, "no space left");
        losses.add(3, "no space left");
        losses.over();
        losses.over();
        losses.add(1, "no space left");
        losses.end(4);
        assert_eq!(losses.count(), 10);
        let text = std::fs::read_to_string(file.path()).expect("it is readable");
        let told: Vec<&str> =
            text.lines().filter_map(|line| Some(line.split_once(" WARN ")?.1)).collect();
        let losing = "audit records are being lost by the file: no space left; calls go on";
        let again = "the file takes audit records again; 5 were lost";
        let ended = "the gateway ends, and 4 audit records never reached the file";
        assert_eq!(told, [losing, again, losing, ended]);
    }
}

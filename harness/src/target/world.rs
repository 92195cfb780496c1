//! How a target is reached: the one endpoint of a run, its headers, keys, deadline and pace.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::runner::headers::GivenHeader;
use crate::runner::keep::Kept;
use crate::runner::keys::Keys;
use crate::transport::raw_http::Client;

/// Everything that sending needs and that does not change during a run.
#[derive(Debug)]
pub struct World {
    /// The sender.
    pub client: Client,
    /// Host name of the target, without port.
    pub host: String,
    /// Headers of the command line.
    pub given: Vec<GivenHeader>,
    /// Names of further headers that carry the key.
    pub key_headers: Vec<String>,
    /// Canaries of the run.
    pub keys: Keys,
    /// Total time of one exchange.
    pub deadline: Duration,
    /// The slowest rate at which messages are sent, if one is set.
    pub pace: Option<Pace>,
    /// The bound on the answers that the run keeps.
    pub kept: Kept,
}

/// A bound on the rate of messages, over all sessions together.
#[derive(Debug)]
pub struct Pace {
    interval: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    /// At most this many messages a second.
    #[must_use]
    pub fn per_second(rate: f64) -> Self {
        let interval = Duration::from_secs_f64(1.0 / rate.clamp(0.001, 1_000_000.0));
        Self { interval, next: Mutex::new(Instant::now()) }
    }

    /// Waits for the next slot.
    pub async fn wait(&self) {
        let slot = {
            let mut next = self.next.lock().await;
            let slot = (*next).max(Instant::now());
            *next = slot + self.interval;
            slot
        };
        sleep_until(slot).await;
    }
}

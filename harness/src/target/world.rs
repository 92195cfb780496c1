//! How a target is reached: the one endpoint of a run, its headers, keys, deadline and pace.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::runner::headers::GivenHeader;
use crate::runner::idle::Idle;
use crate::runner::keep::Kept;
use crate::runner::keys::Keys;
use crate::runner::log::Log;
use crate::runner::outage::Mailbox;
use crate::transport::raw_http::Client;
use crate::transport::stdio::Launcher;
use crate::upstream::{Journal, SERVER_NAME};
use crate::wire::transport::Transport;

/// Everything that sending needs and that does not change during a run.
#[derive(Debug)]
pub struct World {
    /// How it is reached.
    pub reach: Reach,
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
    /// Our own upstream, where it can be behind the target.
    pub own: Option<Own>,
    /// Our own receiver of records, where the target delivers them to one.
    pub mailbox: Option<Mailbox>,
    /// The target's own log, where it is read.
    pub log: Option<Log>,
    /// The bound on the answers that the run keeps.
    pub kept: Kept,
    /// The waits of the run.
    pub idle: Idle,
}

/// Our own upstream, as far as a run needs to know of it.
#[derive(Clone, Debug)]
pub struct Own {
    /// Where a gateway finds it.
    pub url: String,
    /// What reached it.
    pub journal: Arc<Journal>,
}

impl Own {
    /// How a log may name it, beside the name that the target gave it.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let address = self.url.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        [address, Some(SERVER_NAME)].into_iter().flatten().map(str::to_owned)
    }
}

/// How a target is reached.
#[derive(Debug)]
pub enum Reach {
    /// Over HTTP, by this sender.
    Http(Client),
    /// As a child process.
    Stdio(Launcher),
}

impl Reach {
    /// The transport.
    #[must_use]
    pub const fn transport(&self) -> Transport {
        match self {
            Self::Http(_) => Transport::Http,
            Self::Stdio(_) => Transport::Stdio,
        }
    }

    /// Whether the target is reached at a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Http(client) => client.endpoint().is_loopback(),
            Self::Stdio(_) => false,
        }
    }
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

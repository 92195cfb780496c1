//! The time in which our own receiver of records misbehaves: while one message is sent, and until the
//! target has tried to deliver. Dropping it makes the receiver honest again.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::keys::now;
use crate::case::Sink;
use crate::oracle::evidence;
use crate::source::{Manner, SinkManner};
use crate::target::world::World;

/// What came before is delivered in this time, unless it is batched.
const CALM: Duration = Duration::from_millis(100);
/// Once the target has tried to deliver, it may be about to deliver more.
const GRACE: Duration = Duration::from_millis(300);
/// Time between two looks at what was tried.
const PAUSE: Duration = Duration::from_millis(10);

/// Our own receiver of records, and how long a target takes to deliver.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// What makes it misbehave.
    pub manner: Manner,
    /// After this time a record counts as missing.
    pub patience: Duration,
}

/// A receiver that misbehaves.
#[derive(Debug)]
pub struct Outage<'a> {
    world: &'a World,
    mailbox: &'a Mailbox,
    sink: Sink,
    /// When it began, seconds since the Unix epoch.
    begun: f64,
    /// How many deliveries had suffered by then.
    before: u64,
}

impl<'a> Outage<'a> {
    /// Makes the receiver misbehave; none where there is none, or it should not.
    pub async fn begin(world: &'a World, sink: Option<Sink>) -> Option<Self> {
        let (sink, mailbox) = (sink?, world.mailbox.as_ref()?);
        world.idle.silence(sleep(CALM)).await;
        let (begun, before) = (now(), mailbox.manner.suffered());
        mailbox.manner.set(match sink {
            Sink::Down => SinkManner::Down,
            Sink::Slow => SinkManner::Slow,
            Sink::Error => SinkManner::Error,
        });
        Some(Self { world, mailbox, sink, begun, before })
    }

    /// How many deliveries had suffered when it began.
    pub const fn suffered_before(&self) -> u64 {
        self.before
    }

    /// How many deliveries have suffered.
    pub fn suffered(&self) -> u64 {
        self.mailbox.manner.suffered()
    }

    /// Waits until more have suffered, as long as a target may take to deliver.
    pub async fn bite(&self, more_than: u64) {
        let end = Instant::now() + self.mailbox.patience;
        let bitten = async {
            while self.suffered() <= more_than && Instant::now() < end {
                sleep(PAUSE).await;
            }
        };
        self.world.idle.settling(bitten).await;
    }

    /// Ends it, once the record of what was sent has suffered too: when the message was sent, so many
    /// deliveries had. Behind a slow receiver it waits in a queue, most likely, and nothing more comes.
    pub async fn end(self, suffered: u64) -> evidence::Outage {
        if self.sink != Sink::Slow {
            self.bite(suffered).await;
        }
        self.world.idle.settling(sleep(GRACE)).await;
        let (sink, begun, noticed) = (self.sink, self.begun, self.suffered() > self.before);
        self.mailbox.manner.set(SinkManner::Honest);
        // What is under way ends now; what is sent next comes after it.
        self.world.idle.settling(sleep(GRACE)).await;
        evidence::Outage { sink, begun, noticed, waited: 0.0, recovered: false, told: None }
    }
}

impl Drop for Outage<'_> {
    fn drop(&mut self) {
        self.mailbox.manner.set(SinkManner::Honest);
    }
}

//! The records of a run, from one source or several: read on while it sends, and collected once it has
//! sent.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use tokio::time::{Instant, sleep, sleep_until};

use super::batch::Book;
use super::watch::Watch;
use crate::audit::profile::Profile;
use crate::source::{Source, SourceError};

/// Time between two looks at the sources while messages are sent. A file that is rotated twice
/// between two looks has lost what stood in between.
const PAUSE: Duration = Duration::from_millis(200);

/// The same where something is waited for.
const SHORT: Duration = Duration::from_millis(25);

/// A source with what was read from it.
#[derive(Debug)]
pub struct Channel {
    /// The name of the source.
    pub name: String,
    source: Source,
    /// What was read.
    pub book: Book,
}

impl Channel {
    /// One look. One that fails is no failure of the source: the collection at the end tells.
    async fn look(&mut self, profile: &Profile) {
        if !self.book.is_full() {
            let lines = self.source.poll().await.unwrap_or_default();
            lines.into_iter().for_each(|line| self.book.take(line, profile));
        }
    }

    /// Whether the source is a receiver of our own, which can misbehave.
    #[must_use]
    pub fn receives(&self) -> bool {
        self.source.manner().is_some()
    }

    /// Records that the source knows to be gone.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.source.lost()
    }
}

/// All sources of a run; none where there are no records to be had.
#[derive(Debug)]
pub struct Intake {
    /// The sources in the order in which they were named.
    pub channels: Vec<Channel>,
    next: Instant,
}

impl Intake {
    /// An intake that has read nothing, from sources with their names.
    #[must_use]
    pub fn new(sources: Vec<(Source, String)>, watch: &Watch) -> Self {
        let channel =
            |(source, name)| Channel { name, source, book: Book::watching(watch.clone()) };
        Self { channels: sources.into_iter().map(channel).collect(), next: Instant::now() }
    }

    /// Whether there are no records to be had.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.channels.is_empty()
    }

    /// Treats the run as one without records.
    pub fn close(&mut self) {
        self.channels.clear();
    }

    /// Does some work, and reads on meanwhile. Nothing that was read is lost when the work ends.
    pub async fn during<T>(&mut self, profile: &Profile, work: impl Future<Output = T>) -> T {
        tokio::select! {
            biased;
            done = work => done,
            never = self.read_on(profile) => match never {},
        }
    }

    async fn read_on(&mut self, profile: &Profile) -> Infallible {
        if self.is_closed() {
            return pending().await;
        }
        loop {
            sleep_until(self.next).await;
            self.look(profile).await;
            self.next = Instant::now() + PAUSE;
        }
    }

    async fn look(&mut self, profile: &Profile) {
        join_all(self.channels.iter_mut().map(|channel| channel.look(profile))).await;
    }

    /// Reads on until a record has come to our own receiver for each of these marks, one of whose texts
    /// stands in it, or the profile's deadline is over. Whether one has come for each.
    pub async fn wait_for(&mut self, profile: &Profile, marks: &[[&str; 2]]) -> Vec<bool> {
        let end = Instant::now() + profile.deadline();
        loop {
            self.look(profile).await;
            let Some(receiver) = self.channels.iter().find(|channel| channel.receives()) else {
                return Vec::new();
            };
            let came: Vec<bool> =
                marks.iter().map(|texts| receiver.book.has_about(texts)).collect();
            if came.iter().all(|came| *came) || Instant::now() >= end {
                return came;
            }
            sleep(SHORT).await;
        }
    }

    /// Waits until every source has settled and takes what has come. `prefix` begins what is ours.
    ///
    /// # Errors
    /// When a source can no longer be read, with its name.
    pub async fn collect(&mut self, profile: &Profile, prefix: &str) -> Result<(), SourceError> {
        let each = self.channels.iter_mut();
        let collected =
            each.map(|channel| channel.book.collect(&mut channel.source, profile, prefix));
        try_join_all(collected).await.map(drop)
    }

    /// Waits a second time, up to the profile's deadline, as long as records are missing: one that comes now
    /// is late, one that does not is lost.
    pub async fn wait_for_late(&mut self, profile: &Profile, missing: impl Fn(&[Channel]) -> bool) {
        let end = Instant::now() + profile.deadline().saturating_sub(profile.settle());
        let mut known = None;
        loop {
            let count =
                self.channels.iter().map(|channel| channel.book.records.len()).sum::<usize>();
            // Matching is work, and nothing has changed where nothing has come.
            if known != Some(count) && !missing(&self.channels) {
                return;
            }
            known = Some(count);
            if Instant::now() >= end {
                return;
            }
            sleep(PAUSE).await;
            self.look(profile).await;
        }
    }
}

//! The records of a run: read on while it sends, and collected once it has sent.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::batch::Book;
use crate::audit::profile::Profile;
use crate::source::{Source, SourceError};

/// Time between two looks at the source while messages are sent. A file that is rotated twice
/// between two looks has lost what stood in between.
const PAUSE: Duration = Duration::from_millis(200);

/// The same where something is waited for.
const SHORT: Duration = Duration::from_millis(25);

/// A source with what was read from it.
#[derive(Debug)]
pub struct Intake {
    /// The source with its name; none where there are no records to be had.
    source: Option<(Source, String)>,
    /// What was read.
    pub book: Book,
    next: Instant,
}

impl Intake {
    /// An intake that has read nothing.
    #[must_use]
    pub fn new(source: Option<(Source, String)>) -> Self {
        Self { source, book: Book::default(), next: Instant::now() }
    }

    /// The name of the source, where there is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.source.as_ref().map(|(_, name)| name.as_str())
    }

    /// Treats the run as one without records.
    pub fn close(&mut self) {
        self.source = None;
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
        let Some((source, _)) = &mut self.source else { return pending().await };
        loop {
            sleep_until(self.next).await;
            // One look that fails is no failure of the source: the collection at the end tells.
            if !self.book.is_full() {
                let lines = source.poll().await.unwrap_or_default();
                lines.into_iter().for_each(|line| self.book.take(line, profile));
            }
            self.next = Instant::now() + PAUSE;
        }
    }

    /// Reads on until a record has come for each of these marks, one of whose texts stands in it, or the
    /// profile's deadline is over. Whether one has come for each.
    pub async fn wait_for(&mut self, profile: &Profile, marks: &[[&str; 2]]) -> Vec<bool> {
        let Some((source, _)) = &mut self.source else { return Vec::new() };
        let end = Instant::now() + profile.deadline();
        loop {
            if !self.book.is_full() {
                let lines = source.poll().await.unwrap_or_default();
                lines.into_iter().for_each(|line| self.book.take(line, profile));
            }
            let came: Vec<bool> = marks.iter().map(|texts| self.book.has_about(texts)).collect();
            if came.iter().all(|came| *came) || Instant::now() >= end {
                return came;
            }
            sleep_until(Instant::now() + SHORT).await;
        }
    }

    /// Waits until the source has settled and takes what has come. `prefix` begins what is ours.
    ///
    /// # Errors
    /// When the source can no longer be read.
    pub async fn collect(&mut self, profile: &Profile, prefix: &str) -> Result<(), SourceError> {
        let Some((source, _)) = &mut self.source else { return Ok(()) };
        self.book.collect(source, profile, prefix).await
    }
}

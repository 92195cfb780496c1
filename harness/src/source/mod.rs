//! Audit sources: where records are read while a run goes on. One mechanism a file behind one type.
//!
//! Knows lines only: what a line means is the profile's business, which exchange it belongs to the
//! correlation's. Everything read is bounded, since the target writes it.

mod collect;
#[cfg(test)]
mod contract;
mod error;
mod exec;
mod http;
mod jsonl;
mod locator;
mod otlp;
mod receiver;
mod sql;
mod tail;
mod webhook;

pub use collect::Collected;
pub use error::SourceError;
pub use locator::{Locator, LocatorError};
pub use webhook::manner::{Manner, SinkManner};

use crate::audit::profile::Profile;
use crate::wire::envelope::Header;
use collect::Settling;
use exec::ExecSource;
use futures_util::future::BoxFuture;
use http::HttpSource;
use std::fmt::Debug;
use std::time::{Duration, Instant};

/// Longest record that is read, in bytes; of a longer one only the beginning is shown.
pub const MAX_LINE: usize = 1024 * 1024;

/// Most bytes that one [`Source::poll`] takes in, the cost of keeping lines included. What is left
/// comes with the next.
pub const MAX_POLL: usize = 64 * 1024 * 1024;

/// Most bytes that one [`Source::collect`] keeps.
pub const MAX_COLLECTED: usize = 256 * 1024 * 1024;

/// Bytes that keeping a line costs beside its text; a flood of tiny lines is bounded by it.
const LINE_COST: usize = 96;

/// One record as the source gave it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Line {
    /// The exact text.
    Text(String),
    /// Something that cannot be a record.
    Unreadable {
        /// What is wrong with it.
        why: String,
        /// Its beginning, for the report.
        excerpt: String,
    },
}

impl Line {
    /// Bytes that the line keeps in memory.
    pub(crate) fn size(&self) -> usize {
        let text = match self {
            Self::Text(text) => text.len(),
            Self::Unreadable { why, excerpt } => why.len() + excerpt.len(),
        };
        text + LINE_COST
    }
}

/// What opening a source needs beside its locator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Access<'a> {
    /// Headers (for example `Authorization`) of every request to a query API; other sources ignore them.
    pub headers: &'a [Header],
    /// What says how tables and query APIs are read; without one, as the reference gateway has them.
    pub profile: Option<&'a Profile>,
}

/// What every source does; `contract` holds each to it.
pub(super) trait Feed: Debug + Send {
    /// The whole records that came since the last call, at most [`MAX_POLL`] bytes of them. When the
    /// future is dropped, the next call gives what this one has read.
    ///
    /// # Errors
    /// When the source cannot be read at present; the next call tries again at the same place.
    fn poll(&mut self) -> BoxFuture<'_, Result<Vec<Line>, SourceError>>;

    /// Whether the last poll stopped at its bound, so that more waits to be read.
    fn has_more(&self) -> bool {
        false
    }

    /// Records that the source knows to be gone before they could be read.
    fn lost(&self) -> u64 {
        0
    }

    /// Where the source really is, as a locator, if that says more than the one it was opened with.
    fn place(&self) -> Option<&str> {
        None
    }

    /// How the source treats those who deliver to it, if it is a receiver.
    fn manner(&self) -> Option<Manner> {
        None
    }
}

/// An open audit source, positioned where the run began.
#[derive(Debug)]
pub struct Source {
    /// None where there are no records on purpose.
    feed: Option<Box<dyn Feed>>,
}

impl Source {
    /// Opens a source and marks its present end: only what comes later is read.
    ///
    /// # Errors
    /// What could not be opened, and what to do about it.
    pub async fn open(locator: &Locator, access: Access<'_>) -> Result<Self, SourceError> {
        let feed: Box<dyn Feed> = match locator {
            Locator::Jsonl(path) => jsonl::open(path)?,
            Locator::Http(url) => {
                let api = access.profile.map(|profile| profile.api.clone()).unwrap_or_default();
                Box::new(HttpSource::open(url, access.headers, api).await?)
            }
            Locator::Exec(command) => Box::new(ExecSource::open(command)?),
            Locator::Postgres(url) => Box::new(sql::postgres::open(url, access).await?),
            Locator::Sqlite(path) => Box::new(sql::sqlite::open(path, access).await?),
            Locator::Webhook(address) => Box::new(webhook::open(address).await?),
            Locator::Otlp(address) => Box::new(otlp::open(address).await?),
            // Nobody knows the target here; whoever opens it has made it whole.
            Locator::OnTarget(path) => return Err(SourceError::NoTarget(path.clone())),
            Locator::None => return Ok(Self { feed: None }),
        };
        Ok(Self { feed: Some(feed) })
    }

    /// The whole records that came since the last call: [`Feed::poll`].
    ///
    /// # Errors
    /// When the source cannot be read at present; the next call tries again at the same place.
    pub async fn poll(&mut self) -> Result<Vec<Line>, SourceError> {
        match &mut self.feed {
            Some(feed) => feed.poll().await,
            None => Ok(Vec::new()),
        }
    }

    /// Whether the last poll stopped at its bound, so that more waits to be read.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.feed.as_ref().is_some_and(|feed| feed.has_more())
    }

    /// Records that the source says it dropped before they could be read.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.feed.as_ref().map_or(0, |feed| feed.lost())
    }

    /// The name under which reports show the source: the locator, with the port that a receiver took.
    #[must_use]
    pub fn name(&self, locator: &Locator) -> String {
        let place = self.feed.as_ref().and_then(|feed| feed.place());
        place.map_or_else(|| locator.to_string(), str::to_owned)
    }

    /// What makes a receiver misbehave; none for a source to which nothing is delivered.
    #[must_use]
    pub fn manner(&self) -> Option<Manner> {
        self.feed.as_ref().and_then(|feed| feed.manner())
    }

    /// Polls until no record of ours (as `is_ours` tells of its text) has come for `settle`, at most
    /// for `deadline`. A source that is [`Locator::None`] is settled at once.
    pub async fn collect(
        &mut self,
        settle: Duration,
        deadline: Duration,
        is_ours: impl Fn(&str) -> bool,
    ) -> Collected {
        if self.feed.is_none() {
            return Collected { settled: true, ..Collected::default() };
        }
        collect::collect(self, Settling::new(Instant::now(), settle, deadline), is_ours).await
    }
}

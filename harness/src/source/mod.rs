//! Audit sources: where records are read while a run goes on. One mechanism a file behind one type.
//!
//! Knows lines only: what a line means is the profile's business, which exchange it belongs to the
//! correlation's. Everything read is bounded, since the target writes it.

mod collect;
mod error;
mod exec;
mod http;
mod jsonl;
mod locator;
mod tail;

pub use collect::Collected;
pub use error::SourceError;
pub use locator::{Locator, LocatorError};

use crate::wire::envelope::Header;
use collect::Settling;
use exec::ExecSource;
use http::HttpSource;
use jsonl::JsonlSource;
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

/// An open audit source, positioned where the run began.
#[derive(Debug)]
pub struct Source {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Jsonl(Box<JsonlSource>),
    Http(Box<HttpSource>),
    Exec(Box<ExecSource>),
    None,
}

impl Source {
    /// Opens a source and marks its present end: only what comes later is read. `headers` (for
    /// example `Authorization`) go with every request of a query API; other sources ignore them.
    ///
    /// # Errors
    /// What could not be opened, and what to do about it.
    pub async fn open(locator: &Locator, headers: &[Header]) -> Result<Self, SourceError> {
        let kind = match locator {
            Locator::Jsonl(path) => Kind::Jsonl(Box::new(JsonlSource::open(path)?)),
            Locator::Http(url) => Kind::Http(Box::new(HttpSource::open(url, headers).await?)),
            Locator::Exec(command) => Kind::Exec(Box::new(ExecSource::open(command)?)),
            Locator::None => Kind::None,
        };
        Ok(Self { kind })
    }

    /// The whole records that came since the last call, at most [`MAX_POLL`] bytes of them. When the
    /// future is dropped, the next call gives what this one has read.
    ///
    /// # Errors
    /// When the source cannot be read at present; the next call tries again at the same place.
    pub async fn poll(&mut self) -> Result<Vec<Line>, SourceError> {
        match &mut self.kind {
            // A local file is read in place: handing it to another thread would cost more than the
            // read, whose length is bounded.
            Kind::Jsonl(source) => source.poll(),
            Kind::Http(source) => source.poll().await,
            Kind::Exec(source) => source.poll().await,
            Kind::None => Ok(Vec::new()),
        }
    }

    /// Whether the last poll stopped at its bound, so that more waits to be read.
    #[must_use]
    pub const fn has_more(&self) -> bool {
        match &self.kind {
            Kind::Jsonl(source) => source.has_more(),
            Kind::Http(source) => source.has_more(),
            Kind::Exec(source) => source.has_more(),
            Kind::None => false,
        }
    }

    /// Records that the source says it dropped before they could be read.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        match &self.kind {
            Kind::Http(source) => source.lost(),
            Kind::Jsonl(_) | Kind::Exec(_) | Kind::None => 0,
        }
    }

    /// Polls until no record of ours (as `is_ours` tells of its text) has come for `settle`, at most
    /// for `deadline`. A source that is [`Locator::None`] is settled at once.
    pub async fn collect(
        &mut self,
        settle: Duration,
        deadline: Duration,
        is_ours: impl Fn(&str) -> bool,
    ) -> Collected {
        if matches!(self.kind, Kind::None) {
            return Collected { settled: true, ..Collected::default() };
        }
        collect::collect(self, Settling::new(Instant::now(), settle, deadline), is_ours).await
    }
}

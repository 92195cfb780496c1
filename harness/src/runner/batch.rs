//! Records of a whole batch of cases: collected once, mapped, matched. Never a wait per case.

use std::borrow::Cow;

use super::case_run::{CaseRun, RunResult};
use super::keys::now;
use super::watch::Watch;
use crate::audit::correlate::{Correlation, ExchangeKey, Tiers, correlate_by};
use crate::audit::guess::Guess;
use crate::audit::mapping::{Mapped, map};
use crate::audit::profile::Profile;
use crate::audit::record::{AuditRecord, Status};
use crate::case::expectation::RecordDemand;
use crate::oracle::evidence::{Exchange, Leak};
use crate::source::{Line, MAX_COLLECTED, Source, SourceError};
use crate::upstream::PREFIX;
use crate::wire::json::{self, Json, JsonErrorKind};

/// The records of a run so far, and the lines that are none.
#[derive(Debug, Default)]
pub struct Book {
    /// Records in the order in which they were read.
    pub records: Vec<AuditRecord>,
    /// Lines that are no record: not JSON, not UTF-8, or too long.
    pub unreadable: Vec<String>,
    /// Lines that are JSON nested deeper than we read.
    pub too_deep: Vec<String>,
    /// Bytes of all lines that were taken.
    bytes: usize,
    /// Whether a successful call of our own upstream was recorded with the upstream's name.
    names_servers: bool,
    /// When the source had settled, seconds since the Unix epoch.
    settled: Vec<f64>,
    watch: Watch,
    /// What stood in lines that are no records, and should not.
    leaks: Vec<Leak>,
    /// By which evidence records of their product may be found.
    tiers: Tiers,
    /// What a profile of guesses has found in them.
    guess: Guess,
}

impl Book {
    /// An empty book that watches what it is given.
    #[must_use]
    pub fn watching(watch: Watch) -> Self {
        Self { watch, ..Self::default() }
    }

    /// Waits until the source has settled and takes what has come.
    ///
    /// # Errors
    /// When the source can no longer be read.
    pub async fn collect(
        &mut self,
        source: &mut Source,
        profile: &Profile,
        prefix: &str,
    ) -> Result<(), SourceError> {
        let ours = |line: &str| line.contains(prefix);
        let collected = source.collect(profile.settle(), profile.deadline(), ours).await;
        for line in collected.lines {
            let (before, ours) = (self.records.len(), is_ours(&line, prefix));
            self.take(line, profile);
            if let Some(record) = self.records.get(before) {
                self.guess.learn(profile, record, ours);
            }
        }
        if collected.settled {
            self.settled.push(now());
        }
        collected.error.map_or(Ok(()), Err)
    }

    /// Whether a record came after the source had settled, though its exchange had ended before (seconds
    /// since the Unix epoch).
    #[must_use]
    pub fn is_late(&self, record: &AuditRecord, ended: f64) -> bool {
        self.settled.iter().any(|settled| ended < *settled && *settled < record.taken)
    }

    /// What the source delivered and should not have, but for these records (ascending places), about which
    /// `leak.secret` tells.
    #[must_use]
    pub fn leaks(&self, told: &[usize]) -> Vec<Leak> {
        let mut leaks = self.leaks.clone();
        let others = self.records.iter().enumerate();
        let others = others.filter(|(place, _)| told.binary_search(place).is_err());
        others.for_each(|(_, record)| self.watch.keep(&record.raw, &mut leaks));
        leaks
    }

    /// Forgets all records but those at these places, ascending, and as many of the first unreadable
    /// lines and of those that are too deep.
    pub fn keep(&mut self, places: &[usize], [unreadable, too_deep]: [usize; 2]) {
        let mut place = 0..;
        self.records.retain(|_| place.next().is_some_and(|at| places.binary_search(&at).is_ok()));
        self.unreadable.drain(..unreadable.min(self.unreadable.len()));
        self.too_deep.drain(..too_deep.min(self.too_deep.len()));
        let texts = self.records.iter().map(|record| &record.raw);
        self.bytes = texts.chain(&self.unreadable).chain(&self.too_deep).map(String::len).sum();
    }

    /// Forgets the records at these places, ascending.
    pub fn forget(&mut self, places: &[usize]) {
        let mut place = 0..;
        self.records.retain(|_| place.next().is_some_and(|at| places.binary_search(&at).is_err()));
    }

    /// Whether one of these texts stands in a record. The latest are looked at first.
    #[must_use]
    pub fn has_about(&self, texts: &[&str]) -> bool {
        let about = |record: &AuditRecord| texts.iter().any(|text| record.raw.contains(text));
        self.records.iter().rev().any(about)
    }

    /// Whether as much was taken as one collection may bring; what is beyond waits for one.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.bytes >= MAX_COLLECTED
    }

    /// Whether records of successful calls of our own upstream have named it.
    #[must_use]
    pub const fn names_servers(&self) -> bool {
        self.names_servers
    }

    /// What a profile of guesses has found in the records.
    #[must_use]
    pub const fn guess(&self) -> &Guess {
        &self.guess
    }

    /// Takes one line: as a record, or to those that are none.
    pub fn take(&mut self, line: Line, profile: &Profile) {
        self.bytes = self.bytes.saturating_add(line.size());
        self.tiers = profile.tiers;
        match line {
            Line::Text(text) if text.trim().is_empty() => {}
            Line::Text(text) => match json::parse(text.as_bytes()) {
                Ok(value) => self.enter(profile, &value, text),
                Err(error) if error.kind == JsonErrorKind::TooDeep => {
                    self.watch.keep(&text, &mut self.leaks);
                    self.too_deep.push(text);
                }
                Err(_) => match profile.read_text(&text) {
                    Some(value) => self.enter(profile, &value, text),
                    None => self.refuse(text),
                },
            },
            Line::Unreadable { excerpt, .. } => self.refuse(excerpt),
        }
    }

    /// Enters a line as what it is to the profile.
    fn enter(&mut self, profile: &Profile, value: &Json, text: String) {
        match map(profile, value, &text) {
            Mapped::Record(record) => {
                self.names_servers |= names_server(&record);
                self.records.push(AuditRecord { taken: now(), ..*record });
            }
            Mapped::Ignored => self.watch.keep(&text, &mut self.leaks),
            Mapped::NotARecord => self.refuse(text),
        }
    }

    /// Keeps a line that is no record.
    fn refuse(&mut self, text: String) {
        self.watch.keep(&text, &mut self.leaks);
        self.unreadable.push(text);
    }
}

fn is_ours(line: &Line, prefix: &str) -> bool {
    matches!(line, Line::Text(text) if text.contains(prefix))
}

fn names_server(record: &AuditRecord) -> bool {
    let own = record.tool_name.as_ref().is_some_and(|name| name.contains(PREFIX));
    own && record.status == Some(Status::Success) && record.server_name.is_some()
}

/// Every exchange of a run with its key, and where it came from.
#[derive(Debug, Default)]
pub struct Index<'a> {
    /// What the matching needs, in one list.
    pub keys: Vec<ExchangeKey<'a>>,
    /// The exchanges themselves, in the same order.
    pub exchanges: Vec<&'a Exchange>,
    /// For each case run: where its stimulus stands in the list.
    pub stimuli: Vec<Option<usize>>,
    /// Where the stimuli stand that may go without a record, ascending.
    pub unasked: Vec<usize>,
}

impl<'a> Index<'a> {
    /// An index over the handshakes of the probe and every case run.
    #[must_use]
    pub fn new(probe: &'a [Exchange], runs: &'a [CaseRun]) -> Self {
        Self::over(probe, runs)
    }

    /// The same over case runs that stand in several places.
    #[must_use]
    pub fn over(probe: &'a [Exchange], runs: impl IntoIterator<Item = &'a CaseRun>) -> Self {
        let mut index = Self::default();
        for exchange in probe {
            index.add(exchange, false);
        }
        index.and(runs)
    }

    /// The same with these case runs behind the others.
    #[must_use]
    pub fn and(self, runs: impl IntoIterator<Item = &'a CaseRun>) -> Self {
        let mut index = self;
        for run in runs {
            for exchange in &run.prepared {
                index.add(exchange, run.alone);
            }
            let stimulus = match &run.result {
                RunResult::Sent(sent) => {
                    if let Some(control) = &sent.control {
                        index.add(control, run.alone);
                    }
                    let place = index.add(&sent.stimulus, run.alone);
                    if sent.demand == RecordDemand::Optional {
                        index.unasked.push(place);
                    }
                    for exchange in sent.beside.iter().chain(&sent.pages) {
                        index.add(exchange, run.alone);
                    }
                    if let Some(sentinel) = &sent.sentinel {
                        index.add(sentinel, run.alone);
                    }
                    Some(place)
                }
                RunResult::NotApplicable(_) | RunResult::Untestable(_) => None,
            };
            index.stimuli.push(stimulus);
        }
        index
    }

    fn add(&mut self, exchange: &'a Exchange, alone: bool) -> usize {
        self.keys.push(ExchangeKey {
            key: exchange.key.clone(),
            trace_id: exchange.trace_id.clone(),
            jsonrpc_id: exchange.reading.ids.first().map(Cow::Borrowed),
            lone_id: exchange.delivery.output.is_some(),
            session_id: session(exchange),
            method: exchange.reading.method.as_deref().map(Cow::Borrowed),
            started: exchange.started,
            ended: exchange.ended,
            messages: exchange.reading.messages,
            alone,
        });
        self.exchanges.push(exchange);
        self.keys.len() - 1
    }

    /// Matches the book's records with the exchanges.
    #[must_use]
    pub fn correlate(&self, book: &Book, prefix: &str) -> Correlation {
        correlate_by(book.tiers, &self.keys, &book.records, prefix)
    }
}

fn session(exchange: &Exchange) -> Option<String> {
    let sent = exchange.envelope.header("mcp-session-id");
    let sent = sent.map(|value| String::from_utf8_lossy(value).into_owned());
    sent.or_else(|| exchange.delivery.response.as_ref()?.header("mcp-session-id"))
}

#[cfg(test)]
mod mixture;
#[cfg(test)]
pub(super) mod tests;

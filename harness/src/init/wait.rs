//! Waiting for the records of the probes, and telling which line is whose.

use super::look::Record;
use super::probes::Sent;
use crate::audit::correlate::{Correlation, ExchangeKey};
use crate::audit::profile::Profile;
use crate::runner::batch::{Book, Index};
use crate::runner::keys::now;
use crate::source::{Line, Source};
use crate::wire::json::{Json, parse};
use std::time::{Duration, Instant};

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// How long further lines are waited for after those of all probes have come.
const AFTER: Duration = Duration::from_millis(1500);

/// Bytes that are taken in all: others may write to the source too.
const MOST: usize = 16 * 1024 * 1024;

/// How many waits all of it may take: a target may write our keys for ever.
const LONGEST: u32 = 3;

/// What arrived.
#[derive(Debug, Default)]
pub(super) struct Arrived {
    lines: Vec<Came>,
    /// The places of those that carry a text of ours.
    ours: Vec<usize>,
    /// Lines that are no JSON.
    pub(super) texts: Vec<String>,
    /// Lines that belong to no probe.
    pub(super) others: usize,
    /// Why the last look failed, if it did.
    pub(super) error: Option<String>,
    /// Bytes of everything that came.
    bytes: usize,
}

/// One line that is JSON.
#[derive(Debug)]
struct Came {
    raw: String,
    json: Json,
    /// When it was seen, seconds since the Unix epoch.
    at: f64,
}

/// Looks while the probes are sent, so that the time of each record is known, and on until a line with the key
/// of each has come, or nothing new for the whole wait.
pub(super) async fn arrivals<E>(
    source: &mut Source,
    sending: impl Future<Output = Result<Sent, E>>,
    (wait, prefix): (Duration, &str),
) -> Result<(Sent, Arrived), E> {
    let mut arrived = Arrived::default();
    let mut sending = std::pin::pin!(sending);
    let sent = loop {
        tokio::select! {
            biased;
            sent = &mut sending => break sent?,
            () = tokio::time::sleep(PAUSE) => arrived.look(source, prefix).await,
        }
    };
    let keys: Vec<&str> = sent.probes.iter().map(|probe| probe.key.as_str()).collect();
    let (begun, mut quiet, mut ours) = (Instant::now(), Instant::now(), 0);
    loop {
        arrived.look(source, prefix).await;
        // The traffic of others must not keep us waiting.
        if arrived.ours.len() > std::mem::replace(&mut ours, arrived.ours.len()) {
            quiet = Instant::now();
        }
        let lines = arrived.ours.iter().filter_map(|place| arrived.lines.get(*place));
        let came = |key: &&str| lines.clone().any(|line| line.raw.contains(*key));
        let patience = if keys.iter().all(came) { AFTER.min(wait) } else { wait };
        let over = begun.elapsed() >= wait.saturating_mul(LONGEST);
        if quiet.elapsed() >= patience || over || arrived.bytes >= MOST {
            return Ok((sent, arrived));
        }
        if !source.has_more() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Arrived {
    /// Takes what has come.
    async fn look(&mut self, source: &mut Source, prefix: &str) {
        let came = source.poll().await;
        self.error = came.as_ref().err().map(ToString::to_string);
        for line in came.unwrap_or_default() {
            self.bytes = self.bytes.saturating_add(line.size());
            if self.bytes < MOST {
                self.take(line, prefix);
            }
        }
    }

    fn take(&mut self, line: Line, prefix: &str) {
        match line {
            Line::Text(raw) => match parse(raw.as_bytes()) {
                Ok(json) => {
                    if raw.contains(prefix) {
                        self.ours.push(self.lines.len());
                    }
                    self.lines.push(Came { raw, json, at: now() });
                }
                Err(_) => self.texts.push(raw),
            },
            Line::Unreadable { excerpt, .. } => self.texts.push(excerpt),
        }
    }

    /// The record of each probe, in their order: by the guesses of the generic profile.
    pub(super) fn records(&mut self, sent: &Sent, prefix: &str) -> Vec<Option<Record>> {
        let generic = Profile::builtin("generic");
        let found = generic.map(|generic| self.correlated(sent, &generic, prefix));
        let places = |place: usize| -> Vec<usize> {
            let matches = found.as_ref().and_then(|found| found.per_exchange.get(place));
            matches.into_iter().flat_map(|it| &it.records).map(|(line, _)| *line).collect()
        };
        let records: Vec<Option<Record>> = sent
            .probes
            .iter()
            .map(|probe| {
                let lines = places(probe.place);
                let came = lines.first().and_then(|line| self.lines.get(*line))?;
                let delay = (came.at - probe.ended).max(0.0);
                Some(Record { json: came.json.clone(), delay, count: lines.len() })
            })
            .collect();
        let ours: usize = records.iter().flatten().map(|record| record.count).sum();
        self.others = self.lines.len().saturating_sub(ours);
        records
    }

    /// By which evidence a profile finds the record of each probe.
    pub(super) fn tiers(
        &self,
        sent: &Sent,
        profile: &Profile,
        prefix: &str,
    ) -> Vec<Option<&'static str>> {
        let found = self.correlated(sent, profile, prefix);
        let tier = |place: usize| {
            let matches = found.per_exchange.get(place)?;
            matches.records.first().map(|(_, tier)| tier.as_str())
        };
        sent.probes.iter().map(|probe| tier(probe.place)).collect()
    }

    /// The lines as a profile reads them, each with the place of its line, matched with what was sent.
    fn correlated(&self, sent: &Sent, profile: &Profile, prefix: &str) -> Correlation {
        let (mut book, mut lines) = (Book::default(), Vec::new());
        for (number, line) in self.lines.iter().enumerate() {
            let before = book.records.len();
            book.take(Line::Text(line.raw.clone()), profile);
            if book.records.len() > before {
                lines.push(number);
            }
        }
        let mut index = Index::new(&sent.exchanges, &[]);
        // Pauses keep them apart.
        index.keys.iter_mut().for_each(|key: &mut ExchangeKey<'_>| key.alone = true);
        let mut found = index.correlate(&book, prefix);
        for matches in &mut found.per_exchange {
            for (place, _) in &mut matches.records {
                *place = lines.get(*place).copied().unwrap_or(*place);
            }
        }
        found
    }
}

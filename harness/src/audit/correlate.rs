//! Which record belongs to which exchange: one pure function over two slices.
//!
//! Knows no source, no profile and no clock; judges nothing. Its cost grows with the length of the
//! records' text and with the logarithm of the number of exchanges.

mod evidence;
mod index;
mod moment;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod tiers;

pub use tiers::Tiers;

use super::record::AuditRecord;
use crate::wire::json::Json;
use evidence::Finding;
use index::Index;
use moment::Moments;
use serde::Deserialize;
use std::borrow::Cow;

/// What is known of one exchange, for finding its record. What may be very large can be borrowed.
#[derive(Clone, Debug)]
pub struct ExchangeKey<'a> {
    /// Unique canary: the run's prefix and decimal digits, for example `gauntlet7f3a21c4x000123`.
    pub key: String,
    /// Trace id that was sent: 32 hexadecimal digits (W3C Trace Context section 3.2.2.3).
    pub trace_id: String,
    /// JSON-RPC id as it was sent.
    pub jsonrpc_id: Option<Cow<'a, Json>>,
    /// Whether that id finds the record alone, unless another exchange has it too: the exchange has
    /// neither headers nor a session.
    pub lone_id: bool,
    /// MCP session of the exchange.
    pub session_id: Option<String>,
    /// Method as it was sent, where it was a string.
    pub method: Option<Cow<'a, str>>,
    /// When the first byte was written, seconds since the Unix epoch.
    pub started: f64,
    /// When reading ended, seconds since the Unix epoch.
    pub ended: f64,
    /// How many messages were sent as one: each of them may leave a record.
    pub messages: usize,
    /// Whether no other exchange ran at that time. Exchanges that run alone should lie more than
    /// 10 ms apart, else a match by time between two neighbours is ambiguous.
    pub alone: bool,
}

/// How a record was found, strongest first: the order is the strength.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The record names the key as its correlation id or its end user.
    Header,
    /// The record has the exchange's trace id.
    Trace,
    /// The key occurs elsewhere in the record.
    Canary,
    /// The record has the JSON-RPC id and the session of the exchange.
    Id,
    /// The record began while the exchange ran alone.
    Time,
}

impl Tier {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Trace => "trace",
            Self::Canary => "canary",
            Self::Id => "id",
            Self::Time => "time",
        }
    }
}

/// Which record belongs to which exchange. Every record is counted once: the lengths of all
/// `records`, the length of `orphans` and `foreign` add up to the number of records.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Correlation {
    /// One entry an exchange, in the order of the exchanges.
    pub per_exchange: Vec<Matches>,
    /// Records that carry the run's prefix and no key of an exchange, ascending.
    pub orphans: Vec<usize>,
    /// Number of records that are not ours, auxiliary ones beside a better record included.
    pub foreign: usize,
}

/// The records of one exchange.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Matches {
    /// Index of each record and how it was found, the strongest first. The second and any further
    /// one is a duplicate.
    pub records: Vec<(usize, Tier)>,
    /// A record fits this exchange and another one equally well, so nothing can be said.
    pub ambiguous: bool,
}

/// Gives every record to at most one exchange, by the strongest evidence that it carries. Where the
/// same evidence points to several exchanges, the first gets the record and all are ambiguous.
///
/// `run_prefix` is what all keys of the run begin with and is not empty.
#[must_use]
pub fn correlate(
    exchanges: &[ExchangeKey<'_>],
    records: &[AuditRecord],
    run_prefix: &str,
) -> Correlation {
    correlate_by(Tiers::ALL, exchanges, records, run_prefix)
}

/// The same by these tiers alone: other evidence says nothing.
#[must_use]
pub fn correlate_by(
    tiers: Tiers,
    exchanges: &[ExchangeKey<'_>],
    records: &[AuditRecord],
    run_prefix: &str,
) -> Correlation {
    let index = Index::new(exchanges, run_prefix);
    let findings: Vec<Finding> =
        records.iter().map(|record| evidence::find(tiers, &index, record)).collect();
    let mut correlation = Correlation {
        per_exchange: vec![Matches::default(); exchanges.len()],
        ..Correlation::default()
    };
    settle_strong(&mut correlation, &findings);
    if tiers.has(Tier::Time) {
        settle_by_time(&mut correlation, &findings, exchanges, records);
    } else {
        let nothing = findings.iter().filter(|finding| matches!(finding, Finding::Nothing));
        correlation.foreign += nothing.count();
    }
    let_go_of_auxiliary(&mut correlation, records);
    refuse_crowds(&mut correlation, exchanges);
    for matches in &mut correlation.per_exchange {
        matches.records.sort_unstable_by_key(|(record, tier)| (*tier, *record));
    }
    correlation
}

/// An auxiliary record is one only where the exchange has no other: beside a better one it is foreign.
fn let_go_of_auxiliary(correlation: &mut Correlation, records: &[AuditRecord]) {
    let is_auxiliary = |number: usize| records.get(number).is_some_and(|record| record.auxiliary);
    for matches in &mut correlation.per_exchange {
        let before = matches.records.len();
        if matches.records.iter().any(|(record, _)| !is_auxiliary(*record)) {
            matches.records.retain(|(record, _)| !is_auxiliary(*record));
        }
        correlation.foreign += before - matches.records.len();
    }
}

/// More records that fit an exchange by nothing but the time than it had messages are the traffic of
/// others: which of them is ours, if any, cannot be said.
fn refuse_crowds(correlation: &mut Correlation, exchanges: &[ExchangeKey<'_>]) {
    for (matches, exchange) in correlation.per_exchange.iter_mut().zip(exchanges) {
        let by_time = matches.records.iter().all(|(_, tier)| *tier == Tier::Time);
        if by_time && matches.records.len() > exchange.messages.max(1) {
            correlation.foreign += matches.records.len();
            matches.records.clear();
            matches.ambiguous = true;
        }
    }
}

/// Enters every record whose text says to whom it belongs, or that it belongs to nobody.
fn settle_strong(correlation: &mut Correlation, findings: &[Finding]) {
    for (record, finding) in findings.iter().enumerate() {
        match finding {
            Finding::Exchanges(tier, candidates) => give(correlation, record, *tier, candidates),
            Finding::Orphan => correlation.orphans.push(record),
            Finding::Foreign => correlation.foreign += 1,
            Finding::Nothing => {}
        }
    }
}

/// Enters the records that say nothing of their origin. Only exchanges without a record of their own
/// are considered: beside a record that names its exchange, one without any key is somebody else's.
fn settle_by_time(
    correlation: &mut Correlation,
    findings: &[Finding],
    exchanges: &[ExchangeKey<'_>],
    records: &[AuditRecord],
) {
    let moments = Moments::new(exchanges);
    let open: Vec<bool> = correlation.per_exchange.iter().map(|it| it.records.is_empty()).collect();
    let nothing = |(number, finding): (usize, &Finding)| {
        matches!(finding, Finding::Nothing).then_some(number)
    };
    for number in findings.iter().enumerate().filter_map(nothing) {
        // An auxiliary record has to say to whom it belongs: traffic of any kind may leave one.
        let record = records.get(number).filter(|record| !record.auxiliary);
        let mut moment = record.map(|record| moments.find(record)).unwrap_or_default();
        moment.alone.retain(|exchange| open.get(*exchange).copied().unwrap_or_default());
        if moment.alone.is_empty() {
            correlation.foreign += 1;
        } else {
            give(correlation, number, Tier::Time, &moment.alone);
            doubt(correlation, moment.busy, &moment.alone);
        }
    }
}

/// Marks exchanges as ambiguous when `doubtful`.
fn doubt(correlation: &mut Correlation, doubtful: bool, exchanges: &[usize]) {
    for exchange in exchanges.iter().filter(|_| doubtful) {
        if let Some(matches) = correlation.per_exchange.get_mut(*exchange) {
            matches.ambiguous = true;
        }
    }
}

/// Gives a record to the first of its candidates (ascending, at least one).
fn give(correlation: &mut Correlation, record: usize, tier: Tier, candidates: &[usize]) {
    doubt(correlation, candidates.len() > 1, candidates);
    let first = candidates.first().and_then(|first| correlation.per_exchange.get_mut(*first));
    if let Some(matches) = first {
        matches.records.push((record, tier));
    }
}

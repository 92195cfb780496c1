//! Records that one source lacks though there is proof that they were written.

use std::collections::HashSet;

use crate::audit::correlate::{Matches, Tier};
use crate::case::expectation::ReplyKind;
use crate::oracle::evidence::{Exchange, Lost};
use crate::runner::case_run::{CaseRun, RunResult};
use crate::runner::verdict::Ledgers;

/// Enters into each source what it lacks: what another source has, and what it lacked of a case whose
/// repetition it has. Only records of the shapes that a source has are looked for: that an object is
/// not written for what has a span is told of each message, and is no loss.
pub(super) fn enter(audit: &mut [Ledgers<'_>], runs: &[CaseRun]) {
    let during = during_outages(runs);
    let proofs: Vec<Proofs> = audit.iter().map(|ledgers| proofs(ledgers, &during)).collect();
    for ledgers in audit {
        let kinds: HashSet<&str> =
            ledgers.book.records.iter().map(|record| record.shape.as_str()).collect();
        let mut there: Vec<usize> = proofs
            .iter()
            .flatten()
            .filter(|(at, shape)| kinds.contains(shape.as_str()) && lacks(ledgers, *at))
            .map(|(at, _)| *at)
            .collect();
        there.sort_unstable();
        there.dedup();
        let mut again = repeated(ledgers, runs);
        again.retain(|at| there.binary_search(at).is_err());
        let elsewhere = there.iter().filter_map(|at| lost(ledgers, *at, true));
        let again = again.iter().filter_map(|at| lost(ledgers, *at, false));
        ledgers.lost = elsewhere.chain(again).collect();
    }
}

/// Exchanges, and the shape of the record that each has.
type Proofs = Vec<(usize, String)>;

/// What one source proves to have been written: records that name their exchange.
fn proofs(ledgers: &Ledgers<'_>, during: &HashSet<&str>) -> Proofs {
    let proof = |(at, exchange): (usize, &&Exchange)| {
        let (place, tier) = *matches(ledgers, at)?.records.first()?;
        let record = ledgers.book.records.get(place)?;
        let holds = tier <= Tier::Canary && !record.auxiliary;
        (holds && !during.contains(exchange.key.as_str())).then(|| (at, record.shape.clone()))
    };
    ledgers.index.exchanges.iter().enumerate().filter_map(proof).collect()
}

/// The keys of what was sent with an outage of our receiver: those losses have verdicts of their own.
fn during_outages(runs: &[CaseRun]) -> HashSet<&str> {
    let sent = runs.iter().filter_map(|run| match &run.result {
        RunResult::Sent(sent) if sent.outage.is_some() => Some((run, sent)),
        _ => None,
    });
    let all = sent.flat_map(|(run, sent)| {
        let around = sent.control.iter().chain(&sent.sentinel).chain(&sent.beside);
        around.chain(&run.prepared).chain(std::iter::once(&sent.stimulus))
    });
    all.map(|exchange| exchange.key.as_str()).collect()
}

fn matches<'a>(ledgers: &'a Ledgers<'_>, at: usize) -> Option<&'a Matches> {
    ledgers.correlation.per_exchange.get(at)
}

fn lacks(ledgers: &Ledgers<'_>, at: usize) -> bool {
    matches(ledgers, at).is_some_and(|matches| matches.records.is_empty() && !matches.ambiguous)
}

/// The first sendings without a record whose repetition has one that names it. A record that is found by
/// nothing but its time is only found when nothing else is sent, and proves nothing.
fn repeated(ledgers: &Ledgers<'_>, runs: &[CaseRun]) -> Vec<usize> {
    let place = |at: usize| ledgers.index.stimuli.get(at).copied().flatten();
    let named = |at: usize| {
        let found = matches(ledgers, at).and_then(|matches| matches.records.first());
        found.is_some_and(|(_, tier)| *tier <= Tier::Canary)
    };
    let again = |(at, run): (usize, &CaseRun)| {
        let same = |other: &CaseRun| (other.case, other.facts) == (run.case, run.facts);
        let later = runs.iter().enumerate().skip(at + 1).filter(|(_, other)| same(other));
        let proved = later.filter_map(|(other, _)| place(other)).any(named);
        place(at).filter(|first| proved && arrived(run) && lacks(ledgers, *first))
    };
    runs.iter().enumerate().filter(|(_, run)| !run.alone).filter_map(again).collect()
}

/// Whether a first sending arrived: what did not, was never to be recorded.
fn arrived(run: &CaseRun) -> bool {
    let RunResult::Sent(sent) = &run.result else { return false };
    sent.stimulus.fate() != ReplyKind::Refused
}

fn lost(ledgers: &Ledgers<'_>, at: usize, elsewhere: bool) -> Option<Lost> {
    let exchange: &Exchange = ledgers.index.exchanges.get(at)?;
    let method = exchange.reading.method.as_deref().unwrap_or("a message without a method");
    Some(Lost { elsewhere, what: format!("{method} {}", exchange.key) })
}

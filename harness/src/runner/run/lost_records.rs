//! Records that one source lacks though there is proof that they were written.

use std::collections::HashSet;

use crate::audit::correlate::{Matches, Tier};
use crate::oracle::evidence::{Exchange, Lost};
use crate::runner::case_run::{CaseRun, RunResult};
use crate::runner::verdict::Ledgers;

/// Enters into each source what it lacks: what another source has, and what it lacked of a case whose
/// repetition it has.
pub(super) fn enter(audit: &mut [Ledgers<'_>], runs: &[CaseRun]) {
    let exchanges = audit.first().map_or(0, |ledgers| ledgers.correlation.per_exchange.len());
    let during = during_outages(runs);
    let judged = |ledgers: &Ledgers<'_>, at: usize| {
        let exchange = ledgers.index.exchanges.get(at);
        exchange.is_some_and(|exchange| !during.contains(exchange.key.as_str()))
    };
    let recorded = |at: usize| audit.iter().any(|ledgers| has(ledgers, at) && judged(ledgers, at));
    let recorded: Vec<bool> = (0..exchanges).map(recorded).collect();
    for ledgers in audit {
        let elsewhere =
            recorded.iter().enumerate().filter(|(at, there)| **there && lacks(ledgers, *at));
        let elsewhere: Vec<Lost> =
            elsewhere.filter_map(|(at, _)| lost(ledgers, at, true)).collect();
        let again =
            repeated(ledgers, runs).into_iter().filter(|at| recorded.get(*at) != Some(&true));
        let again: Vec<Lost> = again.filter_map(|at| lost(ledgers, at, false)).collect();
        ledgers.lost = elsewhere.into_iter().chain(again).collect();
    }
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

fn has(ledgers: &Ledgers<'_>, at: usize) -> bool {
    matches(ledgers, at).is_some_and(|matches| !matches.records.is_empty())
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
        place(at).filter(|first| proved && lacks(ledgers, *first))
    };
    runs.iter().enumerate().filter(|(_, run)| !run.alone).filter_map(again).collect()
}

fn lost(ledgers: &Ledgers<'_>, at: usize, elsewhere: bool) -> Option<Lost> {
    let exchange: &Exchange = ledgers.index.exchanges.get(at)?;
    let method = exchange.reading.method.as_deref().unwrap_or("a message without a method");
    Some(Lost { elsewhere, what: format!("{method} {}", exchange.key) })
}

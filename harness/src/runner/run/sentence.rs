//! What a run comes to: the verdicts on everything that was sent, and the sums.

use std::collections::BTreeMap;

use super::{Outcomes, Run};
use crate::case::Case;
use crate::report::model::{Ledger, Verdict};
use crate::runner::batch::Index;
use crate::runner::case_run::CaseRun;
use crate::runner::event::Event;
use crate::runner::sums;
use crate::runner::verdict::{Court, Ledgers};

impl Run {
    /// The verdict on each of these runs of these cases; none where a run is of no case.
    pub(crate) fn judge(&self, cases: &[Case], runs: &[CaseRun]) -> Vec<Option<Verdict>> {
        let index = Index::new(&self.probed, runs);
        let correlation = index.correlate(&self.intake.book, self.world.keys.prefix());
        let profile = self.intake.book.guess().informed(&self.plan.profile);
        let ledgers = Ledgers {
            book: &self.intake.book,
            index: &index,
            correlation: &correlation,
            profile: &profile,
            names_servers: self.intake.book.names_servers(),
        };
        let court = self.court(cases, self.intake.name().map(|_| ledgers));
        runs.iter().enumerate().map(|(place, run)| court.verdict(place, run)).collect()
    }

    fn court<'a>(&'a self, cases: &'a [Case], audit: Option<Ledgers<'a>>) -> Court<'a> {
        Court {
            cases,
            facts: &self.facts,
            secrets: &self.plan.secrets,
            switches: &self.plan.switches,
            strict: self.plan.strict,
            own: self.world.own.as_ref(),
            log: self.world.log.as_ref(),
            audit,
        }
    }

    /// The last verdict on each case under each revision, with the run that it is about.
    pub(crate) fn last_verdicts(&self) -> Vec<(&CaseRun, Verdict)> {
        let mut last: BTreeMap<(usize, usize), (&CaseRun, Verdict)> = BTreeMap::new();
        for runs in [&self.runs, &self.repeated] {
            for (run, verdict) in runs.iter().zip(self.judge(&self.plan.cases, runs)) {
                if let Some(verdict) = verdict {
                    last.insert((run.case, run.facts), (run, verdict));
                }
            }
        }
        last.into_values().collect()
    }

    /// The verdicts and sums of everything that was reached.
    #[must_use]
    pub fn finish(mut self) -> Outcomes {
        let mut all = std::mem::take(&mut self.runs);
        all.append(&mut self.repeated);
        let judged = self.judge(&self.plan.cases, &all);
        let mut best: Vec<(usize, usize, Verdict)> = Vec::new();
        // The verdict of the repetition, which stands behind, replaces that of the first sending.
        for (run, verdict) in all.iter().zip(judged) {
            let Some(verdict) = verdict else { continue };
            match best.iter_mut().find(|(case, facts, _)| (*case, *facts) == (run.case, run.facts))
            {
                Some((_, _, old)) => *old = verdict,
                None => best.push((run.case, run.facts, verdict)),
            }
        }
        best.sort_by_key(|(case, facts, _)| (*case, *facts));
        let (ledger, _) = self.sums(&all.iter().collect::<Vec<_>>(), &[]);
        let verdicts: Vec<Verdict> = best.into_iter().map(|(_, _, verdict)| verdict).collect();
        for verdict in &verdicts {
            let _ = self.events.send(Event::Judged(Box::new(verdict.clone())));
        }
        Outcomes { verdicts, ledger, guessed: self.guessed() }
    }

    /// What a profile of guesses found in the records, in one sentence.
    #[must_use]
    pub fn guessed(&self) -> Option<String> {
        self.intake.name()?;
        self.intake.book.guess().note(&self.plan.profile)
    }

    /// The sums over some runs while others were on their way too, and the records of the latter: their
    /// places, ascending.
    pub(super) fn sums(&self, all: &[&CaseRun], others: &[CaseRun]) -> (Ledger, Vec<usize>) {
        let mut ledger = Ledger::default();
        let index = Index::over(&self.probed, all.iter().copied());
        let count = index.exchanges.len();
        index.exchanges.iter().for_each(|exchange| sums::count(&mut ledger, exchange.fate()));
        if self.intake.name().is_none() {
            return (ledger, Vec::new());
        }
        let index = index.and(others);
        let mut correlation = index.correlate(&self.intake.book, self.world.keys.prefix());
        let of_others = correlation.per_exchange.split_off(count);
        let of_others = of_others.iter().flat_map(|matches| &matches.records);
        let mut of_others: Vec<usize> = of_others.map(|(place, _)| *place).collect();
        of_others.sort_unstable();
        sums::match_records(&mut ledger, &index, &correlation, &self.plan.profile);
        let unreadable = self.intake.book.unreadable.len() + self.intake.book.too_deep.len();
        ledger.unreadable = u64::try_from(unreadable).unwrap_or(u64::MAX);
        (ledger, of_others)
    }
}

//! What a run comes to: the verdicts on everything that was sent, and the sums.

use std::collections::BTreeMap;

use super::{Outcomes, Run, lost_records};
use crate::case::Case;
use crate::report::model::{Ledger, SourceSums, Verdict};
use crate::runner::batch::Index;
use crate::runner::case_run::CaseRun;
use crate::runner::event::Event;
use crate::runner::intake::Channel;
use crate::runner::sums;
use crate::runner::verdict::{Court, Ledgers};

impl Run {
    /// The verdict on each of these runs of these cases; none where a run is of no case.
    pub(crate) fn judge(&self, cases: &[Case], runs: &[CaseRun]) -> Vec<Option<Verdict>> {
        self.judge_since(cases, runs, 0)
    }

    /// The same on the runs from this place of the list on, by the records of all.
    pub(super) fn judge_since(
        &self,
        cases: &[Case],
        runs: &[CaseRun],
        since: usize,
    ) -> Vec<Option<Verdict>> {
        let index = Index::new(&self.probed, runs);
        let watched = cases.iter().any(|case| case.expectation.deliveries);
        let channels = self.intake.channels.iter();
        let mut audit: Vec<Ledgers<'_>> =
            channels.map(|channel| self.ledgers(channel, &index, watched)).collect();
        if cases.iter().any(|case| case.expectation.complete) {
            lost_records::enter(&mut audit, runs);
        }
        let court = self.court(cases, audit);
        let these = runs.iter().enumerate().skip(since);
        these.map(|(place, run)| court.verdict(place, run)).collect()
    }

    /// What one source says of the exchanges.
    fn ledgers<'a>(
        &'a self,
        channel: &'a Channel,
        index: &'a Index<'a>,
        watched: bool,
    ) -> Ledgers<'a> {
        let Channel { name, book, .. } = channel;
        let correlation = index.correlate(book, self.world.keys.prefix());
        let mut told: Vec<usize> = index
            .stimuli
            .iter()
            .filter_map(|place| correlation.per_exchange.get((*place)?))
            .flat_map(|matches| matches.records.iter().map(|(record, _)| *record))
            .collect();
        told.sort_unstable();
        Ledgers {
            source: (self.intake.channels.len() > 1).then_some(name),
            book,
            index,
            profile: book.guess().informed(&self.plan.profile),
            lost: Vec::new(),
            receives: channel.receives(),
            leaks: if watched { book.leaks(&told) } else { Vec::new() },
            correlation,
        }
    }

    fn court<'a>(&'a self, cases: &'a [Case], audit: Vec<Ledgers<'a>>) -> Court<'a> {
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

    /// The verdicts on what was sent again, in the order of cases, with the runs that they are about.
    pub(crate) fn repeated_verdicts(&self) -> Vec<(&CaseRun, Verdict)> {
        let verdicts = self.judge(&self.plan.cases, &self.repeated);
        let both = self.repeated.iter().zip(verdicts);
        let mut both: Vec<_> = both.filter_map(|(run, verdict)| Some((run, verdict?))).collect();
        both.sort_by_key(|(run, _)| (run.case, run.facts));
        both
    }

    /// The verdicts and sums of everything that was reached.
    #[must_use]
    pub fn finish(mut self) -> Outcomes {
        let mut all = std::mem::take(&mut self.runs);
        all.append(&mut self.repeated);
        let judged = self.judge(&self.plan.cases, &all);
        // The verdict of the repetition, which stands behind, replaces that of the first sending.
        let judged = all.iter().zip(judged);
        let best: BTreeMap<(usize, usize), Verdict> =
            judged.filter_map(|(run, it)| Some(((run.case, run.facts), it?))).collect();
        let (ledger, sources) = self.sums(&all.iter().collect::<Vec<_>>(), &[]);
        let names = self.intake.channels.iter().map(|channel| channel.name.as_str());
        let sources =
            names.zip(&sources).map(|(name, (own, _))| SourceSums::of(name, own)).collect();
        let verdicts: Vec<Verdict> = best.into_values().collect();
        for verdict in &verdicts {
            let _ = self.events.send(Event::Judged(Box::new(verdict.clone())));
        }
        Outcomes { verdicts, ledger, sources, guessed: self.guessed() }
    }

    /// What a profile of guesses found in the records, in one sentence.
    #[must_use]
    pub fn guessed(&self) -> Option<String> {
        let books = self.intake.channels.iter().map(|channel| &channel.book);
        books.filter_map(|book| book.guess().note(&self.plan.profile)).next()
    }

    /// The sums over some runs while others were on their way too, in all and by source, there with the
    /// places of the records of the latter, ascending.
    pub(super) fn sums(
        &self,
        all: &[&CaseRun],
        others: &[CaseRun],
    ) -> (Ledger, Vec<(Ledger, Vec<usize>)>) {
        let mut ledger = Ledger::default();
        let index = Index::over(&self.probed, all.iter().copied());
        let count = index.exchanges.len();
        index.exchanges.iter().for_each(|exchange| sums::count(&mut ledger, exchange.fate()));
        let index = index.and(others);
        let mut sources = Vec::new();
        for channel in &self.intake.channels {
            let mut correlation = index.correlate(&channel.book, self.world.keys.prefix());
            let of_others = correlation.per_exchange.split_off(count);
            let of_others = of_others.iter().flat_map(|matches| &matches.records);
            let mut of_others: Vec<usize> = of_others.map(|(place, _)| *place).collect();
            of_others.sort_unstable();
            let found = (&correlation, &channel.book);
            let mut own = sums::records(&index, found, &self.plan.profile);
            own.lost = channel.lost();
            ledger.add(&own);
            sources.push((own, of_others));
        }
        (ledger, sources)
    }
}

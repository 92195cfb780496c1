//! Two lots of cases on their way: while one is sent, the records of the one before come in, and it
//! is judged.

use std::iter::repeat;
use std::sync::Arc;

use tokio::time::Instant;

use super::{Run, lacks_record, telling};
use crate::case::Case;
use crate::report::model::{Ledger, Verdict};
use crate::runner::case_run::CaseRun;
use crate::runner::patience::Patience;
use crate::runner::told::Told;

/// Cases that were sent, and are not looked at now.
#[derive(Debug, Default)]
pub(super) struct Resting {
    cases: Arc<Vec<Case>>,
    pub(super) runs: Vec<CaseRun>,
    /// How many lines that are no record were read before the younger of the two lots was sent.
    no_records: Vec<[usize; 2]>,
}

impl Run {
    /// Takes up other cases; those that were sent before rest.
    pub(crate) fn load(&mut self, cases: Vec<Case>) {
        let plan = Arc::make_mut(&mut self.plan);
        let cases = std::mem::replace(&mut plan.cases, Arc::new(cases));
        let runs = std::mem::take(&mut self.runs);
        let books = self.intake.channels.iter().map(|channel| &channel.book);
        let no_records = books.map(|book| [book.unreadable.len(), book.too_deep.len()]).collect();
        self.resting = Resting { cases, runs, no_records };
        if !self.plan.cases.is_empty() {
            self.patience = Patience::default();
        }
    }

    /// The verdicts on what rests, at this time or later, if all its records have come by then.
    pub(crate) fn judge_resting(&self, settled: Instant) -> Option<Vec<Option<Verdict>>> {
        if self.resting.runs.is_empty() || Instant::now() < settled {
            return None;
        }
        let verdicts = self.judge(&self.resting.cases, &self.resting.runs);
        let late = verdicts.iter().flatten().any(lacks_record);
        (!late).then_some(verdicts)
    }

    /// Turns to what rests; what was looked at until now rests instead.
    pub(crate) fn turn(&mut self) {
        std::mem::swap(&mut Arc::make_mut(&mut self.plan).cases, &mut self.resting.cases);
        std::mem::swap(&mut self.runs, &mut self.resting.runs);
    }

    /// Makes the texts of the report on a run of many that were told nothing yet.
    pub(crate) fn tell(&mut self, place: usize, verdict: Verdict) -> Verdict {
        let Some(run) = self.runs.get_mut(place) else { return verdict };
        let known = self.plan.cases.get(run.case).zip(self.facts.get(run.facts));
        if let Some((case, facts)) = known {
            run.tell(&telling(&self.world, &self.plan, case, facts));
        }
        let Told { sent, reproduce } = run.told.clone();
        Verdict { sent, reproduce, ..verdict }
    }

    /// The sums over everything that is not resting. It and its records are forgotten, and what rests
    /// is turned to.
    pub(crate) fn close(&mut self) -> Ledger {
        let all: Vec<&CaseRun> = self.runs.iter().chain(&self.repeated).collect();
        let (ledger, sources) = self.sums(&all, &self.resting.runs);
        let before = self.resting.no_records.iter().copied().chain(repeat([0; 2]));
        let channels = self.intake.channels.iter_mut();
        for ((channel, (_, kept)), before) in channels.zip(&sources).zip(before) {
            channel.book.keep(kept, before);
        }
        self.runs.clear();
        self.repeated.clear();
        self.probed.clear();
        self.turn();
        ledger
    }
}

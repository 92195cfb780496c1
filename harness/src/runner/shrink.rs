//! Generated messages that failed are made simpler, as long as the same check fails.
//!
//! All of them take one step together, and their records are collected once a step: a settle time is
//! never paid for each, and not at all where no check looks at records.

mod reduce;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::case_run::{CaseRun, Manner, RunResult};
use super::run::RunError;
use super::run::{Plan, Run};
use crate::case::Case;
use crate::generate::deal::Dealer;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::Exchange;
use crate::report::model::{Check, Outcome, Verdict};
use reduce::Reducer;

/// How many different failures are made simpler.
const MOST: usize = 24;

/// Steps of one failure.
const STEPS: usize = 64;

/// What the checks begin with that look at records, for which the source has to settle first.
const AUDITED: &str = "audited.";

/// Time for all of them.
const TIME: Duration = Duration::from_secs(60);

/// One failure on its way to the simplest message that shows it.
#[derive(Debug)]
pub(crate) struct Descent {
    /// Index of the case in the selection.
    at: usize,
    facts: usize,
    check: String,
    way: Way,
    /// The simplest that failed, and what came of it.
    best: Option<(Case, CaseRun)>,
    done: bool,
}

/// Who knows what is simpler.
#[derive(Debug)]
enum Way {
    /// The dealer of that number, told of each message that was tried whether it still failed.
    Dealt(usize, Vec<bool>),
    /// Nobody: edits are left out.
    Edits(Box<Reducer>),
}

impl Descent {
    /// The descent of a case at an index that failed by a check under a revision's facts.
    pub(crate) fn new((at, case): (usize, &Case), facts: usize, check: String) -> Self {
        let way = match Dealer::number(&case.id) {
            Some(number) => Way::Dealt(number, Vec::new()),
            None => Way::Edits(Box::new(Reducer::new(case.clone()))),
        };
        Self { at, facts, check, way, best: None, done: false }
    }

    fn simpler(&self, plan: &Plan) -> Option<Case> {
        match &self.way {
            Way::Dealt(number, answers) => {
                let simpler = plan.dealer.simpler(*number, answers)?;
                Some(simpler.case(&plan.requirements, &plan.models))
            }
            Way::Edits(reducer) => reducer.next(),
        }
    }

    fn answer(&mut self, failed: bool) {
        match &mut self.way {
            Way::Dealt(_, answers) => answers.push(failed),
            Way::Edits(reducer) => reducer.answer(failed),
        }
    }
}

impl Run {
    /// Makes the generated messages that failed simpler, one of each kind of failure.
    ///
    /// # Errors
    /// When the audit source can no longer be read.
    pub(super) async fn shrink_what_failed(&mut self) -> Result<(), RunError> {
        let descents = self.descents();
        self.shrink(descents, TIME).await
    }

    /// Makes these failures simpler for this time at most, and puts the simplest messages in their place.
    ///
    /// # Errors
    /// When the audit source can no longer be read.
    pub(crate) async fn shrink(
        &mut self,
        descents: Vec<Descent>,
        time: Duration,
    ) -> Result<(), RunError> {
        if descents.is_empty() {
            return Ok(());
        }
        let end = Instant::now() + time;
        let by_record = |descent: &Descent| descent.check.starts_with(AUDITED);
        let (recorded, answered): (Vec<_>, Vec<_>) = descents.into_iter().partition(by_record);
        for mut descents in [answered, recorded] {
            for _ in 0..STEPS {
                if descents.iter().all(|descent| descent.done) || Instant::now() >= end {
                    break;
                }
                self.take_steps(&mut descents).await?;
            }
            self.keep(descents);
        }
        // The verdicts on what is kept look at its records too.
        self.collect().await
    }

    /// The failures, each kind once. What failed was sent again.
    fn descents(&self) -> Vec<Descent> {
        let mut kinds = BTreeSet::new();
        let mut descents = Vec::new();
        for (run, verdict) in self.repeated_verdicts() {
            let case = self.plan.cases.get(run.case);
            let case = case.filter(|case| Dealer::number(&case.id).is_some());
            let (Some(case), Some(check)) = (case, failing(&verdict)) else { continue };
            let kind = (check.check.clone(), case.stimulus.class);
            if descents.len() < MOST && kinds.insert(kind) {
                descents.push(Descent::new((run.case, case), run.facts, check.check.clone()));
            }
        }
        descents
    }

    /// Tries the next simpler message of each, and collects the records of all.
    async fn take_steps(&mut self, descents: &mut [Descent]) -> Result<(), RunError> {
        let mut tried: Vec<(usize, Case)> = Vec::new();
        for (at, descent) in descents.iter_mut().enumerate().filter(|(_, it)| !it.done) {
            let simpler = descent.simpler(&self.plan);
            descent.done = simpler.is_none();
            tried.extend(simpler.map(|case| (at, case)));
        }
        let (places, cases): (Vec<usize>, Vec<Case>) = tried.into_iter().unzip();
        let mut runs = Vec::new();
        for (number, (place, case)) in places.iter().zip(&cases).enumerate() {
            let Some(descent) = descents.get(*place) else { continue };
            if self.is_lost().await {
                // Nothing fails by its own fault any more.
                descents.iter_mut().for_each(|descent| descent.done = true);
                break;
            }
            let quietly = descent.check == CheckId::Record.as_str();
            let manner = if quietly { Manner::Quietly } else { Manner::Alone };
            let run = self.run_case(case, (number, descent.facts), manner).await;
            run.iter().for_each(|run| self.doubt(run));
            runs.extend(run);
        }
        if descents.iter().any(|descent| descent.check.starts_with(AUDITED)) {
            self.collect().await?;
        }
        let verdicts = self.judge(&cases, &runs);
        for (run, verdict) in runs.into_iter().zip(verdicts) {
            let descent = places.get(run.case).and_then(|place| descents.get_mut(*place));
            let (Some(descent), Some(case)) = (descent, cases.get(run.case)) else { continue };
            let failed = verdict.is_some_and(|verdict| fails(&verdict, &descent.check));
            descent.answer(failed);
            let spent = if failed {
                let run = CaseRun { case: descent.at, ..run };
                descent.best.replace((case.clone(), run)).map(|(_, run)| run)
            } else {
                Some(run)
            };
            self.probed.extend(spent.into_iter().flat_map(exchanges));
        }
        Ok(())
    }

    /// Puts the simplest messages in the place of those that failed first.
    fn keep(&mut self, descents: Vec<Descent>) {
        let mut cases = self.plan.cases.as_ref().clone();
        for descent in descents {
            let Some((case, run)) = descent.best else { continue };
            if let Some(place) = cases.get_mut(descent.at) {
                *place = case;
            }
            self.repeated.push(run);
        }
        Arc::make_mut(&mut self.plan).cases = Arc::new(cases);
    }
}

/// The first check that failed.
pub(crate) fn failing(verdict: &Verdict) -> Option<&Check> {
    verdict.checks.iter().find(|check| check.outcome == Outcome::Fail)
}

fn fails(verdict: &Verdict, check: &str) -> bool {
    verdict.checks.iter().any(|it| it.check == check && it.outcome == Outcome::Fail)
}

/// Everything that was sent for a case, with nothing left in it but what its records are found by.
fn exchanges(run: CaseRun) -> Vec<Exchange> {
    let mut all = run.prepared;
    if let RunResult::Sent(sent) = run.result {
        all.extend(sent.control);
        all.push(sent.stimulus);
        all.extend(sent.beside.into_iter().chain(sent.pages).chain(sent.sentinel));
    }
    all.iter_mut().for_each(Exchange::slim);
    all
}

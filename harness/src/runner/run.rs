//! A whole run: all cases side by side, records once, then alone what did not pass.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

use super::batch::{Book, Index};
use super::case_run::{self, CaseRun, Manner};
use super::event::Event;
use super::probe::Probe;
use super::told::{Telling, Told};
use super::verdict::{Court, Ledgers};
use crate::audit::profile::Profile;
use crate::case::Case;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::Exchange;
use crate::report::model::{Check, Ledger, Outcome, Verdict};
use crate::source::{Source, SourceError};
use crate::target::facts::Facts;
use crate::target::world::World;

/// What a run is made of.
#[derive(Debug)]
pub struct Plan {
    /// The selected cases.
    pub cases: Arc<Vec<Case>>,
    /// How many run side by side.
    pub jobs: usize,
    /// What the product calls things.
    pub profile: Profile,
    /// URL that reproductions name.
    pub url: String,
    /// Texts that must appear in no reply and no record.
    pub secrets: Vec<String>,
}

/// A run in progress.
#[derive(Debug)]
pub struct Run {
    plan: Arc<Plan>,
    world: Arc<World>,
    facts: Arc<Vec<Facts>>,
    probed: Vec<Exchange>,
    source: Option<(Source, String)>,
    book: Book,
    runs: Vec<CaseRun>,
    repeated: Vec<CaseRun>,
    events: UnboundedSender<Event>,
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The audit source can no longer be read.
    #[error("the audit source failed: {0}")]
    Source(#[from] SourceError),
    /// Nothing that we caused was ever written to the source.
    #[error(
        "no record of this run arrived in {0} ({1} others did): is it where this target writes, and \
         does --profile fit its records? `--audit none` tests without records"
    )]
    NobodyWrites(String, usize),
}

/// What a run found.
#[derive(Debug)]
pub struct Outcomes {
    /// One verdict per case and revision, in the order of cases.
    pub verdicts: Vec<Verdict>,
    /// The sums.
    pub ledger: Ledger,
}

impl Run {
    /// A run that has sent nothing but its probe.
    #[must_use]
    pub fn new(
        plan: Plan,
        world: Arc<World>,
        probe: Probe,
        source: Option<(Source, String)>,
        events: UnboundedSender<Event>,
    ) -> Self {
        let facts = Arc::new(probe.facts);
        let (book, runs, repeated) = (Book::default(), Vec::new(), Vec::new());
        let plan = Arc::new(plan);
        Self { plan, world, facts, probed: probe.exchanges, source, book, runs, repeated, events }
    }

    /// Sends every case, then again alone what did not pass. What was reached stays, should the
    /// future be dropped.
    ///
    /// # Errors
    /// [`RunError`] when the audit source fails, or never got a record of ours.
    pub async fn go(&mut self) -> Result<(), RunError> {
        let total = self.jobs(false).len() + self.jobs(true).len();
        let _ = self.events.send(Event::Started(total));
        self.send_together().await;
        self.send_one_by_one().await;
        self.collect().await?;
        self.refuse_dead_source()?;
        self.repeat_what_failed().await;
        Ok(self.collect().await?)
    }

    /// A source without a single record of ours is the wrong one: that is one error of the command
    /// line, not a missing record in every case.
    fn refuse_dead_source(&self) -> Result<(), RunError> {
        let Some((_, locator)) = &self.source else { return Ok(()) };
        let index = Index::new(&self.probed, &self.runs);
        let correlation = index.correlate(&self.book, self.world.keys.prefix());
        let ours = correlation.per_exchange.iter().any(|matches| !matches.records.is_empty());
        if ours || !correlation.orphans.is_empty() {
            return Ok(());
        }
        Err(RunError::NobodyWrites(locator.clone(), correlation.foreign))
    }

    /// The jobs: every case under every revision that it names and the target speaks.
    fn jobs(&self, alone: bool) -> Vec<(usize, usize)> {
        let mut jobs = Vec::new();
        for (at, case) in self.plan.cases.iter().enumerate().filter(|(_, case)| case.alone == alone)
        {
            let speaks = |(_, facts): &(usize, &Facts)| case.revisions.contains(&facts.revision);
            jobs.extend(self.facts.iter().enumerate().filter(speaks).map(|(facts, _)| (at, facts)));
        }
        jobs
    }

    async fn send_together(&mut self) {
        let mut waiting = self.jobs(false).into_iter();
        let mut tasks = JoinSet::new();
        loop {
            // Only what may run is made: hundreds of tasks that wait for their turn cost memory.
            let free = self.plan.jobs.max(1).saturating_sub(tasks.len());
            for job in waiting.by_ref().take(free) {
                let (world, known) = (Arc::clone(&self.world), Arc::clone(&self.facts));
                let plan = Arc::clone(&self.plan);
                tasks.spawn(
                    async move { run_one(&world, &known, &plan, job, Manner::Together).await },
                );
            }
            let Some(done) = tasks.join_next().await else { return };
            if let Ok(Some(run)) = done {
                self.runs.push(run);
                let _ = self.events.send(Event::Sent);
            }
        }
    }

    async fn send_one_by_one(&mut self) {
        for job in self.jobs(true) {
            let run = run_one(&self.world, &self.facts, &self.plan, job, Manner::Quietly).await;
            self.runs.extend(run);
            let _ = self.events.send(Event::Sent);
        }
    }

    async fn collect(&mut self) -> Result<(), SourceError> {
        let Some((source, _)) = &mut self.source else { return Ok(()) };
        self.book.collect(source, &self.plan.profile, self.world.keys.prefix()).await
    }

    /// A case that did not pass while others ran is sent again alone before it is reported. Pauses
    /// between its messages are only needed where a record may have to be found by its time.
    async fn repeat_what_failed(&mut self) {
        let verdicts = self.judge(&self.runs);
        let bad = |verdict: &Verdict| verdict.outcome > Outcome::Pass;
        let again: Vec<_> = self
            .runs
            .iter()
            .zip(&verdicts)
            .filter_map(|(run, verdict)| Some((run, verdict.as_ref().filter(|v| bad(v))?)))
            .map(|(run, verdict)| ((run.case, run.facts), lacks_record(verdict)))
            .collect();
        for (job, quietly) in again {
            let manner = if quietly { Manner::Quietly } else { Manner::Alone };
            let run = run_one(&self.world, &self.facts, &self.plan, job, manner).await;
            self.repeated.extend(run);
            let _ = self.events.send(Event::Again);
        }
    }

    fn judge(&self, runs: &[CaseRun]) -> Vec<Option<Verdict>> {
        let index = Index::new(&self.probed, runs);
        let correlation = index.correlate(&self.book, self.world.keys.prefix());
        let profile = &self.plan.profile;
        let ledgers =
            Ledgers { book: &self.book, index: &index, correlation: &correlation, profile };
        let court = self.court(self.source.as_ref().map(|_| ledgers));
        runs.iter().enumerate().map(|(place, run)| court.verdict(place, run)).collect()
    }

    fn court<'a>(&'a self, audit: Option<Ledgers<'a>>) -> Court<'a> {
        Court { cases: &self.plan.cases, facts: &self.facts, secrets: &self.plan.secrets, audit }
    }

    /// The verdicts and sums of everything that was reached.
    #[must_use]
    pub fn finish(mut self) -> Outcomes {
        let mut all = std::mem::take(&mut self.runs);
        all.append(&mut self.repeated);
        let judged = self.judge(&all);
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
        let ledger = self.ledger(&all);
        let verdicts: Vec<Verdict> = best.into_iter().map(|(_, _, verdict)| verdict).collect();
        for verdict in &verdicts {
            let _ = self.events.send(Event::Judged(Box::new(verdict.clone())));
        }
        Outcomes { verdicts, ledger }
    }

    fn ledger(&self, all: &[CaseRun]) -> Ledger {
        let index = Index::new(&self.probed, all);
        let mut ledger = Ledger::default();
        for exchange in &index.exchanges {
            super::sums::count(&mut ledger, exchange.observation.kind);
        }
        if self.source.is_some() {
            let correlation = index.correlate(&self.book, self.world.keys.prefix());
            super::sums::match_records(&mut ledger, &index, &correlation, &self.plan.profile);
            let unreadable = self.book.unreadable.len() + self.book.too_deep.len();
            ledger.unreadable = u64::try_from(unreadable).unwrap_or(u64::MAX);
        }
        ledger
    }
}

fn lacks_record(verdict: &Verdict) -> bool {
    let missing =
        |check: &Check| check.check == CheckId::Record.as_str() && check.outcome != Outcome::Pass;
    verdict.checks.iter().any(missing)
}

async fn run_one(
    world: &World,
    facts: &[Facts],
    plan: &Plan,
    (case, revision): (usize, usize),
    manner: Manner,
) -> Option<CaseRun> {
    let (known, told) = (facts.get(revision)?, Told::default());
    let (stimulus, alone) = (plan.cases.get(case)?, manner != Manner::Together);
    let (result, prepared) = case_run::run(world, known, stimulus, manner).await;
    let mut run = CaseRun { case, facts: revision, alone, result, prepared, told };
    run.tell(&Telling {
        case: stimulus,
        revision: known.revision,
        given: &world.given,
        url: &plan.url,
        seconds: world.deadline.as_secs().max(1),
    });
    Some(run)
}

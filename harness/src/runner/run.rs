//! A whole run: all cases side by side, records once, then alone what did not pass.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinError;

use super::batch::Index;
use super::case_run::{self, CaseRun, Manner, RunResult};
use super::event::Event;
use super::intake::Intake;
use super::keys::Lot;
use super::patience::{LOST, Patience};
use super::probe::Probe;
use super::told::{Telling, Told};
use super::watch::Watch;
use crate::audit::profile::Profile;
use crate::case::Case;
use crate::case::models::Models;
use crate::case::requirement::Requirements;
use crate::case::switch::Switches;
use crate::generate::deal::Dealer;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::Exchange;
use crate::oracle::secrets::Secrets;
use crate::report::model::{Check, Ledger, Outcome, SourceSums, Verdict};
use crate::source::{Source, SourceError};
use crate::target::facts::Facts;
use crate::target::restart::Restart;
use crate::target::world::World;

mod crew;
mod lost;
mod lost_records;
mod outstanding;
mod resting;
mod sentence;
mod turn;

use crew::Crew;
use resting::Resting;
use turn::Turn;

/// What a run is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The selected cases.
    pub cases: Arc<Vec<Case>>,
    /// What made the generated ones of them.
    pub dealer: Dealer,
    /// The requirements that cases name.
    pub requirements: Requirements,
    /// What the whole catalogue permits.
    pub models: Models,
    /// How many run side by side.
    pub jobs: usize,
    /// What the product calls things.
    pub profile: Profile,
    /// URL that reproductions name.
    pub url: String,
    /// Texts that must appear in no reply and no record.
    pub secrets: Secrets,
    /// How disputed verdicts are decided.
    pub switches: Switches,
    /// Whether a warning is a failure.
    pub strict: bool,
    /// Whether the texts of the report are only made for what fails: of very many messages most pass.
    pub told_late: bool,
}

/// A run in progress.
#[derive(Debug)]
pub struct Run {
    pub(crate) plan: Arc<Plan>,
    pub(crate) world: Arc<World>,
    pub(crate) facts: Arc<Vec<Facts>>,
    /// What was sent beside the cases: its records belong to no verdict.
    pub(super) probed: Vec<Exchange>,
    intake: Intake,
    /// How many lots of keys were given out.
    lots: u64,
    /// Who sends the cases now.
    crew: Crew,
    pub(crate) runs: Vec<CaseRun>,
    pub(crate) repeated: Vec<CaseRun>,
    /// What was sent before, or after, and is not being judged.
    resting: Resting,
    patience: Patience,
    /// How long the target asked to be left alone.
    limit: Option<Duration>,
    /// How the target is started again when it has died.
    pub(crate) restart: Option<Restart>,
    pub(crate) events: UnboundedSender<Event>,
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The audit source can no longer be read.
    #[error("the audit source failed: {0}")]
    Source(#[from] SourceError),
    /// The target's log can no longer be read.
    #[error("--log: {0}")]
    Log(String),
    /// Nothing that we caused was ever written to the source.
    #[error(
        "no record of this run arrived in {0} ({1} others did): is it where this target writes, and \
         does --profile fit its records? `--audit none` tests without records"
    )]
    NobodyWrites(String, usize),
    /// Sending a case ended in a panic, which is our own fault.
    #[error("a case could not be sent: {0}")]
    Broken(#[from] JoinError),
}

/// What a run found.
#[derive(Debug)]
pub struct Outcomes {
    /// One verdict per case and revision, in the order of cases.
    pub verdicts: Vec<Verdict>,
    /// The sums.
    pub ledger: Ledger,
    /// The sums over the records of each source.
    pub sources: Vec<SourceSums>,
    /// What a profile of guesses found in the records.
    pub guessed: Option<String>,
}

impl Run {
    /// A run that has sent nothing but its probe.
    #[must_use]
    pub fn new(
        plan: Plan,
        world: Arc<World>,
        probe: Probe,
        sources: Vec<(Source, String)>,
        events: UnboundedSender<Event>,
    ) -> Self {
        let facts = Arc::new(probe.facts);
        let watch = Watch::new(plan.secrets.clone(), &plan.cases, world.keys.prefix());
        let (intake, probed) = (Intake::new(sources, &watch), probe.exchanges);
        let (runs, repeated, limit, restart) = (Vec::new(), Vec::new(), None, None);
        let (crew, resting) = (Crew::default(), Resting::default());
        let plan = Arc::new(plan);
        let patience = Patience::default();
        // The first lot is the probe's.
        let lots = 1;
        Self {
            plan,
            world,
            facts,
            probed,
            intake,
            lots,
            crew,
            runs,
            repeated,
            resting,
            patience,
            limit,
            restart,
            events,
        }
    }

    /// Sends every case, then again alone what did not pass. What was reached stays, should the
    /// future be dropped.
    ///
    /// # Errors
    /// [`RunError`] when the audit source fails, or never got a record of ours.
    pub async fn go(&mut self) -> Result<(), RunError> {
        let total: usize = Turn::ALL.map(|turn| self.jobs(turn).len()).iter().sum();
        let _ = self.events.send(Event::Started(total));
        self.send_together().await?;
        self.send_one_by_one(Turn::Alone).await;
        self.collect().await?;
        self.refuse_dead_source()?;
        self.repeat_what_failed(0).await;
        if !self.jobs(Turn::Last).is_empty() {
            let before = self.runs.len();
            self.send_one_by_one(Turn::Last).await;
            self.collect().await?;
            self.repeat_what_failed(before).await;
        }
        if !self.repeated.is_empty() {
            self.collect().await?;
        }
        self.wait_for_late().await;
        self.shrink_what_failed().await
    }

    /// A source without a single record of ours is the wrong one: that is one error of the command
    /// line, not a missing record in every case.
    pub(crate) fn refuse_dead_source(&self) -> Result<(), RunError> {
        let index = Index::new(&self.probed, &self.runs);
        for channel in &self.intake.channels {
            let correlation = index.correlate(&channel.book, self.world.keys.prefix());
            let ours = correlation.per_exchange.iter().any(|matches| !matches.records.is_empty());
            if !ours && correlation.orphans.is_empty() {
                return Err(RunError::NobodyWrites(channel.name.clone(), correlation.foreign));
            }
        }
        Ok(())
    }

    fn take(&mut self, run: Option<CaseRun>) {
        run.iter().for_each(|run| self.patience.note(run));
        self.runs.extend(run);
        let _ = self.events.send(Event::Sent);
    }

    /// The next lot of keys. They are given out in the order of the jobs, whichever is the faster.
    fn lot(&mut self) -> Lot {
        self.lots += 1;
        self.world.keys.lot(self.lots - 1)
    }

    /// A case that is not sent, since nobody would answer.
    fn give_up(&mut self, (case, facts): (usize, usize)) {
        let (result, prepared) = (RunResult::Untestable(LOST.to_owned()), Vec::new());
        let told = Told::default();
        self.runs.push(CaseRun { case, facts, alone: true, result, prepared, told });
    }

    async fn send_one_by_one(&mut self, turn: Turn) {
        for job in self.jobs(turn) {
            if self.is_lost().await {
                self.give_up(job);
            } else {
                let run = self.run_alone(job, Manner::Alone).await;
                self.take(run);
            }
        }
    }

    async fn run_alone(&mut self, job: (usize, usize), manner: Manner) -> Option<CaseRun> {
        let cases = Arc::clone(&self.plan.cases);
        self.run_case(cases.get(job.0)?, job, manner).await
    }

    /// Sends a case while nothing else is sent.
    pub(crate) async fn run_case(
        &mut self,
        case: &Case,
        job: (usize, usize),
        manner: Manner,
    ) -> Option<CaseRun> {
        let how = (self.lot(), manner);
        let work = run_one(&self.world, &self.facts, &self.plan, (case, job), how);
        let mut run = self.intake.during(&self.plan.profile, work).await;
        if let Some(RunResult::Sent(sent)) = run.as_mut().map(|run| &mut run.result) {
            self.after_outage(sent).await;
        }
        run
    }

    pub(crate) async fn collect(&mut self) -> Result<(), RunError> {
        let collect = self.intake.collect(&self.plan.profile, self.world.keys.prefix());
        self.world.idle.settling(collect).await?;
        match &self.world.log {
            Some(log) => self.world.idle.settling(log.settle()).await.map_err(RunError::Log),
            None => Ok(()),
        }
    }

    /// Reads the records of what was sent, after the future of [`Self::go`] was dropped. Those of
    /// messages that were on the way then belong to no exchange, and are forgotten. Says why there
    /// are no records, if so.
    pub async fn wind_up(&mut self) -> Option<&'static str> {
        while let Some(run) = self.crew.rest() {
            self.runs.push(run);
        }
        self.crew = Crew::default();
        if self.intake.is_closed() {
            return None;
        }
        if self.collect().await.is_err() || self.refuse_dead_source().is_err() {
            return Some(self.without_records());
        }
        self.runs.append(&mut self.repeated);
        let index = Index::new(&self.probed, &self.runs);
        for channel in &mut self.intake.channels {
            let correlation = index.correlate(&channel.book, self.world.keys.prefix());
            channel.book.forget(&correlation.orphans);
        }
        None
    }

    /// Leaves the records out of the verdicts; says why.
    pub fn without_records(&mut self) -> &'static str {
        self.intake.close();
        "interrupted before the records were read"
    }

    /// A case that did not pass while others ran is sent again alone before it is reported. Pauses
    /// between its messages are only needed where a record may have to be found by its time.
    /// What was sent before this place of the list was repeated already.
    async fn repeat_what_failed(&mut self, since: usize) {
        let verdicts = self.judge_since(&self.plan.cases, &self.runs, since);
        let bad = |verdict: &Verdict| verdict.outcome > Outcome::Pass;
        let mut again: Vec<_> = self
            .runs
            .iter()
            .skip(since)
            .zip(&verdicts)
            .filter_map(|(run, verdict)| Some((run, verdict.as_ref().filter(|v| bad(v))?)))
            .map(|(run, verdict)| ((run.case, run.facts), lacks_record(verdict)))
            .collect();
        // Not in the order in which they were answered: that differs from run to run.
        again.sort_unstable();
        self.limit = self.runs.iter().filter_map(asked_to_wait).max();
        self.repeat(again, Duration::MAX).await;
    }

    /// Sends these again, one after the other and nothing beside them, and where it says so quietly.
    /// After that time no further one is begun.
    pub(crate) async fn repeat(&mut self, jobs: Vec<((usize, usize), bool)>, time: Duration) {
        let begun = Instant::now();
        for (job, quietly) in jobs {
            if begun.elapsed() >= time || self.is_lost().await {
                // What stands is the verdict of the first sending.
                break;
            }
            if let Some(pause) = self.limit.take() {
                self.world.idle.silence(tokio::time::sleep(pause)).await;
            }
            if self.plan.cases.get(job.0).is_some_and(|case| case.last) {
                self.world.idle.silence(tokio::time::sleep(RECOVERY)).await;
            }
            let manner = if quietly { Manner::Quietly } else { Manner::Alone };
            let run = self.run_alone(job, manner).await;
            self.limit = run.as_ref().and_then(asked_to_wait);
            run.iter().for_each(|run| self.patience.doubt(run));
            self.repeated.extend(run);
            let _ = self.events.send(Event::Again);
        }
    }
}

/// What was sent before may have broken something behind the target, which is left alone for a while then.
const RECOVERY: Duration = Duration::from_millis(500);

/// The longest time that a target is left alone on its own request.
const MOST_PATIENCE: Duration = Duration::from_secs(5);

/// How long a target that limits the rate wants to be left alone (RFC 9110 section 10.2.3).
fn asked_to_wait(run: &CaseRun) -> Option<Duration> {
    let RunResult::Sent(sent) = &run.result else { return None };
    let response = sent.stimulus.delivery.response.as_ref()?;
    let wait = response.header("retry-after").and_then(|wait| wait.trim().parse().ok());
    matches!(response.status, 429 | 503)
        .then(|| wait.map_or(Duration::from_secs(1), Duration::from_secs).min(MOST_PATIENCE))
}

pub(crate) fn lacks_record(verdict: &Verdict) -> bool {
    let missing =
        |check: &Check| check.check == CheckId::Record.as_str() && check.outcome != Outcome::Pass;
    verdict.checks.iter().any(missing)
}

async fn run_one(
    world: &World,
    facts: &[Facts],
    plan: &Plan,
    (stimulus, (case, revision)): (&Case, (usize, usize)),
    (lot, manner): (Lot, Manner),
) -> Option<CaseRun> {
    let (known, told) = (facts.get(revision)?, Told::default());
    let alone = manner != Manner::Together;
    let (result, prepared) = case_run::run(world, known, stimulus, (lot, manner)).await;
    let mut run = CaseRun { case, facts: revision, alone, result, prepared, told };
    if alone || !plan.told_late {
        run.tell(&telling(world, plan, stimulus, known));
        case_run::slim(world, &mut run);
    }
    Some(run)
}

fn telling<'a>(world: &'a World, plan: &'a Plan, case: &'a Case, facts: &Facts) -> Telling<'a> {
    Telling {
        case,
        revision: facts.revision,
        given: &world.given,
        url: &plan.url,
        seconds: world.deadline.as_secs().max(1),
    }
}

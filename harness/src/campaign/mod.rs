//! A campaign of fuzzing against a live target: black-box, guided by what the target does. Prints
//! nothing.

mod behaviour;
pub(crate) mod corpus;
mod findings;
mod shape;
mod size;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::case::Case;
use crate::case::class::Class;
use crate::case::recipe::Recipe;
use crate::generate::dice::Dice;
use crate::generate::input;
use crate::generate::mutate::mutate;
use crate::plan::campaign::Budget;
use crate::report::model::Verdict;
use crate::runner::case_run::{CaseRun, RunResult};
use crate::runner::event::Event;
use crate::runner::patience::unanswered;
use crate::runner::run::{Run, RunError, lacks_record};
use crate::runner::shrink::{Descent, failing};
use crate::runner::tally::Tally;
use corpus::Corpus;
use findings::Findings;
use shape::Shape;
use size::Size;

/// Failures of one batch that are looked at: each costs messages that are sent alone.
const LOOKED_AT: usize = 8;

/// Time in which those of one batch are sent again. A target that goes silent costs a deadline or more
/// for each; what is left over comes again in other batches.
const AGAIN: Duration = Duration::from_secs(5);

/// Time in which those of one batch are made simpler.
const SIMPLER: Duration = Duration::from_secs(10);

/// Why a campaign ended before its time.
const GONE: &str =
    "the target stopped answering and did not come back; --restart COMMAND starts it again";

/// Why a campaign ends early.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// A file or folder of it is wrong.
    #[error("{0}")]
    Usage(String),
    /// The run behind it cannot go on.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The target is gone.
    #[error("{0}")]
    Died(String),
}

impl CampaignError {
    fn folder(folder: &Path, error: &std::io::Error) -> Self {
        Self::Usage(format!("--corpus: cannot make {}: {error}", folder.display()))
    }
}

/// A campaign.
#[derive(Debug)]
pub(crate) struct Campaign {
    pub(crate) run: Run,
    budget: Budget,
    dice: Dice,
    corpus: Corpus,
    pub(crate) findings: Findings,
    pub(crate) tally: Tally,
    /// Inputs of an earlier campaign that were not sent yet.
    known: Vec<Case>,
    /// The next message of the dealer.
    dealt: usize,
    /// How many messages were mutated.
    mutated: u64,
    size: Size,
    /// The batch that was sent last: how many messages, and how long it took.
    sent: (usize, Duration),
    /// Whether a batch is judged before the next one is sent: the first, and those after a failure.
    wary: bool,
}

/// A failure of a batch.
struct Suspect {
    /// The case and the facts.
    job: (usize, usize),
    /// Where its run stands.
    place: usize,
    shape: Shape,
    verdict: Verdict,
    /// When its message was sent.
    started: f64,
    unanswered: bool,
}

impl Campaign {
    /// A campaign that has sent nothing.
    ///
    /// # Errors
    /// When its folder cannot be used, or holds what is no case.
    pub(crate) fn new(mut run: Run, budget: Budget, seed: u64) -> Result<Self, CampaignError> {
        Arc::make_mut(&mut run.plan).told_late = true;
        let [inputs, found] = ["corpus", "findings"].map(|name| budget.folder.join(name));
        let requirements = &run.plan.requirements;
        let mut known = corpus::read(&inputs, requirements)?;
        known.extend(corpus::read(&found, requirements)?);
        let (corpus, findings) = (Corpus::of(inputs)?, Findings::of(found)?);
        let (dice, tally, size) = (Dice::new(seed), Tally::default(), Size::default());
        let (dealt, mutated, sent, wary) = (0, 0, (0, Duration::ZERO), true);
        Ok(Self {
            run,
            budget,
            dice,
            corpus,
            findings,
            tally,
            known,
            dealt,
            mutated,
            size,
            sent,
            wary,
        })
    }

    /// Sends one batch after another until the time is over or enough was found. What was found stays,
    /// should the future be dropped.
    ///
    /// # Errors
    /// [`CampaignError`] when it cannot go on.
    pub(crate) async fn go(&mut self) -> Result<(), CampaignError> {
        let end = Instant::now() + self.budget.time;
        let enough = self.budget.findings.unwrap_or(usize::MAX);
        loop {
            let dead = self.run.is_given_up();
            let cases = if dead { Vec::new() } else { self.inputs(end) };
            let last = cases.is_empty();
            self.batch(cases).await?;
            if self.wary && !last {
                // Nothing more is sent before it is known what the last messages did.
                self.batch(Vec::new()).await?;
            }
            if last || self.findings.len() >= enough {
                break;
            }
        }
        if self.run.is_given_up() {
            return Err(CampaignError::Died(GONE.to_owned()));
        }
        Ok(())
    }

    /// Sends a batch while the records of the one before come in, and judges that one meanwhile.
    async fn batch(&mut self, cases: Vec<Case>) -> Result<(), CampaignError> {
        let (begun, count) = (Instant::now(), cases.len());
        self.run.load(cases);
        self.run.begin();
        let settled = begun + self.run.plan.profile.settle();
        self.run.advance(Some(settled)).await?;
        let early = self.run.judge_resting(settled);
        self.run.advance(None).await?;
        let sent = begun.elapsed();
        let (judged, sending) = std::mem::replace(&mut self.sent, (count, sent));
        self.run.turn();
        if self.run.runs.is_empty() {
            self.run.turn();
            return Ok(());
        }
        let verdicts = match early {
            Some(verdicts) => verdicts,
            None => self.settled().await?,
        };
        let suspects = self.look(verdicts)?;
        self.tally.batches += 1;
        self.tally.cases += self.run.runs.len();
        self.wary = !suspects.is_empty();
        let waiting = begun.elapsed().saturating_sub(sent);
        self.size.learn(judged, sending, sending + waiting);
        self.confirm(suspects).await?;
        self.tally.ledger.add(&self.run.close());
        self.tally.behaviours = self.corpus.behaviours();
        self.tally.findings = self.findings.len();
        let _ = self.run.events.send(Event::Batch(Box::new(self.tally.clone())));
        Ok(())
    }

    /// The verdicts once no more records come.
    async fn settled(&mut self) -> Result<Vec<Option<Verdict>>, CampaignError> {
        self.run.collect().await?;
        if self.tally.batches == 0 {
            self.run.refuse_dead_source()?;
        }
        Ok(self.run.judge(&self.run.plan.cases, &self.run.runs))
    }

    /// The next inputs: what is known from before, then every other one dealt and mutated. None when
    /// the time is over.
    fn inputs(&mut self, end: Instant) -> Vec<Case> {
        let size = self.size.within(end.saturating_duration_since(Instant::now()));
        let mut cases: Vec<Case> = Vec::with_capacity(size);
        while cases.len() < size {
            let input = match self.known.pop() {
                Some(known) => Some(known),
                None if self.dice.below(2) == 0 => self.mutated(),
                None => None,
            };
            match input {
                Some(case) => cases.push(case),
                None => cases.extend(self.deal()),
            }
        }
        cases
    }

    fn deal(&mut self) -> Option<Case> {
        self.dealt += 1;
        let dealt = self.run.plan.dealer.deal(self.dealt - 1)?;
        Some(dealt.case(&self.run.plan.requirements, &self.run.plan.models))
    }

    fn mutated(&mut self) -> Option<Case> {
        let parent = self.corpus.pick(None, &mut self.dice)?;
        let revision = *parent.revisions.first()?;
        let other = self.corpus.pick(Some(revision.is_modern()), &mut self.dice);
        let other = other.map_or_else(Recipe::default, |case| case.stimulus.recipe);
        let recipe = mutate(&parent.stimulus.recipe, &other, &mut self.dice);
        self.mutated += 1;
        Some(input::mutated(self.mutated, revision, recipe))
    }

    /// Keeps what behaves in a new way, and picks out what failed in a new way.
    fn look(&mut self, verdicts: Vec<Option<Verdict>>) -> Result<Vec<Suspect>, CampaignError> {
        let mut suspects = Vec::new();
        for (place, (run, verdict)) in self.run.runs.iter().zip(verdicts).enumerate() {
            let case = self.run.plan.cases.get(run.case);
            let (Some(verdict), Some(case), RunResult::Sent(sent)) = (verdict, case, &run.result)
            else {
                continue;
            };
            let class = sent.stimulus.reading.class;
            if let Some(behaviour) = behaviour::behaviour(&run.result, &verdict) {
                self.corpus.consider(&input::read_as(case, class), behaviour)?;
            }
            let Some(check) = failing(&verdict) else { continue };
            self.tally.failures += 1;
            let shape = Shape::of(&check.check, class, &case.stimulus.recipe);
            if self.findings.is_new(&shape) {
                let (job, started) = ((run.case, run.facts), sent.stimulus.started);
                let unanswered = unanswered(&sent.stimulus);
                suspects.push(Suspect { job, place, shape, verdict, started, unanswered });
            }
        }
        // The first that went unanswered may be what broke the target for those after it.
        suspects.sort_by(|one, other| one.started.total_cmp(&other.started));
        let mut seen = BTreeSet::new();
        suspects.retain(|suspect| seen.insert(suspect.shape.clone()));
        let mut kinds = BTreeMap::new();
        suspects.retain(|suspect| {
            let (check, class) = suspect.shape.kind();
            let count = kinds.entry((check.to_owned(), class)).or_insert(0);
            *count += 1;
            *count <= self.findings.room(&suspect.shape)
        });
        suspects.truncate(LOOKED_AT);
        Ok(suspects)
    }

    /// Sends again alone what failed, makes simpler what fails again, and keeps it.
    async fn confirm(&mut self, suspects: Vec<Suspect>) -> Result<(), CampaignError> {
        if suspects.is_empty() {
            return Ok(());
        }
        let quietly = |suspect: &Suspect| (suspect.job, lacks_record(&suspect.verdict));
        self.run.repeat(suspects.iter().map(quietly).collect(), AGAIN).await;
        self.run.collect().await?;
        let (mut real, mut descents) = (Vec::new(), Vec::new());
        let mut failures = self.failures();
        let again = |run: &CaseRun| (run.case, run.facts);
        let again: BTreeSet<_> = self.run.repeated.iter().map(again).collect();
        let dead = self.run.is_given_up();
        for suspect in suspects.into_iter().filter(|it| dead || again.contains(&it.job)) {
            match failures.remove(&suspect.job) {
                Some((case, _, verdict)) => {
                    let check = failing(&verdict).map_or_else(String::new, |it| it.check.clone());
                    descents.push(Descent::new((suspect.job.0, &case), suspect.job.1, check));
                    // The time may be over before it is made simpler.
                    self.findings.keep(suspect.shape.clone(), verdict)?;
                    real.push(suspect);
                }
                None => self.let_go(suspect)?,
            }
        }
        self.run.shrink(descents, SIMPLER).await?;
        let mut simplest = self.failures();
        for suspect in real {
            if let Some((case, class, verdict)) = simplest.remove(&suspect.job) {
                let check = failing(&verdict).map_or("", |check| check.check.as_str());
                let shape = Shape::of(check, class, &case.stimulus.recipe);
                self.findings.simplify(suspect.shape, shape, verdict)?;
            }
        }
        Ok(())
    }

    /// What failed when it was last sent alone.
    fn failures(&self) -> BTreeMap<(usize, usize), (Case, Class, Verdict)> {
        let cases = &self.run.plan.cases;
        let verdicts = self.run.judge(cases, &self.run.repeated);
        let mut failures = BTreeMap::new();
        for (run, verdict) in self.run.repeated.iter().zip(verdicts) {
            let job = (run.case, run.facts);
            failures.remove(&job);
            let failed = verdict.filter(|verdict| failing(verdict).is_some());
            if let (Some(verdict), RunResult::Sent(sent)) = (failed, &run.result) {
                let case = cases.get(run.case).cloned();
                let class = sent.stimulus.reading.class;
                failures.extend(case.map(|case| (job, (case, class, verdict))));
            }
        }
        failures
    }

    /// A failure that did not happen again. Where nobody is there any more to show it, it stands.
    fn let_go(&mut self, suspect: Suspect) -> Result<(), CampaignError> {
        if suspect.unanswered && self.run.is_given_up() && self.findings.len() < LOOKED_AT {
            let verdict = self.run.tell(suspect.place, suspect.verdict);
            return self.findings.keep(suspect.shape, verdict);
        }
        self.findings.forget(suspect.shape);
        Ok(())
    }
}

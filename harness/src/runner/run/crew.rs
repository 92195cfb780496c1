//! Cases that are sent side by side: workers take them from a queue, whoever watches or not.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::{Run, RunError, Turn, run_one};
use crate::case::Case;
use crate::runner::case_run::{CaseRun, Manner};
use crate::runner::keys::Lot;

/// A case and the facts under which it is sent, with its keys.
pub(super) type Job = ((usize, usize), Lot);

type Queue = Arc<Mutex<VecDeque<Job>>>;

/// The workers, the queue that they take from, and what they are done with. The queue holds no more
/// than the cases of a run; only what is being sent is made.
#[derive(Debug, Default)]
pub(super) struct Crew {
    queue: Queue,
    workers: JoinSet<()>,
    done: Option<UnboundedReceiver<Option<CaseRun>>>,
}

impl Crew {
    /// Workers that do these jobs, in this order.
    pub(super) fn of<Work, Done>(jobs: VecDeque<Job>, count: usize, work: Work) -> Self
    where
        Work: Fn(Job) -> Done + Clone + Send + 'static,
        Done: Future<Output = Option<CaseRun>> + Send,
    {
        let (sender, receiver) = unbounded_channel();
        let count = count.clamp(1, jobs.len().max(1));
        let queue: Queue = Arc::new(Mutex::new(jobs));
        let mut workers = JoinSet::new();
        for _ in 0..count {
            let (queue, sender, work) = (Arc::clone(&queue), sender.clone(), work.clone());
            workers.spawn(async move {
                while let Some(job) = take(&queue) {
                    // Nobody listens any more once the run has ended.
                    if sender.send(work(job).await).is_err() {
                        break;
                    }
                }
            });
        }
        Self { queue, workers, done: Some(receiver) }
    }

    /// The next case that was sent, or none where its case was not to be sent at all; nothing when all
    /// are done. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Option<Option<CaseRun>> {
        self.done.as_mut()?.recv().await
    }

    /// Whatever was sent and not taken yet.
    pub(super) fn rest(&mut self) -> Option<CaseRun> {
        self.done.as_mut()?.try_recv().ok().flatten()
    }

    /// Takes away the jobs that nobody has begun.
    pub(super) fn dismiss(&self) -> VecDeque<Job> {
        std::mem::take(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for workers that have nothing left to do.
    ///
    /// # Errors
    /// When one of them ended in a panic.
    pub(super) async fn end(&mut self) -> Result<(), JoinError> {
        while let Some(ended) = self.workers.join_next().await {
            ended?;
        }
        self.done = None;
        Ok(())
    }
}

fn take(queue: &Queue) -> Option<Job> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

impl Run {
    /// Sends all cases side by side.
    ///
    /// # Errors
    /// When sending one of them ended in a panic of ours.
    pub(crate) async fn send_together(&mut self) -> Result<(), RunError> {
        self.begin();
        self.advance(None).await
    }

    /// Begins to send all cases side by side.
    pub(crate) fn begin(&mut self) {
        let mut jobs: Vec<(usize, usize)> = self.jobs(Turn::Together);
        // A target waits longest for an upstream that says nothing: what begins first ends in time.
        let cases = &self.plan.cases;
        let behind =
            |at| cases.get(at).is_some_and(|case: &Case| case.expectation.upstream.is_some());
        jobs.sort_by_key(|(at, _)| !behind(*at));
        let jobs = jobs.into_iter().map(|job| (job, self.lot())).collect();
        let (world, known) = (Arc::clone(&self.world), Arc::clone(&self.facts));
        let plan = Arc::clone(&self.plan);
        let work = move |(job, lot): Job| {
            let (world, known, plan) = (Arc::clone(&world), Arc::clone(&known), Arc::clone(&plan));
            async move {
                let case = plan.cases.get(job.0)?;
                run_one(&world, &known, &plan, (case, job), (lot, Manner::Together)).await
            }
        };
        self.crew = Crew::of(jobs, self.plan.jobs, work);
    }

    /// Takes what was sent, and reads records meanwhile, until all is sent or until this time.
    ///
    /// # Errors
    /// When sending a case ended in a panic of ours.
    pub(crate) async fn advance(&mut self, until: Option<Instant>) -> Result<(), RunError> {
        let mut late = std::pin::pin!(async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        });
        loop {
            let next = self.intake.during(&self.plan.profile, self.crew.next());
            let done = tokio::select! {
                biased;
                () = &mut late => return Ok(()),
                done = next => done,
            };
            let Some(done) = done else { return Ok(self.crew.end().await?) };
            self.take(done);
            if self.is_lost().await {
                self.crew.dismiss().into_iter().for_each(|(job, _)| self.give_up(job));
            }
        }
    }
}

//! The harness: everything that it does for the stimulus of a case, by the very code of a run.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use mcp_gauntlet::case::Case;
use mcp_gauntlet::case::switch::Switches;
use mcp_gauntlet::report::model::Outcome;
use mcp_gauntlet::runner::batch::{Book, Index};
use mcp_gauntlet::runner::case_run::{CaseRun, RunResult, Sent};
use mcp_gauntlet::runner::conversation::Conversation;
use mcp_gauntlet::runner::keys::Lot;
use mcp_gauntlet::runner::told::{Telling, Told};
use mcp_gauntlet::runner::verdict::{Court, Ledgers};
use mcp_gauntlet::target::facts::Facts;
use mcp_gauntlet::target::reference::BY_HAND;
use mcp_gauntlet::target::world::World;

use crate::stage::{Failure, Stage};

/// Verdicts a second: sending, reading, classifying, observing; then for all together reading the
/// records, matching and judging, down to the text of the report. The settle time is left out: it is
/// an idle wait, once in a run, whatever the number of cases.
pub(crate) async fn rate(
    stage: &Stage,
    connections: usize,
    time: Duration,
) -> Result<f64, Failure> {
    let mut source = stage.source().await?;
    let begun = Instant::now();
    let runs = send(stage, connections, begun + time).await?;
    let mut book = Book::default();
    book.collect(&mut source, &stage.profile, stage.world.keys.prefix()).await?;
    let judged = judge(stage, &book, &runs)?;
    let elapsed = begun.elapsed().saturating_sub(stage.profile.settle());
    Ok(f64::from(judged) / elapsed.as_secs_f64())
}

async fn send(stage: &Stage, lanes: usize, until: Instant) -> Result<Vec<CaseRun>, Failure> {
    let mut tasks = JoinSet::new();
    // The first lots are the probe's and that of the raw loop.
    for lane in (2..).take(lanes) {
        let (world, facts) = (Arc::clone(&stage.world), Arc::clone(&stage.facts));
        let cases = Arc::clone(&stage.cases);
        let lot = stage.world.keys.lot(lane);
        tasks.spawn(async move { converse(&world, &facts, &cases, (lot, until)).await });
    }
    let mut runs = Vec::new();
    while let Some(done) = tasks.join_next().await {
        runs.append(&mut done??);
    }
    Ok(runs)
}

/// Sends the stimulus on one session again and again.
async fn converse(
    world: &World,
    facts: &[Facts],
    cases: &[Case],
    (lot, until): (Lot, Instant),
) -> Result<Vec<CaseRun>, Failure> {
    let facts = facts.first().ok_or("the gateway was not understood")?;
    let case = cases.first().ok_or("the catalogue has no such case")?;
    let mut conversation = Conversation::new(world, facts, lot);
    conversation.open().await?;
    let telling = Telling {
        case,
        revision: facts.revision,
        given: &world.given,
        url: BY_HAND,
        seconds: world.deadline.as_secs(),
    };
    let mut runs = Vec::new();
    while Instant::now() < until {
        let sending = conversation.plain(&case.stimulus.recipe, "7");
        let stimulus = conversation.send(&sending).await;
        let sent = Box::new(Sent {
            control: None,
            stimulus,
            beside: Vec::new(),
            pages: Vec::new(),
            sentinel: None,
            life: None,
            outage: None,
            demand: case.expectation.record,
        });
        let (result, prepared, told) = (RunResult::Sent(sent), Vec::new(), Told::default());
        let mut run = CaseRun { case: 0, facts: 0, alone: false, result, prepared, told };
        run.tell(&telling);
        runs.push(run);
    }
    Ok(runs)
}

/// Matches and judges; refuses to measure anything but passes.
fn judge(stage: &Stage, book: &Book, runs: &[CaseRun]) -> Result<u32, Failure> {
    let index = Index::new(&stage.probed, runs);
    let correlation = index.correlate(book, stage.world.keys.prefix());
    let ledgers = Ledgers {
        source: None,
        book,
        index: &index,
        correlation,
        profile: Cow::Borrowed(&stage.profile),
        leaks: Vec::new(),
        lost: Vec::new(),
        receives: false,
    };
    let court = Court {
        cases: &stage.cases,
        facts: &stage.facts,
        secrets: &stage.secrets,
        switches: &Switches::default(),
        strict: false,
        own: None,
        log: None,
        audit: vec![ledgers],
    };
    let mut passed = 0;
    for (place, run) in runs.iter().enumerate() {
        let verdict = court.verdict(place, run).ok_or("a run of no case")?;
        if verdict.outcome != Outcome::Pass {
            return Err(format!("the case does not pass: {:?}", verdict.checks).into());
        }
        passed += 1;
    }
    Ok(passed)
}

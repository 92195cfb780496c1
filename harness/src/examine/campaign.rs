//! A campaign of fuzzing: settings -> target -> probe -> batches -> report. Prints nothing.

use tokio::sync::mpsc::UnboundedSender;

use super::stage::Stage;
use super::{ExamineError, interrupted};
use crate::campaign::{Campaign, CampaignError};
use crate::plan::campaign::Budget;
use crate::plan::{Settings, UsageError};
use crate::report::model::Report;
use crate::runner::event::Event;
use crate::runner::run::{Outcomes, RunError};
use crate::runner::tally::Tally;
use crate::target::restart::Restart;

/// What a campaign came to.
#[derive(Debug)]
pub struct Campaigned {
    /// Its findings as verdicts, each with the number of messages that failed like it in its title.
    pub report: Report,
    /// The numbers.
    pub tally: Tally,
    /// Failures that did not happen again.
    pub fleeting: u64,
    /// How often the target was started again.
    pub restarts: u64,
    /// Why it ended before its time, if so.
    pub ended: Option<String>,
}

/// Fuzzes the target of the settings. Ctrl-C ends it early, with what was found until then.
///
/// # Errors
/// [`ExamineError`] when nothing can be fuzzed.
pub async fn campaign(
    settings: Settings,
    budget: Budget,
    events: UnboundedSender<Event>,
) -> Result<Campaigned, ExamineError> {
    let (seed, time) = (settings.seed, budget.time);
    let restart = budget.restart.clone().map(Restart::by);
    let (run, mut stage) = Stage::set(settings, events).await?;
    let mut campaign = Campaign::new(run, budget, seed).map_err(of_campaign)?;
    campaign.run.restart = restart;
    let ended = tokio::select! {
        result = campaign.go() => match result {
            Ok(()) => None,
            Err(CampaignError::Died(why)) => Some(why),
            Err(error) => return Err(of_campaign(error)),
        },
        // A batch that is under way when the time is over is not waited for.
        () = tokio::time::sleep(time) => None,
        () = interrupted() => Some("interrupted".to_owned()),
    };
    let restarts = campaign.run.restart.as_ref().map_or(0, Restart::times);
    let (tally, fleeting) = (campaign.tally.clone(), campaign.findings.fleeting);
    let ledger = tally.ledger;
    let guessed = campaign.run.guessed();
    let verdicts = campaign.findings.into_verdicts();
    stage.header.complete = ended.is_none();
    let sources = Vec::new();
    let report = stage.close(Outcomes { verdicts, ledger, sources, guessed }).await;
    Ok(Campaigned { report, tally, fleeting, restarts, ended })
}

fn of_campaign(error: CampaignError) -> ExamineError {
    match error {
        CampaignError::Usage(text) => UsageError(text).into(),
        CampaignError::Run(RunError::Broken(error)) => ExamineError::Internal(error.to_string()),
        CampaignError::Run(error) => ExamineError::Untestable(error.to_string()),
        CampaignError::Died(text) => ExamineError::Untestable(text),
    }
}

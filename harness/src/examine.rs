//! One examination: settings -> target -> probe -> run -> report. Prints nothing.

pub(crate) mod advice;
pub mod campaign;
mod records;
mod stage;
mod subject;

use tokio::sync::mpsc::UnboundedSender;

use crate::plan::{Settings, UsageError};
use crate::report::model::Report;
use crate::runner::event::Event;
use crate::runner::run::{Run, RunError};
use stage::Stage;

pub(crate) use records::open_sources;
pub(crate) use stage::world;
pub(crate) use subject::{Place, Subject, subject};

/// Why an examination ended without verdicts.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// The command line, or a file that it names, is wrong: exit code 2.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The target or its audit source cannot be used: exit code 3.
    #[error("{0}")]
    Untestable(String),
    /// Something of ours broke: exit code 70.
    #[error("our own fault: {0}")]
    Internal(String),
}

/// Tests the target of the settings, or the built-in gateway with their faults planted. Ctrl-C ends
/// the run early; the report then says that it is incomplete.
///
/// # Errors
/// [`ExamineError`] when there is nothing to report.
pub async fn examine(
    settings: Settings,
    events: UnboundedSender<Event>,
) -> Result<Report, ExamineError> {
    let (mut run, mut stage) = Stage::set(settings, events).await?;
    if !finish(&mut run).await? {
        stage.header.complete = false;
        if let Some(note) = wind_up(&mut run).await {
            stage.header.audit_note = Some(note.to_owned());
        }
    }
    Ok(stage.close(run.finish()).await)
}

/// Resolves when somebody wants us to stop: Ctrl-C, a request to end, or a closed terminal. Ended by
/// the signal itself we could not end what we started.
pub(crate) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let other = |kind| async move {
        match signal(kind) {
            Ok(mut signals) => signals.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = other(SignalKind::terminate()) => {}
        _ = other(SignalKind::hangup()) => {}
    }
}

/// Runs to the end, or until Ctrl-C; says which.
async fn finish(run: &mut Run) -> Result<bool, ExamineError> {
    tokio::select! {
        result = run.go() => match result {
            Ok(()) => Ok(true),
            Err(error @ (RunError::Source(_) | RunError::Log(_) | RunError::NobodyWrites(..))) => {
                Err(ExamineError::Untestable(error.to_string()))
            }
            Err(error @ RunError::Broken(_)) => Err(ExamineError::Internal(error.to_string())),
        },
        () = interrupted() => Ok(false),
    }
}

/// Reads the records of what was sent until Ctrl-C, or until it is typed again; says why there are
/// none, if so.
async fn wind_up(run: &mut Run) -> Option<&'static str> {
    tokio::select! {
        note = run.wind_up() => return note,
        () = interrupted() => {}
    }
    Some(run.without_records())
}

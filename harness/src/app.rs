//! The binary's work: command line -> examination -> output -> exit code. The only module that prints.

mod doctor;
mod fuzzing;
mod hop;
mod init;

use std::io::{IsTerminal, Write};

use clap::Parser;
use tokio::sync::mpsc::unbounded_channel;

use crate::cli::{Cli, Command, List, Promote, Replay};
use crate::examine::{ExamineError, examine};
use crate::exit::Exit;
use crate::explain::{Library, explain};
use crate::listing;
use crate::plan::{self, Settings, UsageError, catalogue, switches_of};
use crate::report::model::Report;
use crate::report::snapshot::SnapshotOutcome;
use crate::report::summary::{Overall, overall};
use crate::report::{format, snapshot, table};
use crate::runner::event::Event;
#[cfg(feature = "reference")]
use crate::target::reference::{self, Alone, ReferenceError};

/// Does what the command line says.
pub async fn run(cli: Cli) -> Exit {
    let result = match &cli.command {
        Some(Command::List(what)) => list(&cli, *what),
        Some(Command::Upstream { listen, to, .. }) => hop::run(*listen, to.as_deref()).await,
        #[cfg(feature = "reference")]
        Some(Command::Gateway {
            listen,
            audit_file,
            audit_webhook,
            log_file,
            api_key_env,
            upstream,
            fault,
            ..
        }) => {
            let key = api_key_env.as_deref().map(environment).transpose();
            match key {
                Ok(api_key) => {
                    gateway(Alone {
                        listen: *listen,
                        audit_file: audit_file.clone(),
                        audit_webhook: audit_webhook.clone(),
                        log_file: log_file.clone(),
                        api_key,
                        upstream: upstream.clone(),
                        faults: fault.clone(),
                    })
                    .await
                }
                Err(error) => Err(error.into()),
            }
        }
        Some(Command::Explain { id }) => explained(&cli, id),
        Some(Command::Doctor(told)) => doctor::doctor(&cli, told).await,
        Some(Command::Init(told)) => init::init(&cli, told).await,
        Some(Command::Fuzz(fuzz)) => fuzzing::fuzz(&cli, fuzz).await,
        Some(Command::Replay(replay)) => again(&cli, replay).await,
        Some(Command::Promote(promote)) => promoted(promote),
        None => test(&cli).await,
    };
    result.unwrap_or_else(|error| {
        say(&format!("mcp-gauntlet: {error}"));
        exit_of(&error)
    })
}

const fn exit_of(error: &ExamineError) -> Exit {
    match error {
        ExamineError::Usage(_) => Exit::Usage,
        ExamineError::Untestable(_) => Exit::Untestable,
        ExamineError::Internal(_) => Exit::Internal,
    }
}

async fn test(cli: &Cli) -> Result<Exit, ExamineError> {
    let report = examined(Settings::from_cli(cli)?).await?;
    conclude(cli, &report)
}

async fn examined(settings: Settings) -> Result<Report, ExamineError> {
    let (events, receiver) = unbounded_channel();
    let progress = tokio::spawn(show_progress(receiver));
    let report = examine(settings, events).await;
    // The channel is closed by now; the task only wipes its line.
    let _ = progress.await;
    report
}

/// Options that stand before a subcommand which has them itself would be lost.
fn refuse_lost(cli: &Cli, name: &str) -> Result<(), UsageError> {
    let bare = Cli::parse_from(["mcp-gauntlet"]);
    if cli.aim == bare.aim {
        return Ok(());
    }
    Err(UsageError(format!("give --target and all other options behind `{name}`")))
}

/// Sends files again, and judges them.
async fn again(cli: &Cli, replay: &Replay) -> Result<Exit, ExamineError> {
    refuse_lost(cli, "replay")?;
    let report = examined(plan::replay::read(replay)?).await?;
    conclude(cli, &report)
}

fn promoted(promote: &Promote) -> Result<Exit, ExamineError> {
    for file in plan::replay::promote(promote)? {
        print(&file.display().to_string());
    }
    Ok(Exit::Good)
}

/// Runs the reference gateway until it is asked to end.
#[cfg(feature = "reference")]
async fn gateway(alone: Alone) -> Result<Exit, ExamineError> {
    let ready = |url: &str| say(url);
    reference::run_alone(alone, ready).await.map(|()| Exit::Good).map_err(|error| match error {
        ReferenceError::Fault(_) => UsageError(error.to_string()).into(),
        ReferenceError::Start(_) => ExamineError::Untestable(error.to_string()),
    })
}

#[cfg(feature = "reference")]
fn environment(name: &str) -> Result<String, UsageError> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| UsageError(format!("--api-key-env {name}: the variable is not set")))
}

/// A line on standard error. A closed pipe is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

fn print(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

fn list(cli: &Cli, what: List) -> Result<Exit, ExamineError> {
    let text = match what {
        List { faults: true, .. } => faults(),
        List { checks: true, .. } => listing::checks(),
        List { switches: true, .. } => listing::switches(&switches_of(cli)?),
        List { requirements: true, .. } => {
            listing::requirements(&catalogue(cli.cases.as_deref())?, terminal_width())
        }
        _ => listing::cases(&catalogue(cli.cases.as_deref())?),
    };
    print(text.trim_end());
    Ok(Exit::Good)
}

#[cfg(feature = "reference")]
fn faults() -> String {
    listing::faults()
}

#[cfg(not(feature = "reference"))]
fn faults() -> String {
    String::new()
}

fn explained(cli: &Cli, id: &str) -> Result<Exit, ExamineError> {
    let catalogue = catalogue(cli.cases.as_deref())?;
    let switches = switches_of(cli)?;
    let width = terminal_width().min(PAGE);
    let library = Library { catalogue: &catalogue, switches: &switches, width };
    let text = explain(id, library).map_err(|error| UsageError(error.to_string()))?;
    print(text.trim_end());
    Ok(Exit::Good)
}

async fn show_progress(mut events: tokio::sync::mpsc::UnboundedReceiver<Event>) {
    let shown = std::io::stderr().is_terminal();
    let (mut total, mut sent, mut again) = (0, 0_u32, 0_u32);
    while let Some(event) = events.recv().await {
        match event {
            Event::Started(cases) => total = cases,
            Event::Sent => sent += 1,
            Event::Again => again += 1,
            Event::Judged(_) => break,
            Event::Batch(_) => {}
        }
        if shown {
            let _ = write!(
                std::io::stderr().lock(),
                "\r{sent} of {total} cases sent, {again} again alone "
            );
        }
    }
    if shown {
        let _ = write!(std::io::stderr().lock(), "\r{:60}\r", "");
    }
}

fn style(only_problems: bool) -> table::Style {
    table::Style {
        width: terminal_width(),
        colour: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        only_problems,
    }
}

/// A run that judged nothing must not look like one in which all is well.
const NOTHING: &str = "nothing was tested: no selected case applies to this target; give it what the \
     table says is missing, or select others (`mcp-gauntlet list`)";

fn conclude(cli: &Cli, report: &Report) -> Result<Exit, ExamineError> {
    let style = style(cli.problems);
    print(table::render(report, &style).trim_end());
    write_reports(cli, report)?;
    let drifted = compare(cli, report)?;
    if report.header.complete && overall(report) == Overall::Nothing {
        return Err(ExamineError::Untestable(NOTHING.to_owned()));
    }
    let red = report.totals.fail > 0 || report.totals.untestable > 0 || !report.header.complete;
    // Warnings are failures by then; without records there is nothing that could have warned.
    let strictly_red = cli.aim.strict && report.header.audit_note.is_some();
    Ok(if red || strictly_red || drifted { Exit::Failed } else { Exit::Good })
}

/// Columns of prose beyond which a line is hard to read.
const PAGE: usize = 100;

fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(120).clamp(80, 240)
}

fn write_reports(cli: &Cli, report: &Report) -> Result<(), ExamineError> {
    let wanted =
        [(format::Format::Json, &cli.report_json), (format::Format::Junit, &cli.report_junit)];
    for (kind, path) in wanted {
        if let Some(path) = path {
            format::write(kind, report, path)
                .map_err(|error| UsageError(format!("{error}; give another path")))?;
        }
    }
    Ok(())
}

/// Compares with the snapshot; says whether it drifted or is new.
fn compare(cli: &Cli, report: &Report) -> Result<bool, ExamineError> {
    let Some(name) = &cli.snapshot else { return Ok(false) };
    let text = snapshot::render(report);
    let outcome = snapshot::compare(name, &cli.snapshot_dir, &text)
        .map_err(|error| UsageError(format!("--snapshot {name}: {error}")))?;
    let review = "review it with `cargo insta review`";
    let (line, drifted) = match outcome {
        SnapshotOutcome::Unchanged => (format!("snapshot {name}: unchanged"), false),
        SnapshotOutcome::New => (format!("snapshot {name}: new; {review}"), true),
        SnapshotOutcome::Drifted { diff } => {
            (format!("snapshot {name}: drifted; {review}\n{diff}"), true)
        }
    };
    print(&line);
    Ok(drifted)
}

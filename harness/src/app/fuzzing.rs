//! The subcommand `fuzz`: its progress, its findings and its exit code.

use std::io::{IsTerminal, Write};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{print, refuse_lost, style};
use crate::cli::{Cli, Fuzz};
use crate::examine::ExamineError;
use crate::examine::campaign::{Campaigned, campaign};
use crate::exit::Exit;
use crate::plan::{UsageError, campaign::read};
use crate::report::{format, table};
use crate::runner::event::Event;

/// Fuzzes as the command line says.
pub(super) async fn fuzz(cli: &Cli, fuzz: &Fuzz) -> Result<Exit, ExamineError> {
    refuse_lost(cli, "fuzz")?;
    let (settings, budget) = read(fuzz)?;
    let (events, receiver) = unbounded_channel();
    let progress = tokio::spawn(show(receiver));
    let done = campaign(settings, budget, events).await;
    // The channel is closed by now; the task only wipes its line.
    let _ = progress.await;
    let done = done?;
    print(table::findings(&done.report, &style(true), &lines(&done, fuzz)).trim_end());
    if let Some(path) = &fuzz.report_json {
        format::write(format::Format::Json, &done.report, path)
            .map_err(|error| UsageError(format!("{error}; give another path")))?;
    }
    let red = done.ended.is_some() || !done.report.verdicts.is_empty();
    Ok(if red { Exit::Failed } else { Exit::Good })
}

/// The last lines: how much was done, and where it is kept.
fn lines(done: &Campaigned, fuzz: &Fuzz) -> String {
    let tally = &done.tally;
    let seconds = done.report.header.seconds.max(0.001);
    let rate = f64::from(u32::try_from(tally.ledger.sent).unwrap_or(u32::MAX)) / seconds;
    let mut lines = vec![format!(
        "fuzzed {} messages in {} batches ({rate:.0} messages a second with those around them), \
         {} behaviours told apart",
        tally.cases, tally.batches, tally.behaviours
    )];
    if done.restarts > 0 {
        lines.push(format!("started the target again {} times", done.restarts));
    }
    if done.fleeting > 0 {
        lines.push(format!("{} failures did not happen again alone", done.fleeting));
    }
    lines.extend(done.ended.iter().map(|why| format!("ended early: {why}")));
    let folder = fuzz.corpus.display();
    lines.push(match done.report.verdicts.len() {
        0 => format!("PASS: no finding; the corpus is in {folder}"),
        count => format!(
            "FAIL: {count} findings of {} failures; send one again with `mcp-gauntlet replay \
             {folder}/findings/NAME.toml`",
            tally.failures
        ),
    });
    lines.join("\n")
}

async fn show(mut events: UnboundedReceiver<Event>) {
    let shown = std::io::stderr().is_terminal();
    while let Some(event) = events.recv().await {
        if let (true, Event::Batch(tally)) = (shown, event) {
            let _ = write!(
                std::io::stderr().lock(),
                "\r{} messages, {} behaviours, {} findings ",
                tally.cases,
                tally.behaviours,
                tally.findings
            );
        }
    }
    if shown {
        let _ = write!(std::io::stderr().lock(), "\r{:60}\r", "");
    }
}

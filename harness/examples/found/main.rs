//! Which faults of the reference gateway do generated messages find, and how soon? Prints a table:
//! the first message of `--generated` that fails, the edits that are left of it, and the seconds that
//! `fuzz` takes. Names of faults as arguments: only those.

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use clap::Parser;
use mcp_gauntlet::cli::{Cli, Command};
use mcp_gauntlet::examine::campaign::campaign;
use mcp_gauntlet::examine::examine;
use mcp_gauntlet::generate::deal::Dealer;
use mcp_gauntlet::plan::{Settings, campaign as budget};
use mcp_gauntlet::report::model::{Check, Outcome, Report, Verdict};
use mcp_gauntlet::target::reference::faults;
use tokio::sync::mpsc::unbounded_channel;

/// Messages after which a fault counts as not found.
const MOST: usize = 2000;
/// Messages of one run.
const CHUNK: usize = 250;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &String| wanted.is_empty() || wanted.contains(name);
    // What is planted in the way of standard output shows there alone.
    let http = faults().into_iter().map(|(name, _)| name).filter(|it| !it.starts_with("stdio-"));
    let mut out = std::io::stdout();
    let head = ["fault", "message", "edits", "check and case", "fuzz s"];
    let [fault, message, left, case, seconds] = head;
    writeln!(out, "{fault:28} {message:>7} {left:>5}  {case:48} {seconds:>6}  finding")?;
    for fault in http.filter(is_wanted) {
        let generated = generated(&fault).await?;
        let (message, edits, case) = match &generated {
            Some((number, verdict)) => (
                (number + 1).to_string(),
                edits(verdict)?.to_string(),
                format!("{} {}", failing(verdict).unwrap_or_default(), verdict.case),
            ),
            None => ("-".to_owned(), "-".to_owned(), "-".to_owned()),
        };
        let (seconds, finding) = fuzzed(&fault).await?.unwrap_or(("-".to_owned(), "-".to_owned()));
        writeln!(out, "{fault:28} {message:>7} {edits:>5}  {case:48} {seconds:>6}  {finding}")?;
    }
    Ok(())
}

/// The first generated message that fails, with the verdict on what is left of it.
async fn generated(fault: &str) -> Result<Option<(usize, Verdict)>, Failure> {
    for start in (0..MOST).step_by(CHUNK) {
        let line = ["mcp-gauntlet", "generated/", "--fault", fault, "--seed", "1"];
        let more = ["--deadline", "1500ms"];
        let mut settings = Settings::from_cli(&Cli::try_parse_from([&line[..], &more].concat())?)?;
        settings.generated = (start..start + CHUNK).collect();
        let (events, _receiver) = unbounded_channel();
        let report = examine(settings, events).await?;
        if let Some(found) = first(report) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn first(report: Report) -> Option<(usize, Verdict)> {
    // Where nothing valid is accepted, nothing can be said: that is red too.
    let red = |it: &Verdict| matches!(it.outcome, Outcome::Fail | Outcome::Untestable);
    let numbered = report
        .verdicts
        .into_iter()
        .filter(red)
        .filter_map(|it| Some((Dealer::number(&it.case)?, it)));
    numbered.min_by_key(|(number, _)| *number)
}

fn failing(verdict: &Verdict) -> Option<String> {
    let red = |check: &&Check| matches!(check.outcome, Outcome::Fail | Outcome::Untestable);
    verdict.checks.iter().find(red).map(|check| check.check.clone())
}

/// How many edits the case file of a verdict has.
fn edits(verdict: &Verdict) -> Result<usize, Failure> {
    let file: toml::Table = verdict.case_file.as_deref().unwrap_or_default().parse()?;
    let edits = file.get("send").and_then(|send| send.get("edits")).and_then(|it| it.as_array());
    Ok(edits.map_or(0, Vec::len))
}

/// Seconds until a campaign has its first finding, and the finding; none where it has none in half a
/// minute.
async fn fuzzed(fault: &str) -> Result<Option<(String, String)>, Failure> {
    let folder = tempfile::tempdir()?;
    let corpus = folder.path().to_str().ok_or("a folder that is no text")?;
    let line = ["mcp-gauntlet", "fuzz", "--fault", fault, "--seed", "1", "--corpus", corpus];
    let more = ["--time", "30s", "--findings", "1", "--deadline", "1500ms"];
    let cli = Cli::try_parse_from([&line[..], &more].concat())?;
    let Some(Command::Fuzz(fuzz)) = &cli.command else { return Err("no campaign".into()) };
    let (settings, budget) = budget::read(fuzz)?;
    let (events, _receiver) = unbounded_channel();
    let (time, begun) = (budget.time + Duration::from_secs(10), SystemTime::now());
    let done = tokio::time::timeout(time, campaign(settings, budget, events)).await??;
    // It is found when its file is there; that it is made simpler then takes longer.
    let files = std::fs::read_dir(folder.path().join("findings"))?.flatten();
    let written = files.filter_map(|file| file.metadata().ok()?.modified().ok()).min();
    let found = written.and_then(|written| written.duration_since(begun).ok());
    let seconds = format!("{:.1}", found.unwrap_or_default().as_secs_f64());
    let name = |verdict: &Verdict| verdict.case.trim_start_matches("findings/").to_owned();
    Ok(done.report.verdicts.first().map(|verdict| (seconds, name(verdict))))
}

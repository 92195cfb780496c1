//! The binary's work: settings -> target -> run -> report -> exit code. The only module that prints.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use tokio::sync::mpsc::unbounded_channel;

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::oracle::check::CheckId;
use crate::plan::{Settings, UsageError, catalogue};
use crate::report::model::{self, Ledger, Outcome, Report, Totals, Verdict};
use crate::report::snapshot::SnapshotOutcome;
use crate::report::{format, snapshot, table};
use crate::runner::event::Event;
use crate::runner::headers::GivenHeader;
use crate::runner::keys::Keys;
use crate::runner::probe::{AllowedTool, probe};
use crate::runner::run::{Outcomes, Plan, Run, RunError};
use crate::source::{Locator, Source};
#[cfg(feature = "reference")]
use crate::target::reference::{self, Reference};
use crate::target::world::{Pace, World};
use crate::transport::endpoint::Endpoint;
use crate::transport::raw_http::{Client, Limits};
use crate::wire::envelope::Header;

/// Why a run ended without verdicts.
#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error("{0}")]
    Untestable(String),
    #[error("our own fault: {0}")]
    Internal(String),
}

impl AppError {
    const fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Untestable(_) => Exit::Untestable,
            Self::Internal(_) => Exit::Internal,
        }
    }
}

/// Does what the command line says.
pub async fn run(cli: Cli) -> Exit {
    let result = match &cli.command {
        Some(Command::List { faults, checks }) => list(&cli, *faults, *checks),
        None => test(&cli).await,
    };
    result.unwrap_or_else(|error| {
        say(&format!("mcp-gauntlet: {error}"));
        error.exit()
    })
}

/// A line on standard error. A closed pipe is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

fn print(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

fn list(cli: &Cli, faults: bool, checks: bool) -> Result<Exit, AppError> {
    if faults {
        #[cfg(feature = "reference")]
        for (name, about) in reference::faults() {
            print(&format!("{name:24} {about}"));
        }
    } else if checks {
        CheckId::ALL.iter().for_each(|check| print(check.as_str()));
    } else {
        for case in catalogue(cli.cases.as_deref())?.cases {
            print(&format!("{:44} {:28} {}", case.id, case.requirement, case.title));
        }
    }
    Ok(Exit::Good)
}

/// The target of a run, with what belongs to it.
struct Subject {
    endpoint: Endpoint,
    /// What the report calls it.
    name: String,
    /// URL that reproductions name.
    url: String,
    headers: Vec<GivenHeader>,
    tools: Vec<AllowedTool>,
    audit: Option<Locator>,
    notes: Vec<String>,
    #[cfg(feature = "reference")]
    reference: Option<Reference>,
}

async fn subject(cli: &Cli, settings: &Settings) -> Result<Subject, AppError> {
    let Some(endpoint) = settings.target.clone() else {
        return built_in(cli, settings).await;
    };
    let mut notes = Vec::new();
    if settings.tools.is_empty() {
        notes.push(
            "no tool of the target is called; name harmless ones with --call-tool NAME (one that \
             works, one that answers isError, one whose upstream is down) to test calls too"
                .to_owned(),
        );
    }
    Ok(Subject {
        name: endpoint.to_string(),
        url: endpoint.to_string(),
        endpoint,
        headers: settings.headers.clone(),
        tools: settings.tools.clone(),
        audit: settings.audit.clone(),
        notes,
        #[cfg(feature = "reference")]
        reference: None,
    })
}

#[cfg(feature = "reference")]
async fn built_in(cli: &Cli, settings: &Settings) -> Result<Subject, AppError> {
    let reference = Reference::start(&cli.fault).await.map_err(|error| match error {
        reference::ReferenceError::Fault(_) => AppError::Usage(UsageError(error.to_string())),
        reference::ReferenceError::Start(_) => AppError::Internal(error.to_string()),
    })?;
    let endpoint = Endpoint::parse(&reference.url())
        .map_err(|error| AppError::Internal(format!("the built-in gateway's URL: {error}")))?;
    let mut headers = settings.headers.clone();
    headers.push(reference.credentials.clone());
    let mut tools = settings.tools.clone();
    tools.push(reference::dead_tool());
    let audit = settings.audit.clone().or_else(|| Some(Locator::Jsonl(reference.audit_file())));
    Ok(Subject {
        endpoint,
        name: "reference".to_owned(),
        url: reference::BY_HAND.to_owned(),
        headers,
        tools,
        audit,
        notes: vec![format!("to try a line by hand, start: {}", reference::BY_HAND_COMMAND)],
        reference: Some(reference),
    })
}

#[cfg(not(feature = "reference"))]
async fn built_in(_: &Cli, _: &Settings) -> Result<Subject, AppError> {
    Err(UsageError("this build has no reference gateway: give --target URL".to_owned()).into())
}

async fn test(cli: &Cli) -> Result<Exit, AppError> {
    let settings = Settings::from_cli(cli)?;
    let mut subject = subject(cli, &settings).await?;
    let started = std::time::Instant::now();
    let world = Arc::new(world(&settings, &subject)?);
    let (source, audit_note) = open_source(&settings, &subject, &world).await?;
    let audit = source.as_ref().map_or_else(|| "none".to_owned(), |(_, name)| name.clone());
    let probed = probe(&world, &settings.revisions, &subject.tools).await;
    if probed.facts.is_empty() {
        return Err(AppError::Untestable(unreachable(&subject, &probed.refused)));
    }
    subject.notes.extend(probed.refused.iter().map(|why| format!("not tested: {why}")));
    let mut header = header(&settings, &subject, audit, audit_note);
    header.revisions = probed.facts.iter().map(|facts| facts.revision.to_string()).collect();
    header.server = probed.facts.last().map_or_else(String::new, |facts| facts.server.clone());
    let plan = Plan {
        cases: Arc::new(settings.cases),
        jobs: settings.jobs,
        profile: settings.profile,
        url: subject.url.clone(),
        secrets: subject.headers.iter().filter_map(GivenHeader::secret).collect(),
    };
    let (events, receiver) = unbounded_channel();
    let progress = tokio::spawn(show_progress(receiver));
    let mut run = Run::new(plan, world, probed, source, events);
    header.complete = finish(&mut run).await?;
    let outcomes = run.finish();
    let _ = progress.await;
    header.seconds = started.elapsed().as_secs_f64();
    #[cfg(feature = "reference")]
    if let Some(reference) = subject.reference {
        reference.stop().await;
    }
    conclude(cli, header, outcomes)
}

/// Runs to the end, or until Ctrl-C; says which.
async fn finish(run: &mut Run) -> Result<bool, AppError> {
    tokio::select! {
        result = run.go() => match result {
            Ok(()) => Ok(true),
            Err(error @ (RunError::Source(_) | RunError::NobodyWrites(..))) => {
                Err(AppError::Untestable(error.to_string()))
            }
        },
        _ = tokio::signal::ctrl_c() => Ok(false),
    }
}

fn world(settings: &Settings, subject: &Subject) -> Result<World, AppError> {
    let client = Client::new(subject.endpoint.clone(), Limits::default())
        .map_err(|error| AppError::Untestable(format!("{}: {error}", subject.endpoint)))?;
    let origin = subject.endpoint.origin();
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    Ok(World {
        client,
        host: host.to_owned(),
        given: subject.headers.clone(),
        key_headers: settings.profile.headers.keys().map(|name| name.as_str().to_owned()).collect(),
        keys: Keys::new(settings.seed),
        deadline: settings.deadline,
        pace: settings.rate.map(Pace::per_second),
    })
}

/// Opens the audit source: the one named, or else one that the profile knows of. Without one, a
/// sentence says why the audited checks do not apply.
async fn open_source(
    settings: &Settings,
    subject: &Subject,
    world: &World,
) -> Result<(Option<(Source, String)>, Option<String>), AppError> {
    let headers: Vec<_> = world.given.iter().map(|given| given.header.clone()).collect();
    match &subject.audit {
        Some(Locator::None) => Ok((None, Some("--audit none".to_owned()))),
        Some(locator) => match Source::open(locator, &headers).await {
            Ok(source) => Ok((Some((source, locator.to_string())), None)),
            Err(error) if error.is_usage() => Err(UsageError(format!("--audit: {error}")).into()),
            Err(error) => Err(AppError::Untestable(format!("--audit: {error}"))),
        },
        None => Ok(default_source(settings, subject, &headers).await),
    }
}

async fn default_source(
    settings: &Settings,
    subject: &Subject,
    headers: &[Header],
) -> (Option<(Source, String)>, Option<String>) {
    let target = subject.endpoint.to_string();
    for text in &settings.profile.default_sources {
        let Ok(locator) = Locator::relative_to(text, &target) else { continue };
        if let Ok(source) = Source::open(&locator, headers).await {
            return (Some((source, locator.to_string())), None);
        }
    }
    let tried = settings.profile.default_sources.join(", ");
    let tried = if tried.is_empty() { String::new() } else { format!(" (tried {tried})") };
    (None, Some(format!("no audit records were found{tried}; give --audit LOCATOR")))
}

fn unreachable(subject: &Subject, refused: &[String]) -> String {
    format!(
        "{} cannot be tested: {}; is it running, is the path right, and does it ask for \
         credentials (--header 'Authorization: Bearer $TOKEN')?",
        subject.name,
        refused.join("; ")
    )
}

fn header(
    settings: &Settings,
    subject: &Subject,
    audit: String,
    audit_note: Option<String>,
) -> model::Header {
    model::Header {
        tool: "mcp-gauntlet".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: subject.name.clone(),
        server: String::new(),
        profile: settings.profile.name.clone(),
        audit,
        audit_note,
        revisions: Vec::new(),
        seed: settings.seed.to_string(),
        catalogue: settings.digest.clone(),
        complete: true,
        notes: subject.notes.clone(),
        seconds: 0.0,
    }
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

fn conclude(cli: &Cli, header: model::Header, outcomes: Outcomes) -> Result<Exit, AppError> {
    let report = report(header, outcomes.verdicts, outcomes.ledger);
    let style = table::Style {
        width: terminal_width(),
        colour: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        only_problems: cli.problems,
    };
    print(&table::render(&report, &style));
    write_reports(cli, &report)?;
    let drifted = compare(cli, &report)?;
    let red = report.totals.fail > 0 || report.totals.untestable > 0 || !report.header.complete;
    let strictly_red = cli.strict && (report.totals.warn > 0 || report.header.audit_note.is_some());
    Ok(if red || strictly_red || drifted { Exit::Failed } else { Exit::Good })
}

fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(120).clamp(80, 240)
}

fn report(header: model::Header, verdicts: Vec<Verdict>, ledger: Ledger) -> Report {
    let count = |outcome| {
        let those = verdicts.iter().filter(|verdict| verdict.outcome == outcome);
        u64::try_from(those.count()).unwrap_or(u64::MAX)
    };
    let totals = Totals {
        pass: count(Outcome::Pass),
        warn: count(Outcome::Warn),
        fail: count(Outcome::Fail),
        untestable: count(Outcome::Untestable),
        not_applicable: count(Outcome::NotApplicable),
        expected_fail: count(Outcome::ExpectedFail),
    };
    Report { header, verdicts, ledger, totals }
}

fn write_reports(cli: &Cli, report: &Report) -> Result<(), AppError> {
    let wanted =
        [(format::Format::Json, &cli.report_json), (format::Format::Junit, &cli.report_junit)];
    for (kind, path) in wanted {
        if let Some(path) = path {
            format::write(kind, report, path)
                .map_err(|error| UsageError(format!("cannot write the report: {error}")))?;
        }
    }
    Ok(())
}

/// Compares with the snapshot; says whether it drifted or is new.
fn compare(cli: &Cli, report: &Report) -> Result<bool, AppError> {
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

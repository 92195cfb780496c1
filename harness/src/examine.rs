//! One examination: settings -> target -> probe -> run -> report. Prints nothing.

mod advice;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use crate::generate::deal::Dealer;
use crate::plan::{Settings, UsageError};
use crate::report::model::{self, Ledger, Outcome, Report, Totals, Verdict};
use crate::runner::event::Event;
use crate::runner::headers::GivenHeader;
use crate::runner::idle::Idle;
use crate::runner::keep::Kept;
use crate::runner::keys::Keys;
use crate::runner::probe::{AllowedTool, Probe, probe};
use crate::runner::run::{Plan, Run, RunError};
use crate::source::{Locator, Source};
use crate::target::facts::Facts;
#[cfg(feature = "reference")]
use crate::target::reference::{self, Reference};
use crate::target::world::{Pace, Reach, World};
use crate::transport::endpoint::Endpoint;
use crate::transport::raw_http::{Client, Limits};
use crate::transport::stdio::Launcher;
use crate::wire::envelope::Header;

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

/// The target of a run, with what belongs to it.
struct Subject {
    place: Place,
    /// What the report calls it.
    name: String,
    /// URL, or command line, that reproductions name.
    url: String,
    headers: Vec<GivenHeader>,
    tools: Vec<AllowedTool>,
    audit: Option<Locator>,
    notes: Vec<String>,
    #[cfg(feature = "reference")]
    reference: Option<Reference>,
}

/// Where a target is.
enum Place {
    Url(Endpoint),
    Command(Launcher),
}

impl Subject {
    /// Stops what was started for the run.
    async fn stop(self) {
        #[cfg(feature = "reference")]
        if let Some(reference) = self.reference {
            reference.stop().await;
        }
    }
}

async fn subject(settings: &Settings, faults: &[String]) -> Result<Subject, ExamineError> {
    let place = match (&settings.target, &settings.stdio) {
        (Some(endpoint), _) => Place::Url(endpoint.clone()),
        (None, Some(launcher)) => Place::Command(launcher.clone()),
        (None, None) => return built_in(settings, faults).await,
    };
    let mut notes = Vec::new();
    if settings.tools.is_empty() {
        notes.push(
            "no tool of the target is called; name harmless ones with --call-tool NAME (one that \
             works, one that answers isError, one whose upstream is down) to test calls too"
                .to_owned(),
        );
    }
    let name = match &place {
        Place::Url(endpoint) => endpoint.to_string(),
        Place::Command(launcher) => launcher.text().to_owned(),
    };
    Ok(Subject {
        url: name.clone(),
        name,
        place,
        headers: settings.headers.clone(),
        tools: settings.tools.clone(),
        audit: settings.audit.clone(),
        notes,
        #[cfg(feature = "reference")]
        reference: None,
    })
}

#[cfg(feature = "reference")]
async fn built_in(settings: &Settings, faults: &[String]) -> Result<Subject, ExamineError> {
    let reference = Reference::start(faults).await.map_err(|error| match error {
        reference::ReferenceError::Fault(_) => ExamineError::Usage(UsageError(error.to_string())),
        reference::ReferenceError::Start(_) => ExamineError::Internal(error.to_string()),
    })?;
    let endpoint = Endpoint::parse(&reference.url())
        .map_err(|error| ExamineError::Internal(format!("the built-in gateway's URL: {error}")))?;
    let mut headers = settings.headers.clone();
    headers.push(reference.credentials.clone());
    let mut tools = settings.tools.clone();
    tools.push(reference::dead_tool());
    let audit = settings.audit.clone().or_else(|| Some(Locator::Jsonl(reference.audit_file())));
    Ok(Subject {
        place: Place::Url(endpoint),
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
async fn built_in(_: &Settings, _: &[String]) -> Result<Subject, ExamineError> {
    Err(UsageError("this build has no reference gateway: give --target URL".to_owned()).into())
}

/// Tests the target of the settings, or the built-in gateway with these faults planted. Ctrl-C ends
/// the run early; the report then says that it is incomplete.
///
/// # Errors
/// [`ExamineError`] when there is nothing to report.
pub async fn examine(
    settings: Settings,
    faults: &[String],
    events: UnboundedSender<Event>,
) -> Result<Report, ExamineError> {
    let started = Instant::now();
    let mut subject = subject(&settings, faults).await?;
    let world = Arc::new(world(&settings, &subject)?);
    let (source, audit_note) = open_source(&settings, &subject, &world).await?;
    let audit = source.as_ref().map_or_else(|| "none".to_owned(), |(_, name)| name.clone());
    // What was started for the probe ends with it.
    let probed = tokio::select! {
        probed = probe(&world, &settings.revisions, &subject.tools) => probed,
        () = interrupted() => {
            return Err(ExamineError::Untestable(format!("{}: interrupted", subject.name)));
        }
    };
    if probed.facts.is_empty() {
        return Err(ExamineError::Untestable(unreachable(&subject, &probed)));
    }
    if !probed.refused.is_empty() {
        subject.notes.push(format!("not tested: {}", advice::refused(&probed.refused)));
    }
    let mut header = header(&settings, &subject, audit, audit_note);
    header.revisions = probed.facts.iter().map(|facts| facts.revision.to_string()).collect();
    header.server = probed.facts.last().map_or_else(String::new, |facts| facts.server.clone());
    let plan = plan(settings, &subject, &probed.facts);
    let mut run = Run::new(plan, Arc::clone(&world), probed, source, events);
    header.complete = finish(&mut run).await?;
    if !header.complete {
        header.audit_note = wind_up(&mut run).await.map(str::to_owned).or(header.audit_note);
    }
    let outcomes = run.finish();
    header.seconds = started.elapsed().as_secs_f64();
    header.settling_seconds = world.idle.settled();
    header.silence_seconds = world.idle.silent();
    subject.stop().await;
    Ok(report(header, outcomes.verdicts, outcomes.ledger))
}

fn plan(settings: Settings, subject: &Subject, facts: &[Facts]) -> Plan {
    let dealer = Dealer::new(settings.seed, facts.iter().map(Facts::scene).collect());
    let dealt = settings.generated.iter().filter_map(|number| dealer.deal(*number));
    let generated = dealt.map(|dealt| dealt.case(&settings.requirements));
    Plan {
        cases: Arc::new(settings.cases.into_iter().chain(generated).collect()),
        dealer,
        requirements: settings.requirements,
        jobs: settings.jobs,
        profile: settings.profile,
        url: subject.url.clone(),
        secrets: subject.headers.iter().filter_map(GivenHeader::secret).collect(),
        switches: settings.switches,
        strict: settings.strict,
    }
}

/// Resolves when somebody wants us to stop: Ctrl-C, a request to end, or a closed terminal. Ended by
/// the signal itself we could not end what we started.
async fn interrupted() {
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
            Err(error @ (RunError::Source(_) | RunError::NobodyWrites(..))) => {
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

/// Bytes of one answer that are read. Lists of a thousand tools stay below; cases side by side that
/// are flooded together have to fit into memory.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

fn world(settings: &Settings, subject: &Subject) -> Result<World, ExamineError> {
    let (reach, host) = match &subject.place {
        Place::Url(endpoint) => (Reach::Http(client(endpoint)?), host(endpoint)),
        Place::Command(launcher) => (Reach::Stdio(launcher.clone()), String::new()),
    };
    Ok(World {
        reach,
        host,
        given: subject.headers.clone(),
        key_headers: settings.profile.headers.keys().map(|name| name.as_str().to_owned()).collect(),
        keys: Keys::new(settings.seed),
        deadline: settings.deadline,
        pace: settings.rate.map(Pace::per_second),
        kept: Kept::default(),
        idle: Idle::default(),
    })
}

fn client(endpoint: &Endpoint) -> Result<Client, ExamineError> {
    let limits = Limits { max_body: MAX_ANSWER, ..Limits::default() };
    Client::new(endpoint.clone(), limits)
        .map_err(|error| ExamineError::Untestable(format!("{endpoint}: {error}")))
}

/// The host name without its port.
fn host(endpoint: &Endpoint) -> String {
    let origin = endpoint.origin();
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    host.to_owned()
}

/// Opens the audit source: the one named, or else one that the profile knows of. Without one, a
/// sentence says why the audited checks do not apply.
async fn open_source(
    settings: &Settings,
    subject: &Subject,
    world: &World,
) -> Result<(Option<(Source, String)>, Option<String>), ExamineError> {
    let headers: Vec<_> = world.given.iter().map(|given| given.header.clone()).collect();
    match &subject.audit {
        Some(Locator::None) => Ok((None, Some("--audit none".to_owned()))),
        Some(locator) => match Source::open(locator, &headers).await {
            Ok(source) => Ok((Some((source, locator.to_string())), None)),
            Err(error) if error.is_usage() => Err(UsageError(format!("--audit: {error}")).into()),
            Err(error) => Err(ExamineError::Untestable(format!("--audit: {error}"))),
        },
        None => match &subject.place {
            Place::Url(endpoint) => Ok(default_source(settings, endpoint, &headers).await),
            Place::Command(_) => Ok((None, Some(NO_SOURCE.to_owned()))),
        },
    }
}

/// A process has no address at which its records could be asked for.
const NO_SOURCE: &str = "no audit records are looked for over stdio; give --audit LOCATOR";

async fn default_source(
    settings: &Settings,
    endpoint: &Endpoint,
    headers: &[Header],
) -> (Option<(Source, String)>, Option<String>) {
    let target = endpoint.to_string();
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

fn unreachable(subject: &Subject, probed: &Probe) -> String {
    let last = probed.exchanges.last().map(|exchange| &exchange.observation);
    let credentials = subject.headers.iter().any(GivenHeader::is_credential);
    let process = matches!(subject.place, Place::Command(_));
    advice::untestable(&subject.name, &probed.refused, last, credentials, process)
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
        switches: settings.switches.texts(),
        strict: settings.strict,
        audit,
        audit_note,
        revisions: Vec::new(),
        seed: settings.seed.to_string(),
        catalogue: settings.digest.clone(),
        complete: true,
        notes: subject.notes.clone(),
        seconds: 0.0,
        settling_seconds: 0.0,
        silence_seconds: 0.0,
    }
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

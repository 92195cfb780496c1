//! Everything that stands before the first case is sent: the target, its records, and what it speaks.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::records::{open_log, open_sources};
use super::subject::{Place, Subject, subject};
use super::{ExamineError, advice, interrupted};
use crate::generate::deal::Dealer;
use crate::oracle::secrets::Secrets;
use crate::plan::Settings;
use crate::report::model::{self, Outcome, Report, Totals};
use crate::runner::event::Event;
use crate::runner::headers::GivenHeader;
use crate::runner::idle::Idle;
use crate::runner::keep::Kept;
use crate::runner::keys::Keys;
use crate::runner::log::Log;
use crate::runner::outage::Mailbox;
use crate::runner::probe::{Probe, probe};
use crate::runner::run::{Outcomes, Plan, Run};
use crate::target::facts::Facts;
use crate::target::world::{Own, Pace, Reach, World};
use crate::transport::endpoint::Endpoint;
use crate::transport::raw_http::{Client, Limits};

/// What belongs to a run, and what its report begins with.
pub(super) struct Stage {
    subject: Subject,
    world: Arc<World>,
    /// What its report begins with, as far as it is known.
    pub(super) header: model::Header,
    started: Instant,
}

impl Stage {
    /// A run that has sent nothing but its probe: starts what has to be started, finds out what the target speaks, and opens its records.
    ///
    /// # Errors
    /// [`ExamineError`] when nothing can be tested.
    pub(super) async fn set(
        settings: Settings,
        events: UnboundedSender<Event>,
    ) -> Result<(Run, Self), ExamineError> {
        let started = Instant::now();
        let mut subject = subject(&settings).await?;
        let secrets = Secrets::new(subject.headers.iter().filter_map(GivenHeader::secret));
        let log = open_log(&subject, secrets.clone()).await?;
        let mut world = world(&settings, &subject, log)?;
        let (sources, audit_note) = open_sources(&settings, &subject, &world).await?;
        let patience = settings.profile.deadline();
        let manner = sources.iter().find_map(|(source, _)| source.manner());
        world.mailbox = manner.map(|manner| Mailbox { manner, patience });
        let world = Arc::new(world);
        let names: Vec<&str> = sources.iter().map(|(_, name)| name.as_str()).collect();
        let audit = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
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
        let plan = plan(settings, (&subject, secrets), &probed.facts);
        let run = Run::new(plan, Arc::clone(&world), probed, sources, events);
        Ok((run, Self { subject, world, header, started }))
    }

    /// Ends what was started, and reports.
    pub(super) async fn close(self, outcomes: Outcomes) -> Report {
        let mut header = self.header;
        header.seconds = self.started.elapsed().as_secs_f64();
        header.settling_seconds = self.world.idle.settled();
        header.silence_seconds = self.world.idle.silent();
        header.notes.extend(outcomes.guessed.clone());
        self.subject.stop().await;
        report(header, outcomes)
    }
}

fn plan(settings: Settings, (subject, secrets): (&Subject, Secrets), facts: &[Facts]) -> Plan {
    let dealer = Dealer::new(settings.seed, facts.iter().map(Facts::scene).collect());
    let dealt = settings.generated.iter().filter_map(|number| dealer.deal(*number));
    let generated = dealt.map(|dealt| dealt.case(&settings.requirements, &settings.models));
    Plan {
        cases: Arc::new(settings.cases.into_iter().chain(generated).collect()),
        dealer,
        requirements: settings.requirements,
        models: settings.models,
        jobs: settings.jobs,
        profile: settings.profile,
        url: subject.url.clone(),
        secrets,
        switches: settings.switches,
        strict: settings.strict,
        told_late: false,
    }
}

/// Bytes of one answer that are read. Lists of a thousand tools stay below; cases side by side that
/// are flooded together have to fit into memory.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// How the subject of the settings is reached.
///
/// # Errors
/// For https alone, where no certificates are trusted or the host can have none.
pub(crate) fn world(
    settings: &Settings,
    subject: &Subject,
    log: Option<Log>,
) -> Result<World, ExamineError> {
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
        own: subject.own.as_ref().map(|own| Own { url: own.url(), journal: own.journal() }),
        mailbox: None,
        log,
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

fn report(header: model::Header, Outcomes { verdicts, ledger, sources, .. }: Outcomes) -> Report {
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
    Report { header, verdicts, ledger, sources, totals }
}

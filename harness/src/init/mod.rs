//! A first look at the records of a target: three probes, what arrives for them, and the draft of a profile
//! from it. Prints nothing.
//!
//! Sending ([`probes`]), waiting ([`wait`]), looking ([`look`]) and writing ([`draft`]) are apart; the last
//! two ask nothing.

mod draft;
mod look;
mod probes;
mod wait;

use std::time::Duration;

use crate::audit::profile::Profile;
use crate::examine::{ExamineError, Subject, open_sources, subject, world};
use crate::plan::{Settings, UsageError};
use look::Sightings;
use probes::Probe;
use wait::Arrived;

/// What is drafted, and how long records are waited for.
#[derive(Clone, Debug)]
pub struct Order {
    /// Name of the profile.
    pub name: String,
    /// Longest wait for the first record, and for a further one after that.
    pub wait: Duration,
}

/// A drafted profile, and what was seen.
#[derive(Clone, Debug)]
pub struct Drafted {
    /// The target, without what may be secret in its URL.
    pub target: String,
    /// Where records were read.
    pub audit: String,
    /// The profile's text, which parses.
    pub text: String,
    /// What was sent and what came of it, in sentences.
    pub seen: Vec<String>,
}

/// Probes the target of the settings and drafts a profile of its records.
///
/// # Errors
/// [`ExamineError`] where nothing can be sent, or nothing arrives.
pub async fn init(settings: &Settings, order: &Order) -> Result<Drafted, ExamineError> {
    let subject = subject(settings).await?;
    let drafted = drafted(settings, &subject, order).await;
    subject.stop().await;
    drafted
}

async fn drafted(
    settings: &Settings,
    subject: &Subject,
    order: &Order,
) -> Result<Drafted, ExamineError> {
    let world = world(settings, subject, None)?;
    // The one that was named stands behind the built-in gateway's own file.
    let named = open_sources(settings, subject, &world).await?.0.pop();
    let Some((mut source, audit)) = named else {
        let told = "init looks at records: give --audit LOCATOR of those that the target writes";
        return Err(UsageError(told.to_owned()).into());
    };
    let target = subject.shown();
    let prefix = world.keys.prefix();
    let sending = probes::send(&world, &settings.revisions, &target);
    let (sent, mut arrived) = wait::arrivals(&mut source, sending, (order.wait, prefix)).await?;
    let records = arrived.records(&sent, prefix);
    if records.iter().all(Option::is_none) {
        return Err(ExamineError::Untestable(nothing(&audit, &arrived, order.wait, prefix)));
    }
    let sightings = look::look(&sent.probes, &records);
    let text = draft::draft(&order.name, &sent, &sightings, &records);
    let profile = Profile::parse(&text, "the draft")
        .map_err(|error| ExamineError::Internal(format!("the draft is no profile: {error}")))?;
    let tiers = arrived.tiers(&sent, &profile, prefix);
    let seen = seen(&sent.probes, &arrived, (&records, &tiers), &sightings);
    let text = draft::with_tiers(&text, &tiers);
    Ok(Drafted { target, audit, text, seen })
}

/// What was sent, what came, and what was found in it.
fn seen(
    probes: &[Probe],
    arrived: &Arrived,
    (records, tiers): (&[Option<look::Record>], &[Option<&'static str>]),
    sightings: &Sightings,
) -> Vec<String> {
    let mut lines = Vec::new();
    for ((probe, record), tier) in probes.iter().zip(records).zip(tiers) {
        let came = record.as_ref().map_or_else(
            || "no record came".to_owned(),
            |record| {
                let times = match record.count {
                    1 => String::new(),
                    count => format!(", {count} lines: choose one kind of them with [[ignore]]"),
                };
                let found = tier.map_or_else(
                    || "not found again by the draft".to_owned(),
                    |tier| format!("found by {tier}"),
                );
                format!("a record came {:.2} s after the answer, {found}{times}", record.delay)
            },
        );
        lines.push(format!("{}: {}; {came}", probe.title, probe.answer));
    }
    if arrived.others > 0 {
        lines.push(format!("{} further lines were passed over", arrived.others));
    }
    let (found, missing) = sightings.summary();
    lines.push(format!("found: {found}"));
    if !missing.is_empty() {
        lines.push(format!("not seen: {missing}"));
    }
    lines
}

/// Why there is nothing to look at, and what to do.
fn nothing(audit: &str, arrived: &Arrived, wait: Duration, prefix: &str) -> String {
    if let Some(line) = arrived.texts.iter().find(|line| line.contains(prefix)) {
        let start: String = line.chars().take(160).collect();
        return format!(
            "records came in {audit}, but they are no JSON: {start:?}; write a profile with a [[text]] pattern for \
             such lines (schemas/profile.schema.json)"
        );
    }
    let broken = arrived.error.as_ref().map(|error| format!("; the last look failed: {error}"));
    let others = match (arrived.others, arrived.texts.len()) {
        (0, 0) => "nothing arrived".to_owned(),
        (others, texts) => format!("{} lines arrived, none with a text of ours", others + texts),
    };
    format!(
        "no record of three probes came in {audit} within {} s: {others}{}; is it where this target writes? Sinks \
         that batch need a longer --wait",
        wait.as_secs_f64(),
        broken.unwrap_or_default()
    )
}

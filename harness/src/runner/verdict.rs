//! Evidence -> verdict: what the report says of one case under one revision.

use std::borrow::Cow;
use std::ops::Range;

use super::batch::{Book, Index};
use super::case_run::{CaseRun, RunResult, Sent};
use super::log::Log;
use crate::audit::correlate::{Correlation, Tier};
use crate::audit::profile::Profile;
use crate::audit::record::AuditRecord;
use crate::case::Case;
use crate::case::switch::Switches;
use crate::case::text;
use crate::generate::deal::Dealer;
use crate::generate::input::read_as;
use crate::oracle::checks::audited::main_record;
use crate::oracle::checks::{answered, shorten};
use crate::oracle::evidence::{Evidence, Exchange, Hop, Leak, Lost, Records};
use crate::oracle::grade::grade;
use crate::oracle::judge::{judge, outcome};
use crate::oracle::secrets::Secrets;
use crate::oracle::strict::harden;
use crate::report::model::{Outcome, Verdict, is_fine};
use crate::target::facts::Facts;
use crate::target::world::Own;
use crate::upstream::{PREFIX, private};

/// What every verdict of a run depends on.
#[derive(Debug)]
pub struct Court<'a> {
    /// The selected cases.
    pub cases: &'a [Case],
    /// The facts by revision.
    pub facts: &'a [Facts],
    /// Texts that must appear in no reply and no record.
    pub secrets: &'a Secrets,
    /// How disputed verdicts are decided.
    pub switches: &'a Switches,
    /// Whether a warning is a failure.
    pub strict: bool,
    /// What reached our own upstream, where one stands behind the target.
    pub own: Option<&'a Own>,
    /// The target's own log, where it is read.
    pub log: Option<&'a Log>,
    /// The records by source; empty when there is none.
    pub audit: Vec<Ledgers<'a>>,
}

/// The matched records of a run from one source.
#[derive(Debug)]
pub struct Ledgers<'a> {
    /// Name of the source, where there are several.
    pub source: Option<&'a str>,
    /// What was read.
    pub book: &'a Book,
    /// What was sent.
    pub index: &'a Index<'a>,
    /// How the two fit.
    pub correlation: Correlation,
    /// What the product calls things.
    pub profile: Cow<'a, Profile>,
    /// What else it delivered and should not have.
    pub leaks: Vec<Leak>,
    /// Whether it is our own receiver.
    pub receives: bool,
    /// What it lacks, though there is proof that it was written.
    pub lost: Vec<Lost>,
}

impl Court<'_> {
    /// The verdict on the case run at a place of the list.
    #[must_use]
    pub fn verdict(&self, place: usize, run: &CaseRun) -> Option<Verdict> {
        let case = self.cases.get(run.case)?;
        let facts = self.facts.get(run.facts)?;
        let verdict = blank(case, facts);
        Some(match &run.result {
            RunResult::NotApplicable(reason) => without(verdict, Outcome::NotApplicable, reason),
            RunResult::Untestable(reason) => without(verdict, Outcome::Untestable, reason),
            RunResult::Sent(sent) => {
                // Of what may have several defects nobody says the class but its bytes.
                let class = sent.stimulus.reading.class;
                let read = case.expectation.several.then(|| read_as(case, class));
                let case = read.as_ref().unwrap_or(case);
                self.judged(blank(case, facts), (case, facts), sent, (place, run))
            }
        })
    }

    fn judged(
        &self,
        verdict: Verdict,
        (case, facts): (&Case, &Facts),
        sent: &Sent,
        (place, run): (usize, &CaseRun),
    ) -> Verdict {
        let audit = self.audit.iter().map(|ledgers| ledgers.records(place, &sent.stimulus));
        let asked = self.own.filter(|_| case.expectation.upstream.is_some());
        let hop = asked.map(|own| behind(own, (sent, run, facts), self.secrets));
        let log = self.log.map(|log| log.during(&meanwhile(&sent.stimulus, LOGGED)));
        let evidence = Evidence {
            case,
            revision: facts.revision,
            control: sent.control.as_ref(),
            stimulus: &sent.stimulus,
            beside: &sent.beside,
            pages: &sent.pages,
            sentinel: sent.sentinel.as_ref(),
            life: sent.life.as_ref(),
            hop: hop.as_ref(),
            outage: sent.outage.as_ref(),
            log: log.as_deref(),
            audit: audit.collect(),
            secrets: self.secrets,
            switches: self.switches,
        };
        let mut checks = judge(&evidence);
        if self.strict {
            harden(&mut checks);
        }
        // The record that is shown is the one that was judged.
        let judged = evidence.audit.iter().find_map(|records| main_record(&evidence, records));
        let grades = evidence.audit.iter().filter_map(|records| grade(&evidence, records));
        let shown = |record: &AuditRecord| shorten(&self.secrets.blot(&record.raw), 2000);
        let outcome = outcome(&checks);
        let unwritten = case.expectation.several || Dealer::number(&case.id).is_some();
        Verdict {
            outcome,
            checks,
            case_file: (unwritten && !is_fine(outcome)).then(|| text::file(case)),
            grades: grades.collect(),
            tier: judged.map(|(_, tier)| tier.as_str().to_owned()),
            reproduce: run.told.reproduce.clone(),
            sent: run.told.sent.clone(),
            received: self.received(&sent.stimulus),
            record: judged.map(|(record, _)| shown(record)),
            milliseconds: sent.stimulus.delivery.elapsed.as_secs_f64() * 1000.0,
            ..verdict
        }
    }

    /// What came back, in one line. Secrets go before it is cut: half of one would not be known. What
    /// is far beyond the cut is left out before.
    fn received(&self, exchange: &Exchange) -> String {
        const NEAR: usize = 64 * 1024;
        let bytes = exchange.delivery.bytes();
        let body = String::from_utf8_lossy(bytes.get(..NEAR).unwrap_or(bytes));
        let body = self.secrets.blot(&body);
        let body: String = body.chars().take(600).collect();
        format!("{}: {body}", answered::describe(exchange))
    }
}

impl<'a> Ledgers<'a> {
    /// The records that belong to the stimulus of the case run at a place.
    fn records(&'a self, place: usize, stimulus: &Exchange) -> Records<'a> {
        let matches = self.index.stimuli.get(place).copied().flatten();
        let matches = matches.and_then(|at| self.correlation.per_exchange.get(at));
        let found = |(at, tier): &(usize, Tier)| Some((self.book.records.get(*at)?, *tier));
        let about = |line: &&str| line.contains(&stimulus.key) || line.contains(&stimulus.trace_id);
        let broken = self.book.unreadable.iter().map(String::as_str).filter(about);
        let too_deep = self.book.too_deep.iter().map(String::as_str).any(|line| about(&line));
        let orphan = |at: &usize| self.book.records.get(*at);
        Records {
            source: self.source,
            leaks: &self.leaks,
            lost: &self.lost,
            receives: self.receives,
            matched: matches.map_or_else(Vec::new, |matches| {
                matches.records.iter().filter_map(found).collect::<Vec<(&AuditRecord, Tier)>>()
            }),
            ambiguous: matches.is_some_and(|matches| matches.ambiguous),
            broken: broken.collect(),
            too_deep,
            orphans: self.correlation.orphans.iter().filter_map(orphan).collect(),
            names_servers: self.book.names_servers(),
            profile: &self.profile,
        }
    }
}

/// Seconds after an answer in which its call may still reach our own upstream.
const FORWARDED: f64 = 5.0;

/// Seconds after an answer in which a line of the log may be about it. Others that are sent meanwhile may
/// be about the same method: cases that ask for a line run alone.
const LOGGED: f64 = 0.5;

/// The time of an exchange, and so many seconds more.
fn meanwhile(exchange: &Exchange, after: f64) -> Range<f64> {
    exchange.started..exchange.ended + after
}

/// What reached our own upstream for a stimulus, while it was answered and soon after.
fn behind(own: &Own, (sent, run, facts): (&Sent, &CaseRun, &Facts), secrets: &Secrets) -> Hop {
    let (journal, stimulus) = (&own.journal, &sent.stimulus);
    let time = meanwhile(stimulus, FORWARDED);
    // Messages beside it may have been sent before it, and may not be cancelled either.
    let begun = sent.beside.iter().map(|beside| beside.started).fold(time.start, f64::min);
    // What is unusual in a list was asked for by a message that was sent before it.
    let texts = run.prepared.iter().map(|exchange| exchange.key.as_str());
    let texts: Vec<&str> = texts.chain([stimulus.key.as_str()]).collect();
    let (leaked, cut) = (journal.holds(|bytes| secrets.are_in(bytes)), !journal.is_whole());
    let tool = facts.calls.own.as_ref().map(|call| call.name.as_str());
    let alias = tool.and_then(|name| Some(name.rsplit_once(PREFIX)?.0));
    let alias = alias.map(|alias| alias.trim_matches(|c: char| !c.is_alphanumeric()));
    let alias = alias.filter(|alias| !alias.is_empty()).map(str::to_owned);
    // A retry has the arguments of the call that it tries again, and so its canary.
    let text = stimulus.reading.arguments.as_ref().and_then(|it| it.get("text")?.as_str());
    let mut prepared = run.prepared.iter().map(|exchange| &exchange.key);
    let first = prepared.rfind(|key| Some(key.as_str()) == text).cloned();
    let tries = first.as_ref().map(|first| journal.about(first, 0.0..time.start));
    let mut arrivals = journal.about(first.as_ref().unwrap_or(&stimulus.key), time.clone());
    let asked = journal.asked(&stimulus.key, &time).map(|(asked, answers)| {
        arrivals.extend(answers.into_iter().filter(|answer| !answer.holds(&stimulus.key)));
        asked
    });
    Hop {
        strays: journal.strays(&meanwhile(stimulus, LOGGED)),
        asked,
        cancelled: journal.cancelled(&(begun..stimulus.ended), FORWARDED),
        arrivals,
        unasked: journal.is_unasked(&stimulus.key),
        dropped: journal.is_dropped(&stimulus.key),
        first,
        tries: tries.unwrap_or_default(),
        shown: journal.shown(&texts),
        misled: journal.misled(&texts),
        leaked,
        cut,
        private: Some(private(&stimulus.key)),
        declared: journal.declared(),
        others: facts.other_tools(),
        names: alias.into_iter().chain(own.names()).collect(),
    }
}

fn blank(case: &Case, facts: &Facts) -> Verdict {
    Verdict {
        case: case.id.clone(),
        title: case.title.clone(),
        requirement: case.requirement.clone(),
        revision: facts.revision.to_string(),
        transport: facts.transport.to_string(),
        outcome: Outcome::NotApplicable,
        reason: None,
        checks: Vec::new(),
        grades: Vec::new(),
        tier: None,
        reproduce: String::new(),
        case_file: None,
        sent: String::new(),
        received: String::new(),
        record: None,
        milliseconds: 0.0,
    }
}

fn without(verdict: Verdict, outcome: Outcome, reason: &str) -> Verdict {
    Verdict { outcome, reason: Some(reason.to_owned()), ..verdict }
}

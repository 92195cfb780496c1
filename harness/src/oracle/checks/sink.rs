//! What becomes of a call and its record while our own receiver of records misbehaves.

use super::answered::accepts;
use super::shorten;
use crate::audit::record::AuditRecord;
use crate::case::Sink;
use crate::case::class::Class;
use crate::case::expectation::ReplyKind;
use crate::case::switch::Switch;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Outage, Records};
use crate::report::model::Outcome;

/// Seconds by which an answer may be later than the same one otherwise.
const HELD_UP: f64 = 1.0;

/// The answer must not wait for the receiver. Where none came at all, `answered.reply` says so.
pub fn answer(evidence: &Evidence<'_>, findings: &mut Findings) {
    let Some(outage) = evidence.outage else { return };
    let stimulus = evidence.stimulus;
    if matches!(stimulus.fate(), ReplyKind::Silent | ReplyKind::Closed | ReplyKind::Refused) {
        return;
    }
    let around = evidence.control.into_iter().chain(evidence.sentinel);
    let times = around.filter(|exchange| accepts(exchange)).map(|it| it.delivery.elapsed);
    let usual = times.max().unwrap_or_default().as_secs_f64();
    let took = stimulus.delivery.elapsed.as_secs_f64();
    let outcome = match (took <= usual + HELD_UP, evidence.case.stimulus.class) {
        (true, _) => Outcome::Pass,
        (false, Class::Request) => disputed(evidence, Switch::SinkWait),
        // The messages around it are other ones, which may be quicker by themselves.
        (false, _) => disputed(evidence, Switch::SinkWait).min(Outcome::Warn),
    };
    let expected = format!("an answer within {:.1} s, as without the fault", usual + HELD_UP);
    let actual = format!("{took:.1} s while the receiver of records {}", outage.sink);
    findings.add(CheckId::SinkAnswer, outcome, expected, actual);
}

/// Judges the record of a message that was sent during an outage; `came` says whether there is one.
/// Only then it can be judged further.
pub fn record(evidence: &Evidence<'_>, outage: &Outage, came: bool, findings: &mut Findings) {
    let told = outage.told.as_deref();
    let (outcome, actual) = match told.map(<[String]>::first) {
        _ if !outage.noticed => (
            Outcome::Untestable,
            "nothing was delivered to the receiver meanwhile: raise `deadline` of the profile above the time \
             after which the target delivers"
                .to_owned(),
        ),
        _ if came => (Outcome::Pass, "it came".to_owned()),
        Some(Some(line)) => (Outcome::Warn, format!("lost, and told: {}", shorten(line, 160))),
        _ if is_refused_for_it(evidence) => {
            (Outcome::Warn, "lost, and the call was refused, which tells its caller".to_owned())
        }
        Some(None) if !outage.recovered => (
            Outcome::Warn,
            format!(
                "lost, and so is a later one in {:.0} s: the target tries again later than `deadline` of the \
                 profile, or never; the log warns of nothing",
                outage.waited
            ),
        ),
        _ if !outage.recovered => (
            Outcome::Untestable,
            format!(
                "none of later messages came in {:.0} s either: raise `deadline` of the profile above the \
                 time after which the target tries again",
                outage.waited
            ),
        ),
        None => {
            (Outcome::Warn, "lost; --log PATH finds out whether the target tells of it".to_owned())
        }
        Some(None) => (
            disputed(evidence, Switch::SinkLoss),
            "lost: later records came, and the log warns of nothing".to_owned(),
        ),
    };
    let expected =
        format!("the record comes though its receiver {}, or its loss is told", outage.sink);
    findings.add(CheckId::SinkLoss, outcome, expected, actual);
}

/// Whether a call that is served otherwise was refused: where none may go unrecorded, that is meant so.
fn is_refused_for_it(evidence: &Evidence<'_>) -> bool {
    let refused = matches!(
        evidence.stimulus.fate(),
        ReplyKind::Error | ReplyKind::ToolError | ReplyKind::Http
    );
    let whole = evidence.stimulus.observation.status.is_some_and(|status| status >= 500);
    refused && (whole || evidence.case.stimulus.class == Class::Request)
}

/// Whether the records are one that was delivered twice: who gets no answer in time may deliver again, and
/// the receiver tells by the record itself.
pub fn is_repeated(evidence: &Evidence<'_>, records: &Records<'_>) -> bool {
    let slow = evidence.outage.is_some_and(|outage| outage.sink == Sink::Slow);
    let Some((first, rest)) = records.matched.split_first() else { return false };
    // One that counts its attempts is still the same by its id.
    let same = |other: &AuditRecord| match (&first.0.id, &other.id) {
        (Some(one), Some(two)) => one == two,
        _ => first.0.raw == other.raw,
    };
    slow && rest.iter().all(|(record, _)| same(record))
}

/// What a violation counts by a switch whose default is to fail.
fn disputed(evidence: &Evidence<'_>, switch: Switch) -> Outcome {
    match evidence.switches.value(switch) {
        "pass" => Outcome::Pass,
        "warn" => Outcome::Warn,
        _ => Outcome::Fail,
    }
}

#[cfg(test)]
mod tests;

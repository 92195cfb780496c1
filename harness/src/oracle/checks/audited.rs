//! `audited.`: is there a record of the message, only one, and does it say what happened?

use super::{agree, record, shorten, sink};
use crate::audit::correlate::Tier;
use crate::audit::naming;
use crate::audit::profile::Answer;
use crate::audit::record::AuditRecord;
use crate::case::class::Class;
use crate::case::expectation::{RecordDemand, ReplyKind};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Records};
use crate::report::model::Outcome;
use crate::wire::methods;

/// Judges the records of the stimulus.
pub fn audited(evidence: &Evidence<'_>, findings: &mut Findings) {
    if evidence.stimulus.observation.kind == ReplyKind::Refused {
        return;
    }
    for records in &evidence.audit {
        findings.at(records.source);
        of_source(evidence, records, findings);
    }
    findings.at(None);
    agree::agree(evidence, findings);
}

/// Judges what one source says.
fn of_source(evidence: &Evidence<'_>, records: &Records<'_>, findings: &mut Findings) {
    lines(records, findings);
    if evidence.case.expectation.orphans {
        orphans(records, findings);
    }
    if evidence.case.expectation.complete {
        complete(records, findings);
    }
    let found = main_record(evidence, records).filter(|_| !records.ambiguous);
    if let Some(outage) =
        evidence.outage.filter(|_| records.receives && may_be_judged(evidence, records))
    {
        sink::record(evidence, outage, found.is_some(), findings);
        if found.is_none() {
            return;
        }
    }
    let Some((found, _)) = found else { return missing(evidence, records, findings) };
    findings.add(CheckId::Record, Outcome::Pass, "a record", "found");
    count(evidence, records, findings);
    if !is_several(evidence) {
        let product = (records.profile, records.names_servers);
        record::fields(evidence, found, product, findings);
    } else if matches!(evidence.stimulus.observation.kind, ReplyKind::Error | ReplyKind::Http) {
        record::refusal(evidence, found, records.profile, findings);
    }
}

/// The record that is judged: of several the first whose call type fits.
#[must_use]
pub fn main_record<'a>(
    evidence: &Evidence<'_>,
    records: &Records<'a>,
) -> Option<(&'a AuditRecord, Tier)> {
    let wanted = call_types(evidence);
    let fits = |(record, _): &(&AuditRecord, Tier)| {
        record.call_type.as_ref().is_some_and(|call_type| wanted.contains(call_type))
    };
    let mut all = records.matched.iter().copied();
    all.clone().find(fits).or_else(|| all.next())
}

/// A record about the exchange that broke its line (museum: log injection).
fn lines(records: &Records<'_>, findings: &mut Findings) {
    if let Some(broken) = records.broken.first() {
        let actual = format!("a line that is no record: {}", shorten(broken, 160));
        findings.add(CheckId::Line, Outcome::Fail, "one whole record a line", actual);
    }
}

fn orphans(records: &Records<'_>, findings: &mut Findings) {
    let orphan = records.orphans.first();
    findings.require(
        CheckId::Orphan,
        orphan.is_none(),
        "every record with a canary of ours belongs to an exchange",
        orphan.map_or_else(|| "none is left over".to_owned(), |orphan| left_over(records, orphan)),
    );
}

/// What only the repetition proves may have been lost on the way to us; what another source has, was not.
fn complete(records: &Records<'_>, findings: &mut Findings) {
    let elsewhere = records.lost.iter().filter(|lost| lost.elsewhere).count();
    let (outcome, proof) = match (elsewhere, records.lost.len()) {
        (0, 0) => (Outcome::Pass, String::new()),
        (0, count) => {
            (Outcome::Warn, format!("{count} that had one when they were sent again alone"))
        }
        (count, _) => (Outcome::Fail, format!("{count} that have one in another source")),
    };
    let first = records.lost.iter().find(|lost| lost.elsewhere == (elsewhere > 0));
    let actual = first.map_or_else(
        || "none is missing".to_owned(),
        |first| format!("no record of {proof}, first: {}", shorten(&first.what, 120)),
    );
    findings.add(
        CheckId::RecordLost,
        outcome,
        "every record of the run that can be known of",
        actual,
    );
}

fn left_over(records: &Records<'_>, orphan: &AuditRecord) -> String {
    format!("{} left over, the first: {}", records.orphans.len(), shorten(&orphan.raw, 160))
}

/// Whether a missing record is one that should have come and could have been read.
fn may_be_judged(evidence: &Evidence<'_>, records: &Records<'_>) -> bool {
    let method = evidence.stimulus.reading.method.as_deref();
    let by_design = records.profile.unrecorded(method, answer(evidence.stimulus.fate()));
    by_design.is_none() && !records.too_deep && !records.ambiguous
}

fn missing(evidence: &Evidence<'_>, records: &Records<'_>, findings: &mut Findings) {
    let demand = demand(evidence);
    let method = evidence.stimulus.reading.method.as_deref();
    let answer = answer(evidence.stimulus.fate());
    let by_design = records.profile.unrecorded(method, answer);
    let (outcome, actual) = match (by_design, demand) {
        (Some(reason), _) => (Outcome::NotApplicable, reason.to_owned()),
        _ if records.too_deep => {
            (Outcome::NotApplicable, "a record that is nested too deep to be read".to_owned())
        }
        _ if records.ambiguous => {
            (Outcome::Untestable, "a record that may belong to another exchange".to_owned())
        }
        (None, RecordDemand::Required) => (Outcome::Fail, "no record".to_owned()),
        (None, RecordDemand::Expected) => (Outcome::Warn, "no record".to_owned()),
        (None, RecordDemand::Optional) => (Outcome::NotApplicable, "no record".to_owned()),
    };
    findings.add(CheckId::Record, outcome, "exactly one record", actual);
}

/// What the case demands; of an accepted message that is no request a record is only expected.
#[must_use]
pub fn demand(evidence: &Evidence<'_>) -> RecordDemand {
    let stimulus = evidence.stimulus;
    let accepted = stimulus.fate() == ReplyKind::Accepted;
    let request = !matches!(stimulus.reading.class, Class::Notification | Class::Response);
    // On standard input a blank line is no message.
    let blank = stimulus.reading.class == Class::Empty && stimulus.delivery.output.is_some();
    let silent = evidence.case.expectation.replies.get(&ReplyKind::Silent);
    let may_wait = silent.is_some_and(|silent| silent.waiting);
    match evidence.case.expectation.record {
        _ if blank => RecordDemand::Optional,
        // Only whoever still waits has nothing to record yet.
        RecordDemand::Expected if may_wait && stimulus.observation.kind != ReplyKind::Silent => {
            RecordDemand::Required
        }
        RecordDemand::Required if accepted && !request => RecordDemand::Expected,
        demand => demand,
    }
}

/// What the caller saw, in the words of profiles.
#[must_use]
pub const fn answer(kind: ReplyKind) -> Answer {
    match kind {
        ReplyKind::Result | ReplyKind::Batch | ReplyKind::Stream => Answer::Result,
        ReplyKind::ToolError | ReplyKind::Error | ReplyKind::Http | ReplyKind::Garbage => {
            Answer::Error
        }
        ReplyKind::Accepted => Answer::Acknowledged,
        ReplyKind::Closed | ReplyKind::Silent | ReplyKind::Refused => Answer::None,
    }
}

/// Whether several messages were sent as one: a batch, whatever else is wrong with it, or several
/// lines in one write.
fn is_several(evidence: &Evidence<'_>) -> bool {
    let reading = &evidence.stimulus.reading;
    reading.class == Class::Batch || reading.messages > 1
}

/// One record; for several messages one in all, or one for each of them.
fn count(evidence: &Evidence<'_>, records: &Records<'_>, findings: &mut Findings) {
    let count = records.matched.len();
    let most = evidence.stimulus.reading.messages.max(1);
    let holds = count == 1 || (is_several(evidence) && count <= most);
    let (outcome, actual) = match () {
        () if holds => (Outcome::Pass, format!("{count} records")),
        () if sink::is_repeated(evidence, records) => {
            (Outcome::Warn, format!("the same record {count} times, after a slow answer"))
        }
        () => (Outcome::Fail, format!("{count} records")),
    };
    findings.add(CheckId::RecordOnce, outcome, "one record", actual);
}

/// The call types that a record may carry, by what was sent and what came back; none when a target
/// served what we cannot read, so that any will do.
#[must_use]
pub fn call_types(evidence: &Evidence<'_>) -> Vec<String> {
    let reading = &evidence.stimulus.reading;
    let known = reading.method.as_deref().filter(|method| {
        methods::is_known(method, evidence.revision)
            || reading.class == Class::Notification
            || method.starts_with("notifications/")
    });
    let own = known.map(naming::call_type);
    let refused = naming::PROTOCOL_ERROR.to_owned();
    let served =
        matches!(evidence.stimulus.observation.kind, ReplyKind::Result | ReplyKind::ToolError);
    let accepted = evidence.stimulus.fate() == ReplyKind::Accepted;
    match (reading.class, own) {
        // No message, no call type of our vocabulary: GET, DELETE and the like.
        (Class::HttpMethod, _) => Vec::new(),
        // A response that was taken is no protocol error, and is no call either.
        (Class::Response, _) if accepted => Vec::new(),
        (Class::UnknownTool | Class::ToolArguments, Some(own)) => vec![own],
        (_, Some(own)) if served => vec![own],
        (_, Some(own)) => vec![own, refused],
        (_, None) if served => Vec::new(),
        (_, None) => vec![refused],
    }
}

#[cfg(test)]
mod tests;

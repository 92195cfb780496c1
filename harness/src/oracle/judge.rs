//! Evidence -> checks. A pure function: the same evidence gives the same verdict.

use super::check::Findings;
use super::checks::{
    answered, audited, beside, content, correlated, isolation, leak, listed, pages, process,
    progress, schema, shape, sink, streams, transport, unasked, upstream,
};
use super::evidence::Evidence;
use super::expect::stdio::{needs_trace, over_stdio};
use super::expect::{self, Replies, several};
use super::switches;
use super::trace::left_trace;
use crate::case::expectation::ReplyKind;
use crate::case::switch::Switch;
use crate::report::model::{Check, Outcome};
use crate::wire::delivery::End;

/// Asks every question that the evidence can answer, in order. Without an accepted control nothing
/// else is asked: a rejection would be for an unknown reason.
#[must_use]
pub fn judge(evidence: &Evidence<'_>) -> Vec<Check> {
    let mut findings = Findings::new(evidence.case.level.to_string());
    if !answered::limited(evidence, &mut findings) && answered::control(evidence, &mut findings) {
        judge_reply(evidence, &mut findings);
        beside::beside(evidence, &mut findings);
        pages::pages(evidence, &mut findings);
        streams::event_ids(evidence, &mut findings);
        streams::standing(evidence, &mut findings);
        streams::closed(evidence, &mut findings);
        isolation::canary(evidence, &mut findings);
        isolation::same(evidence, &mut findings);
        upstream::upstream(evidence, &mut findings);
        sink::answer(evidence, &mut findings);
        answered::alive(evidence, &mut findings);
        audited::audited(evidence, &mut findings);
        leak::traceback(evidence, &mut findings);
        leak::secret(evidence, &mut findings);
        leak::log(evidence, &mut findings);
        leak::delivered(evidence, &mut findings);
    }
    let mut checks = findings.into_checks();
    if evidence.case.expectation.several {
        checks.retain(|check| !several::excuses(evidence.stimulus, &check.check));
    }
    leak::blot(checks, evidence.secrets)
}

fn judge_reply(evidence: &Evidence<'_>, findings: &mut Findings) {
    let exchange = evidence.stimulus;
    let observation = &exchange.observation;
    let replies = permitted(evidence);
    let allowed = answered::reply(exchange, &replies, findings);
    answered::once(exchange, allowed, findings);
    let shaped = shape::shape(observation, findings);
    let mut complete = true;
    if let Some(allowed) = allowed {
        if observation.kind == ReplyKind::Error {
            answered::code(observation, allowed, evidence.revision, findings);
        }
        complete = content::content(observation, allowed, findings);
        let schemas = &allowed.json_schemas;
        complete &= listed::schemas(observation, schemas, evidence.revision, findings);
        listed::texts(observation, &allowed.texts_warn, findings);
    }
    // One defect is told once: where JSON-RPC or the case itself is violated, the schema is silent.
    if shaped && complete {
        schema::schema(exchange, evidence.revision, findings);
    }
    unasked::unasked(exchange, evidence.revision, findings);
    unasked::told(evidence, findings);
    progress::progress(exchange, findings);
    correlated::id(exchange, allowed, findings);
    if let Some(allowed) = allowed {
        transport::status(exchange, allowed, findings);
    }
    transport::content_type(exchange, findings);
    transport::framing(exchange, findings);
    transport::headers(exchange, &evidence.case.expectation.headers, findings);
    process::purity(evidence, findings);
    process::exit(evidence, findings);
}

/// What the case permits over the transport that carried the message.
fn permitted(evidence: &Evidence<'_>) -> Replies {
    let stimulus = evidence.stimulus;
    let mut replies = if evidence.case.expectation.several {
        several::permitted(evidence.revision, stimulus)
    } else {
        expect::permitted(evidence.case, evidence.revision, &stimulus.reading)
    };
    if stimulus.delivery.output.is_some() {
        replies = on_output(evidence, replies);
    }
    still_waits(&mut replies, evidence);
    switches::applied(replies, evidence.case, evidence.revision, evidence.switches)
}

/// Silence may be that of a target which still waits: a stream that has ended without an answer has dropped
/// it.
fn still_waits(replies: &mut Replies, evidence: &Evidence<'_>) {
    let ended = evidence.stimulus.delivery.end == End::Complete;
    let waiting = replies.get(&ReplyKind::Silent).is_some_and(|silent| silent.waiting);
    if waiting && ended {
        replies.remove(&ReplyKind::Silent);
    }
}

/// The same on standard output, with what the case says of it alone.
fn on_output(evidence: &Evidence<'_>, replies: Replies) -> Replies {
    let class = evidence.case.stimulus.class;
    let id_readable = evidence.stimulus.reading.id_readable;
    let mut replies = over_stdio(replies, class, evidence.revision, id_readable);
    let silence = evidence.switches.value(Switch::StdioParseSilence);
    if needs_trace(class) && silence != "pass" && !left_trace(evidence) {
        replies.remove(&ReplyKind::Silent);
    }
    replies.extend(evidence.case.expectation.on_stdio.clone());
    replies
}

/// The most severe outcome. Not-applicable only counts when nothing else was asked.
#[must_use]
pub fn outcome(checks: &[Check]) -> Outcome {
    let worst = checks.iter().map(|check| check.outcome).max();
    worst.unwrap_or(Outcome::NotApplicable)
}

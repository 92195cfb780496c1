//! Evidence -> checks. A pure function: the same evidence gives the same verdict.

use super::check::Findings;
use super::checks::{
    answered, audited, beside, correlated, isolation, leak, pages, progress, shape, streams,
    transport,
};
use super::evidence::Evidence;
use super::expect::{self, Replies};
use super::switches;
use crate::case::class::Class;
use crate::case::expectation::ReplyKind;
use crate::report::model::{Check, Outcome};
use crate::wire::json::Json;

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
        isolation::canary(evidence, &mut findings);
        isolation::same(evidence, &mut findings);
        answered::alive(evidence, &mut findings);
        audited::audited(evidence, &mut findings);
        leak::traceback(evidence, &mut findings);
        leak::secret(evidence, &mut findings);
    }
    leak::blot_checks(findings.into_checks(), evidence.secrets)
}

fn judge_reply(evidence: &Evidence<'_>, findings: &mut Findings) {
    let exchange = evidence.stimulus;
    let observation = &exchange.observation;
    let replies = permitted(evidence);
    let allowed = answered::reply(exchange, &replies, findings);
    answered::once(exchange, allowed, findings);
    shape::shape(observation, findings);
    if let Some(allowed) = allowed {
        if observation.kind == ReplyKind::Error {
            answered::code(observation, allowed, findings);
        }
        answered::result(observation, allowed, findings);
    }
    progress::progress(exchange, findings);
    correlated::id(exchange, allowed, findings);
    if let Some(allowed) = allowed {
        transport::status(exchange, allowed, findings);
    }
    transport::content_type(exchange, findings);
    transport::framing(exchange, findings);
    transport::headers(exchange, &evidence.case.expectation.headers, findings);
}

/// What the case permits, or else what its class does.
fn permitted(evidence: &Evidence<'_>) -> Replies {
    let replies = named_or_of_class(evidence);
    let mut replies =
        switches::applied(replies, evidence.case, evidence.revision, evidence.switches);
    // Arguments that are known to violate the tool's schema must not be executed with defaults;
    // `null` for the whole of them may count as absent (TOOL-ARGS-NULL).
    let null = evidence.stimulus.reading.arguments.as_ref().is_some_and(Json::is_null);
    if evidence.stimulus.reading.class == Class::ToolArguments && !null {
        replies.remove(&ReplyKind::Result);
    }
    replies
}

fn named_or_of_class(evidence: &Evidence<'_>) -> Replies {
    let named = &evidence.case.expectation.replies;
    if named.is_empty() {
        let class = evidence.case.stimulus.class;
        expect::replies(class, evidence.revision, evidence.stimulus.reading.id_readable)
    } else {
        named.clone()
    }
}

/// The most severe outcome. Not-applicable only counts when nothing else was asked.
#[must_use]
pub fn outcome(checks: &[Check]) -> Outcome {
    let worst = checks.iter().map(|check| check.outcome).max();
    worst.unwrap_or(Outcome::NotApplicable)
}

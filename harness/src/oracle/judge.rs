//! Evidence -> checks. A pure function: the same evidence gives the same verdict.

use super::check::Findings;
use super::checks::{
    answered, audited, beside, content, correlated, isolation, leak, pages, shape, streams,
    transport, unasked,
};
use super::evidence::Evidence;
use super::expect;
use super::switches;
use crate::case::expectation::ReplyKind;
use crate::report::model::{Check, Outcome};

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
    let replies = expect::permitted(evidence.case, evidence.revision, &exchange.reading);
    let replies = switches::applied(replies, evidence.case, evidence.revision, evidence.switches);
    let allowed = answered::reply(exchange, &replies, findings);
    answered::once(exchange, allowed, findings);
    shape::shape(observation, findings);
    if let Some(allowed) = allowed {
        if observation.kind == ReplyKind::Error {
            answered::code(observation, allowed, evidence.revision, findings);
        }
        content::content(observation, allowed, findings);
    }
    unasked::unasked(exchange, evidence.revision, findings);
    correlated::id(exchange, allowed, findings);
    if let Some(allowed) = allowed {
        transport::status(exchange, allowed, findings);
    }
    transport::content_type(exchange, findings);
    transport::framing(exchange, findings);
    transport::headers(exchange, &evidence.case.expectation.headers, findings);
}

/// The most severe outcome. Not-applicable only counts when nothing else was asked.
#[must_use]
pub fn outcome(checks: &[Check]) -> Outcome {
    let worst = checks.iter().map(|check| check.outcome).max();
    worst.unwrap_or(Outcome::NotApplicable)
}

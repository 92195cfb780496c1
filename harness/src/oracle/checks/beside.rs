//! `answered.beside`: were the messages sent beside the stimulus answered as they should be?

use super::answered::{describe, error_code};
use super::{graded, graded_code};
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::{Grade, IdRule};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange};
use crate::oracle::expect::{self, Replies};
use crate::oracle::observe::echoes;
use crate::oracle::switches;
use crate::report::model::Outcome;

/// Judges each message that was sent beside the stimulus, by its class or by what the case permits.
/// What a standing stream may carry is another question.
pub fn beside(evidence: &Evidence<'_>, findings: &mut Findings) {
    let posted = evidence.beside.iter().filter(|exchange| exchange.envelope.method == "POST");
    let graded: Vec<_> =
        posted.map(|exchange| grade(exchange, &permitted(evidence, exchange))).collect();
    let Some(worst) = graded.iter().max_by_key(|(outcome, _)| *outcome) else { return };
    let same = graded.iter().filter(|(outcome, _)| *outcome == worst.0).count();
    let actual = format!("{same} of {}: {}", graded.len(), worst.1);
    let expected =
        "each message sent beside it is answered once, in a permitted way, with its own id";
    findings.add(CheckId::Beside, worst.0, expected, actual);
}

fn permitted(evidence: &Evidence<'_>, exchange: &Exchange) -> Replies {
    let named = &evidence.case.expectation.beside.reply;
    if !named.is_empty() {
        return named.clone();
    }
    let reading = &exchange.reading;
    let replies = expect::replies(reading.class, evidence.revision, reading.id_readable);
    switches::of_class(replies, reading.class, evidence.revision, evidence.switches)
}

/// The kind of the reply, its code, its id and its number, in this order.
fn grade(exchange: &Exchange, replies: &Replies) -> (Outcome, String) {
    let observation = &exchange.observation;
    let Some(allowed) = replies.get(&observation.kind) else {
        return (Outcome::Fail, describe(exchange));
    };
    let kind = if allowed.grade == Grade::Pass { Outcome::Pass } else { Outcome::Warn };
    let (id, said) = id(exchange, allowed);
    let code = code(exchange, allowed);
    if observation.responses.len() > 1 && observation.kind != ReplyKind::Batch {
        return (Outcome::Fail, format!("{} responses", observation.responses.len()));
    }
    if id == Outcome::Fail {
        return (id, said);
    }
    (kind.max(id).max(code), describe(exchange))
}

fn code(exchange: &Exchange, allowed: &Allowed) -> Outcome {
    match error_code(&exchange.observation) {
        Some(code) if exchange.observation.kind == ReplyKind::Error => {
            graded_code(code, allowed, &exchange.observation)
        }
        _ => Outcome::Pass,
    }
}

/// A result carries the id sent; an error by its rule.
fn id(exchange: &Exchange, allowed: &Allowed) -> (Outcome, String) {
    let answers = matches!(
        exchange.observation.kind,
        ReplyKind::Result | ReplyKind::ToolError | ReplyKind::Error
    );
    let (Some(main), true) = (&exchange.observation.main, answers) else {
        return (Outcome::Pass, String::new());
    };
    let received = main.get("id");
    let echoed = received.is_some_and(|id| echoes(&exchange.reading.ids, id));
    let shown = received.map_or_else(|| "no id".to_owned(), |id| format!("id {}", id.to_text()));
    if exchange.observation.kind != ReplyKind::Error {
        return (if echoed { Outcome::Pass } else { Outcome::Fail }, shown);
    }
    let follows = |rule: &IdRule| match rule {
        IdRule::Echo => echoed,
        IdRule::Null => received.is_some_and(|id| id.is_null()),
        IdRule::Absent => received.is_none(),
    };
    (graded(&allowed.id, &allowed.id_warn, follows), shown)
}

#[cfg(test)]
mod tests;

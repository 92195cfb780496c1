//! `answered.result`: does the reply hold what it must, and nothing that it must not?

use super::shorten;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::observe::Observation;
use crate::report::model::Outcome;
use crate::wire::json::Json;
use crate::wire::number::Number;

/// What the result must hold, or the error object, or the first message of a stream.
/// Returns whether it does.
pub fn content(observation: &Observation, allowed: &Allowed, findings: &mut Findings) -> bool {
    let main = observation.main.as_deref();
    let (content, place) = match observation.kind {
        ReplyKind::Error => (main.and_then(|main| main.get("error")), "the error"),
        ReplyKind::Stream => {
            (observation.others.first().map(std::sync::Arc::as_ref), "the first message")
        }
        _ => (main.and_then(|main| main.get("result")), "the result"),
    };
    match content {
        Some(content) => {
            let mut judge = Content { content, place, complete: true, findings };
            judge.judge(allowed);
            judge.complete
        }
        // A stream that was opened and says nothing.
        None if observation.kind == ReplyKind::Stream && demands(allowed) => {
            findings.add(CheckId::Result, Outcome::Fail, "a message on the stream", "none came");
            false
        }
        None => true,
    }
}

fn demands(allowed: &Allowed) -> bool {
    !(allowed.has.is_empty() && allowed.kinds.is_empty() && allowed.equals.is_empty())
}

struct Content<'a, 'f> {
    content: &'a Json,
    place: &'static str,
    /// Whether all that must hold did so far.
    complete: bool,
    findings: &'f mut Findings,
}

impl Content<'_, '_> {
    fn judge(&mut self, allowed: &Allowed) {
        for (pointers, outcome) in
            [(&allowed.has, Outcome::Fail), (&allowed.has_warn, Outcome::Warn)]
        {
            for pointer in pointers {
                self.ask(
                    self.has(pointer),
                    outcome,
                    format!("{pointer} in {}", self.place),
                    pointer,
                );
            }
        }
        if let Some(first) = allowed.has_any.first() {
            let any = allowed.has_any.iter().any(|pointer| self.has(pointer));
            let expected = format!("{} in {}", allowed.has_any.join(" or "), self.place);
            self.ask(any, Outcome::Fail, expected, first);
        }
        for (pointer, kind) in &allowed.kinds {
            let holds = self.at(pointer).is_some_and(|found| is_of_kind(found, kind));
            self.ask(holds, Outcome::Fail, format!("{pointer} is a {kind}"), pointer);
        }
        self.judge_values(allowed);
    }

    fn judge_values(&mut self, allowed: &Allowed) {
        for (pointer, wanted) in &allowed.equals {
            let holds = self.text(pointer) == *wanted;
            self.ask(holds, Outcome::Fail, format!("{pointer} is {wanted}"), pointer);
        }
        for pointer in &allowed.lacks {
            let gone = self.at(pointer).is_none();
            self.ask(gone, Outcome::Fail, format!("no {pointer} in {}", self.place), pointer);
        }
        for (pointer, unwanted) in &allowed.differs {
            let holds = self.text(pointer) != *unwanted;
            self.ask(holds, Outcome::Fail, format!("{pointer} is not {unwanted}"), pointer);
        }
        for (pointer, wanted) in &allowed.one_of {
            let holds = wanted.contains(&self.text(pointer));
            let expected = format!("{pointer} is {}", wanted.join(" or "));
            self.ask(holds, Outcome::Fail, expected, pointer);
        }
        for (pointer, wanted) in &allowed.lists {
            let elements = self.at(pointer).and_then(Json::as_array).unwrap_or_default();
            let holds = elements.iter().any(|element| element.to_text() == *wanted);
            self.ask(holds, Outcome::Fail, format!("{pointer} lists {wanted}"), pointer);
        }
    }

    fn at(&self, pointer: &str) -> Option<&Json> {
        self.content.pointer(pointer)
    }

    fn has(&self, pointer: &str) -> bool {
        self.at(pointer).is_some_and(|found| !found.is_null())
    }

    fn text(&self, pointer: &str) -> String {
        self.at(pointer).map(Json::to_text).unwrap_or_default()
    }

    fn ask(&mut self, holds: bool, otherwise: Outcome, expected: String, pointer: &str) {
        let shown = self.at(pointer).map_or_else(|| "it is missing".to_owned(), Json::to_text);
        let outcome = if holds { Outcome::Pass } else { otherwise };
        self.complete &= holds;
        self.findings.add(CheckId::Result, outcome, expected, shorten(&shown, 120));
    }
}

/// Every dated revision of MCP, also those that we do not speak.
const REVISIONS: [&str; 5] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

/// A JSON kind, `revision` for the text of a revision of MCP, `count` for a whole number from 0 up.
fn is_of_kind(found: &Json, kind: &str) -> bool {
    match kind {
        "revision" => found.as_str().is_some_and(|text| REVISIONS.contains(&text)),
        "count" => found.as_number().and_then(Number::as_i64).is_some_and(|count| count >= 0),
        kind => found.kind() == kind,
    }
}

#[cfg(test)]
mod tests;

//! `answered.shape`: is each response a valid JSON-RPC response object (JSON-RPC 2.0 section 5)?

use super::shorten;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::observe::Observation;
use crate::report::model::Outcome;
use crate::wire::json::Json;

/// Judges every response that arrived; the worst is reported. Returns whether all are response
/// objects.
pub fn shape(observation: &Observation, findings: &mut Findings) -> bool {
    if observation.responses.is_empty() {
        return true;
    }
    let expected = "jsonrpc \"2.0\", and either result or error";
    let defect =
        observation.responses.iter().find_map(|response| Some((response, defect(response)?)));
    match defect {
        Some((response, defect)) => {
            let actual = format!("{defect}: {}", shorten(&response.to_text(), 160));
            findings.add(CheckId::Shape, Outcome::Fail, expected, actual);
        }
        None if observation.responses.iter().any(|response| has_empty_message(response)) => {
            findings.add(
                CheckId::Shape,
                Outcome::Warn,
                "an error message that says something",
                "it is empty",
            );
        }
        None => findings.add(CheckId::Shape, Outcome::Pass, expected, "a valid response object"),
    }
    defect.is_none()
}

pub(super) fn defect(response: &Json) -> Option<&'static str> {
    let result = response.get("result");
    let error = response.get("error");
    if response.has_duplicates() {
        return Some("duplicate members");
    }
    if response.get("jsonrpc").and_then(Json::as_str) != Some("2.0") {
        return Some("jsonrpc is not \"2.0\"");
    }
    match (result, error) {
        (Some(_), Some(_)) => Some("both result and error"),
        (None, None) => Some("neither result nor error"),
        (Some(Json::Object(_)), None) => None,
        (Some(_), None) => Some("result is no object"),
        (None, Some(error)) => error_defect(error),
    }
}

/// JSON-RPC 2.0 section 5.1: an integer code and a message.
fn error_defect(error: &Json) -> Option<&'static str> {
    let integer =
        error.get("code").and_then(Json::as_number).is_some_and(|code| code.as_i64().is_some());
    let message = matches!(error.get("message"), Some(Json::String(_)));
    match (integer, message) {
        (false, _) => Some("error.code is no integer"),
        (true, false) => Some("error.message is no string"),
        (true, true) => None,
    }
}

fn has_empty_message(response: &Json) -> bool {
    response.pointer("/error/message").and_then(Json::as_str) == Some("")
}

#[cfg(test)]
mod tests;

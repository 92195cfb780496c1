//! `answered.unasked`: beside the answer, does the reply hold only what the request asked for?

use super::shorten;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Exchange;
use crate::report::model::Outcome;
use crate::wire::json::Json;
use crate::wire::revision::Revision;

/// Judges the messages beside the answer; the worst is reported. Nothing is asked where there are
/// none.
pub fn unasked(exchange: &Exchange, revision: Revision, findings: &mut Findings) {
    let others = &exchange.observation.others;
    if others.is_empty() {
        return;
    }
    let expected = "beside the answer only what the request asked for";
    let found =
        others.iter().find_map(|message| Some((message, why(exchange, revision, message)?)));
    match found {
        Some((message, why)) => {
            let actual = format!("{why}: {}", shorten(&message.to_text(), 160));
            findings.add(CheckId::Unasked, Outcome::Fail, expected, actual);
        }
        None => {
            let count = others.len();
            findings.add(CheckId::Unasked, Outcome::Pass, expected, format!("{count} messages"));
        }
    }
}

/// What is wrong with a message that is no response.
fn why(exchange: &Exchange, revision: Revision, message: &Json) -> Option<&'static str> {
    let reading = &exchange.reading;
    let method = message.get("method").and_then(Json::as_str).unwrap_or_default();
    // Since 2026-07-28 a server asks by its result and never by a request (Streamable HTTP).
    if revision.is_modern() && message.get("id").is_some() {
        return Some("a request of the server");
    }
    match method {
        // Logging is per request since 2026-07-28, and off without a level.
        "notifications/message" if revision.is_modern() && !reading.wants_log => {
            Some("a log message without a logLevel")
        }
        "notifications/progress" => progress(exchange, message),
        _ => None,
    }
}

/// Progress is reported under the token of the request, and only where it has one.
fn progress(exchange: &Exchange, message: &Json) -> Option<&'static str> {
    let told = message.pointer("/params/progressToken");
    match &exchange.reading.progress_token {
        None => Some("progress without a progressToken"),
        Some(token) if told != Some(token) => Some("progress under another token"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;

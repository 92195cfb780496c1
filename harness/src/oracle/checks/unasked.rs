//! `answered.unasked`: beside the answer, does the reply hold only what the request asked for?

use super::shorten;
use crate::case::told::{LogLevel, Requests, ToldRule};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange};
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

/// Requests that need a capability of the client.
const OF_CAPABILITIES: [&str; 3] = ["sampling/", "elicitation/", "roots/"];

/// Judges what the case says that a server may not tell, on every stream of the case.
pub fn told(evidence: &Evidence<'_>, findings: &mut Findings) {
    let rule = &evidence.case.expectation.told;
    let expected = match (rule.requests, rule.level) {
        (None, None) => return,
        (Some(Requests::Undeclared), _) => {
            "no request for what the client did not declare".to_owned()
        }
        (Some(Requests::Early), _) => {
            "no request but ping before the client says that it is initialized".to_owned()
        }
        (None, Some(level)) => format!("no log message below {}", level.as_str()),
    };
    let messages = || evidence.together().flat_map(|exchange| &exchange.observation.others);
    let judged = messages().filter_map(|message| Some((broken(rule, message)?, message)));
    match judged.max_by_key(|(outcome, _)| *outcome) {
        Some((outcome, message)) => {
            findings.add(CheckId::Unasked, outcome, expected, shorten(&message.to_text(), 160));
        }
        None => {
            let actual = format!("none among {} messages", messages().count());
            findings.add(CheckId::Unasked, Outcome::Pass, expected, actual);
        }
    }
}

/// How a message breaks the rule, if it does.
fn broken(rule: &ToldRule, message: &Json) -> Option<Outcome> {
    let method = message.get("method").and_then(Json::as_str).unwrap_or_default();
    let asks = message.get("id").is_some();
    let needs = OF_CAPABILITIES.iter().any(|begin| method.starts_with(begin));
    match rule.requests {
        Some(Requests::Undeclared) if asks && needs => return Some(Outcome::Fail),
        Some(Requests::Early) if asks && method != "ping" => return Some(Outcome::Warn),
        _ => {}
    }
    let told = message.pointer("/params/level").and_then(Json::as_str).and_then(LogLevel::named);
    let logged = told.filter(|_| method == "notifications/message");
    rule.level.zip(logged).filter(|(least, logged)| logged < least).map(|_| Outcome::Warn)
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

//! `transport.`: HTTP status, media type, framing and headers of the reply.

use super::{graded, permitted};
use crate::case::expectation::{Allowed, HeaderRule, Missing};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Exchange;
use crate::oracle::http::admits;
use crate::report::model::Outcome;

/// The HTTP status.
pub fn status(exchange: &Exchange, allowed: &Allowed, findings: &mut Findings) {
    let Some(status) = exchange.observation.status else { return };
    let outcome = graded(&allowed.status, &allowed.status_warn, |rule| rule.admits(status));
    let wanted = permitted(&allowed.status, &allowed.status_warn);
    findings.add(CheckId::Status, outcome, wanted, status.to_string());
}

/// A JSON-RPC message travels as `application/json` or `text/event-stream` (MCP transports), and as
/// one that the request's Accept admits.
pub fn content_type(exchange: &Exchange, findings: &mut Findings) {
    let Some(response) = &exchange.delivery.response else { return };
    if exchange.observation.responses.is_empty() {
        return;
    }
    let media = response.media_type().unwrap_or_default();
    let known = matches!(media.as_str(), JSON | STREAM);
    let expected = if known {
        "a media type that Accept admits"
    } else {
        "application/json or text/event-stream"
    };
    let outcome = if known { admitted(exchange, response.status, &media) } else { Outcome::Fail };
    let shown = if media.is_empty() { "no Content-Type".to_owned() } else { media };
    findings.add(CheckId::ContentType, outcome, expected, shown);
}

const JSON: &str = "application/json";
const STREAM: &str = "text/event-stream";

/// How a media type of MCP counts by the request's Accept.
fn admitted(exchange: &Exchange, status: u16, media: &str) -> Outcome {
    let accept = exchange.envelope.header("accept");
    // An error may come in any form: RFC 9110 section 15.5.7 lets a refusal ignore Accept.
    if status >= 400 || admits(accept, media) {
        Outcome::Pass
    } else if media == STREAM && admits(accept, JSON) {
        // A client that takes JSON and no stream waits for an answer that it cannot read.
        Outcome::Fail
    } else {
        // RFC 9110 section 12.5.1 lets a server disregard Accept.
        Outcome::Warn
    }
}

/// The framing of the reply: whole, and readable without guessing.
pub fn framing(exchange: &Exchange, findings: &mut Findings) {
    let observation = &exchange.observation;
    if observation.status.is_none() && observation.defects.is_empty() {
        return;
    }
    let expected = "a whole, well-formed message";
    match (observation.defects.first(), observation.oddities.first()) {
        (Some(_), _) => {
            findings.add(CheckId::Framing, Outcome::Fail, expected, observation.defects.join("; "));
        }
        (None, Some(oddity)) => {
            findings.add(CheckId::Framing, Outcome::Warn, expected, oddity.clone());
        }
        (None, None) => findings.add(CheckId::Framing, Outcome::Pass, expected, "well-formed"),
    }
}

/// Headers that a reply of this status must carry.
pub fn headers(exchange: &Exchange, rules: &[HeaderRule], findings: &mut Findings) {
    let Some(response) = &exchange.delivery.response else { return };
    for rule in rules.iter().filter(|rule| rule.on.iter().any(|on| on.admits(response.status))) {
        let value = response.header(&rule.name);
        let outcome = match (&value, rule.missing) {
            (Some(_), _) => Outcome::Pass,
            (None, Missing::Warn) => Outcome::Warn,
            (None, Missing::Fail) => Outcome::Fail,
        };
        let actual = value.unwrap_or_else(|| "it is missing".to_owned());
        findings.add(CheckId::Header, outcome, format!("a header {}", rule.name), actual);
    }
}

#[cfg(test)]
mod tests;

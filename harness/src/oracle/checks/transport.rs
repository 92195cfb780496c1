//! `transport.`: HTTP status, media type, framing and headers of the reply.

use super::answered::error_code;
use super::{graded, permitted};
use crate::case::expectation::{Allowed, HeaderRule, Missing};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Exchange;
use crate::oracle::expect::METHOD_NOT_FOUND;
use crate::oracle::http::admits;
use crate::report::model::Outcome;

/// The HTTP status.
pub fn status(exchange: &Exchange, allowed: &Allowed, findings: &mut Findings) {
    if exchange.delivery.output.is_some() {
        return;
    }
    let wanted = permitted(&allowed.status, &allowed.status_warn);
    let Some(status) = exchange.observation.status else {
        // A permitted silence is that of a stream which was opened: without a head it is a hang.
        let free = allowed.status.is_empty() && allowed.status_warn.is_empty();
        return findings.require(CheckId::Status, free, wanted, "no head arrived");
    };
    let outcome = match graded(&allowed.status, &allowed.status_warn, |rule| rule.admits(status)) {
        Outcome::Fail if is_sessionless_404(exchange, status) => Outcome::Warn,
        outcome => outcome,
    };
    findings.add(CheckId::Status, outcome, wanted, status.to_string());
}

/// 404 beside -32601 only misleads a client that has a session to lose.
fn is_sessionless_404(exchange: &Exchange, status: u16) -> bool {
    status == 404
        && exchange.envelope.header("mcp-session-id").is_none()
        && error_code(&exchange.observation) == Some(METHOD_NOT_FOUND)
}

/// A JSON-RPC message travels as `application/json` or `text/event-stream` (MCP transports), and as
/// one that the request's Accept admits.
pub fn content_type(exchange: &Exchange, findings: &mut Findings) {
    let Some(response) = &exchange.delivery.response else { return };
    if exchange.observation.responses.is_empty() {
        return;
    }
    let media = response.media_type().unwrap_or_default();
    let known = matches!(media.as_str(), "application/json" | "text/event-stream");
    // An error may come in any form: RFC 9110 section 15.5.7 lets a refusal ignore Accept.
    let refused = response.status >= 400;
    // A client that cannot read event streams loses the answer; JSON it can read all the same.
    let streamed = media == "text/event-stream";
    let admitted = refused || !streamed || admits(&exchange.envelope, &media);
    let expected = if known {
        "a media type that Accept admits"
    } else {
        "application/json or text/event-stream"
    };
    let shown = if media.is_empty() { "no Content-Type".to_owned() } else { media };
    findings.require(CheckId::ContentType, known && admitted, expected, shown);
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

/// Headers that a reply of this status must carry, or must not.
pub fn headers(exchange: &Exchange, rules: &[HeaderRule], findings: &mut Findings) {
    let Some(response) = &exchange.delivery.response else { return };
    for rule in rules.iter().filter(|rule| rule.on.iter().any(|on| on.admits(response.status))) {
        let fields = response.headers.iter().filter(|header| header.is(&rule.name));
        let values: Vec<String> =
            fields.map(|header| String::from_utf8_lossy(&header.value).into_owned()).collect();
        // What is forbidden is so in every field of the name; else the first is what is read.
        let bad = values.iter().find(|value| !rule.is_demand() && !fits(rule, Some(value)));
        let value = bad.or(values.first()).cloned();
        let outcome = match (fits(rule, value.as_deref()), rule.missing) {
            (true, _) => Outcome::Pass,
            (false, Missing::Warn) => Outcome::Warn,
            (false, Missing::Fail) => Outcome::Fail,
        };
        let expected = wanted(rule);
        let actual = value.unwrap_or_else(|| "it is missing".to_owned());
        findings.add(CheckId::Header, outcome, expected, actual);
    }
}

fn wanted(rule: &HeaderRule) -> String {
    let name = &rule.name;
    match (&rule.value, &rule.matches, &rule.matches_not) {
        _ if rule.forbidden => format!("no header {name}"),
        (Some(value), ..) => format!("a header {name}: {value}"),
        (_, Some(form), _) => format!("a header {name} of the form {}", form.as_str()),
        (_, _, Some(form)) => format!("no header {name} of the form {}", form.as_str()),
        _ => format!("a header {name}"),
    }
}

fn fits(rule: &HeaderRule, value: Option<&str>) -> bool {
    let unwanted = rule.matches_not.as_ref();
    match (value, &rule.value) {
        _ if rule.forbidden => value.is_none(),
        _ if unwanted.is_some() => {
            !unwanted.is_some_and(|form| value.is_some_and(|value| form.fits(value)))
        }
        (Some(value), None) => rule.matches.as_ref().is_none_or(|form| form.fits(value)),
        (Some(value), Some(wanted)) => value.eq_ignore_ascii_case(wanted),
        (value, _) => value.is_some(),
    }
}

#[cfg(test)]
mod tests;

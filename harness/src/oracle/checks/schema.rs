//! `answered.schema`: does every message that the target sent fit the schema of the revision? What
//! JSON-RPC itself demands is `answered.shape`, ids are `correlated.id`; neither is judged again.

use super::shorten;
use crate::case::class::Class;
use crate::case::expectation::ReplyKind;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::classify::Reading;
use crate::oracle::evidence::Exchange;
use crate::oracle::schema::{self, Complaint};
use crate::report::model::Outcome;
use crate::wire::json::Json;
use crate::wire::revision::Revision;

/// Judges every message of the exchange; the worst is reported.
pub fn schema(exchange: &Exchange, revision: Revision, findings: &mut Findings) {
    let observation = &exchange.observation;
    // Of several answers it is not told which belongs to which request.
    let several = observation.kind == ReplyKind::Batch;
    let method = method(&exchange.reading).filter(|_| !several);
    // A target of two eras answers `initialize` by the rules of the older one.
    let older = revision.is_modern() && method == Some("initialize");
    let responses = observation.responses.iter().filter(|_| !older);
    let responses = responses.map(|one| response(one, method, revision));
    let others = observation.others.iter().map(|other| unasked(other, revision));
    let worst = responses.chain(others).max_by_key(|judged| judged.0);
    if let Some((outcome, actual)) = worst {
        let expected = format!("messages that fit the schema of {revision}");
        findings.add(CheckId::Schema, outcome, expected, actual);
    }
}

/// The method that was answered, where there is only one reading of it.
fn method(reading: &Reading) -> Option<&str> {
    let single = !matches!(
        reading.class,
        Class::Ambiguous | Class::Batch | Class::HttpProtocolVersion | Class::InvalidRequest
    );
    reading.method.as_deref().filter(|_| single)
}

fn response(response: &Json, method: Option<&str>, revision: Revision) -> (Outcome, String) {
    let (what, judged) = match (response.get("result"), response.get("error")) {
        (Some(result), _) => {
            let of = method.map_or_else(|| "result".to_owned(), |m| format!("result of {m}"));
            (of, schema::result(revision, method, result))
        }
        (None, Some(error)) => ("error".to_owned(), schema::error(revision, error)),
        (None, None) => return (Outcome::Pass, "no result and no error".to_owned()),
    };
    verdict(&what, judged)
}

/// A notification or a request of the target. A method that the revision does not name may belong to
/// an extension: that is survivable.
fn unasked(message: &Json, revision: Revision) -> (Outcome, String) {
    let method = message.get("method").and_then(Json::as_str).unwrap_or("?");
    let request = message.get("id").is_some();
    let kind = if request { "request" } else { "notification" };
    let what = format!("{kind} {}", shorten(method, 60));
    match verdict(&what, schema::server_message(revision, message)) {
        (Outcome::Fail, _) if is_foreign(message, revision, request) => {
            (Outcome::Warn, format!("{what}: no method of {revision}"))
        }
        judged => judged,
    }
}

/// Whether the only trouble of a valid JSON-RPC message is a method that the revision does not name.
fn is_foreign(message: &Json, revision: Revision, request: bool) -> bool {
    let Some(method) = message.get("method").and_then(Json::as_str) else { return false };
    let version = message.get("jsonrpc").and_then(Json::as_str) == Some("2.0");
    let structured = matches!(message.get("params"), None | Some(Json::Object(_)));
    // Since 2026-07-28 a server sends no requests at all.
    let asks = request && revision.as_str() >= "2026-07-28";
    version && structured && !asks && !schema::server_sends(revision, method, request)
}

fn verdict(what: &str, judged: Result<(), Complaint>) -> (Outcome, String) {
    match judged {
        Ok(()) => (Outcome::Pass, format!("{what}: valid")),
        Err(Complaint { at, why }) => {
            let at = if at.is_empty() { "/" } else { &at };
            (Outcome::Fail, format!("{what}: {}: {}", shorten(at, 80), shorten(&why, 160)))
        }
    }
}

#[cfg(test)]
mod tests;

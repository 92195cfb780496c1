//! `transport.`: what holds of all event streams of a session together.

use std::collections::BTreeSet;

use super::shorten;
use crate::case::Wait;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange};
use crate::report::model::Outcome;
use crate::wire::delivery::{End, Response};
use crate::wire::json;
use crate::wire::revision::Revision;
use crate::wire::sse::{Event, Stream};

/// Event ids are unique in all streams of a session (MCP transports 2025-03-26 to 2025-11-25,
/// Resumability and Redelivery). 2026-07-28 gives them no meaning.
pub fn event_ids(evidence: &Evidence<'_>, findings: &mut Findings) {
    if evidence.revision > Revision::V2025_11_25 {
        return;
    }
    let session = session_of(evidence.stimulus);
    let of_session = |exchange: &&Exchange| session_of(exchange) == session;
    let mut seen = BTreeSet::new();
    let events = evidence.together().filter(of_session).flat_map(events);
    let mut repeated = None;
    for id in events.filter_map(|event| event.id) {
        if !seen.insert(id.clone()) {
            repeated.get_or_insert(id);
        }
    }
    if seen.is_empty() {
        return;
    }
    let actual = match &repeated {
        Some(id) => format!("`{}` stands twice", shorten(id, 80)),
        None => format!("{} ids, all different", seen.len()),
    };
    let expected = "each event of the session has an id of its own";
    findings.require(CheckId::EventId, repeated.is_none(), expected, actual);
}

/// The session of an exchange: the one that it names, or the one that its answer issues.
fn session_of(exchange: &Exchange) -> Option<String> {
    let named = exchange.envelope.header("mcp-session-id");
    let named = named.map(|value| String::from_utf8_lossy(value).into_owned());
    named.or_else(|| exchange.delivery.response.as_ref()?.header("mcp-session-id"))
}

/// The stream that a GET opens carries no response, unless it resumes another one, and no message
/// that another stream carries too (MCP transports, Listening for Messages from the Server).
pub fn standing(evidence: &Evidence<'_>, findings: &mut Findings) {
    let streams: Vec<&Exchange> =
        evidence.together().filter(|exchange| is_standing(exchange)).collect();
    if streams.is_empty() {
        return;
    }
    let expected = "no response, and no message that another stream carries";
    let response = streams.iter().find_map(|stream| stream.observation.responses.first());
    if let Some(response) = response {
        let actual = format!("a response: {}", shorten(&response.to_text(), 120));
        return findings.add(CheckId::Stream, Outcome::Fail, expected, actual);
    }
    let mut seen = BTreeSet::new();
    let messages = streams.iter().flat_map(|stream| {
        let own: BTreeSet<String> = messages(stream).collect();
        own
    });
    let twice = messages.into_iter().find(|message| !seen.insert(message.clone()));
    let actual = twice.as_ref().map_or_else(
        || format!("{} messages on {} streams", seen.len(), streams.len()),
        |message| format!("on two streams: {}", shorten(message, 120)),
    );
    findings.require(CheckId::Stream, twice.is_none(), expected, actual);
}

/// A server should end the stream of an answer with the answer (MCP transports, Sending Messages to the
/// Server).
pub fn closed(evidence: &Evidence<'_>, findings: &mut Findings) {
    let stimulus = evidence.stimulus;
    let response = stimulus.delivery.response.as_ref();
    let streamed = response.is_some_and(Response::is_event_stream);
    let answered = !stimulus.observation.responses.is_empty();
    if evidence.case.stimulus.wait != Wait::Close || !streamed || !answered {
        return;
    }
    let (outcome, actual) = match stimulus.delivery.end {
        End::Complete | End::Closed => (Outcome::Pass, "it has ended"),
        End::StillOpen => (Outcome::Warn, "it is open two seconds after the answer"),
        // The deadline was over before the time in which it should end, or it was not read to its end.
        _ => return,
    };
    findings.add(CheckId::Stream, outcome, "the stream ends after the answer", actual);
}

fn is_standing(exchange: &Exchange) -> bool {
    let stream = exchange
        .delivery
        .response
        .as_ref()
        .is_some_and(|response| response.status == 200 && response.is_event_stream());
    let resumes = exchange.envelope.header("last-event-id").is_some();
    exchange.envelope.method == "GET" && stream && !resumes
}

/// The JSON messages of a stream.
fn messages(exchange: &Exchange) -> impl Iterator<Item = String> + use<> {
    let data = events(exchange).map(|event| event.data);
    data.filter(|data| json::parse(data.as_bytes()).is_ok())
}

fn events(exchange: &Exchange) -> impl Iterator<Item = Event> + use<> {
    let response = exchange.delivery.response.as_ref();
    let body = response.filter(|response| response.is_event_stream());
    let stream = body.map(|response| Stream::decode(&response.body)).unwrap_or_default();
    stream.events.into_iter()
}

#[cfg(test)]
mod tests;

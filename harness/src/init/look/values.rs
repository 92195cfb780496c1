//! Fields whose values are known, since they were sent or came back.

use super::super::probes::Probe;
use super::{MOST, Pair, Place, Sightings};
use crate::audit::profile::Field;
use crate::audit::timestamp;
use crate::wire::json::Json;

/// Takes the trace id out of a `traceparent` (W3C Trace Context section 3.2).
const TRACEPARENT: &str = "^[0-9a-fA-F]{2}-([0-9a-fA-F]{32})-";

/// Takes the seconds out of milli-, micro- or nanoseconds since the Unix epoch.
const SUBSECONDS: &str = "^([0-9]{10})[0-9]{3,9}$";

/// Seconds that a record's time may lie outside of its exchange.
const NEAR: f64 = 5.0;

/// Whether a value is what the probe implies for the field; none where it implies nothing.
fn fits(field: Field, probe: &Probe, value: &Json) -> Option<bool> {
    let text = || value.as_str().map_or_else(|| value.to_text(), str::to_owned);
    let is = |wanted: &Option<String>| wanted.as_ref().map(|wanted| text() == *wanted);
    match field {
        Field::CorrelationId | Field::EndUser => Some(value.as_str() == Some(&probe.key)),
        Field::TraceId => {
            let text = value.as_str().unwrap_or_default().to_ascii_lowercase();
            Some(text.replace('-', "") == probe.trace_id || traceparent(&text, probe))
        }
        Field::Method => is(&probe.method),
        Field::ToolName => is(&probe.tool),
        Field::ToolArguments => {
            let sent = probe.arguments.as_ref().filter(|_| probe.tool.is_some());
            sent.map(|sent| sent.to_text() == value.to_text())
        }
        Field::JsonrpcId => probe.id.as_ref().map(|id| {
            let plain = id.as_str().map_or_else(|| id.to_text(), str::to_owned);
            text() == plain
        }),
        Field::SessionId => is(&probe.session),
        Field::ProtocolVersion => Some(text() == probe.revision),
        Field::ErrorCode => is(&probe.error_code),
        Field::ErrorMessage => is(&probe.error_message),
        _ => None,
    }
}

fn traceparent(text: &str, probe: &Probe) -> bool {
    text.split('-').nth(1) == Some(&probe.trace_id) && text.split('-').count() == 4
}

const KNOWN: [Field; 11] = [
    Field::CorrelationId,
    Field::EndUser,
    Field::TraceId,
    Field::Method,
    Field::ToolName,
    Field::ToolArguments,
    Field::JsonrpcId,
    Field::SessionId,
    Field::ProtocolVersion,
    Field::ErrorCode,
    Field::ErrorMessage,
];

/// Adds the fields whose values are known.
pub(super) fn by_value(pairs: &[Pair<'_>], found: &mut Sightings) {
    for field in KNOWN {
        let mut places = candidates(field, pairs);
        // Key and tool may stand under two names: what is named so is the special one.
        places.retain(|place| belongs(field, pairs, place));
        places.truncate(MOST);
        let places = places.into_iter().map(|path| spelled(field, pairs, path)).collect();
        found.add(field, places, "by its value");
    }
}

/// The places where the value of the field stands in every record that has one there: the generic
/// profile's first, then those that fit most records, then the outermost.
fn candidates(field: Field, pairs: &[Pair<'_>]) -> Vec<String> {
    let mut all: Vec<&String> = pairs.iter().flat_map(|pair| &pair.paths).collect();
    all.sort_unstable();
    all.dedup();
    let mut ranked: Vec<_> = all
        .into_iter()
        .filter_map(|path| {
            let hits = hits(field, pairs, path)?;
            let named = pairs.iter().any(|pair| pair.names(field).any(|named| named == path));
            Some((!named, usize::MAX - hits, path.matches('/').count(), path))
        })
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(.., path)| path.clone()).collect()
}

/// How many records have the value there; none when one has another.
fn hits(field: Field, pairs: &[Pair<'_>], path: &str) -> Option<usize> {
    let mut hits = 0;
    for pair in pairs {
        let Some(value) = pair.at(path).filter(|value| !value.is_null()) else { continue };
        match fits(field, pair.probe, value) {
            Some(true) => hits += 1,
            Some(false) => return None,
            None => {}
        }
    }
    (hits > 0).then_some(hits)
}

fn belongs(field: Field, pairs: &[Pair<'_>], path: &String) -> bool {
    let named =
        |field: Field| pairs.iter().any(|pair| pair.names(field).any(|named| named == path));
    match field {
        Field::EndUser => named(Field::EndUser),
        Field::CorrelationId => !named(Field::EndUser),
        Field::ToolName => !named(Field::NamespacedToolName),
        _ => true,
    }
}

fn spelled(field: Field, pairs: &[Pair<'_>], pointer: String) -> Place {
    let whole = |pair: &Pair<'_>| {
        let text = pair.at(&pointer).and_then(Json::as_str).unwrap_or_default();
        traceparent(&text.to_ascii_lowercase(), pair.probe)
    };
    let pattern = (field == Field::TraceId && pairs.iter().any(whole)).then_some(TRACEPARENT);
    Place { pattern, ..Place::plain(pointer) }
}

/// Adds start and end: times within the exchange in every record. Of several the names decide, and where
/// those say nothing the earlier one is the start.
pub(super) fn times(pairs: &[Pair<'_>], found: &mut Sightings) {
    let Some(first) = pairs.first() else { return };
    let times: Vec<Place> =
        first.paths.iter().filter_map(|path| everywhere_a_time(pairs, path)).collect();
    let named = |field: Field| {
        let wanted = first.names(field);
        wanted.filter_map(|path| times.iter().find(|time| time.pointer == *path)).next().cloned()
    };
    let end = named(Field::End);
    let other = |time: &&Place| Some(*time) != end.as_ref();
    let start = named(Field::Start).or_else(|| times.iter().find(other).cloned());
    found.add(Field::Start, start.into_iter().collect(), "a time within the exchange");
    found.add(Field::End, end.into_iter().collect(), "a time within the exchange");
}

fn everywhere_a_time(pairs: &[Pair<'_>], path: &str) -> Option<Place> {
    let plain = pairs.iter().all(|pair| time(pair, path).is_some_and(|time| near(pair, time)));
    if plain {
        return Some(Place::plain(path.to_owned()));
    }
    let seconds = |pair: &Pair<'_>| {
        let text = pair.at(path)?.to_text();
        let text = text.trim_matches('"');
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let whole = (13..=19).contains(&text.len()) && digits;
        text.get(..10).filter(|_| whole).and_then(timestamp::parse)
    };
    let fine = pairs.iter().all(|pair| seconds(pair).is_some_and(|time| near(pair, time)));
    fine.then(|| Place { pattern: Some(SUBSECONDS), ..Place::plain(path.to_owned()) })
}

fn time(pair: &Pair<'_>, path: &str) -> Option<f64> {
    match pair.at(path)? {
        Json::Number(number) => Some(number.as_f64()),
        Json::String(text) => timestamp::parse(text.decoded()?),
        _ => None,
    }
}

fn near(pair: &Pair<'_>, time: f64) -> bool {
    (pair.probe.started - NEAR..=pair.probe.ended + NEAR).contains(&time)
}

//! The exchanges by everything that a record may name, so that each record is looked up once.

use super::ExchangeKey;
use crate::wire::json::Json;
use std::collections::HashMap;

/// Exchanges, ascending and without repetition.
pub(super) type Candidates = Vec<usize>;

/// The exchanges of a run by key, trace id, and session with JSON-RPC id.
pub(super) struct Index<'a> {
    prefix: &'a str,
    keys: HashMap<&'a str, Candidates>,
    traces: HashMap<String, Candidates>,
    ids: HashMap<(&'a str, IdText<'a>), Candidates>,
    lone: HashMap<IdText<'a>, Candidates>,
}

/// The keys of the run that a text names.
#[derive(Default)]
pub(super) struct Mentions {
    /// Exchanges whose key occurs.
    pub(super) known: Candidates,
    /// Whether the run's prefix occurs without a key of an exchange.
    pub(super) unknown: bool,
}

impl<'a> Index<'a> {
    pub(super) fn new(exchanges: &'a [ExchangeKey<'_>], prefix: &'a str) -> Self {
        let mut index = Self {
            prefix,
            keys: HashMap::new(),
            traces: HashMap::new(),
            ids: HashMap::new(),
            lone: HashMap::new(),
        };
        for (number, exchange) in exchanges.iter().enumerate() {
            index.keys.entry(&exchange.key).or_default().push(number);
            if let Some(trace) = normal_trace(&exchange.trace_id) {
                index.traces.entry(trace).or_default().push(number);
            }
            if let (Some(session), Some(id)) = (&exchange.session_id, &exchange.jsonrpc_id) {
                index.ids.entry((session, IdText::of(id))).or_default().push(number);
            }
            if let Some(id) = exchange.jsonrpc_id.as_ref().filter(|_| exchange.lone_id) {
                index.lone.entry(IdText::of(id)).or_default().push(number);
            }
        }
        index
    }

    /// The exchanges with exactly this key.
    pub(super) fn by_key(&self, key: &str) -> &[usize] {
        self.keys.get(key.trim()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The exchanges with this trace id, in any notation of it.
    pub(super) fn by_trace(&self, trace: &str) -> &[usize] {
        normal_trace(trace)
            .and_then(|trace| self.traces.get(&trace))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The exchanges with this id in this session.
    pub(super) fn by_id(&self, session: &str, id: &Json) -> Candidates {
        self.ids.get(&(session, IdText::of(id))).cloned().unwrap_or_default()
    }

    /// The exchange of those without a session that has this id, where it is only one.
    pub(super) fn by_lone_id(&self, id: &Json) -> Candidates {
        let found = self.lone.get(&IdText::of(id)).filter(|found| found.len() == 1);
        found.cloned().unwrap_or_default()
    }

    /// Collects the keys in all strings and member names of a value, as they read when decoded.
    pub(super) fn scan_json(&self, value: &Json, mentions: &mut Mentions) {
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            match value {
                Json::String(text) => self.scan(&text.lossy(), mentions),
                Json::Array(elements) => waiting.extend(elements),
                Json::Object(members) => {
                    for (name, member) in members {
                        self.scan(&name.lossy(), mentions);
                        waiting.push(member);
                    }
                }
                Json::Null | Json::Bool(_) | Json::Number(_) => {}
            }
        }
    }

    /// Collects the keys that a text names. A key ends where its digits end, so that one with fewer
    /// digits is never seen inside another.
    pub(super) fn scan(&self, text: &str, mentions: &mut Mentions) {
        let mut rest = text;
        while let Some(at) = rest.find(self.prefix).filter(|_| !self.prefix.is_empty()) {
            let (_, found) = rest.split_at_checked(at).unwrap_or_default();
            let (_, tail) = found.split_at_checked(self.prefix.len()).unwrap_or_default();
            let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
            let (key, _) = found.split_at_checked(self.prefix.len() + digits).unwrap_or_default();
            mentions.add(self.by_key(key));
            rest = tail;
        }
    }
}

impl Mentions {
    fn add(&mut self, exchanges: &[usize]) {
        self.unknown |= exchanges.is_empty();
        for exchange in exchanges {
            if let Err(place) = self.known.binary_search(exchange) {
                self.known.insert(place, *exchange);
            }
        }
    }
}

/// A trace id in one notation: lower case, and without the hyphens of a UUID. None when that is empty
/// or all zeros, which stands for no trace (W3C Trace Context section 3.2.2.3).
fn normal_trace(trace: &str) -> Option<String> {
    let normal: String =
        trace.chars().filter(|char| *char != '-').map(|char| char.to_ascii_lowercase()).collect();
    normal.chars().any(|char| char != '0').then_some(normal)
}

/// What is the same for two ids exactly when they are identical: the same value of the same type in
/// the same notation, strings however escaped. Borrowed where it can be, since an id may be very large.
#[derive(Eq, Hash, PartialEq)]
enum IdText<'a> {
    /// The value of a string.
    Value(&'a str),
    /// The raw text of a string with a lone surrogate, which has no value.
    Surrogate(&'a str),
    /// The text of anything else.
    Other(String),
}

impl<'a> IdText<'a> {
    fn of(id: &'a Json) -> Self {
        match id {
            Json::String(text) => {
                text.decoded().map_or_else(|| Self::Surrogate(text.raw()), Self::Value)
            }
            other => Self::Other(other.to_text()),
        }
    }
}

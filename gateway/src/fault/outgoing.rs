//! The seam of what goes to an upstream.

use std::sync::{Arc, PoisonError};

use axum::http::{HeaderMap, HeaderValue};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Fault, Faults};
use crate::json::raw;

/// What is wrong with the messages to upstreams; nothing where no such fault is planted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outgoing {
    faults: Arc<Faults>,
    /// The key of the gateway's callers.
    key: Option<String>,
}

impl Outgoing {
    /// The faults of a gateway whose callers have this key.
    pub(crate) fn new(faults: &Arc<Faults>, key: Option<&str>) -> Self {
        Self { faults: Arc::clone(faults), key: key.map(str::to_owned) }
    }

    /// How often a call is sent.
    pub(crate) fn calls(&self) -> usize {
        if self.faults.has(Fault::UpstreamCalledTwice) { 2 } else { 1 }
    }

    /// Whether a call is not sent at all.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.faults.has(Fault::UpstreamUnreached)
    }

    /// Whether requests of an upstream stay unanswered.
    pub(crate) fn is_mute(&self) -> bool {
        self.faults.has(Fault::UpstreamUnanswered)
    }

    /// The cookie that goes along.
    pub(crate) fn cookie(&self) -> Option<HeaderValue> {
        let last = self.faults.last_headers.lock().unwrap_or_else(PoisonError::into_inner);
        last.get("set-cookie").filter(|_| self.faults.has(Fault::CookiesShared)).cloned()
    }

    /// The request that a cancellation names instead of this one.
    pub(crate) fn cancelled(&self, id: u64) -> u64 {
        if self.faults.has(Fault::CancelsAnother) { id.saturating_sub(1) } else { id }
    }

    /// Whether a session that the upstream has lost is held on to.
    pub(crate) fn keeps_sessions(&self) -> bool {
        self.faults.has(Fault::LostSessionKept)
    }

    /// Whether a list is taken to end where the cursor of its next page is this one.
    pub(crate) fn ends_at(&self, cursor: &str) -> bool {
        cursor.is_empty() && self.faults.has(Fault::EmptyCursorEnds)
    }

    /// Whether what schemas refer to is fetched.
    pub(crate) fn fetches_references(&self) -> bool {
        self.faults.has(Fault::ReferencesFetched)
    }

    /// Whether tools are offered whatever their schemas say of headers.
    pub(crate) fn overlooks_annotations(&self) -> bool {
        self.faults.has(Fault::AnnotationsOverlooked)
    }

    /// The state that goes with a retry instead of the one that the caller brings back.
    pub(crate) fn state<'a>(&self, came: Option<&'a RawValue>) -> Option<&'a RawValue> {
        came.filter(|_| !self.faults.has(Fault::RequestStateLost))
    }

    /// The answer to the same retry that was kept, whoever it was for.
    pub(crate) fn kept_retry(&self, retry: &str) -> Option<Box<RawValue>> {
        let kept = self.faults.retries.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(retry).filter(|_| self.faults.has(Fault::RetryCached)).cloned()
    }

    /// The answer to a retry has come.
    pub(crate) fn keep_retry(&self, retry: &str, answer: &RawValue) {
        if self.faults.has(Fault::RetryCached) {
            let mut kept = self.faults.retries.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(retry.to_owned(), answer.to_owned());
        }
    }

    /// The headers of an upstream's answer have come.
    pub(crate) fn came_back(&self, headers: &HeaderMap) {
        let told = || headers.keys().any(|name| !FRAMING.contains(&name.as_str()));
        let kept = [Fault::UpstreamHeadersPassed, Fault::CookiesShared];
        if kept.into_iter().any(|fault| self.faults.has(fault)) && told() {
            let mut last = self.faults.last_headers.lock().unwrap_or_else(PoisonError::into_inner);
            last.clone_from(headers);
        }
    }

    /// The credentials that go along.
    pub(crate) fn authorization(&self) -> Option<String> {
        let key = self.key.as_ref().filter(|_| self.faults.has(Fault::KeyForwarded));
        key.map(|key| format!("Bearer {key}"))
    }
}

/// Headers that describe the body of one answer, or its connection, and not what it says.
const FRAMING: [&str; 6] = [
    "content-type",
    "content-length",
    "transfer-encoding",
    "connection",
    "cache-control",
    "mcp-session-id",
];

impl Faults {
    /// The headers of the last upstream's answer that pass on to the caller.
    pub(super) fn passed_headers(&self) -> HeaderMap {
        let last = self.last_headers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut passed = last.clone();
        for name in FRAMING {
            passed.remove(name);
        }
        passed
    }

    /// What the log says of a request that an upstream was refused.
    pub(crate) fn on_refusal(
        &self,
        upstream: &str,
        method: &str,
        params: Option<&RawValue>,
    ) -> Option<String> {
        if self.has(Fault::RefusalUnlogged) {
            return None;
        }
        let text = format!(
            "the upstream {upstream} asked for what is not implemented, and was refused: {method}"
        );
        match params.filter(|_| self.has(Fault::PromptInLog)) {
            Some(params) => Some(format!("{text} {params}")),
            None => Some(text),
        }
    }

    /// The arguments of a call that go instead of those that came, if any do.
    pub(crate) fn arguments(&self, came: Option<&RawValue>) -> Option<Box<RawValue>> {
        let came = came.filter(|_| self.has(Fault::ArgumentsRounded))?;
        let mut value: Value = serde_json::from_str(came.get()).ok()?;
        round(&mut value);
        Some(raw(value.to_string()))
    }
}

/// Puts the nearest double in the place of every number.
fn round(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(double) = number.as_f64().filter(|double| double.fract() == 0.0) {
                // Written without an exponent, as most languages do.
                if let Ok(text) = serde_json::from_str(&format!("{double:.0}")) {
                    *number = text;
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(round),
        Value::Object(members) => members.values_mut().for_each(round),
        _ => {}
    }
}

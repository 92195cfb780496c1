//! The seam of what goes to an upstream.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Fault, Faults};
use crate::json::raw;

/// What is wrong with the messages to upstreams; nothing where no such fault is planted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outgoing {
    planted: Vec<Fault>,
    /// The key of the gateway's callers.
    key: Option<String>,
}

impl Outgoing {
    /// The faults of a gateway whose callers have this key.
    pub(crate) fn new(planted: &[Fault], key: Option<&str>) -> Self {
        Self { planted: planted.to_vec(), key: key.map(str::to_owned) }
    }

    /// How often a call is sent.
    pub(crate) fn calls(&self) -> usize {
        if self.planted.contains(&Fault::UpstreamCalledTwice) { 2 } else { 1 }
    }

    /// Whether a call is not sent at all.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.planted.contains(&Fault::UpstreamUnreached)
    }

    /// Whether requests of an upstream stay unanswered.
    pub(crate) fn is_mute(&self) -> bool {
        self.planted.contains(&Fault::UpstreamUnanswered)
    }

    /// The credentials that go along.
    pub(crate) fn authorization(&self) -> Option<String> {
        let key = self.key.as_ref().filter(|_| self.planted.contains(&Fault::KeyForwarded));
        key.map(|key| format!("Bearer {key}"))
    }
}

impl Faults {
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

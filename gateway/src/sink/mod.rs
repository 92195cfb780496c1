//! Sinks of the audit log.

mod json_lines;
mod losses;
mod queue;
mod ring;
mod webhook;

use serde_json::value::RawValue;

pub(crate) use json_lines::JsonLines;
pub(crate) use losses::Losses;
pub(crate) use ring::{Page, Ring};
pub(crate) use webhook::Webhook;

/// The record as an element of a JSON array. A text that is no JSON becomes a JSON string, so that it
/// cannot spoil what stands beside it.
fn element(text: String) -> String {
    match serde_json::from_str::<&RawValue>(&text) {
        Ok(_) => text,
        Err(_) => serde_json::Value::String(text).to_string(),
    }
}

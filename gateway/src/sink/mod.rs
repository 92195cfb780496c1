//! Sinks of the audit log.

mod json_lines;
mod ring;

pub(crate) use json_lines::JsonLines;
pub(crate) use ring::{Page, Ring};

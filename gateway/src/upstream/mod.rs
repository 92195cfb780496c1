//! The servers behind the gateway, and the tools that they offer.

mod arguments;
pub(crate) mod builtin;
mod call;
mod catalog;
mod incoming;
mod listener;
mod remote;
mod sse;
mod wire;

pub(crate) use call::{CallOutcome, ToolCall, text_result};
pub(crate) use catalog::{Backend, Catalog, Lookup, Upstream};
pub(crate) use remote::Remote;

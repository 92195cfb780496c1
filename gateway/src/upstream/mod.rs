//! The servers behind the gateway, and the tools that they offer.

mod arguments;
pub(crate) mod builtin;
mod call;
mod catalog;
mod changed;
mod era;
mod given_up;
mod incoming;
mod listener;
mod messages;
mod mirrored;
mod mirrors;
mod process;
mod remote;
mod sse;
mod stateless;
mod wire;

pub(crate) use call::{CallOutcome, ToolCall, Unavailable, text_result};
pub(crate) use catalog::{Backend, Catalog, Lookup, Upstream};
pub(crate) use era::{Brought, Era};
pub(crate) use incoming::Question;
pub(crate) use mirrored::Mirrored;
pub(crate) use process::Process;
pub(crate) use remote::Remote;
pub(crate) use wire::Wire;

//! A small, real MCP gateway: Streamable HTTP or stdio in front of several upstreams, with an audit record
//! for every message that reaches it, also for those that are refused.
//!
//! It speaks the revisions 2025-03-26, 2025-06-18 and 2025-11-25 in sessions, and 2026-07-28
//! without them. A [`Fault`] plants one deliberate
//! defect, to prove that a test of gateways can fail.

mod app;
mod audit;
mod client;
mod config;
mod dispatch;
mod fault;
mod http;
mod json;
mod local;
mod log;
mod modern;
mod network;
mod notice;
mod oauth;
mod outcome;
mod reply;
mod revision;
mod rpc;
mod running;
mod serve;
mod server;
mod session;
mod sink;
mod stdio;
mod text;
mod upstream;

pub use config::{Config, StartError, Upstream, UpstreamKind};
pub use fault::{Fault, UnknownFault};
pub use local::Local;
pub use network::{Network, NotANetwork};
pub use server::{Gateway, serve_stdio, start, termination};

/// The name by which the gateway introduces itself.
const NAME: &str = "reference-gateway";
/// The version by which the gateway introduces itself.
const VERSION: &str = env!("CARGO_PKG_VERSION");

//! MCP over stdin and stdout: one message a line, one session a process.

mod connection;
mod input;
mod output;
mod run;

pub(crate) use connection::Connection;
pub(crate) use run::{Ends, run};

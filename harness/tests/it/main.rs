//! The integration tests, one binary: each file would link anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod agreement;
mod arrows;
mod catalogue;
mod cli;
mod faults;
mod judge;
mod otlp;
mod recipes;
mod requirements;
mod schemas;
mod support;

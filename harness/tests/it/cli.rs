//! The binary as its users meet it: what is typed, what is printed, how it ends, and what a hostile
//! target can do to it.

#![expect(clippy::indexing_slicing, reason = "a test that finds nothing there may panic")]

#[cfg(feature = "reference")]
mod audit_file;
mod child;
#[cfg(feature = "reference")]
mod doctor;
mod explain;
mod fake;
mod fuzzing;
#[cfg(feature = "reference")]
mod gateway;
mod generated;
mod hostile;
#[cfg(feature = "reference")]
mod init;
#[cfg(feature = "reference")]
mod interrupt;
mod listing;
#[cfg(feature = "reference")]
mod log;
mod processes;
#[cfg(feature = "reference")]
mod receivers;
#[cfg(feature = "reference")]
mod records;
#[cfg(feature = "reference")]
mod reports;
mod rmcp;
#[cfg(feature = "reference")]
mod rules;
#[cfg(feature = "reference")]
mod sink;
#[cfg(feature = "reference")]
mod sources;
#[cfg(feature = "reference")]
mod sql;
mod stdio;
mod unreachable;
#[cfg(feature = "reference")]
mod upstream;
mod usage;

/// A credential that no output may show.
const KEY: &str = "hush-7f3a21c4-not-to-be-printed";

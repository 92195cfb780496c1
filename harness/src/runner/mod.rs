//! The runner: sends cases and collects evidence. It emits events and prints nothing.

pub mod batch;
pub mod case_run;
pub mod company;
pub mod conversation;
pub mod event;
pub mod headers;
pub mod idle;
pub mod intake;
pub mod keep;
pub mod keys;
pub mod log;
pub mod outage;
pub mod pages;
pub mod patience;
pub mod probe;
pub mod run;
pub(crate) mod shrink;
pub mod sums;
mod talk;
pub mod tally;
pub mod told;
pub mod verdict;
pub mod watch;

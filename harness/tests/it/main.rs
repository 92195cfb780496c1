//! The integration tests, one binary: each file would link anew.

mod agreement;
mod arrows;
mod catalogue;
mod cli;
mod faults;
mod reference;

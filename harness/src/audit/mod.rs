//! Audit records: our vocabulary, the mapping of a product's records to it, and the pure matching of
//! records with exchanges. Knows no file and no clock.

pub mod correlate;
pub mod guess;
pub mod mapping;
pub mod naming;
pub mod profile;
pub mod record;
pub mod timestamp;
pub(crate) mod tree;

#[cfg(test)]
mod schema_tests;

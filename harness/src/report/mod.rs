//! Reports: one file a format; each reads the same [`model::Report`] and none influences the run.

pub mod curl;
pub mod detail;
pub mod escape;
pub mod fold;
pub mod format;
pub mod grades;
pub mod json;
pub mod junit;
pub mod model;
pub mod normalise;
pub mod raw;
pub mod shell;
pub mod snapshot;
pub mod summary;
pub mod table;

#[cfg(test)]
pub(crate) mod sample;

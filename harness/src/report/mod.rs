//! Reports: one file a format; each reads the same [`Report`] and none influences the run.

pub mod curl;
pub mod model;

//! The checks, one family a file.

pub mod agree;
pub mod answered;
pub mod audited;
pub mod beside;
pub mod content;
pub mod correlated;
pub mod isolation;
pub mod leak;
pub mod listed;
pub mod pages;
pub mod process;
pub mod progress;
pub mod record;
pub mod schema;
pub mod shape;
pub mod sink;
pub mod streams;
pub mod transport;
pub mod unasked;
pub mod upstream;

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::case::expectation::Allowed;
use crate::oracle::observe::Observation;
use crate::report::model::Outcome;

/// Grades a value by two sets. Both empty: everything passes.
fn graded<T>(pass: &[T], warn: &[T], fits: impl Fn(&T) -> bool) -> Outcome {
    if pass.is_empty() && warn.is_empty() || pass.iter().any(&fits) {
        Outcome::Pass
    } else if warn.iter().any(&fits) {
        Outcome::Warn
    } else {
        Outcome::Fail
    }
}

/// Codes that are left to implementations (2026-07-28 base protocol, Error Codes).
const IMPLEMENTATION: RangeInclusive<i64> = -32019..=-32000;

/// Grades an error code.
fn graded_code(code: i64, allowed: &Allowed, observation: &Observation) -> Outcome {
    let http = observation.status.is_some_and(|status| (400..500).contains(&status));
    match graded(&allowed.code, &allowed.code_warn, |wanted| *wanted == code) {
        Outcome::Fail if allowed.refused && http && IMPLEMENTATION.contains(&code) => Outcome::Warn,
        outcome => outcome,
    }
}

/// The permitted values as a text: `-32600 (-32602 warns)`.
fn permitted<T: Display>(pass: &[T], warn: &[T]) -> String {
    let list = |values: &[T]| values.iter().map(T::to_string).collect::<Vec<_>>().join(" or ");
    match (pass.is_empty(), warn.is_empty()) {
        (true, true) => "any".to_owned(),
        (false, true) => list(pass),
        (true, false) => format!("{} (warns)", list(warn)),
        (false, false) => format!("{} ({} warns)", list(pass), list(warn)),
    }
}

/// A text cut at a number of characters, for reports.
#[must_use]
pub fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

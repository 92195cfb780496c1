//! What is to reach our own upstream, behind the target.

use serde::{Deserialize, Serialize};

use crate::case::graded::Grade;

/// What reaches our own upstream for a stimulus.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UpstreamRule {
    /// How many calls pass.
    pub calls: Vec<usize>,
    /// How many only warn.
    #[serde(default)]
    pub calls_warn: Vec<usize>,
    /// How many letters the text of a result has; none where it is the text that was sent.
    #[serde(default)]
    pub letters: Option<usize>,
    /// Whether the call is for our second upstream, which must see nothing that the first gave.
    #[serde(default)]
    pub apart: bool,
    /// Whether the tools of other upstreams must be listed all the same.
    #[serde(default)]
    pub others_listed: bool,
    /// Whether a list of tools must hold some.
    #[serde(default)]
    pub some_listed: bool,
    /// How many lines the upstream writes that are no JSON, to which nobody answers.
    #[serde(default)]
    pub noise: usize,
    /// Whether the upstream leaves the call unanswered, so that an error is the target's own.
    #[serde(default)]
    pub own_error: bool,
    /// Whether the upstream's result is of a kind that nobody knows, and so is none.
    #[serde(default)]
    pub unknown_type: bool,
    /// Whether the caller cancels the call, and the target should at the upstream.
    #[serde(default)]
    pub cancelled: bool,
    /// What should become of the call at the upstream when the caller hangs up; none where it does not.
    #[serde(default)]
    pub dropped: Option<Dropped>,
    /// Whether the call is a retry with given input, which must say what the caller says and have a new id.
    #[serde(default)]
    pub retried: bool,
    /// What is demanded of the list of tools, while that of the upstream is unusual; none where it is not.
    #[serde(default)]
    pub list: Option<ListRule>,
    /// What is demanded of the answer to the upstream's question; none where it asks nothing.
    #[serde(default)]
    pub answer: Option<AnswerRule>,
}

/// What should become of a call whose caller has hung up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dropped {
    /// It goes on (until 2025-11-25).
    GoesOn,
    /// It is cancelled (since 2026-07-28).
    IsCancelled,
}

/// What becomes of tools that our own upstream lists for a while. They are named without what stands before
/// the names of all its tools.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListRule {
    /// Those that must be listed.
    #[serde(default)]
    pub kept: Vec<String>,
    /// Those that should be.
    #[serde(default)]
    pub kept_warn: Vec<String>,
    /// Those that must not be, where the target speaks the stateless revision to the upstream over HTTP;
    /// otherwise they should not.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// Whether the target goes on where a page has an empty cursor: it must where it speaks the stateless
    /// revision to the upstream, and should otherwise.
    #[serde(default)]
    pub followed: bool,
    /// Whether no schema to which one refers may be fetched, and no header be sent that one makes up.
    #[serde(default)]
    pub harmless: bool,
}

/// The permitted answers of a target to a request of our own upstream.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnswerRule {
    /// Error codes that pass; every other one warns. None at all: an error is a failure.
    #[serde(default)]
    pub code: Vec<i64>,
    /// How a result counts; none for a failure.
    #[serde(default)]
    pub result: Option<Grade>,
    /// How it counts that nobody answers; none for a failure.
    #[serde(default)]
    pub silence: Option<Grade>,
    /// The method of the question, of which the target's log must warn where it is refused.
    #[serde(default)]
    pub warned: Option<String>,
}

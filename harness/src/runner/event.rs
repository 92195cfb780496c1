//! What a run tells the outside: the whole contract between runner and reports.

use crate::report::model::Verdict;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The target was found; this many cases will be sent.
    Started(usize),
    /// A case was sent for the first time.
    Sent,
    /// A case that did not pass is sent again alone.
    Again,
    /// A case was judged for good.
    Judged(Box<Verdict>),
}

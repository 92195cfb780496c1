//! What a run tells the outside: the whole contract between runner and reports.

use crate::report::model::Verdict;
use crate::runner::tally::Tally;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The target was found; this many cases will be sent.
    Started(usize),
    /// A case was sent for the first time.
    Sent,
    /// A case that did not pass is sent again alone.
    Again,
    /// A batch of a campaign was sent and judged; these are the numbers so far.
    Batch(Box<Tally>),
    /// A case was judged for good.
    Judged(Box<Verdict>),
}

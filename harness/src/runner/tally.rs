//! The numbers of a campaign.

use crate::report::model::Ledger;

/// How far a campaign has come.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Batches that were sent and judged.
    pub batches: usize,
    /// Messages that were judged.
    pub cases: usize,
    /// Those of them that failed.
    pub failures: usize,
    /// Behaviours that were told apart.
    pub behaviours: usize,
    /// Failures that were told apart.
    pub findings: usize,
    /// All messages, those around the judged ones included.
    pub ledger: Ledger,
}

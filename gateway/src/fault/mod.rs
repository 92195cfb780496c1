//! Deliberate defects. They work at four seams only: a finished reply, a finished record, the
//! outcome of a call and the two ends of stdio. With none planted, the seams change nothing.

mod call;
mod name;
mod record;
mod reply;
mod stdio;

use std::collections::HashSet;
use std::sync::Mutex;

pub use name::{Fault, UnknownFault};
pub(crate) use reply::ReplyContext;

/// Sessions that a fault remembers, at most.
const WEDGED_LIMIT: usize = 10_000;

/// The faults of one gateway.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planted: Vec<Fault>,
    /// Sessions that do not answer any more.
    wedged: Mutex<HashSet<String>>,
}

impl Faults {
    /// Plants these faults.
    pub(crate) fn new(planted: &[Fault]) -> Self {
        Self { planted: planted.to_vec(), wedged: Mutex::default() }
    }

    fn has(&self, fault: Fault) -> bool {
        self.planted.contains(&fault)
    }
}

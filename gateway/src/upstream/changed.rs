//! Whether an upstream has told that its tools are others than it has listed (MCP tools, List Changed
//! Notification).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often it has told so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changed(Arc<AtomicU64>);

impl Changed {
    /// It tells so.
    pub(super) fn tell(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How often it has until now.
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

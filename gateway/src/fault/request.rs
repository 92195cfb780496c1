//! The seam of requests: a rule that a request of the stateless revision breaks, before it is
//! refused for it.

use super::{Fault, Faults};
use crate::modern::Violation;

impl Faults {
    /// Whether the key is taken from the query as well.
    pub(crate) fn reads_query(&self) -> bool {
        self.has(Fault::QueryTokenServed)
    }

    /// The violation, unless a fault lets it pass.
    pub(crate) fn on_violation(&self, violation: Violation) -> Result<(), Violation> {
        let overlooked = match violation {
            Violation::Meta(_) => self.has(Fault::MetaNotRequired),
            Violation::Header(_) => self.has(Fault::HeaderMismatchServed),
            Violation::Version(_) => self.has(Fault::UnsupportedVersionServed),
            Violation::Method(_) => false,
        };
        if overlooked { Ok(()) } else { Err(violation) }
    }
}

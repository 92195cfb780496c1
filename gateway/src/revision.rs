//! The protocol revisions that are spoken here.

use std::fmt;

/// A revision of the Model Context Protocol with Streamable HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revision {
    /// 2025-03-26, the only one with batches.
    March2025,
    /// 2025-06-18.
    June2025,
    /// 2025-11-25, whose event streams begin with a priming event.
    November2025,
    /// 2026-07-28, without handshake and sessions.
    July2026,
}

impl Revision {
    /// What is offered in a handshake to a client that asks for a revision we do not speak.
    pub(crate) const NEWEST: Self = Self::November2025;

    /// The revisions that need no handshake: each request names the one it speaks.
    pub(crate) const STATELESS: [Self; 1] = [Self::July2026];

    /// The revision of that name, if a handshake can agree on it here.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::March2025, Self::June2025, Self::November2025]
            .into_iter()
            .find(|revision| revision.name() == name)
    }

    /// The revision of that name, if it is spoken here without a handshake.
    pub(crate) fn stateless(name: &str) -> Option<Self> {
        Self::STATELESS.into_iter().find(|revision| revision.name() == name)
    }

    /// The date that names the revision.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::March2025 => "2025-03-26",
            Self::June2025 => "2025-06-18",
            Self::November2025 => "2025-11-25",
            Self::July2026 => "2026-07-28",
        }
    }

    /// Whether a body may hold an array of messages (base protocol of 2025-03-26, Batching).
    pub(crate) fn has_batches(self) -> bool {
        self == Self::March2025
    }

    /// Whether a stream should begin with an event that has an id and no data (transports of
    /// 2025-11-25, Sending Messages to the Server).
    pub(crate) fn primes_streams(self) -> bool {
        self == Self::November2025
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_agrees_on_three_revisions() {
        assert_eq!(Revision::named("2025-06-18"), Some(Revision::June2025));
        for name in ["2024-11-05", "2026-07-28", "", " 2025-06-18"] {
            assert_eq!(Revision::named(name), None);
        }
    }

    #[test]
    fn one_revision_needs_no_handshake() {
        assert_eq!(Revision::stateless("2026-07-28"), Some(Revision::July2026));
        for name in ["2025-11-25", "2026-07-29", "2026-07-28 ", ""] {
            assert_eq!(Revision::stateless(name), None);
        }
    }
}

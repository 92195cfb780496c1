//! The MCP revisions that the harness speaks.

use std::fmt;
use std::str::FromStr;

/// A dated revision of the Model Context Protocol, oldest first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Revision {
    /// 2025-03-26: Streamable HTTP, batches must be received.
    V2025_03_26,
    /// 2025-06-18: batches removed, `MCP-Protocol-Version` header.
    V2025_06_18,
    /// 2025-11-25: the id of an error reply is optional, 403 for a bad Origin.
    V2025_11_25,
    /// 2026-07-28: no handshake and no session, every request says for itself what it speaks.
    V2026_07_28,
}

impl Revision {
    /// Every revision, oldest first.
    pub const ALL: [Self; 4] =
        [Self::V2025_03_26, Self::V2025_06_18, Self::V2025_11_25, Self::V2026_07_28];

    /// Whether the revision is stateless: `server/discover` and `_meta` of each request instead of
    /// `initialize`, sessions and an open stream.
    #[must_use]
    pub const fn is_modern(self) -> bool {
        matches!(self, Self::V2026_07_28)
    }

    /// The text that goes on the wire, for example `2025-11-25`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Revision {
    type Err = UnknownRevision;

    fn from_str(text: &str) -> Result<Self, UnknownRevision> {
        Self::ALL
            .into_iter()
            .find(|revision| revision.as_str() == text)
            .ok_or_else(|| UnknownRevision(text.to_owned()))
    }
}

/// A text that names no revision we speak.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("unknown revision `{0}`; known are 2025-03-26, 2025-06-18, 2025-11-25 and 2026-07-28")]
pub struct UnknownRevision(pub String);

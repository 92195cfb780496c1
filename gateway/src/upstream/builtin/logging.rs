//! `logging/setLevel`: how important a log message must be to be sent.

use crate::json::raw;
use crate::outcome::Outcome;
use crate::rpc::{Params, text_member};

/// The severities of syslog (RFC 5424 section 6.2.1), from the least to the most important.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}

impl Level {
    const ALL: [Self; 8] = [
        Self::Debug,
        Self::Info,
        Self::Notice,
        Self::Warning,
        Self::Error,
        Self::Critical,
        Self::Alert,
        Self::Emergency,
    ];

    /// The level of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Alert => "alert",
            Self::Emergency => "emergency",
        }
    }
}

/// The level that `logging/setLevel` asks for.
pub(crate) fn level(params: &Params<'_>) -> Result<Level, String> {
    let name = text_member(params, "level")?;
    Level::named(&name).ok_or_else(|| "level must be one of the eight of syslog".to_owned())
}

/// `logging/setLevel`; `keep` stores the level.
pub(crate) fn set_level(params: &Params<'_>, keep: impl FnOnce(Level)) -> Outcome {
    match level(params) {
        Ok(level) => {
            keep(level);
            Outcome::Success(raw("{}".to_owned()))
        }
        Err(message) => Outcome::invalid_params(format!("Invalid params: {message}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_named() {
        assert!(Level::ALL.is_sorted());
        for level in Level::ALL {
            assert_eq!(Level::named(level.name()), Some(level));
        }
        for name in ["", "Debug", "trace", "warn"] {
            assert_eq!(Level::named(name), None, "{name}");
        }
    }
}

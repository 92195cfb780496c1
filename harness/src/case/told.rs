//! What a server may tell beside the answers.

use serde::{Deserialize, Serialize};

/// What is looked for beside the answers, on every stream that the case reads. Nothing by default.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ToldRule {
    /// The requests of the server that may not come.
    #[serde(default)]
    pub requests: Option<Requests>,
    /// The least important level of the log messages that may come; others warn.
    #[serde(default)]
    pub level: Option<LogLevel>,
}

/// Requests of a server that may not come.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Requests {
    /// Those that need a capability of the client, which has declared none: a failure.
    Undeclared,
    /// All but `ping`, to a client that has not said yet that it is initialized: a warning.
    Early,
}

/// The severities of log messages (RFC 5424 section 6.2.1), from the least to the most important.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// `debug`
    Debug,
    /// `info`
    Info,
    /// `notice`
    Notice,
    /// `warning`
    Warning,
    /// `error`
    Error,
    /// `critical`
    Critical,
    /// `alert`
    Alert,
    /// `emergency`
    Emergency,
}

impl LogLevel {
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
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_named_as_in_case_files() {
        assert!(LogLevel::ALL.is_sorted());
        for level in LogLevel::ALL {
            assert_eq!(LogLevel::named(level.as_str()), Some(level));
            let rule: ToldRule =
                toml::from_str(&format!("level = \"{}\"", level.as_str())).unwrap();
            assert_eq!(rule.level, Some(level));
        }
        assert_eq!(LogLevel::named("Info"), None);
    }
}

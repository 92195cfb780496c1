//! Small sets of permitted values with a grade each.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// How a permitted value counts.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// As required.
    #[default]
    Pass,
    /// Survivable, but off the requirement.
    Warn,
}

/// An HTTP status or a hundred of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StatusRule {
    /// Exactly this status.
    Exactly(u16),
    /// Every status of this hundred: 4 stands for 400 to 499.
    Hundred(u16),
}

impl StatusRule {
    /// Whether the status is permitted.
    #[must_use]
    pub const fn admits(self, status: u16) -> bool {
        match self {
            Self::Exactly(exact) => exact == status,
            Self::Hundred(hundred) => status / 100 == hundred,
        }
    }
}

impl fmt::Display for StatusRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(status) => write!(f, "{status}"),
            Self::Hundred(hundred) => write!(f, "{hundred}xx"),
        }
    }
}

impl<'de> Deserialize<'de> for StatusRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StatusVisitor)
    }
}

impl Serialize for StatusRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exactly(status) => serializer.serialize_u16(*status),
            Self::Hundred(_) => serializer.collect_str(self),
        }
    }
}

struct StatusVisitor;

impl Visitor<'_> for StatusVisitor {
    type Value = StatusRule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an HTTP status such as 400, or a hundred such as \"4xx\"")
    }

    fn visit_i64<E: Error>(self, status: i64) -> Result<StatusRule, E> {
        u16::try_from(status)
            .ok()
            .filter(|status| (100..600).contains(status))
            .map(StatusRule::Exactly)
            .ok_or_else(|| E::custom(format!("{status} is no HTTP status")))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<StatusRule, E> {
        let digit = text.strip_suffix("xx").and_then(|digit| digit.parse().ok());
        match digit {
            Some(hundred @ 1..=5) => Ok(StatusRule::Hundred(hundred)),
            _ => Err(E::custom(format!("`{text}` is no hundred of HTTP statuses such as 4xx"))),
        }
    }
}

/// What the id of an error reply may be.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdRule {
    /// The id that was sent: same type and value.
    Echo,
    /// `null`.
    Null,
    /// No member `id`.
    Absent,
}

impl fmt::Display for IdRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Echo => "the id sent",
            Self::Null => "null",
            Self::Absent => "absent",
        })
    }
}

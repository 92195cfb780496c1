//! The list of requirements: one normative sentence each, with its keyword and source.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::file::CaseError;
use crate::wire::revision::Revision;

/// The keyword of a requirement, from which the severity comes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// MUST, MUST NOT, REQUIRED, SHALL (RFC 2119).
    Must,
    /// SHOULD, SHOULD NOT, RECOMMENDED.
    Should,
    /// MAY, OPTIONAL: the target is free, but it must answer and live.
    May,
    /// A rule of this project: no MCP revision states it.
    House,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
            Self::House => "house",
        })
    }
}

/// One normative sentence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Requirement {
    /// Stable id, for example `MCP-ID-BOOL`.
    pub id: String,
    /// Keyword.
    pub level: Level,
    /// Revisions that state it; none given means all.
    #[serde(default)]
    revisions: Vec<String>,
    /// Where it stands, for example `JSON-RPC 2.0 section 4`.
    pub source: String,
    /// The sentence in our own words.
    pub text: String,
}

impl Requirement {
    /// The revisions to which the requirement applies.
    #[must_use]
    pub fn revisions(&self) -> Vec<Revision> {
        let all = Revision::ALL.into_iter();
        all.filter(|revision| {
            self.revisions.is_empty() || self.revisions.iter().any(|name| name == revision.as_str())
        })
        .collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementFile {
    requirement: Vec<Requirement>,
}

/// Reads `requirements.toml`. `origin` is the name that errors carry.
///
/// # Errors
/// When the text is no such file, names an unknown revision, or names an id twice.
pub fn parse(text: &str, origin: &str) -> Result<BTreeMap<String, Requirement>, CaseError> {
    let file: RequirementFile =
        toml::from_str(text).map_err(|error| CaseError::toml(text, origin, &error))?;
    let mut list = BTreeMap::new();
    for requirement in file.requirement {
        check_revisions(&requirement, text, origin)?;
        let id = requirement.id.clone();
        if list.insert(id.clone(), requirement).is_some() {
            let line = line_of(text, &id);
            return Err(CaseError::new(origin, line, format!("requirement `{id}` stands twice")));
        }
    }
    Ok(list)
}

fn check_revisions(requirement: &Requirement, text: &str, origin: &str) -> Result<(), CaseError> {
    for name in &requirement.revisions {
        name.parse::<Revision>().map_err(|error| {
            let message = format!("requirement `{}`: {error}", requirement.id);
            CaseError::new(origin, line_of(text, &requirement.id), message)
        })?;
    }
    Ok(())
}

/// The last line that gives the id, counted from 1: where the second of two stands.
fn line_of(text: &str, id: &str) -> usize {
    let quoted = format!("\"{id}\"");
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with("id") && line.contains(&quoted))
        .last()
        .map_or(0, |l| l.0 + 1)
}

#[cfg(test)]
mod tests;

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

/// Who has to keep a requirement.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub enum Role {
    /// The target, as the server that answers us.
    S,
    /// The target, as the client of a server behind it.
    C,
    /// The target as a gateway: seen only with both sides in hand.
    G,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::S => "server",
            Self::C => "client",
            Self::G => "gateway",
        })
    }
}

/// Every dated revision of MCP, oldest first: requirements name also those that are not spoken here.
pub const FIELD_REVISIONS: [&str; 5] =
    ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

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
    /// Who has to keep it.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Where it stands, for example `JSON-RPC 2.0 section 4`.
    pub source: String,
    /// The sentence in our own words.
    pub text: String,
    /// Why no case names it.
    #[serde(default)]
    pub uncovered: Option<String>,
    /// What goes wrong where it is broken; that of the section where none is given.
    #[serde(default)]
    pub why: String,
    /// How to mend a target that breaks it; that of the section where none is given.
    #[serde(default)]
    pub fix: String,
    /// Public defects: `owner/repository#number` and what happened, in a few words.
    #[serde(default)]
    pub defects: Vec<String>,
    /// Title of the section in which it stands.
    #[serde(skip)]
    pub section: String,
}

impl Requirement {
    /// The revisions to which the requirement applies, of those that are spoken here.
    #[must_use]
    pub fn revisions(&self) -> Vec<Revision> {
        let all = Revision::ALL.into_iter();
        all.filter(|revision| self.names(revision.as_str())).collect()
    }

    /// The revisions that state it, of all that there are.
    #[must_use]
    pub fn field_revisions(&self) -> Vec<&'static str> {
        FIELD_REVISIONS.into_iter().filter(|name| self.names(name)).collect()
    }

    fn names(&self, revision: &str) -> bool {
        self.revisions.is_empty() || self.revisions.iter().any(|name| name == revision)
    }
}

/// Requirements by id.
pub type Requirements = BTreeMap<String, Requirement>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementFile {
    #[serde(default)]
    section: Section,
    #[serde(default)]
    requirement: Vec<Requirement>,
}

/// What the requirements of one file have in common.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    title: String,
    /// What goes wrong where such a requirement is broken.
    why: String,
    /// How such a target is mended.
    fix: String,
}

/// Adds the requirements of one file to the list. `origin` is the name that errors carry.
///
/// # Errors
/// When the text is no such file, names an unknown revision, or names an id that is there already.
pub fn read(text: &str, origin: &str, list: &mut Requirements) -> Result<(), CaseError> {
    let file: RequirementFile =
        toml::from_str(text).map_err(|error| CaseError::toml(text, origin, &error))?;
    for mut requirement in file.requirement {
        check_revisions(&requirement, text, origin)?;
        file.section.complete(&mut requirement);
        let id = requirement.id.clone();
        if list.insert(id.clone(), requirement).is_some() {
            let line = line_of(text, &id);
            return Err(CaseError::new(origin, line, format!("requirement `{id}` stands twice")));
        }
    }
    Ok(())
}

impl Section {
    /// Gives a requirement what it does not say itself.
    fn complete(&self, requirement: &mut Requirement) {
        requirement.section.clone_from(&self.title);
        for (own, common) in [(&mut requirement.why, &self.why), (&mut requirement.fix, &self.fix)]
        {
            if own.is_empty() {
                own.clone_from(common);
            }
        }
    }
}

fn check_revisions(requirement: &Requirement, text: &str, origin: &str) -> Result<(), CaseError> {
    let unknown = |name: &&String| !FIELD_REVISIONS.contains(&name.as_str());
    let Some(name) = requirement.revisions.iter().find(unknown) else { return Ok(()) };
    let message = format!(
        "requirement `{}`: unknown revision `{name}`; known are {}",
        requirement.id,
        FIELD_REVISIONS.join(", ")
    );
    Err(CaseError::new(origin, line_of(text, &requirement.id), message))
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

//! Messages that are sent beside the stimulus: what shows only when several are on the way at once.

use serde::Deserialize;

use super::Wait;
use super::recipe::{Base, Edit, Recipe};

/// A message sent beside the stimulus, over a connection of its own.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Companion {
    /// The message to start from.
    #[serde(default)]
    base: Base,
    /// The edits, applied in order.
    #[serde(default)]
    edits: Vec<Edit>,
    /// Raw text of the id that the base carries; `{{n}}` in it is the number of the copy, two digits.
    #[serde(default = "own_id")]
    pub id: String,
    /// The session on which it is sent.
    #[serde(default)]
    pub session: Whose,
    /// How many copies are sent.
    #[serde(default = "one")]
    pub times: usize,
    /// Milliseconds before the stimulus at which it is sent.
    #[serde(default)]
    pub ahead_ms: u64,
    /// Milliseconds after the stimulus at which it is sent.
    #[serde(default)]
    pub after_ms: u64,
    /// When its answer is over.
    #[serde(default)]
    pub wait: Wait,
}

/// The session on which a companion is sent.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// That of the stimulus.
    #[default]
    Same,
    /// One of its own: another client.
    Own,
    /// None.
    None,
}

fn own_id() -> String {
    "1{{n}}".to_owned()
}

const fn one() -> usize {
    1
}

impl Companion {
    /// How its envelope is made.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        Recipe { base: self.base, edits: self.edits.clone() }
    }

    /// Raw text of the id of one of its copies, counted from 0.
    #[must_use]
    pub fn id_of(&self, copy: usize) -> String {
        self.id.replace("{{n}}", &format!("{copy:02}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_have_ids_of_their_own() {
        let companion: Companion = toml::from_str("times = 3").unwrap();
        assert_eq!((companion.id_of(0), companion.id_of(12)), ("100".into(), "112".into()));
        let fixed: Companion = toml::from_str("id = \'\"a\"\'").unwrap();
        assert_eq!(fixed.id_of(5), "\"a\"");
        assert!(toml::from_str::<Companion>("delay = 3").is_err());
    }
}

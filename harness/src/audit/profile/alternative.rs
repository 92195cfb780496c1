//! One way to find a field: where it stands and what is made of it, or the same for every record.

use super::pointer::{Pointer, Searched};
use crate::wire::json::Json;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Formatter};

/// Bytes that a compiled pattern may take: the text of a profile is no place for programs.
const MAX_PATTERN: usize = 1024 * 1024;

/// One way to find a field.
#[derive(Clone, Debug)]
pub enum Alternative {
    /// What stands somewhere.
    At(At),
    /// The same text for every record.
    Constant(Json),
}

/// What stands somewhere, and what is made of it.
#[derive(Clone, Debug)]
pub struct At {
    /// Where.
    pub pointer: Pointer,
    /// Takes a part of the text; a text that it does not match is none.
    pattern: Option<Pattern>,
    /// Words of the product and ours; a word that it does not name stays.
    map: BTreeMap<String, String>,
}

impl Alternative {
    /// What the record has for the field; null is nothing.
    pub(in crate::audit) fn read<'r>(&'r self, record: &'r Searched<'_>) -> Option<Cow<'r, Json>> {
        match self {
            Self::Constant(text) => Some(Cow::Borrowed(text)),
            Self::At(at) => at.made_of(at.pointer.find_in(record)?),
        }
    }
}

impl At {
    fn made_of<'a>(&self, found: &'a Json) -> Option<Cow<'a, Json>> {
        if found.is_null() {
            return None;
        }
        if self.pattern.is_none() && self.map.is_empty() {
            return Some(Cow::Borrowed(found));
        }
        let text = text_of(found);
        let text = match &self.pattern {
            Some(pattern) => pattern.part(&text)?,
            None => &text,
        };
        let ours = self.map.get(text).map_or(text, String::as_str);
        Some(Cow::Owned(Json::string(ours)))
    }
}

/// A string's value, or the JSON text of anything else.
pub(in crate::audit) fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.lossy().into_owned(),
        other => other.to_text(),
    }
}

/// A regular expression with one group.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Pattern(Regex);

impl Pattern {
    fn part<'t>(&self, text: &'t str) -> Option<&'t str> {
        Some(self.0.captures(text)?.get(1)?.as_str())
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let regex = compiled(&text)?;
        match regex.captures_len() {
            2 => Ok(Self(regex)),
            count => Err(format!(
                "`{text}` has {} groups: put the one part that is taken into ( ), others into (?: )",
                count.saturating_sub(1)
            )),
        }
    }
}

/// Compiles a regular expression of a profile.
pub(super) fn compiled(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).size_limit(MAX_PATTERN).build();
    built.map_err(|error| {
        // The last line says what is wrong; those before it draw where.
        let error = error.to_string();
        let why = error.lines().next_back().unwrap_or_default();
        format!("`{text}` is no regular expression: {}", why.trim_start_matches("error: "))
    })
}

impl<'de> Deserialize<'de> for Alternative {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// Reads a pointer or a table. An untagged enum would hide what is wrong with either.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Alternative;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a pointer, or a table with `pointer` or `constant`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Alternative, E> {
        let pointer = Pointer::try_from(text.to_owned()).map_err(E::custom)?;
        Ok(Alternative::At(At { pointer, pattern: None, map: BTreeMap::new() }))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Alternative, A::Error> {
        let table = Table::deserialize(MapAccessDeserializer::new(members))?;
        table.checked().map_err(A::Error::custom)
    }
}

/// An alternative as a table, before its cross-checks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    pointer: Option<Pointer>,
    pattern: Option<Pattern>,
    #[serde(default)]
    map: BTreeMap<String, String>,
    constant: Option<String>,
}

impl Table {
    fn checked(self) -> Result<Alternative, &'static str> {
        let made = self.pattern.is_some() || !self.map.is_empty();
        match (self.pointer, self.constant) {
            (Some(pointer), None) => {
                Ok(Alternative::At(At { pointer, pattern: self.pattern, map: self.map }))
            }
            (None, Some(text)) if !made && !text.is_empty() => {
                Ok(Alternative::Constant(Json::string(&text)))
            }
            (None, Some(_)) => Err("a `constant` is a text that is not empty, and stands alone"),
            (Some(_), Some(_)) => Err("give `pointer` or `constant`, not both"),
            (None, None) => Err("a table needs `pointer` or `constant`"),
        }
    }
}

//! Request ids: whether a received id is the one that was sent, and if not, how it was bent.
//!
//! Knows JSON values only, not where in a message they stood.

use super::json::Json;
use super::number::Number;
use super::text::Text;
use std::fmt::{self, Formatter, Write};

/// Longest text that [`Id`]'s `Display` gives, in characters.
const DISPLAY_LENGTH: usize = 80;

/// A request id as it stood on the wire: any JSON value, since hostile peers send any.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Id(pub Json);

/// What became of an id on its way, from faithful to lost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IdRelation {
    /// The same value in the same notation; strings however escaped.
    Identical,
    /// The same value in another notation, for example `1` and `1.0`.
    SameValue,
    /// Another JSON type that reads the same, for example `1` and `"1"`, or `true` and `1`.
    TypeChanged,
    /// A decimal form of the double that is nearest to the number sent, and another number.
    Rounded,
    /// Something else.
    Different,
}

impl Id {
    /// How a received id relates to the one that was sent.
    #[must_use]
    pub fn relation(sent: &Json, received: &Json) -> IdRelation {
        if sent == received {
            IdRelation::Identical
        } else if same_value(sent, received) {
            IdRelation::SameValue
        } else if reads_the_same(sent, received) {
            IdRelation::TypeChanged
        } else if is_rounded(sent, received) {
            IdRelation::Rounded
        } else {
            IdRelation::Different
        }
    }

    /// Whether MCP allows this id for a request: a string or an integer, however the integer is
    /// written (all revisions, schema `RequestId`; JSON Schema 2020-12 section 4.2.1 on `1.0`).
    #[must_use]
    pub fn is_valid(json: &Json) -> bool {
        match json {
            Json::String(_) => true,
            Json::Number(number) => number.is_integer(),
            _ => false,
        }
    }
}

/// Whether two values are equal but for the notation of numbers and the order of members.
fn same_value(one: &Json, two: &Json) -> bool {
    match (one, two) {
        (Json::Number(one), Json::Number(two)) => one.same_value(two),
        (Json::Array(one), Json::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same_value(one, two))
        }
        (Json::Object(one), Json::Object(two)) => one.len() == two.len() && same_members(one, two),
        _ => one == two,
    }
}

/// Whether two lists of members are equal in any order; duplicates keep theirs.
fn same_members(one: &[(Text, Json)], two: &[(Text, Json)]) -> bool {
    let (one, two) = (by_name(one), by_name(two));
    one.into_iter().zip(two).all(|(one, two)| one.0 == two.0 && same_value(&one.1, &two.1))
}

fn by_name(members: &[(Text, Json)]) -> Vec<&(Text, Json)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_cached_key(|(name, _)| name.lossy());
    sorted
}

/// Whether two values of different types are what lax readers take for each other: a value and its
/// text (as JSON or as Python prints it), or a truth value and 1 or 0.
fn reads_the_same(one: &Json, two: &Json) -> bool {
    match (one, two) {
        (Json::String(text), other) | (other, Json::String(text)) => is_text_of(text, other),
        (Json::Bool(value), Json::Number(number)) | (Json::Number(number), Json::Bool(value)) => {
            number.as_i64() == Some(i64::from(*value))
        }
        _ => false,
    }
}

fn is_text_of(text: &Text, value: &Json) -> bool {
    let Some(text) = text.decoded() else {
        return false;
    };
    match value {
        Json::String(_) => false,
        Json::Null => matches!(text, "null" | "None"),
        Json::Bool(value) => text.eq_ignore_ascii_case(if *value { "true" } else { "false" }),
        Json::Number(number) => Number::parse(text).is_some_and(|read| read.same_value(number)),
        Json::Array(_) | Json::Object(_) => text == value.to_text(),
    }
}

fn is_rounded(sent: &Json, received: &Json) -> bool {
    match (sent, received) {
        (Json::Number(sent), Json::Number(received)) => received.is_rounding_of(sent),
        _ => false,
    }
}

impl fmt::Display for Id {
    /// The id as JSON, cut to 80 characters, of which the last is then `…`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut start = Start { text: String::new(), room: DISPLAY_LENGTH };
        if write!(start, "{}", self.0).is_err() {
            start.text.pop();
            start.text.push('…');
        }
        f.write_str(&start.text)
    }
}

/// The first characters of what is written to it; refuses the rest, so that a long id is not
/// printed whole to be thrown away.
struct Start {
    text: String,
    /// Characters that still fit.
    room: usize,
}

impl Write for Start {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.room = self.room.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(character);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

//! Lossless JSON: a tree that keeps number text, string text, member order and duplicate members.
//!
//! The oracle reads with this and never with `serde_json`, so that it shares no parser bug with the
//! gateways under test and loses nothing that a verdict hangs on. Knows nothing of JSON-RPC.

mod depth;
mod error;
mod parser;
mod print;
mod scalar;

pub use depth::scan_depth;
pub use error::{JsonError, JsonErrorKind};
pub use parser::{MAX_DEPTH, parse};

use super::number::Number;
use super::text::Text;
use std::borrow::Cow;
use std::collections::HashSet;

/// A JSON value with number text and duplicate members kept. One made by [`parse`] is never nested
/// deeper than [`MAX_DEPTH`], so that cloning, comparing, printing and dropping it are safe on any
/// stack.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number by its text.
    Number(Number),
    /// A string.
    String(Text),
    /// An array.
    Array(Vec<Self>),
    /// An object: members in order, duplicates kept.
    Object(Vec<(Text, Self)>),
}

impl Json {
    /// A string value.
    #[must_use]
    pub fn string(value: &str) -> Self {
        Self::String(Text::new(value))
    }

    /// A number from its text; none unless the whole text is one number of RFC 8259 section 6.
    #[must_use]
    pub fn number(text: &str) -> Option<Self> {
        Number::parse(text).map(Self::Number)
    }

    /// The last member of that name, which is the one that most parsers keep; none for other values.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().rev().find(|(key, _)| key.decoded() == Some(name)).map(second)
    }

    /// Every member of that name, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.members().iter().filter(move |(key, _)| key.decoded() == Some(name)).map(second)
    }

    /// Whether this object has two members of one name, however the names are escaped. Members of
    /// members are not looked at.
    #[must_use]
    pub fn has_duplicates(&self) -> bool {
        let mut seen = HashSet::new();
        !self.members().iter().all(|(name, _)| seen.insert(name))
    }

    /// The decoded string; none for other values and for a string with a lone surrogate.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => text.decoded(),
            _ => None,
        }
    }

    /// The members of an object, in order, with duplicates.
    #[must_use]
    pub fn as_object(&self) -> Option<&[(Text, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The JSON name of the value's type: `null`, `boolean`, `number`, `string`, `array`, `object`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The value that a JSON pointer names (RFC 6901); of duplicate members the last. None when it
    /// names nothing, and for a malformed pointer.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |value, token| match value {
            Self::Object(_) => value.get(&unescaped(token)?),
            Self::Array(elements) => elements.get(array_index(token)?),
            _ => None,
        })
    }

    /// Whether any string or member name in this value, decoded, contains the text. Lone surrogates
    /// count as U+FFFD.
    #[must_use]
    pub fn contains_text(&self, needle: &str) -> bool {
        let mut waiting = vec![self];
        while let Some(value) = waiting.pop() {
            match value {
                Self::String(text) if text.lossy().contains(needle) => return true,
                Self::Array(elements) => waiting.extend(elements),
                Self::Object(members) => {
                    if members.iter().any(|(name, _)| name.lossy().contains(needle)) {
                        return true;
                    }
                    waiting.extend(members.iter().map(second));
                }
                _ => {}
            }
        }
        false
    }

    fn members(&self) -> &[(Text, Self)] {
        self.as_object().unwrap_or_default()
    }
}

/// The value of a member.
const fn second(member: &(Text, Json)) -> &Json {
    &member.1
}

/// A reference token with `~1` and `~0` resolved (RFC 6901 section 4); none for another `~`.
fn unescaped(token: &str) -> Option<Cow<'_, str>> {
    if !token.contains('~') {
        return Some(Cow::Borrowed(token));
    }
    let mut parts = token.split('~');
    let mut name = parts.next()?.to_owned();
    for part in parts {
        name.push(if part.starts_with('1') { '/' } else { '~' });
        name.push_str(part.strip_prefix(['0', '1'])?);
    }
    Some(Cow::Owned(name))
}

/// An array index: digits without a leading zero (RFC 6901 section 4).
fn array_index(token: &str) -> Option<usize> {
    let plain = token.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = token.len() > 1 && token.starts_with('0');
    if plain && !leading_zero { token.parse().ok() } else { None }
}

#[cfg(test)]
mod access_tests;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;

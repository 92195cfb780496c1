//! From bytes to a validated text and its parts. Nothing here recurses over the text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::token::{Token, Tokens};

/// Containers within containers beyond this depth are refused.
const DEPTH_LIMIT: usize = 128;

/// A member of an object: its name, unescaped, and its value as sent.
pub(crate) type Member<'a> = (String, &'a RawValue);

/// The bytes are no JSON text (RFC 8259), or not one that has a meaning in Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// RFC 8259 section 8.1 demands UTF-8.
    #[error("the body is not UTF-8")]
    Encoding,
    /// The grammar of RFC 8259 section 2 is violated, or more follows the text.
    #[error("the body is not one JSON text")]
    Syntax,
    /// RFC 8259 section 8.2: an unpaired surrogate has no meaning.
    #[error("a string holds an unpaired surrogate")]
    Surrogate,
}

/// What kind of value a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
}

/// Validates the whole of `bytes` as one JSON text.
pub(crate) fn read(bytes: &[u8]) -> Result<&RawValue, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Encoding)?;
    let value: &RawValue = serde_json::from_str(text).map_err(|_| Unreadable::Syntax)?;
    let lone = Tokens::of(value.get()).any(
        |token| matches!(token, Token::Text(text) if text.contains("\\u") && unquoted(text).is_none()),
    );
    if lone {
        return Err(Unreadable::Surrogate);
    }
    Ok(value)
}

/// Whether the containers of `text` nest deeper than we read.
pub(crate) fn too_deep(text: &RawValue) -> bool {
    let mut depth = 0_usize;
    Tokens::of(text.get()).any(|token| {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEPTH_LIMIT
    })
}

/// The kind of a validated text, told by its first character.
pub(crate) fn kind(text: &RawValue) -> Kind {
    match text.get().trim_ascii_start().bytes().next() {
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        Some(b'"') => Kind::String,
        Some(b't' | b'f') => Kind::Boolean,
        Some(b'n') => Kind::Null,
        _ => Kind::Number,
    }
}

/// The members of an object in their order, repeated ones included; `None` for anything else.
pub(crate) fn members(text: &RawValue) -> Option<Vec<Member<'_>>> {
    serde_json::from_str::<Members<'_>>(text.get())
        .ok()
        .map(|members| members.0)
}

/// The elements of an array; `None` for anything else.
pub(crate) fn elements(text: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(text.get()).ok()
}

/// The value of a string; `None` for anything else.
pub(crate) fn string(text: &RawValue) -> Option<String> {
    unquoted(text.get())
}

/// The value of the member `name`: the last one, as most readers have it.
pub(crate) fn member<'a>(members: &[Member<'a>], name: &str) -> Option<&'a RawValue> {
    members
        .iter()
        .rev()
        .find(|(other, _)| other == name)
        .map(|(_, value)| *value)
}

/// A member name that occurs more than once.
pub(crate) fn repeated<'m>(members: &'m [Member<'_>]) -> Option<&'m str> {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
        .windows(2)
        .find_map(|pair| {
            pair.first()
                .filter(|name| Some(name) == pair.last().as_ref())
        })
        .copied()
}

/// A text that we have put together ourselves from valid parts.
pub(crate) fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> Box<RawValue> {
    serde_json::value::to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

fn unquoted(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

struct Members<'a>(Vec<Member<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_text_is_unreadable() {
        for bytes in [
            &b""[..],
            b"  \n",
            b"{\"id\":NaN}",
            b"{\"id\":01}",
            b"{\"id\":+1}",
            b"{\"id\":1.}",
            b"{} {}",
            b"{}}",
            b"\xef\xbb\xbf{}",
            b"{\x00\"",
            b"\"a\nb\"",
            b"{\"jsonrpc\":",
            b"[1,]",
        ] {
            assert_eq!(read(bytes).err(), Some(Unreadable::Syntax), "{bytes:?}");
        }
        assert_eq!(read(b"\"\xc3\x28\"").err(), Some(Unreadable::Encoding));
        assert_eq!(
            read(b"{\"a\":\"\\ud800\"}").err(),
            Some(Unreadable::Surrogate)
        );
        assert_eq!(read(b"{\"\\udfff\":1}").err(), Some(Unreadable::Surrogate));
        assert!(read(b"\"\\ud83d\\ude00\"").is_ok());
    }

    #[test]
    fn a_million_levels_are_read_without_recursion() {
        let text = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let value = read(text.as_bytes()).expect("it is valid");
        assert!(too_deep(value));
        let text = format!("{}{}", "[".repeat(128), "]".repeat(128));
        assert!(!too_deep(read(text.as_bytes()).expect("it is valid")));
    }

    #[test]
    fn members_keep_repeated_names_and_number_text() {
        let text = raw(r#"{"a":1E0,"\u0061":2,"b":3}"#.to_owned());
        let members = members(&text).expect("it is an object");
        assert_eq!(repeated(&members), Some("a"));
        assert_eq!(member(&members, "a").map(RawValue::get), Some("2"));
        assert_eq!(members.first().map(|(_, value)| value.get()), Some("1E0"));
    }
}

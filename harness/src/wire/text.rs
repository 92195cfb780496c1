//! One JSON string: the raw text between its quotes beside the value that it stands for.
//!
//! Knows nothing of where the string stood. A lone surrogate escape is legal grammar without a
//! Unicode value (RFC 8259 section 8.2), so the value is optional and the raw text is not.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::str::Chars;

/// A JSON string by its raw text. Two are equal when they stand for the same value, however it was
/// escaped; that includes lone surrogates, so `"\ud800"` equals `"\uD800"`.
#[derive(Clone, Debug)]
pub struct Text {
    raw: Box<str>,
    value: Value,
}

/// The value of a raw text, stored only where it is not the raw text itself.
#[derive(Clone, Debug)]
enum Value {
    /// No escapes: the raw text is the value.
    Raw,
    /// What the escapes stand for.
    Decoded(Box<str>),
    /// At least one lone surrogate: no Unicode value.
    None,
}

impl Text {
    /// The text of a value, with only those characters escaped that must be (RFC 8259 section 7).
    #[must_use]
    pub fn new(value: &str) -> Self {
        Self::from_valid_raw(&escape(value))
    }

    /// A text from what stood between the quotes. The caller has checked the grammar: a malformed
    /// escape would end the decoded value early.
    pub(super) fn from_valid_raw(raw: &str) -> Self {
        let value = if raw.contains('\\') {
            let decoded = Pieces::of(raw).map(Piece::character).collect::<Option<String>>();
            decoded.map_or(Value::None, |text| Value::Decoded(text.into()))
        } else {
            Value::Raw
        };
        Self { raw: raw.into(), value }
    }

    /// The text between the quotes, escapes as they were written.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The value; none when it holds a lone surrogate.
    #[must_use]
    pub fn decoded(&self) -> Option<&str> {
        match &self.value {
            Value::Raw => Some(&self.raw),
            Value::Decoded(text) => Some(text),
            Value::None => None,
        }
    }

    /// The value with U+FFFD in the place of every lone surrogate.
    #[must_use]
    pub fn lossy(&self) -> Cow<'_, str> {
        self.decoded().map_or_else(|| Cow::Owned(replaced(&self.raw)), Cow::Borrowed)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        match (self.decoded(), other.decoded()) {
            (Some(one), Some(two)) => one == two,
            (None, None) => Pieces::of(&self.raw).eq(Pieces::of(&other.raw)),
            _ => false,
        }
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.decoded() {
            Some(text) => text.hash(state),
            None => Pieces::of(&self.raw).for_each(|piece| piece.hash(state)),
        }
    }
}

/// A raw text whose lone surrogates are replaced.
fn replaced(raw: &str) -> String {
    Pieces::of(raw).map(|piece| piece.character().unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Escapes a value for the place between two quotes.
fn escape(value: &str) -> String {
    let mut raw = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '"' => raw.push_str("\\\""),
            '\\' => raw.push_str("\\\\"),
            '\n' => raw.push_str("\\n"),
            '\r' => raw.push_str("\\r"),
            '\t' => raw.push_str("\\t"),
            '\0'..='\x1f' => {
                // Writing to a String cannot fail.
                let _ = write!(raw, "\\u{:04x}", u32::from(character));
            }
            _ => raw.push(character),
        }
    }
    raw
}

/// One unit of a string's value.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Piece {
    /// A Unicode scalar value, written plainly, by an escape or by a pair of escapes.
    Character(char),
    /// A surrogate code unit without its partner.
    Lone(u16),
}

impl Piece {
    const fn character(self) -> Option<char> {
        match self {
            Self::Character(character) => Some(character),
            Self::Lone(_) => None,
        }
    }
}

/// The units of a raw text, in order. Ends early where an escape is malformed.
struct Pieces<'a> {
    rest: Chars<'a>,
}

impl<'a> Pieces<'a> {
    fn of(raw: &'a str) -> Self {
        Self { rest: raw.chars() }
    }

    /// The unit that an escape stands for; the backslash is already read.
    fn escaped(&mut self) -> Option<Piece> {
        let character = match self.rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            literal @ ('"' | '\\' | '/') => literal,
            _ => return None,
        };
        Some(Piece::Character(character))
    }

    /// The unit of a `\u` escape, joined with the next one where the two are a surrogate pair.
    fn unicode(&mut self) -> Option<Piece> {
        let unit = hex4(&mut self.rest)?;
        if let Some(character) = char::from_u32(u32::from(unit)) {
            return Some(Piece::Character(character));
        }
        let mut ahead = self.rest.clone();
        let Some(character) = low_surrogate(&mut ahead).and_then(|low| paired(unit, low)) else {
            return Some(Piece::Lone(unit));
        };
        self.rest = ahead;
        Some(Piece::Character(character))
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        match self.rest.next()? {
            '\\' => self.escaped(),
            character => Some(Piece::Character(character)),
        }
    }
}

/// Reads four hexadecimal digits.
fn hex4(rest: &mut Chars<'_>) -> Option<u16> {
    (0..4).try_fold(0_u16, |unit, _| {
        let digit = rest.next()?.to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

/// Reads the next `\u` escape, if one follows.
fn low_surrogate(rest: &mut Chars<'_>) -> Option<u16> {
    (rest.next()? == '\\' && rest.next()? == 'u').then(|| hex4(rest)).flatten()
}

/// The character of a surrogate pair (Unicode 16.0 section 3.9, D91); none when it is no pair.
fn paired(high: u16, low: u16) -> Option<char> {
    char::decode_utf16([high, low]).next()?.ok()
}

#[cfg(test)]
mod tests;

//! Writes a value as compact text, every number and string as it was read.

use super::Json;
use crate::wire::text::Text;
use std::fmt::{self, Formatter, Write as _};

impl Json {
    /// The value as compact JSON text. Lossless but for white space: numbers and strings by their
    /// raw text, members in order, duplicates kept.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(number.raw()),
            Self::String(text) => write_string(f, text),
            Self::Array(elements) => write_array(f, elements),
            Self::Object(members) => write_object(f, members),
        }
    }
}

fn write_string(f: &mut Formatter<'_>, text: &Text) -> fmt::Result {
    f.write_char('"')?;
    f.write_str(text.raw())?;
    f.write_char('"')
}

fn write_array(f: &mut Formatter<'_>, elements: &[Json]) -> fmt::Result {
    f.write_char('[')?;
    for (index, element) in elements.iter().enumerate() {
        separate(f, index)?;
        fmt::Display::fmt(element, f)?;
    }
    f.write_char(']')
}

fn write_object(f: &mut Formatter<'_>, members: &[(Text, Json)]) -> fmt::Result {
    f.write_char('{')?;
    for (index, (name, value)) in members.iter().enumerate() {
        separate(f, index)?;
        write_string(f, name)?;
        f.write_char(':')?;
        fmt::Display::fmt(value, f)?;
    }
    f.write_char('}')
}

fn separate(f: &mut Formatter<'_>, index: usize) -> fmt::Result {
    if index == 0 { Ok(()) } else { f.write_char(',') }
}

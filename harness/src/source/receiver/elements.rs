//! The elements of a JSON array, with a bound on their number and without a tree.

use std::fmt::{self, Formatter};

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Most records of one delivery: tiny ones by the million would cost many times the memory of the body.
pub(in crate::source) const MAX_RECORDS: usize = 100_000;

/// What is said of a delivery with more records.
pub(in crate::source) fn too_many() -> String {
    format!("more than {MAX_RECORDS} records in one delivery")
}

/// The exact text of each element.
///
/// # Errors
/// When the text is no JSON array, or one of too many elements.
pub(in crate::source) fn elements(text: &[u8]) -> Result<Vec<&RawValue>, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let elements = reader.deserialize_seq(Elements)?;
    reader.end()?;
    Ok(elements)
}

struct Elements;

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(element) = elements.next_element()? {
            if found.len() == MAX_RECORDS {
                return Err(Error::custom(too_many()));
            }
            found.push(element);
        }
        Ok(found)
    }
}

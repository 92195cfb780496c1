//! One answer of the query API, read with a bound on the number of its records.
//!
//! Knows nothing of how the answer came.

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt::{self, Formatter};

/// Most records of one page. An API may ignore our limit, but tiny records by the million would cost
/// many times the memory of the body that they came in.
const MAX_RECORDS: usize = 100_000;

/// One answer of the API. Further members are of no interest.
#[derive(serde::Deserialize)]
pub(super) struct Page {
    /// The exact text of each record.
    #[serde(deserialize_with = "records")]
    pub(super) records: Vec<Box<RawValue>>,
    /// The place from which to read on.
    pub(super) next: u64,
    /// Records that were asked for and are gone.
    #[serde(default)]
    pub(super) lost: u64,
}

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Page, serde_json::Error> {
    serde_json::from_slice(body)
}

fn records<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Box<RawValue>>, D::Error> {
    deserializer.deserialize_seq(Records)
}

/// Collects records up to the bound.
struct Records;

impl<'de> Visitor<'de> for Records {
    type Value = Vec<Box<RawValue>>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut records = Vec::new();
        while let Some(record) = elements.next_element::<&'de RawValue>()? {
            if records.len() == MAX_RECORDS {
                return Err(Error::custom(format!("more than {MAX_RECORDS} records on a page")));
            }
            records.push(record.to_owned());
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_RECORDS, read};

    fn page(records: &str) -> String {
        format!(r#"{{"records":{records},"next":1}}"#)
    }

    #[test]
    fn keeps_the_exact_text_of_records() {
        let found = read(page(r#"[ {"a" : 1.0,"a":2}, "x" ]"#).as_bytes()).expect("a page");
        let texts: Vec<&str> = found.records.iter().map(|record| record.get()).collect();
        assert_eq!(texts, [r#"{"a" : 1.0,"a":2}"#, r#""x""#]);
        assert_eq!((found.next, found.lost), (1, 0));
    }

    #[test]
    fn reads_deep_records_without_recursion() {
        let deep = format!("[{}{}]", "[".repeat(200_000), "]".repeat(200_000));
        let found = read(page(&deep).as_bytes()).expect("a page");
        assert_eq!(found.records[0].get().len(), 400_000);
    }

    #[test]
    fn bounds_the_number_of_records() {
        let many = |count: usize| page(&format!("[{}0]", "0,".repeat(count - 1)));
        assert_eq!(read(many(MAX_RECORDS).as_bytes()).expect("a page").records.len(), MAX_RECORDS);
        let error = read(many(MAX_RECORDS + 1).as_bytes()).err().expect("an error").to_string();
        assert!(error.contains("more than 100000 records"), "{error}");
    }

    #[test]
    fn refuses_what_is_no_page() {
        for text in ["", "[]", "{}", r#"{"records":{},"next":1}"#, r#"{"records":[],"next":-1}"#] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}

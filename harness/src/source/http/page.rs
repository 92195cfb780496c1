//! One answer of the query API, read with a bound on the number of its records.
//!
//! Knows nothing of how the answer came.

use crate::audit::profile::Api;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt::{self, Formatter};

/// Most records of one page. An API may ignore our limit, but tiny records by the million would cost
/// many times the memory of the body that they came in.
const MAX_RECORDS: usize = 100_000;

/// One answer of the API. Further members are of no interest.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The exact text of each record.
    pub(super) records: Vec<Box<RawValue>>,
    /// The place from which to read on; none where the answer names none.
    pub(super) next: Option<Value>,
    /// Records that were asked for and are gone.
    pub(super) lost: u64,
}

/// Reads a body.
pub(super) fn read(body: &[u8], api: &Api) -> Result<Page, String> {
    let told = |error: serde_json::Error| error.to_string();
    let whole: &RawValue = serde_json::from_slice(body).map_err(told)?;
    let place = api.records.as_str();
    let records = at(whole, place)?.ok_or_else(|| format!("nothing stands at `{place}`"))?;
    let records = serde_json::Deserializer::from_str(records.get())
        .deserialize_seq(Records)
        .map_err(|error| format!("`{place}`: {error}"))?;
    // A bare array has no members beside its records.
    let beside =
        |place: &str| if api.records.as_str().is_empty() { Ok(None) } else { at(whole, place) };
    let next: Option<Value> = match beside(api.next.as_str())? {
        Some(next) => serde_json::from_str(next.get()).map_err(told)?,
        None => None,
    };
    let lost = match beside(api.lost.as_str())? {
        Some(lost) => serde_json::from_str::<Option<u64>>(lost.get()).map_err(told)?,
        None => None,
    };
    Ok(Page { records, next: next.filter(|next| !says_nothing(next)), lost: lost.unwrap_or(0) })
}

/// How APIs say that there is no further page.
fn says_nothing(next: &Value) -> bool {
    matches!(next, Value::Null | Value::Bool(false)) || next.as_str().is_some_and(str::is_empty)
}

/// What stands at a JSON pointer, by its text.
fn at<'a>(value: &'a RawValue, pointer: &str) -> Result<Option<&'a RawValue>, String> {
    let mut value = value;
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let text = value.get();
        let found = match text.as_bytes().first() {
            Some(b'{') => serde_json::from_str::<HashMap<String, &RawValue>>(text)
                .map_err(|error| error.to_string())?
                .get(&name)
                .copied(),
            _ => None,
        };
        match found {
            Some(found) => value = found,
            None => return Ok(None),
        }
    }
    Ok(Some(value))
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
    use super::{MAX_RECORDS, Page, read};
    use crate::audit::profile::{Api, Pointer};
    use serde_json::{Value, json};

    fn page(records: &str) -> String {
        format!(r#"{{"records":{records},"next":1}}"#)
    }

    fn found(text: &str) -> Result<Page, String> {
        read(text.as_bytes(), &Api::default())
    }

    #[test]
    fn keeps_the_exact_text_of_records() {
        let found = found(&page(r#"[ {"a" : 1.0,"a":2}, "x" ]"#)).expect("a page");
        let texts: Vec<&str> = found.records.iter().map(|record| record.get()).collect();
        assert_eq!(texts, [r#"{"a" : 1.0,"a":2}"#, r#""x""#]);
        assert_eq!((found.next, found.lost), (Some(json!(1)), 0));
    }

    #[test]
    fn reads_deep_records_without_recursion() {
        let deep = format!("[{}{}]", "[".repeat(200_000), "]".repeat(200_000));
        let found = found(&page(&deep)).expect("a page");
        assert_eq!(found.records[0].get().len(), 400_000);
    }

    #[test]
    fn bounds_the_number_of_records() {
        let many = |count: usize| page(&format!("[{}0]", "0,".repeat(count - 1)));
        assert_eq!(found(&many(MAX_RECORDS)).expect("a page").records.len(), MAX_RECORDS);
        let error = found(&many(MAX_RECORDS + 1)).expect_err("an error");
        assert!(error.contains("more than 100000 records"), "{error}");
    }

    #[test]
    fn refuses_what_is_no_page() {
        for text in ["", "[]", "{}", r#"{"records":{},"next":1}"#, "<html>", r#"{"records":[]"#] {
            assert!(found(text).is_err(), "{text}");
        }
        let error = found(r#"{"records":[],"next":1,"lost":-1}"#).expect_err("a negative number");
        assert!(error.contains("-1"), "{error}");
    }

    #[test]
    fn reads_records_and_the_next_page_where_the_profile_says() {
        let pointer = |text: &str| Pointer::try_from(text.to_owned()).expect("a pointer");
        let mut api = Api::default();
        (api.records, api.next) = (pointer("/data/it~1ems"), pointer("/meta/cursor"));
        let text =
            |next: &str| format!(r#"{{"data":{{"it/ems":[1,2]}},"meta":{{"cursor":{next}}}}}"#);
        let next = |api: &Api, text: &str| {
            let page = read(text.as_bytes(), api).expect("a page");
            assert_eq!(page.records.len(), 2);
            page.next
        };
        assert_eq!(next(&api, &text("\"abc\"")), Some(Value::from("abc")));
        for none in ["null", "false", "\"\""] {
            assert_eq!(next(&api, &text(none)), None, "{none}");
        }
        api.records = pointer("");
        assert_eq!(next(&api, "[{}, 3]"), None);
    }
}

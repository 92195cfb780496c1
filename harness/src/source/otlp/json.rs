//! OTLP in JSON (the OTLP specification, "JSON Protobuf Encoding"), record by record.
//!
//! What senders do beside the specification is understood: `null` for what is absent, names of enum
//! values for their numbers, and member names in snake case around a record.

use std::fmt::{self, Formatter};

use opentelemetry_proto::tonic::logs::v1::SeverityNumber;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Signal;
use super::sink::{Origin, Record, Sink, Stopped, garbage};
use crate::source::MAX_LINE;
use crate::source::receiver::elements;

/// A member in camel case, and in snake case.
type Names = [&'static str; 2];

/// Reads a request of any of the two services.
pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), Stopped> {
    let text: &RawValue = serde_json::from_slice(bytes).map_err(garbage)?;
    let (resources, scopes): (Names, Names) = match sink.signal {
        Signal::Span => (["resourceSpans", "resource_spans"], ["scopeSpans", "scope_spans"]),
        Signal::Log => (["resourceLogs", "resource_logs"], ["scopeLogs", "scope_logs"]),
    };
    for group in list(text, resources)? {
        let resource = decoded(member(group, ["resource"; 2])?)?;
        for scope_group in list(group, scopes)? {
            let scope = decoded(member(scope_group, ["scope"; 2])?)?;
            let origin = Origin::new(resource.as_ref(), scope.as_ref())?;
            read_scope(scope_group, &origin, sink)?;
        }
    }
    Ok(())
}

fn read_scope(group: &RawValue, origin: &Origin, sink: &mut Sink<'_>) -> Result<(), Stopped> {
    let names = match sink.signal {
        Signal::Span => ["spans"; 2],
        Signal::Log => ["logRecords", "log_records"],
    };
    for record in list(group, names)? {
        if record.get().len() > MAX_LINE {
            sink.too_long(record.get().as_bytes())?;
            continue;
        }
        let record = match sink.signal {
            Signal::Span => decoded(Some(record))?.map(Record::Span),
            Signal::Log => decoded(Some(record))?.map(Record::Log),
        };
        if let Some(record) = record {
            sink.record(&record, origin)?;
        }
    }
    Ok(())
}

/// A message; none where it is absent or `null`.
fn decoded<T: DeserializeOwned>(text: Option<&RawValue>) -> Result<Option<T>, Stopped> {
    let Some(text) = text else { return Ok(None) };
    if text.get().len() > MAX_LINE {
        return Err(garbage(format!("a resource or scope longer than {MAX_LINE} bytes")));
    }
    let mut value: Value = serde_json::from_str(text.get()).map_err(garbage)?;
    if value.is_null() {
        return Ok(None);
    }
    tidy(&mut value);
    serde_json::from_value(value).map(Some).map_err(garbage)
}

/// The elements of a member; none where it is absent or `null`.
fn list(object: &RawValue, names: Names) -> Result<Vec<&RawValue>, Stopped> {
    match member(object, names)? {
        Some(text) if text.get() != "null" => elements(text.get().as_bytes()).map_err(garbage),
        _ => Ok(Vec::new()),
    }
}

/// The exact text of a member of an object.
fn member(object: &RawValue, names: Names) -> Result<Option<&RawValue>, Stopped> {
    let mut reader = serde_json::Deserializer::from_str(object.get());
    reader.deserialize_map(Member(names)).map_err(garbage)
}

struct Member(Names);

impl<'de> Visitor<'de> for Member {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a member `{}`", self.0[0])
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some((name, value)) = members.next_entry::<String, &'de RawValue>()? {
            if self.0.contains(&name.as_str()) {
                found = Some(value);
            }
        }
        Ok(found)
    }
}

/// Turns what the decoder does not understand into what means the same. No text of a user is the name
/// of a member here: attributes are lists of `key` and `value`.
fn tidy(value: &mut Value) {
    match value {
        Value::Array(elements) => {
            elements.retain(|element| !element.is_null());
            elements.iter_mut().for_each(tidy);
        }
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            for (name, member) in members.iter_mut() {
                tidy(member);
                tidy_member(name, member);
            }
        }
        _ => {}
    }
}

fn tidy_member(name: &str, value: &mut Value) {
    match (name, &mut *value) {
        ("arrayValue" | "kvlistValue", Value::Object(list)) if list.is_empty() => {
            list.insert("values".to_owned(), Value::Array(Vec::new()));
        }
        ("kind" | "code" | "severityNumber", Value::String(text)) => {
            let number = match name {
                "kind" => SpanKind::from_str_name(text).map(|kind| kind as i32),
                "code" => StatusCode::from_str_name(text).map(|code| code as i32),
                _ => SeverityNumber::from_str_name(text).map(|number| number as i32),
            };
            if let Some(number) = number {
                *value = number.into();
            }
        }
        _ => {}
    }
}

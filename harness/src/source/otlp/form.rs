//! Our own form of a span and of a log record, one JSON line each.
//!
//! A span:
//! ```json
//! {"signal": "span", "name": "tools/call echo", "kind": "SERVER", "trace_id": "4bf9...", "span_id": "00f0...",
//!  "parent_span_id": "53ce...", "start": 1795704642.095, "end": 1795704642.189,
//!  "status": {"code": "UNSET | OK | ERROR", "message": "..."},
//!  "attributes": {"mcp.method.name": "tools/call"},
//!  "events": [{"name": "exception", "time": 1795704642.1, "attributes": {}}],
//!  "links": [{"trace_id": "...", "span_id": "...", "attributes": {}}],
//!  "resource": {"service.name": "gateway"}, "scope": {"name": "mcp", "version": "1.0"}}
//! ```
//! A log record has `"signal": "log"`, `time`, `observed_time`, `severity` (its text, or the name of its
//! number), `severity_number`, `event_name`, `body`, `attributes`, `trace_id`, `span_id`, `resource`, `scope`.
//!
//! Ids are hexadecimal, times seconds since the Unix epoch. Values keep their type; bytes are base64,
//! and numbers that JSON has not are texts. What was not sent is absent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link, SpanKind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::time::Duration;

use super::sink::Origin;

/// The line of a span.
pub(super) fn span(span: &Span, origin: &Origin) -> Result<String, serde_json::Error> {
    let kind = SpanKind::try_from(span.kind).unwrap_or_default();
    serde_json::to_string(&SpanLine {
        signal: "span",
        name: &span.name,
        kind: kind.as_str_name().trim_start_matches("SPAN_KIND_"),
        trace_id: Hex(&span.trace_id),
        span_id: Hex(&span.span_id),
        parent_span_id: Hex(&span.parent_span_id),
        trace_state: &span.trace_state,
        start: seconds(span.start_time_unix_nano),
        end: seconds(span.end_time_unix_nano),
        status: StatusPart::of(span.status.as_ref()),
        attributes: Pairs(&span.attributes),
        events: span.events.iter().map(EventPart::of).collect(),
        links: span.links.iter().map(LinkPart::of).collect(),
        resource: &origin.resource,
        scope: &origin.scope,
    })
}

/// The line of a log record.
pub(super) fn log(log: &LogRecord, origin: &Origin) -> Result<String, serde_json::Error> {
    let number = SeverityNumber::try_from(log.severity_number).unwrap_or_default();
    let severity = match log.severity_text.as_str() {
        "" if number == SeverityNumber::Unspecified => "",
        "" => number.as_str_name().trim_start_matches("SEVERITY_NUMBER_"),
        text => text,
    };
    serde_json::to_string(&LogLine {
        signal: "log",
        time: seconds(log.time_unix_nano),
        observed_time: seconds(log.observed_time_unix_nano),
        severity,
        severity_number: log.severity_number,
        event_name: &log.event_name,
        body: Any(log.body.as_ref()),
        attributes: Pairs(&log.attributes),
        trace_id: Hex(&log.trace_id),
        span_id: Hex(&log.span_id),
        resource: &origin.resource,
        scope: &origin.scope,
    })
}

/// The attributes of a resource.
pub(super) fn resource(resource: Option<&Resource>) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&Pairs(resource.map_or(&[], |resource| resource.attributes.as_slice())))
}

/// The name and the version of an instrumentation scope.
pub(super) fn scope(
    scope: Option<&InstrumentationScope>,
) -> Result<Box<RawValue>, serde_json::Error> {
    let none = InstrumentationScope::default();
    let scope = scope.unwrap_or(&none);
    to_raw_value(&ScopePart {
        name: &scope.name,
        version: &scope.version,
        attributes: Pairs(&scope.attributes),
    })
}

#[derive(Serialize)]
struct SpanLine<'a> {
    signal: &'static str,
    name: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Hex::is_empty")]
    trace_id: Hex<'a>,
    #[serde(skip_serializing_if = "Hex::is_empty")]
    span_id: Hex<'a>,
    #[serde(skip_serializing_if = "Hex::is_empty")]
    parent_span_id: Hex<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    trace_state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<f64>,
    status: StatusPart<'a>,
    attributes: Pairs<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventPart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkPart<'a>>,
    resource: &'a RawValue,
    scope: &'a RawValue,
}

#[derive(Serialize)]
struct LogLine<'a> {
    signal: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed_time: Option<f64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    severity: &'a str,
    severity_number: i32,
    #[serde(skip_serializing_if = "str::is_empty")]
    event_name: &'a str,
    body: Any<'a>,
    attributes: Pairs<'a>,
    #[serde(skip_serializing_if = "Hex::is_empty")]
    trace_id: Hex<'a>,
    #[serde(skip_serializing_if = "Hex::is_empty")]
    span_id: Hex<'a>,
    resource: &'a RawValue,
    scope: &'a RawValue,
}

#[derive(Serialize)]
struct StatusPart<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
}

impl<'a> StatusPart<'a> {
    fn of(status: Option<&'a Status>) -> Self {
        let code = status.map(|status| StatusCode::try_from(status.code).unwrap_or_default());
        Self {
            code: code.unwrap_or_default().as_str_name().trim_start_matches("STATUS_CODE_"),
            message: status.map_or("", |status| &status.message),
        }
    }
}

#[derive(Serialize)]
struct EventPart<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<f64>,
    attributes: Pairs<'a>,
}

impl<'a> EventPart<'a> {
    fn of(event: &'a Event) -> Self {
        let time = seconds(event.time_unix_nano);
        Self { name: &event.name, time, attributes: Pairs(&event.attributes) }
    }
}

#[derive(Serialize)]
struct LinkPart<'a> {
    trace_id: Hex<'a>,
    span_id: Hex<'a>,
    attributes: Pairs<'a>,
}

impl<'a> LinkPart<'a> {
    fn of(link: &'a Link) -> Self {
        let attributes = Pairs(&link.attributes);
        Self { trace_id: Hex(&link.trace_id), span_id: Hex(&link.span_id), attributes }
    }
}

#[derive(Serialize)]
struct ScopePart<'a> {
    name: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    attributes: Pairs<'a>,
}

/// Seconds since the epoch; none for 0, which stands for an unknown time.
fn seconds(nanos: u64) -> Option<f64> {
    (nanos > 0).then(|| Duration::from_nanos(nanos).as_secs_f64())
}

/// Bytes of an id in lower case.
struct Hex<'a>(&'a [u8]);

impl Hex<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let text: String =
            digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect();
        serializer.serialize_str(&text)
    }
}

/// Attributes as an object, in their order; a key that was sent twice stands twice.
struct Pairs<'a>(&'a [KeyValue]);

impl Pairs<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|pair| (&pair.key, Any(pair.value.as_ref()))))
    }
}

/// A value in its own type.
struct Any<'a>(Option<&'a AnyValue>);

impl Serialize for Any<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.and_then(|any| any.value.as_ref()) {
            Some(Value::StringValue(text)) => serializer.serialize_str(text),
            Some(Value::BoolValue(value)) => serializer.serialize_bool(*value),
            Some(Value::IntValue(value)) => serializer.serialize_i64(*value),
            Some(Value::DoubleValue(value)) if value.is_finite() => {
                serializer.serialize_f64(*value)
            }
            Some(Value::DoubleValue(value)) => serializer.collect_str(value),
            Some(Value::ArrayValue(list)) => {
                serializer.collect_seq(list.values.iter().map(|value| Any(Some(value))))
            }
            Some(Value::KvlistValue(list)) => Pairs(&list.values).serialize(serializer),
            Some(Value::BytesValue(bytes)) => serializer.serialize_str(&STANDARD.encode(bytes)),
            // An index into a table that only profiles have; others treat it as absent.
            Some(Value::StringValueStrindex(_)) | None => serializer.serialize_none(),
        }
    }
}

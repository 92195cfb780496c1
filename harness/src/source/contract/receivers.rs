//! The rigs of receivers: each form of a delivery that they take.

use super::{Rig, holds};
use crate::source::receiver::testing::{gzip, opened, request, send};
use crate::source::{Access, Locator, Source};
use crate::wire::json::Json;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::{Value, json};

/// Posts, once its source is open: what was sent before there was a receiver never arrives.
struct Poster {
    locator: Locator,
    path: &'static str,
    headers: String,
    packed: bool,
    address: Option<String>,
}

impl Poster {
    fn new(locator: Locator, path: &'static str, content_type: &str, packed: bool) -> Self {
        let packing = if packed { "Content-Encoding: gzip\r\n" } else { "" };
        let headers = format!("Content-Type: {content_type}\r\n{packing}");
        Self { locator, path, headers, packed, address: None }
    }

    async fn open(&mut self) -> Source {
        let source = Source::open(&self.locator, Access::default()).await.expect("opened");
        let (source, address) = opened(source);
        self.address = Some(address);
        source
    }

    async fn post(&self, body: &[u8]) {
        let Some(address) = &self.address else { return };
        let body = if self.packed { gzip(body) } else { body.to_vec() };
        let answer = send(address, &request("POST", self.path, &self.headers, &body)).await;
        assert!(answer.starts_with("HTTP/1.1 "), "answered: {answer}");
    }
}

/// How the records of one delivery are put together.
#[derive(Clone, Copy)]
enum Form {
    Array,
    Lines,
    Single,
}

struct Webhook {
    poster: Poster,
    form: Form,
}

impl Webhook {
    fn new(form: Form, packed: bool) -> Self {
        let locator = Locator::Webhook("127.0.0.1:0".to_owned());
        Self { poster: Poster::new(locator, "/logs", "application/json", packed), form }
    }
}

impl Rig for Webhook {
    async fn open(&mut self) -> Source {
        self.poster.open().await
    }

    async fn write(&mut self, records: &[String]) {
        match self.form {
            Form::Array => self.poster.post(format!("[{}]", records.join(",\n")).as_bytes()).await,
            Form::Lines => self.poster.post(records.join("\n").as_bytes()).await,
            Form::Single => {
                for record in records {
                    self.poster.post(record.as_bytes()).await;
                }
            }
        }
    }

    async fn write_garbage(&mut self) -> bool {
        self.poster.post(b"no \xff record").await;
        true
    }
}

#[tokio::test]
async fn a_webhook_with_arrays() {
    holds(Webhook::new(Form::Array, false)).await;
}

#[tokio::test]
async fn a_webhook_with_lines() {
    holds(Webhook::new(Form::Lines, false)).await;
}

#[tokio::test]
async fn a_webhook_with_single_objects() {
    holds(Webhook::new(Form::Single, false)).await;
}

#[tokio::test]
async fn a_webhook_with_packed_bodies() {
    holds(Webhook::new(Form::Array, true)).await;
    holds(Webhook::new(Form::Lines, true)).await;
}

/// Spans that carry the members of a record as attributes.
struct Otlp {
    poster: Poster,
    json: bool,
}

impl Otlp {
    fn new(json: bool, packed: bool) -> Self {
        let locator = Locator::Otlp("127.0.0.1:0".to_owned());
        let kind = if json { "application/json" } else { "application/x-protobuf" };
        Self { poster: Poster::new(locator, "/v1/traces", kind, packed), json }
    }
}

/// A request with one span a record.
fn traces(records: &[String]) -> Value {
    let span = |record: &String| {
        let record: Value = serde_json::from_str(record).expect("JSON");
        json!({"name": "record", "attributes": [
            {"key": "n", "value": {"intValue": record["n"].to_string()}},
            {"key": "text", "value": {"stringValue": record["text"]}},
        ]})
    };
    let spans: Vec<Value> = records.iter().map(span).collect();
    json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
}

impl Rig for Otlp {
    async fn open(&mut self) -> Source {
        self.poster.open().await
    }

    async fn write(&mut self, records: &[String]) {
        let traces = traces(records);
        if self.json {
            return self.poster.post(traces.to_string().as_bytes()).await;
        }
        let message: ExportTraceServiceRequest = serde_json::from_value(traces).expect("OTLP");
        self.poster.post(&message.encode_to_vec()).await;
    }

    async fn write_garbage(&mut self) -> bool {
        self.poster.post(b"no \xff record").await;
        true
    }

    fn member(line: &Json, name: &str) -> Option<Json> {
        line.get("attributes")?.get(name).cloned()
    }
}

#[tokio::test]
async fn otlp_in_protobuf() {
    holds(Otlp::new(false, false)).await;
    holds(Otlp::new(false, true)).await;
}

#[tokio::test]
async fn otlp_in_json() {
    holds(Otlp::new(true, false)).await;
    holds(Otlp::new(true, true)).await;
}

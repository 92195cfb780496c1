//! A receiver of OpenTelemetry: logs and traces as OTLP over HTTP, in protobuf and in JSON.
//!
//! Each span and each log record becomes one JSON line in a form of our own ([`form`]), the same for
//! both encodings, so that a profile finds its fields by pointers. Metrics are taken and not read.

mod answer;
mod form;
mod json;
mod protobuf;
mod sink;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};

use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::Line;
use super::error::SourceError;
use super::receiver::{Delivery, Encoding, Limits, Protocol, Receiver, Room, Taken, full, text};
use super::tail::unreadable;
use answer::Format;
use sink::{Sink, Stopped};

/// Bytes of a delivery that is no OTLP that are kept for the report.
const BEGINNING: usize = 1024;

/// Listens at `HOST:PORT`.
pub(super) async fn open(address: &str) -> Result<Receiver, SourceError> {
    Receiver::listen(address, Otlp::default(), Limits::default()).await
}

/// The two kinds of records.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Signal {
    Span,
    Log,
}

#[derive(Default)]
struct Otlp {
    /// Only one delivery is unpacked at a time, since it may grow to many times its length.
    unpacking: Mutex<()>,
}

impl Protocol for Otlp {
    const SCHEME: &'static str = "otlp";

    fn refuse(&self, head: &Parts) -> Option<Response> {
        let grpc = "this is OTLP/HTTP; set the exporter's protocol to http/protobuf or http/json\n";
        let paths = "OTLP/HTTP is served at /v1/traces, /v1/logs and /v1/metrics\n";
        match format_of(head) {
            _ if matches!(head.method, Method::GET | Method::HEAD) => {
                Some(text(StatusCode::OK, "mcp-gauntlet listens here: OTLP/HTTP logs and traces\n"))
            }
            _ if head.method != Method::POST => {
                Some(text(StatusCode::METHOD_NOT_ALLOWED, "POST OTLP/HTTP\n"))
            }
            Some(Format::Grpc) => Some(text(StatusCode::UNSUPPORTED_MEDIA_TYPE, grpc)),
            _ if !matches!(path(head), "/v1/traces" | "/v1/logs" | "/v1/metrics") => {
                Some(text(StatusCode::NOT_FOUND, paths))
            }
            None => Some(text(StatusCode::UNSUPPORTED_MEDIA_TYPE, grpc)),
            Some(_) => None,
        }
    }

    fn take(&self, head: &Parts, bytes: Vec<u8>, room: &mut Room) -> Taken {
        let format = format_of(head).unwrap_or(Format::Protobuf);
        let Some(signal) = signal(head) else {
            return taken(Vec::new(), format.accepted());
        };
        let beginning = bytes.get(..bytes.len().min(BEGINNING)).unwrap_or_default().to_vec();
        let mut sink = Sink::new(signal, room);
        match self.read(head, bytes, format, &mut sink) {
            Ok(()) => taken(sink.into_lines(), format.accepted()),
            Err(Stopped::NoRoom) => Taken { kept: None, answer: full() },
            Err(Stopped::Garbage(why)) => taken(
                vec![unreadable(&format!("no OTLP: {why}"), &beginning)],
                format.refused(&why),
            ),
        }
    }
}

impl Otlp {
    fn read(
        &self,
        head: &Parts,
        bytes: Vec<u8>,
        format: Format,
        sink: &mut Sink<'_>,
    ) -> Result<(), Stopped> {
        let encoding = Encoding::of(&head.headers)
            .map_err(|name| Stopped::Garbage(format!("Content-Encoding `{name}`")))?;
        let _one = self.unpacking.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = encoding.unpack(bytes).map_err(Stopped::Garbage)?;
        match format {
            Format::Json => json::read(&bytes, sink),
            Format::Protobuf | Format::Grpc => protobuf::read(&bytes, sink),
        }
    }
}

fn taken(lines: Vec<Line>, answer: Response) -> Taken {
    Taken { kept: Some(Delivery::new(move || lines)), answer }
}

fn path(head: &Parts) -> &str {
    head.uri.path().trim_end_matches('/')
}

/// What is delivered; none for metrics.
fn signal(head: &Parts) -> Option<Signal> {
    match path(head) {
        "/v1/traces" => Some(Signal::Span),
        "/v1/logs" => Some(Signal::Log),
        _ => None,
    }
}

/// The encoding by the content type; none where it is another.
fn format_of(head: &Parts) -> Option<Format> {
    let value = head.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Format::of(value.split(';').next().unwrap_or_default().trim())
}

//! Collects the lines of one delivery, within its room and with a bound on their number.

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::value::RawValue;

use super::{Signal, form};
use crate::source::receiver::{MAX_RECORDS, Room, too_many};
use crate::source::tail::unreadable;
use crate::source::{Line, MAX_LINE};

/// Why reading a delivery ends before its end.
pub(super) enum Stopped {
    /// There is no room for its lines.
    NoRoom,
    /// It is no OTLP.
    Garbage(String),
}

/// Any error of a decoder makes the whole delivery garbage.
pub(super) fn garbage(error: impl ToString) -> Stopped {
    Stopped::Garbage(error.to_string())
}

/// One record as it was decoded.
pub(super) enum Record {
    /// A span.
    Span(Box<Span>),
    /// A log record.
    Log(Box<LogRecord>),
}

/// What many records of a delivery have in common, as JSON texts.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) resource: Box<RawValue>,
    pub(super) scope: Box<RawValue>,
}

impl Origin {
    /// The texts of what was sent, of which both may be absent.
    pub(super) fn new(
        resource: Option<&Resource>,
        scope: Option<&InstrumentationScope>,
    ) -> Result<Self, Stopped> {
        let resource = form::resource(resource).map_err(garbage)?;
        let scope = form::scope(scope).map_err(garbage)?;
        Ok(Self { resource, scope })
    }
}

/// Where the records of one delivery go.
pub(super) struct Sink<'a> {
    /// What is delivered.
    pub(super) signal: Signal,
    room: &'a mut Room,
    lines: Vec<Line>,
}

impl<'a> Sink<'a> {
    pub(super) const fn new(signal: Signal, room: &'a mut Room) -> Self {
        Self { signal, room, lines: Vec::new() }
    }

    /// Takes a record.
    pub(super) fn record(&mut self, record: &Record, origin: &Origin) -> Result<(), Stopped> {
        let text = match record {
            Record::Span(span) => form::span(span, origin),
            Record::Log(log) => form::log(log, origin),
        };
        let text = text.map_err(garbage)?;
        if text.len() > MAX_LINE {
            return self.too_long(text.as_bytes());
        }
        self.push(Line::Text(text))
    }

    /// Tells of a record that is longer than a line may be.
    pub(super) fn too_long(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        self.push(unreadable(&format!("longer than {MAX_LINE} bytes"), bytes))
    }

    pub(super) fn into_lines(self) -> Vec<Line> {
        self.lines
    }

    fn push(&mut self, line: Line) -> Result<(), Stopped> {
        if self.lines.len() == MAX_RECORDS {
            return Err(garbage(too_many()));
        }
        if !self.room.grow(line.size()) {
            return Err(Stopped::NoRoom);
        }
        self.lines.push(line);
        Ok(())
    }
}

//! The decoder: bytes in any portions to events and defects. Knows no field beyond its name and value.

use super::{Defect, Event, MAX_DATA, MAX_DEFECTS, MAX_EVENTS, MAX_WAITING, Stream};
use std::borrow::Cow;

/// Most bytes in one line: a longest data field with its name.
const MAX_LINE: usize = MAX_DATA + "data: ".len();
/// Most characters of a name or value that a defect quotes.
const EXCERPT: usize = 80;
/// UTF-8 of U+FEFF.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes an event stream as it arrives. How the bytes are portioned makes no difference.
#[derive(Debug, Default)]
pub struct Decoder {
    stream: Stream,
    /// Fields since the last blank line.
    pending: Event,
    /// The current line as far as it was read.
    line: Vec<u8>,
    /// Offset in the stream of the current line's first byte.
    line_start: usize,
    /// Bytes read so far.
    read: usize,
    /// Lines read so far; only the first may hold a byte order mark.
    lines: usize,
    /// The last byte was a carriage return: a line feed right behind it belongs to it.
    after_return: bool,
    /// Events dispatched so far, taken ones included.
    dispatched: usize,
    /// Bytes in the events that wait to be taken.
    waiting: usize,
    /// A bound was exceeded; further bytes are not read.
    stopped: bool,
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !self.stopped && !rest.is_empty() {
            rest = self.advance(rest);
        }
    }

    /// The events that were decoded and not taken yet.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.stream.events
    }

    /// Takes the events that were decoded since the last time.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.waiting = 0;
        std::mem::take(&mut self.stream.events)
    }

    /// Ends the stream.
    #[must_use]
    pub fn finish(mut self) -> Stream {
        if !self.line.is_empty() {
            self.end_inside_line();
        }
        if self.pending != Event::default() {
            self.report(Defect::UnterminatedEvent);
            self.stream.unterminated = Some(self.pending);
        }
        self.stream
    }

    /// Reads up to the end of the line, or all when it does not end here. Gives what is left.
    fn advance<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if std::mem::take(&mut self.after_return)
            && let Some(rest) = bytes.strip_prefix(b"\n")
        {
            self.read += 1;
            self.line_start = self.read;
            return rest;
        }
        let length = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let (part, rest) = bytes.split_at(length.unwrap_or(bytes.len()));
        self.read += part.len();
        self.extend_line(part);
        let Some((end, rest)) = rest.split_first() else {
            return rest;
        };
        self.read += 1;
        self.after_return = *end == b'\r';
        self.end_line();
        rest
    }

    fn extend_line(&mut self, part: &[u8]) {
        if self.line.len() + part.len() > MAX_LINE {
            self.stop();
        } else {
            self.line.extend_from_slice(part);
        }
    }

    fn end_line(&mut self) {
        if self.stopped {
            return;
        }
        let mut line = std::mem::take(&mut self.line);
        let text = self.text(&line);
        if text.is_empty() {
            self.dispatch();
        } else if text.starts_with(':') {
            self.stream.comments += 1;
        } else if let Err(name) = self.field(&text) {
            self.report(Defect::UnknownField { name });
        }
        drop(text);
        line.clear();
        self.line = line;
        self.line_start = self.read;
    }

    /// The stream ended inside of a line. What is there counts if it is a field: it tells what was
    /// lost. A character cut in two is the cut's fault, not the sender's.
    fn end_inside_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let whole = match std::str::from_utf8(&line) {
            Err(error) if error.error_len().is_none() => line.get(..error.valid_up_to()),
            _ => None,
        };
        let text = self.text(whole.unwrap_or(&line));
        // A byte order mark alone begins no line.
        let begun = whole.is_some() || !text.is_empty();
        if begun && (text.starts_with(':') || self.field(&text).is_err()) {
            self.report(Defect::UnterminatedLine);
        }
    }

    /// A line as text, freed of the stream's byte order mark.
    fn text<'a>(&mut self, line: &'a [u8]) -> Cow<'a, str> {
        self.lines += 1;
        let mut start = self.line_start;
        let mut bytes = line;
        if self.lines == 1
            && let Some(rest) = line.strip_prefix(BYTE_ORDER_MARK)
        {
            self.report(Defect::ByteOrderMark);
            start += BYTE_ORDER_MARK.len();
            bytes = rest;
        }
        if let Err(error) = std::str::from_utf8(bytes) {
            self.report(Defect::InvalidUtf8 { offset: start + error.valid_up_to() });
        }
        String::from_utf8_lossy(bytes)
    }

    /// Reads one line that is a field.
    ///
    /// # Errors
    ///
    /// The field's name, shortened, if it is not one of the standard's.
    fn field(&mut self, line: &str) -> Result<(), String> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => self.data(value),
            "event" => self.pending.event = Some(value.to_owned()),
            "id" => self.id(value),
            "retry" => self.retry(value),
            _ => return Err(excerpt(name)),
        }
        Ok(())
    }

    fn data(&mut self, value: &str) {
        let pending = &mut self.pending;
        let separator = if pending.data_lines == 0 { "" } else { "\n" };
        if pending.data.len() + separator.len() + value.len() > MAX_DATA {
            return self.stop();
        }
        pending.data.push_str(separator);
        pending.data.push_str(value);
        pending.data_lines += 1;
    }

    fn id(&mut self, value: &str) {
        if value.contains('\0') {
            self.report(Defect::NulInId);
        } else {
            self.pending.id = Some(value.to_owned());
        }
    }

    fn retry(&mut self, value: &str) {
        let plain = value.bytes().all(|byte| byte.is_ascii_digit());
        match value.parse() {
            Ok(milliseconds) if plain => self.pending.retry = Some(milliseconds),
            _ => self.report(Defect::BadRetry { value: excerpt(value) }),
        }
    }

    /// A blank line: the pending fields become an event if there is data among them.
    fn dispatch(&mut self) {
        let event = std::mem::take(&mut self.pending);
        if event.data_lines == 0 {
            if let Some(name) = event.event {
                self.report(Defect::NoData { name: excerpt(&name) });
            }
            return;
        }
        self.dispatched += 1;
        self.waiting += size(&event);
        if self.dispatched > MAX_EVENTS || self.waiting > MAX_WAITING {
            return self.stop();
        }
        self.stream.events.push(event);
    }

    /// Gives up: drops what is unfinished and reads no more.
    fn stop(&mut self) {
        self.stopped = true;
        self.pending = Event::default();
        self.line = Vec::new();
        self.stream.defects.push(Defect::TooLarge);
    }

    fn report(&mut self, defect: Defect) {
        if self.stream.defects.len() < MAX_DEFECTS {
            self.stream.defects.push(defect);
        }
    }
}

/// Bytes that an event holds.
fn size(event: &Event) -> usize {
    let text = |field: &Option<String>| field.as_ref().map_or(0, String::len);
    event.data.len() + text(&event.event) + text(&event.id)
}

fn excerpt(text: &str) -> String {
    text.chars().take(EXCERPT).collect()
}

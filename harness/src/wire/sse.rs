//! Server-sent events, decoded by the WHATWG HTML standard (section "server-sent events"), with every
//! defect of the framing reported that the standard tells a browser to forgive.
//!
//! Knows nothing of what the data means.

mod decoder;

pub use decoder::Decoder;

/// Most bytes of data in one event.
pub const MAX_DATA: usize = 16 * 1024 * 1024;
/// Most events of one stream.
pub const MAX_EVENTS: usize = 100_000;
/// Most bytes in the events that wait to be taken.
pub const MAX_WAITING: usize = 64 * 1024 * 1024;
/// Most defects that are kept; further ones are dropped, since one is enough to judge.
pub const MAX_DEFECTS: usize = 1_000;

/// One event: the fields between two blank lines.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Event {
    /// The last `event` field of this event; none for the default type `message`.
    pub event: Option<String>,
    /// The last `id` field of this event. Not inherited from earlier events.
    pub id: Option<String>,
    /// The last valid `retry` field of this event, in milliseconds.
    pub retry: Option<u64>,
    /// The values of the `data` fields, joined by line feeds.
    pub data: String,
    /// How many `data` fields there were. Never 0 in a dispatched event.
    pub data_lines: usize,
}

/// A whole stream.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Stream {
    /// Events in order, without those that were taken earlier.
    pub events: Vec<Event>,
    /// Comment lines, such as keep-alives.
    pub comments: usize,
    /// What was wrong with the framing, in order; at most [`MAX_DEFECTS`].
    pub defects: Vec<Defect>,
    /// What stood behind the last blank line: no event by the standard, so a client loses it.
    pub unterminated: Option<Event>,
}

impl Stream {
    /// Decodes a stream that is already whole.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        let mut decoder = Decoder::new();
        decoder.push(bytes);
        decoder.finish()
    }
}

/// One defect of the framing. Names and values in it are cut to 80 characters.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Defect {
    /// The stream begins with U+FEFF, which decoding drops.
    #[error("byte order mark at the start of the stream")]
    ByteOrderMark,
    /// A line is not UTF-8; every bad sequence was read as U+FFFD. Reported once a line.
    #[error("invalid UTF-8 at byte {offset} of the stream")]
    InvalidUtf8 {
        /// Offset of the line's first bad byte, counted from 0 at the start of the stream.
        offset: usize,
    },
    /// The stream ended before the blank line that dispatches the last event.
    #[error("the last event is not terminated by a blank line")]
    UnterminatedEvent,
    /// The stream ended inside of a line that is no field.
    #[error("the stream ends inside of a line")]
    UnterminatedLine,
    /// An event has a type and no data, so that it is never dispatched.
    #[error("event `{name}` has no data and is never dispatched")]
    NoData {
        /// The event's type.
        name: String,
    },
    /// A line is neither a comment nor one of the fields `event`, `data`, `id` and `retry`.
    #[error("unknown field `{name}`")]
    UnknownField {
        /// The field's name: the line up to its colon.
        name: String,
    },
    /// A `retry` field is not a number of milliseconds in ASCII digits below 2^64.
    #[error("bad retry value `{value}`")]
    BadRetry {
        /// The field's value.
        value: String,
    },
    /// An `id` field holds U+0000 and is ignored.
    #[error("id with a null character is ignored")]
    NulInId,
    /// The stream exceeds [`MAX_DATA`], [`MAX_EVENTS`] or [`MAX_WAITING`]; decoding stopped there.
    #[error("the stream is too large; decoding stopped")]
    TooLarge,
}

#[cfg(test)]
mod bound_tests;
#[cfg(test)]
mod defect_tests;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;

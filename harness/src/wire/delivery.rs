//! What came back for one envelope, as bytes and how the waiting ended. Nothing is judged here.

use super::envelope::Header;
use std::time::Duration;

/// The raw outcome of one exchange, made by a transport.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delivery {
    /// What a process wrote meanwhile; none over HTTP.
    pub output: Option<Output>,
    /// The final response as far as it was read; none when not even a whole head arrived.
    pub response: Option<Response>,
    /// Why reading ended.
    pub end: End,
    /// From the first byte written to the end of reading; where no connection could be made, the
    /// time that trying took.
    pub elapsed: Duration,
    /// Bytes that had already arrived behind the end of a complete response, which nobody asked
    /// for. Zero unless [`Delivery::end`] is [`End::Complete`].
    pub surplus: usize,
}

impl Delivery {
    /// The bytes that came back: the body of a response, or the lines of a process.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        let body = self.response.as_ref().map(|response| response.body.as_slice());
        body.or_else(|| self.output.as_ref().map(|output| output.lines.as_slice()))
            .unwrap_or_default()
    }

    /// The same, to be cut.
    pub fn bytes_mut(&mut self) -> Option<&mut Vec<u8>> {
        let body = self.response.as_mut().map(|response| &mut response.body);
        body.or_else(|| self.output.as_mut().map(|output| &mut output.lines))
    }
}

/// What a process wrote while one message was on the way.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Output {
    /// The lines of its standard output, each with its line feed; the last of all may have none.
    pub lines: Vec<u8>,
    /// Its standard error, as text; the middle of a long one is left out.
    pub errors: String,
}

/// An HTTP response. The body is already freed of its transfer coding, and may be cut short:
/// [`Delivery::end`] tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    /// Status code of the final (not 1xx) response.
    pub status: u16,
    /// Header fields in the order in which they arrived.
    pub headers: Vec<Header>,
    /// Body bytes, at most the transport's bound.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header as text (invalid UTF-8 replaced), by name without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers
            .iter()
            .find(|header| header.is(name))
            .map(|header| String::from_utf8_lossy(&header.value).into_owned())
    }

    /// Whether the body is declared as an event stream (`text/event-stream`, any parameters).
    #[must_use]
    pub fn is_event_stream(&self) -> bool {
        self.media_type().is_some_and(|media| media == "text/event-stream")
    }

    /// The media type without its parameters, in lower case.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }
}

/// Why the reading of a response ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum End {
    /// The message was complete by its own framing (Content-Length, last chunk, or close where that
    /// is the framing: RFC 9112 section 6.3).
    Complete,
    /// An event stream that is still open, but has said what was asked for: a reply and then
    /// nothing more for the grace time, or a head where only the head was waited for. Of a process:
    /// it answered a later message and then said nothing more for the grace time.
    StillOpen,
    /// The peer closed the connection, or a process its output, before the message was complete.
    Closed,
    /// The process ended; the text says how.
    Exited(String),
    /// The connection was reset or another input/output error ended it; the text says which.
    Reset(String),
    /// The exchange's total deadline passed.
    Deadline,
    /// The response was larger than the bound and was cut.
    Overflow,
    /// The bytes are no HTTP response; the text says what is wrong.
    NotHttp(String),
    /// No connection could be made (refused, unreachable, TLS failure); the text says why.
    Refused(String),
}

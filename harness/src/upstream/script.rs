//! What is done in answer to one request: exact bytes, and what happens between them.

use std::time::Duration;

use super::journal::Asked;
use super::listing::Listing;

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Writes bytes.
    Send(Vec<u8>),
    /// Waits.
    Pause(Duration),
    /// Works for so long on the call with this text; where the other side hangs up meanwhile, the journal is
    /// told, and nothing more is done.
    Work(String, Duration),
    /// Writes a request of ours, and waits until it was answered, or for so long.
    Await(Vec<u8>, Asked, Duration),
    /// Keeps the connection as it is, and writes these bytes again and again, until the other side hangs
    /// up or this time is over.
    Hold(Vec<u8>, Duration),
    /// Sends a request of ours on the stream that stands beside the calls of a session, and waits for its
    /// answer for so long; where no stream stands, the journal is told that nothing was asked.
    Ask { session: String, question: String, asked: Asked, time: Duration },
    /// Sends a notification on the stream that stands beside the calls of a session, if one does.
    Tell { session: String, message: String },
    /// Lists other tools for a while, and tells so on the stream that stands beside the calls of a session, if
    /// one does: when it begins, and when it ends.
    Show {
        /// The canary of the call that wants it.
        text: String,
        /// What is listed.
        listing: Listing,
        /// The session that is told.
        session: Option<String>,
        /// What it is told.
        told: &'static str,
    },
    /// Is the stream that stands beside the calls of a session.
    Stand(String),
    /// Gives up a session: nothing is served in it any more.
    Lose(String),
    /// Is soon down for so long, as a server that is started anew: every connection breaks that is used then,
    /// and no session that there was is known afterwards.
    Down {
        /// Time until it is down.
        after: Duration,
        /// How long it is.
        time: Duration,
    },
    /// Ends the connection in order (FIN).
    Close,
    /// Breaks the connection (RST).
    Reset,
}

/// A whole response with a body.
pub(super) fn response(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Step {
    let body = body.as_ref();
    let mut bytes = head(status, headers);
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    Step::Send(bytes)
}

/// A JSON body with status 200.
pub(super) fn json(body: impl AsRef<[u8]>) -> Step {
    response(200, &[("Content-Type", "application/json")], body)
}

/// The head of an event stream; its parts follow as [`chunk`]s and [`end`].
pub(super) fn stream() -> Step {
    let mut bytes =
        head(200, &[("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache")]);
    bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
    Step::Send(bytes)
}

/// A part of a body in chunks (RFC 9112 section 7.1).
pub(super) fn chunk(part: impl AsRef<[u8]>) -> Step {
    Step::Send(chunked(part.as_ref()))
}

/// The end of such a body.
pub(super) fn end() -> Step {
    Step::Send(b"0\r\n\r\n".to_vec())
}

/// The bytes of one chunk.
pub(super) fn chunked(part: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{:x}\r\n", part.len()).into_bytes();
    bytes.extend_from_slice(part);
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// One event with a message, in the usual form.
pub(super) fn event(message: &str) -> String {
    format!("event: message\ndata: {message}\n\n")
}

/// The status line and these header fields.
pub(super) fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let fields: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status} {}\r\n{fields}", phrase(status)).into_bytes()
}

const fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Internal Server Error",
    }
}

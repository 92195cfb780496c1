//! A response that is there already, read as if it arrived in pieces: for replays and fuzzing.

use super::Limits;
use super::framing::Asked;
use super::inbox::Inbox;
use super::response::Reader;
use crate::wire::delivery::{End, Response};

/// What reading came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Read {
    /// Why it ended.
    pub end: End,
    /// The final response as far as it was read.
    pub response: Option<Response>,
    /// Bytes that were not read any more.
    pub unread: usize,
}

/// Reads the response to a request of this method in pieces of `size` bytes, and then the peer's
/// orderly end.
#[must_use]
pub fn read(method: &str, bytes: &[u8], size: usize, limits: Limits) -> Read {
    let mut reader = Reader::new(Asked::of(method), limits);
    let mut inbox = Inbox::default();
    let mut end = None;
    let mut pieces = bytes.chunks(size.max(1));
    while end.is_none() {
        let Some(piece) = pieces.next() else { break };
        inbox.room().extend_from_slice(piece);
        end = reader.advance(&mut inbox);
    }
    let end = end.unwrap_or_else(|| reader.at_end(true));
    let unread = inbox.unread().len() + pieces.map(<[u8]>::len).sum::<usize>();
    Read { end, response: reader.into_response(), unread }
}

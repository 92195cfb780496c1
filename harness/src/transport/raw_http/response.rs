//! Reads one response out of bytes as they arrive: interim heads are skipped, the final head is
//! parsed, the body freed of its framing. Knows no socket and no clock.

use super::Limits;
use super::chunked::Chunked;
use super::framing::{Asked, Framing, framing, keeps_alive};
use super::head::{self, Head};
use super::inbox::Inbox;
use crate::wire::delivery::{End, Response};

/// Interim (1xx) responses that may precede the final one.
const MAX_INTERIM: usize = 32;

/// Body bytes that are reserved at most before any of them has arrived.
const MAX_RESERVE: usize = 64 * 1024;

/// A response in the making.
#[derive(Debug)]
pub(super) struct Reader {
    asked: Asked,
    max_head: usize,
    max_body: usize,
    phase: Phase,
    interim: usize,
    /// Unread bytes in which no end of a head was found.
    searched: usize,
    response: Option<Response>,
    keeps_alive: bool,
}

#[derive(Debug)]
enum Phase {
    Head,
    Length(u64),
    Chunked(Chunked),
    UntilClose,
}

impl Reader {
    /// A reader for the response to a request.
    pub(super) const fn new(asked: Asked, limits: Limits) -> Self {
        Self {
            asked,
            max_head: limits.max_head,
            max_body: limits.max_body,
            phase: Phase::Head,
            interim: 0,
            searched: 0,
            response: None,
            keeps_alive: false,
        }
    }

    /// Consumes what can be consumed. Some end says that nothing more is read of this response;
    /// unread bytes behind [`End::Complete`] do not belong to it.
    pub(super) fn advance(&mut self, inbox: &mut Inbox) -> Option<End> {
        while matches!(self.phase, Phase::Head) {
            match self.head(inbox) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(text) => return Some(End::NotHttp(text)),
            }
        }
        self.body(inbox)
    }

    /// The end that the peer's end of the connection means. `orderly` is false where TLS was cut
    /// without its closure alert: then only a body's own framing can prove it whole
    /// (RFC 9112 section 9.8).
    pub(super) const fn at_end(&self, orderly: bool) -> End {
        match self.phase {
            Phase::UntilClose if orderly => End::Complete,
            _ => End::Closed,
        }
    }

    /// The final response as far as it was read.
    pub(super) const fn response(&self) -> Option<&Response> {
        self.response.as_ref()
    }

    /// Gives the final response away.
    pub(super) fn into_response(self) -> Option<Response> {
        self.response
    }

    /// Whether the peer keeps the connection after this response, if it is complete.
    pub(super) const fn keeps_alive(&self) -> bool {
        self.keeps_alive
    }

    /// Takes one head, if it is there; false asks for more bytes.
    fn head(&mut self, inbox: &mut Inbox) -> Result<bool, String> {
        let unread = inbox.unread();
        head::check_magic(unread)?;
        let end = head::find_end(unread, self.searched);
        if end.unwrap_or(unread.len()) > self.max_head {
            return Err(format!("the response head is larger than {} bytes", self.max_head));
        }
        let Some(end) = end else {
            self.searched = unread.len();
            return Ok(false);
        };
        let head = head::parse(unread.get(..end).unwrap_or_default())?;
        inbox.consume(end);
        self.searched = 0;
        if matches!(head.status, 100..=199) && head.status != 101 {
            self.skip_interim()?;
        } else {
            self.begin_body(head)?;
        }
        Ok(true)
    }

    fn skip_interim(&mut self) -> Result<(), String> {
        self.interim += 1;
        if self.interim > MAX_INTERIM {
            return Err(format!("more than {MAX_INTERIM} interim responses"));
        }
        Ok(())
    }

    fn begin_body(&mut self, head: Head) -> Result<(), String> {
        let framing = framing(self.asked, &head);
        self.keeps_alive = framing.as_ref().is_ok_and(|f| keeps_alive(self.asked, &head, *f));
        // The head is reported even where its framing is contradictory.
        let Head { status, headers, .. } = head;
        let response = self.response.insert(Response { status, headers, body: Vec::new() });
        self.phase = match framing? {
            Framing::Empty => Phase::Length(0),
            Framing::Length(length) => {
                let length_here = usize::try_from(length).unwrap_or(usize::MAX);
                response.body.reserve(length_here.min(MAX_RESERVE).min(self.max_body));
                Phase::Length(length)
            }
            Framing::Chunked => Phase::Chunked(Chunked::new(self.max_body, self.max_head)),
            Framing::UntilClose => Phase::UntilClose,
        };
        Ok(())
    }

    fn body(&mut self, inbox: &mut Inbox) -> Option<End> {
        let body = &mut self.response.as_mut()?.body;
        match &mut self.phase {
            Phase::Head => None,
            Phase::Length(left) => {
                let wanted = usize::try_from(*left).unwrap_or(usize::MAX);
                let room = self.max_body.saturating_sub(body.len());
                let count = take(inbox, body, wanted.min(room));
                *left = left.saturating_sub(count as u64);
                if *left == 0 {
                    return Some(End::Complete);
                }
                (count == room).then_some(End::Overflow)
            }
            Phase::Chunked(chunked) => match chunked.decode(inbox.unread(), body) {
                Err(end) => Some(end),
                Ok(used) => {
                    inbox.consume(used);
                    chunked.is_done().then_some(End::Complete)
                }
            },
            Phase::UntilClose => {
                take(inbox, body, self.max_body.saturating_sub(body.len()));
                (!inbox.is_empty()).then_some(End::Overflow)
            }
        }
    }
}

/// Moves at most `limit` bytes from the inbox to the body and says how many.
fn take(inbox: &mut Inbox, body: &mut Vec<u8>, limit: usize) -> usize {
    let unread = inbox.unread();
    let fitting = unread.get(..limit).unwrap_or(unread);
    body.extend_from_slice(fitting);
    let count = fitting.len();
    inbox.consume(count);
    count
}

#[cfg(test)]
mod tests;

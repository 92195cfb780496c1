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
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    const LIMITS: Limits = Limits { max_head: 200, max_body: 20, reply_grace: Duration::ZERO };

    /// What reading `input` in pieces of `piece` bytes, and then the end, comes to.
    fn read(asked: Asked, input: &[u8], piece: usize) -> (End, Option<Response>, usize) {
        let mut reader = Reader::new(asked, LIMITS);
        let mut inbox = Inbox::default();
        let mut end = None;
        let mut pieces = input.chunks(piece);
        while end.is_none() {
            let Some(piece) = pieces.next() else { break };
            inbox.room().extend_from_slice(piece);
            end = reader.advance(&mut inbox);
        }
        let end = end.unwrap_or_else(|| reader.at_end(true));
        let unread = inbox.unread().len() + pieces.map(<[u8]>::len).sum::<usize>();
        (end, reader.into_response(), unread)
    }

    fn body(input: &str, piece: usize) -> (End, String, usize) {
        let (end, response, unread) = read(Asked::Other, input.as_bytes(), piece);
        let body = response.map(|response| response.body).unwrap_or_default();
        (end, String::from_utf8(body).unwrap(), unread)
    }

    #[track_caller]
    fn assert_read(rest: &str, end: &End, content: &str, unread: usize) {
        let input = format!("HTTP/1.1 {rest}");
        for piece in [1, 3, 1000] {
            let seen = body(&input, piece);
            assert_eq!(seen, (end.clone(), content.to_owned(), unread), "{rest:?} {piece}");
        }
    }

    #[test]
    fn every_framing_is_read_in_any_pieces() {
        let end = End::Complete;
        assert_read("200 OK\r\nContent-Length: 5\r\n\r\nhello+more", &end, "hello", 5);
        assert_read("200 OK\r\nContent-Length: 0\r\n\r\n", &end, "", 0);
        assert_read("204 No\r\nContent-Length: 5\r\n\r\nhello", &end, "", 5);
        assert_read("101 Up\r\nContent-Length: 5\r\n\r\nhello", &end, "", 5);
        assert_read("200 OK\r\n\r\nhello", &end, "hello", 0);
        let chunked = "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
        assert_read(&format!("{chunked}0\r\n\r\n+"), &end, "hello", 1);
    }

    #[test]
    fn a_message_that_stops_is_closed() {
        let end = End::Closed;
        assert_read("200 OK\r\nContent-Length: 6\r\n\r\nhello", &end, "hello", 0);
        let chunked = "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel";
        assert_read(chunked, &end, "hel", 0);
        assert_read("200 OK\r\nConte", &end, "", 22);
        assert_eq!(body("", 1), (End::Closed, String::new(), 0));
    }

    #[test]
    fn a_head_request_has_no_body() {
        let input = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        let (end, response, unread) = read(Asked::Head, input, 1000);
        assert_eq!((end, unread), (End::Complete, 5));
        assert!(response.unwrap().body.is_empty());
    }

    #[test]
    fn interim_responses_are_skipped_up_to_a_number() {
        let interim = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n";
        let last = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!";
        let fine = format!("{}{last}", interim.repeat(MAX_INTERIM));
        assert_eq!(body(&fine, 7), (End::Complete, "!".to_owned(), 0));
        let (end, response, _) = read(Asked::Other, interim.repeat(33).as_bytes(), 7);
        assert!(matches!(end, End::NotHttp(text) if text.contains("interim")));
        assert_eq!(response, None);
    }

    #[test]
    fn bounds_hold_for_every_framing() {
        let long = "x".repeat(30);
        for framing in
            ["Content-Length: 30\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\n1e\r\n"]
        {
            for piece in [1, 1000] {
                let (end, content, _) = body(&format!("HTTP/1.1 200 OK\r\n{framing}{long}"), piece);
                assert_eq!((end, content.as_str()), (End::Overflow, &long[..20]), "{framing:?}");
            }
        }
        let exact = format!("HTTP/1.1 200 OK\r\n\r\n{}", &long[..20]);
        assert_eq!(body(&exact, 1).0, End::Complete);
        for tail in ["", "\r\n\r\n"] {
            let flood = format!("HTTP/1.1 200 OK\r\na: {}{tail}", "x".repeat(200));
            for piece in [1, 1000] {
                let (end, response, _) = read(Asked::Other, flood.as_bytes(), piece);
                assert!(matches!(end, End::NotHttp(text) if text.contains("200 bytes")));
                assert_eq!(response, None);
            }
        }
    }

    #[test]
    fn a_contradictory_head_is_reported_with_what_was_read() {
        let input = b"HTTP/1.1 400 No\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!";
        let (end, response, _) = read(Asked::Other, input, 1000);
        assert!(matches!(end, End::NotHttp(text) if text.contains("5 and 6")));
        assert_eq!(response.unwrap().status, 400);
    }

    #[test]
    fn a_cut_without_closure_proves_nothing() {
        let mut reader = Reader::new(Asked::Other, LIMITS);
        let mut inbox = Inbox::default();
        inbox.room().extend_from_slice(b"HTTP/1.1 200 OK\r\n\r\nhel");
        assert_eq!(reader.advance(&mut inbox), None);
        assert_eq!(reader.at_end(false), End::Closed);
        assert_eq!(reader.at_end(true), End::Complete);
        assert!(!reader.keeps_alive());
    }

    proptest! {
        #[test]
        fn no_input_panics_and_pieces_do_not_matter(
            tail in "([ -~\r\n]{0,20}|Content-Length: [0-9]{1,2}\r\n|Transfer-Encoding: chunked\r\n|\r\n|[0-9a]{1,2}\r\n[x-z]{0,12}\r\n){0,8}",
            piece in 1_usize..9,
        ) {
            let input = format!("HTTP/1.1 200 OK\r\n{tail}");
            let (end, response, _) = read(Asked::Other, input.as_bytes(), 1000);
            let (other_end, other, _) = read(Asked::Other, input.as_bytes(), piece);
            prop_assert_eq!(end, other_end);
            prop_assert_eq!(response, other);
        }
    }
}

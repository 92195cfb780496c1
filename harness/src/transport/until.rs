//! How long a response is read: the question "has the stream said what was asked for?". Knows event
//! streams and the shape of a JSON-RPC response, and no socket.

use crate::wire::delivery::Response;
use crate::wire::json::{self, Json};
use crate::wire::sse::{Decoder, Event};
use std::time::Duration;
use tokio::time::Instant;

/// What is waited for. Matters for event streams only: every other response is read to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Until {
    /// A JSON-RPC response in an event, and then the grace time without a further event.
    Reply,
    /// The head of the stream and what comes within the grace time; for a GET that opens a stream.
    Head,
    /// A JSON-RPC response in an event, and then the end of the stream, or the time without a further
    /// event in which one should end ([`CLOSING`]).
    Close,
    /// The end of the stream.
    End,
}

/// A stream that has not ended so long after its answer was left open.
const CLOSING: Duration = Duration::from_secs(2);

/// Watches a response grow and says from when on nothing more is expected of it.
#[derive(Debug)]
pub struct Watch {
    until: Until,
    grace: Duration,
    state: State,
    quiet_at: Option<Instant>,
}

#[derive(Debug)]
enum State {
    /// No head was seen yet.
    Unseen,
    /// Nothing but the end of the message ends the reading.
    ToTheEnd,
    /// Events are decoded from the body's bytes from `seen` on.
    Decoding { decoder: Box<Decoder>, seen: usize, answered: bool },
}

impl Watch {
    /// A watch that waits for `until`; `grace` is the silence that ends the waiting.
    #[must_use]
    pub fn new(until: Until, grace: Duration) -> Self {
        let grace = if until == Until::Close { grace.max(CLOSING) } else { grace };
        Self { until, grace, state: State::Unseen, quiet_at: None }
    }

    /// The moment at which reading may end though the message has not, unless more is observed.
    #[must_use]
    pub const fn quiet_at(&self) -> Option<Instant> {
        self.quiet_at
    }

    /// Takes note of what the response has grown to.
    pub fn observe(&mut self, response: &Response) {
        if matches!(self.state, State::Unseen) {
            self.begin(response);
        }
        if let State::Decoding { decoder, seen, answered } = &mut self.state {
            let fresh = response.body.get(*seen..).unwrap_or_default();
            if fresh.is_empty() {
                return;
            }
            *seen = response.body.len();
            decoder.push(fresh);
            let events = decoder.take_events();
            *answered = *answered || events.iter().any(holds_reply);
            if *answered && !events.is_empty() {
                self.quiet_at = Instant::now().checked_add(self.grace);
            }
        }
    }

    fn begin(&mut self, response: &Response) {
        self.state = State::ToTheEnd;
        if self.until == Until::End || !response.is_event_stream() {
            return;
        }
        if self.until == Until::Head {
            self.quiet_at = Instant::now().checked_add(self.grace);
        } else {
            let decoder = Box::new(Decoder::new());
            self.state = State::Decoding { decoder, seen: 0, answered: false };
        }
    }
}

fn holds_reply(event: &Event) -> bool {
    is_reply(&event.data)
}

/// Whether an event's data is a JSON-RPC response, or a batch that holds one.
fn is_reply(data: &str) -> bool {
    match json::parse(data.as_bytes()) {
        Ok(Json::Array(entries)) => entries.iter().any(has_outcome),
        Ok(single) => has_outcome(&single),
        Err(_) => false,
    }
}

fn has_outcome(message: &Json) -> bool {
    message.get("result").is_some() || message.get("error").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::envelope::Header;

    const GRACE: Duration = Duration::from_secs(60);

    fn stream() -> Response {
        let headers = vec![Header::new("Content-Type", "text/event-stream; charset=utf-8")];
        Response { status: 200, headers, body: Vec::new() }
    }

    #[test]
    fn a_reply_is_told_from_other_messages() {
        for reply in [
            r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
            r#"{"error":null}"#,
            r#"[{"method":"x"},{"id":1,"error":{}}]"#,
        ] {
            assert!(is_reply(reply), "{reply}");
        }
        for other in ["", "null", "[]", "{", r#"{"method":"result"}"#, r#"["result"]"#, "\"error\""]
        {
            assert!(!is_reply(other), "{other}");
        }
    }

    #[test]
    fn the_grace_begins_with_the_reply_and_anew_with_each_later_event() {
        let mut watch = Watch::new(Until::Reply, GRACE);
        let mut response = stream();
        for quiet in ["", "data: {\"method\":\"x\"}\n\n", ": comment\n\n", "data: {\"result\":1}\n"]
        {
            response.body.extend_from_slice(quiet.as_bytes());
            watch.observe(&response);
            assert_eq!(watch.quiet_at(), None, "{quiet:?}");
        }
        response.body.push(b'\n');
        watch.observe(&response);
        let first = watch.quiet_at().unwrap();
        response.body.extend_from_slice(b": keep-alive\n\n");
        watch.observe(&response);
        assert_eq!(watch.quiet_at(), Some(first));
        std::thread::sleep(Duration::from_millis(2));
        response.body.extend_from_slice(b"data: {\"method\":\"late\"}\n\n");
        watch.observe(&response);
        assert!(watch.quiet_at().unwrap() > first);
    }

    #[test]
    fn after_an_answer_the_end_of_the_stream_is_waited_for_two_seconds_at_least() {
        for (grace, least) in [(Duration::from_millis(50), CLOSING), (GRACE, GRACE)] {
            let mut watch = Watch::new(Until::Close, grace);
            let mut response = stream();
            watch.observe(&response);
            assert_eq!(watch.quiet_at(), None);
            let before = Instant::now();
            response.body.extend_from_slice(b"data: {\"result\":1}\n\n");
            watch.observe(&response);
            assert!(watch.quiet_at().unwrap() >= before + least);
        }
    }

    #[test]
    fn a_head_alone_starts_the_grace_once() {
        let mut watch = Watch::new(Until::Head, GRACE);
        let mut response = stream();
        watch.observe(&response);
        let first = watch.quiet_at();
        assert!(first.is_some());
        response.body.extend_from_slice(b"data: {\"result\":1}\n\n");
        watch.observe(&response);
        assert_eq!(watch.quiet_at(), first);
    }

    #[test]
    fn what_is_no_stream_is_read_to_the_end() {
        for until in [Until::Reply, Until::Head, Until::End] {
            let mut watch = Watch::new(until, GRACE);
            let body = b"data: {\"result\":1}\n\n".to_vec();
            watch.observe(&Response { status: 200, headers: Vec::new(), body });
            assert_eq!(watch.quiet_at(), None);
        }
        let mut watch = Watch::new(Until::End, GRACE);
        watch.observe(&Response { body: b"data: {\"result\":1}\n\n".to_vec(), ..stream() });
        assert_eq!(watch.quiet_at(), None);
    }

    #[test]
    fn a_grace_beyond_all_clocks_never_ends() {
        let mut watch = Watch::new(Until::Head, Duration::MAX);
        watch.observe(&stream());
        assert_eq!(watch.quiet_at(), None);
    }
}

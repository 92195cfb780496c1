//! A finished reply, and how it becomes bytes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};

use crate::rpc::Answer;

/// Keeps proxies from holding events back (2026-07-28, Receiving Messages).
pub(crate) const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// What the caller gets.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
}

/// The body of a reply.
#[derive(Debug)]
pub(crate) enum Content {
    /// Nothing, and no `Content-Type`.
    Empty,
    /// Response messages.
    Messages(Messages),
    /// An event stream that stands open with comments.
    Standing(Standing),
    /// An event stream whose events come one by one.
    Live(Live),
}

/// A stream whose events are not known when it begins.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) framing: Framing,
    /// Rendered events. The stream ends with the channel.
    pub(crate) events: mpsc::Receiver<Bytes>,
}

/// Response messages and how they are framed.
#[derive(Debug)]
pub(crate) struct Messages {
    pub(crate) framing: Framing,
    /// As an array, even if it is one message only.
    pub(crate) batch: bool,
    pub(crate) answers: Vec<Answer>,
}

/// How messages are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `application/json`.
    Json,
    /// `text/event-stream`, perhaps with a priming event first.
    Sse { primed: bool },
    /// A message a line, over stdio.
    Lines,
    /// `text/event-stream` of a revision whose streams cannot be resumed: its events have no ids.
    Unnumbered,
}

/// Keeps proxies and clients from giving up on a silent stream.
pub(crate) const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

/// A stream that stands open with comments, perhaps between a first and a last message.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) primed: bool,
    pub(crate) first: Option<Box<RawValue>>,
    pub(crate) last: Option<Answer>,
    pub(crate) every: Duration,
    /// What is sent so often.
    pub(crate) comment: &'static [u8],
    /// Resolves when the stream has to end.
    pub(crate) ends: Option<oneshot::Receiver<()>>,
}

/// A reply as it goes over the wire.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: WireBody,
}

/// The body of a reply as it goes over the wire.
#[derive(Debug)]
pub(crate) enum WireBody {
    /// All of it.
    Whole(Vec<u8>),
    /// Its beginning, and comments after it.
    Standing(Vec<u8>, Standing),
    /// Its beginning, and events as they come.
    Live(Vec<u8>, mpsc::Receiver<Bytes>),
}

/// Hands out ids of events, unique within the gateway and so within every session.
#[derive(Debug, Default)]
pub(crate) struct EventIds(AtomicU64);

impl EventIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Reply {
    /// A reply without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), content: Content::Empty }
    }

    /// A reply with one message.
    pub(crate) fn message(status: StatusCode, framing: Framing, answer: Answer) -> Self {
        Self::messages(status, Messages { framing, batch: false, answers: vec![answer] })
    }

    /// A reply with messages.
    pub(crate) fn messages(status: StatusCode, messages: Messages) -> Self {
        Self { content: Content::Messages(messages), ..Self::empty(status) }
    }

    /// HTTP 200 with this content.
    pub(crate) fn of(content: Content) -> Self {
        Self { content, ..Self::empty(StatusCode::OK) }
    }

    /// The same reply for a stream that began already.
    pub(crate) fn unprimed(mut self) -> Self {
        if let Content::Messages(Messages { framing: Framing::Sse { primed }, .. }) =
            &mut self.content
        {
            *primed = false;
        }
        self
    }

    /// A stream that stands open.
    pub(crate) fn standing(standing: Standing) -> Self {
        Self { content: Content::Standing(standing), ..Self::empty(StatusCode::OK) }
    }

    /// The same reply with one more header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Renders the reply.
    pub(crate) fn into_wire(self, ids: &EventIds) -> Wire {
        let mut headers = self.headers;
        let body = match self.content {
            Content::Empty => WireBody::Whole(Vec::new()),
            Content::Messages(messages) => {
                headers.insert(header::CONTENT_TYPE, messages.framing.content_type());
                WireBody::Whole(messages.render(ids))
            }
            Content::Live(live) => {
                headers.insert(header::CONTENT_TYPE, live.framing.content_type());
                if live.framing == Framing::Unnumbered {
                    headers.extend([UNBUFFERED]);
                }
                let primed = live.framing == Framing::Sse { primed: true };
                let beginning = if primed { priming_event(ids) } else { String::new() };
                WireBody::Live(beginning.into_bytes(), live.events)
            }
            Content::Standing(standing) => {
                let framing = Framing::Sse { primed: false };
                headers.insert(header::CONTENT_TYPE, framing.content_type());
                let beginning = match &standing.first {
                    Some(first) => unnumbered_event(first.get()),
                    None if standing.primed => priming_event(ids),
                    None => ": open\n\n".to_owned(),
                };
                WireBody::Standing(beginning.into_bytes(), standing)
            }
        };
        if headers.get(header::CONTENT_TYPE).is_some_and(|value| value == "text/event-stream") {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        Wire { status: self.status, headers, body }
    }
}

impl Framing {
    /// One message of several.
    pub(crate) fn event(self, ids: &EventIds, text: &str) -> String {
        match self {
            Self::Sse { .. } => format!("event: message\nid: {}\ndata: {text}\n\n", ids.next()),
            Self::Unnumbered => unnumbered_event(text),
            Self::Json | Self::Lines => format!("{text}\n"),
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json",
            Self::Sse { .. } | Self::Unnumbered => "text/event-stream",
            Self::Lines => "application/x-ndjson",
        })
    }
}

impl Messages {
    /// The bytes of all messages.
    pub(crate) fn render(&self, ids: &EventIds) -> Vec<u8> {
        let texts = self.answers.iter().map(|answer| answer.text().get().to_owned());
        match (self.framing, self.batch) {
            (Framing::Json, false) => texts.collect::<String>(),
            (Framing::Json, true) => format!("[{}]", texts.collect::<Vec<_>>().join(",")),
            (Framing::Lines, false) => texts.map(|text| format!("{text}\n")).collect(),
            (Framing::Lines, true) => format!("[{}]\n", texts.collect::<Vec<_>>().join(",")),
            (Framing::Sse { primed }, _) => {
                let mut stream = if primed { priming_event(ids) } else { String::new() };
                stream.extend(texts.map(|text| self.framing.event(ids, &text)));
                stream
            }
            (Framing::Unnumbered, _) => texts.map(|text| self.framing.event(ids, &text)).collect(),
        }
        .into_bytes()
    }
}

/// One message on a stream that cannot be resumed.
pub(crate) fn unnumbered_event(message: &str) -> String {
    format!("event: message\ndata: {message}\n\n")
}

/// Lets a client resume before the first message (transports of 2025-11-25).
fn priming_event(ids: &EventIds) -> String {
    format!("id: {}\ndata:\n\n", ids.next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;
    use crate::rpc::Echo;

    fn rendered(framing: Framing, batch: bool) -> String {
        let answer = Answer::result(Echo::Null, raw("{}".to_owned()));
        let messages = Messages { framing, batch, answers: vec![answer.clone(), answer] };
        let wire = Reply::messages(StatusCode::OK, messages).into_wire(&EventIds::default());
        let WireBody::Whole(body) = wire.body else {
            panic!("the body is whole");
        };
        String::from_utf8(body).expect("it is text")
    }

    #[test]
    fn events_have_ids_of_their_own() {
        let message = r#"{"jsonrpc":"2.0","id":null,"result":{}}"#;
        assert_eq!(
            rendered(Framing::Sse { primed: true }, false),
            format!(
                "id: 0\ndata:\n\nevent: message\nid: 1\ndata: {message}\n\nevent: message\nid: 2\ndata: {message}\n\n"
            )
        );
    }

    #[test]
    fn a_batch_is_an_array() {
        assert!(rendered(Framing::Json, true).starts_with('['));
    }

    #[test]
    fn an_empty_reply_has_no_content_type() {
        let wire = Reply::empty(StatusCode::ACCEPTED).into_wire(&EventIds::default());
        assert!(wire.headers.is_empty());
    }
}

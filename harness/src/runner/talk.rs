//! One child process and what is said with it: a server on standard input and output may answer in
//! any order and at any time, so an exchange over it is a matter of listening.

use std::time::Duration;

use tokio::time::Instant;

use crate::oracle::classify::Reading;
use crate::oracle::observe::lines::Heard;
use crate::oracle::observe::{echoes, is_response};
use crate::transport::stdio::{Child, Framing, Grace, Launcher, Said};
use crate::wire::delivery::{Delivery, End, Output};
use crate::wire::json::{self, Json};
use crate::wire::life::Life;

/// The shortest time that a late answer is waited for, once a later message was answered.
const LATE: Duration = Duration::from_millis(300);

/// A child, and what it wrote in its life that was no message.
#[derive(Debug)]
pub(super) struct Talk {
    launcher: Launcher,
    child: Option<Child>,
    strays: Vec<String>,
    quirks: Vec<String>,
}

/// What is listened for: the answers to one message.
#[derive(Debug)]
pub(super) struct Ear {
    ids: Vec<Json>,
    /// Answers that make up the whole one.
    wanted: usize,
    heard: usize,
    answered: bool,
    lines: Vec<u8>,
    begun: Instant,
    /// When the answer was whole.
    ended: Option<Instant>,
    end: Option<End>,
}

impl Ear {
    /// An ear for the answers to a message.
    pub(super) fn new(reading: &Reading) -> Self {
        Self {
            ids: reading.ids.clone(),
            wanted: reading.requests.max(1),
            heard: 0,
            answered: false,
            lines: Vec::new(),
            begun: Instant::now(),
            ended: None,
            end: None,
        }
    }

    /// Whether nothing more has to be waited for.
    pub(super) const fn is_done(&self) -> bool {
        self.answered || self.end.is_some()
    }

    /// Whether the answer is whole.
    pub(super) const fn is_answered(&self) -> bool {
        self.answered
    }

    /// Whether a message answers what this ear listens for, and it alone.
    fn is_meant(&self, message: &Json) -> bool {
        is_response(message) && message.get("id").is_some_and(|id| echoes(&self.ids, id))
    }

    fn take(&mut self, line: &[u8], message: Option<&Json>) {
        self.lines.extend_from_slice(line);
        let answers: Vec<&Json> = match message {
            Some(Json::Array(items)) => items.iter().filter(|item| is_response(item)).collect(),
            Some(message) if is_response(message) => vec![message],
            _ => return,
        };
        self.heard += answers.len();
        // An error without an id refuses the whole of what was sent.
        let refused = answers.iter().any(|answer| answer.get("id").is_none_or(Json::is_null));
        let strangers = self.ids.is_empty() || answers.iter().any(|answer| self.is_meant(answer));
        self.answered |= refused || (strangers && self.heard >= self.wanted);
        if self.answered {
            self.ended.get_or_insert_with(Instant::now);
        }
    }

    /// How long the answer took; until now where there is none.
    pub(super) fn elapsed(&self) -> Duration {
        self.ended.unwrap_or_else(Instant::now).duration_since(self.begun)
    }

    /// What came back, as bytes. `otherwise` is why nothing more was waited for.
    pub(super) fn delivery(self, otherwise: End, errors: String) -> Delivery {
        let elapsed = self.elapsed();
        let end = match self.end {
            Some(End::Overflow) => End::Overflow,
            _ if self.answered => End::Complete,
            Some(end) => end,
            None => otherwise,
        };
        let output = Some(Output { lines: self.lines, errors });
        Delivery { output, response: None, end, elapsed, surplus: 0 }
    }
}

impl Talk {
    /// A talk with a child that is not started yet.
    pub(super) fn new(launcher: &Launcher) -> Self {
        let launcher = launcher.clone();
        Self { launcher, child: None, strays: Vec::new(), quirks: Vec::new() }
    }

    /// Says a message, starting the child where there is none. Returns the time that it may take
    /// beyond its deadline.
    ///
    /// # Errors
    /// Why no child can be started.
    pub(super) fn say(&mut self, message: &[u8], framing: Framing) -> Result<Duration, String> {
        let fresh = self.child.is_none();
        if fresh {
            self.child = Some(self.launcher.start()?);
        }
        if let Some(child) = &mut self.child {
            child.send(message, framing);
        }
        Ok(if fresh { self.launcher.limits().start } else { Duration::ZERO })
    }

    /// Sees to it that what was said is on its way now, and not only once somebody listens.
    pub(super) async fn write_out(&mut self) {
        if let Some(child) = &mut self.child {
            child.write_out().await;
        }
    }

    /// Listens until the last ear is done, or the moment comes. What answers the other message goes
    /// to its ear, and everything else to the first.
    pub(super) async fn listen(
        &mut self,
        ear: &mut Ear,
        mut other: Option<&mut Ear>,
        until: Instant,
    ) {
        while !other.as_ref().map_or(ear.is_done(), |other| other.is_done()) {
            if !self.next(ear, other.as_deref_mut(), until).await {
                return;
            }
        }
    }

    /// Listens on until the ear is done, or for the time of a late answer.
    pub(super) async fn wait_late(&mut self, ear: &mut Ear, pace: Duration, until: Instant) {
        let late = Instant::now() + LATE.max(pace * 10);
        self.listen(ear, None, late.min(until)).await;
    }

    /// Takes what still comes until there is a pause of this length.
    pub(super) async fn settle_within(&mut self, ear: &mut Ear, until: Instant, pause: Duration) {
        while self.next(ear, None, until.min(Instant::now() + pause)).await {}
    }

    /// Takes one line; false when there is none.
    async fn next(&mut self, ear: &mut Ear, other: Option<&mut Ear>, until: Instant) -> bool {
        let Some(child) = &mut self.child else { return false };
        if Instant::now() >= until {
            return false;
        }
        let line = match child.listen(until).await {
            Said::Line(line) => line,
            Said::Nothing => return false,
            Said::Ended(end) => {
                other.into_iter().for_each(|other| other.end = Some(end.clone()));
                ear.end = Some(end);
                return false;
            }
        };
        if ear.lines.len() + line.len() > child.max_output() {
            child.overflow();
            return true;
        }
        let message = json::parse(&line).ok();
        if let Some(reply) = message.as_ref().and_then(reply) {
            child.send(reply.as_bytes(), Framing::Line);
        }
        let other = other.filter(|other| message.as_ref().is_some_and(|it| other.is_meant(it)));
        other.unwrap_or(ear).take(&line, message.as_ref());
        true
    }

    /// What came on standard error since this was last asked.
    pub(super) fn errors(&self) -> String {
        self.child.as_ref().map(Child::errors).unwrap_or_default()
    }

    /// Keeps what lines hold that is no message.
    pub(super) fn note(&mut self, strays: &[String], quirks: &[String]) {
        const MOST: usize = 8;
        let new = |known: &mut Vec<String>, texts: &[String]| {
            for text in texts {
                if known.len() < MOST && !known.contains(text) {
                    known.push(text.clone());
                }
            }
        };
        new(&mut self.strays, strays);
        new(&mut self.quirks, quirks);
    }

    /// Parts with the child; none where there was none.
    pub(super) async fn part(&mut self, grace: Grace) -> Option<Life> {
        let mut farewell = self.child.take()?.farewell(grace).await;
        let heard = Heard::read(&std::mem::take(&mut farewell.output));
        self.note(&heard.strays, &heard.quirks);
        let (strays, quirks) = (std::mem::take(&mut self.strays), std::mem::take(&mut self.quirks));
        Some(Life { strays, quirks, farewell })
    }
}

/// What a client without any capability answers to a request of the server; none to anything else.
fn reply(message: &Json) -> Option<String> {
    let method = message.get("method").and_then(Json::as_str)?;
    let id = message.get("id").filter(|id| !id.is_null())?.to_text();
    Some(if method == "ping" {
        format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#)
    } else {
        let error = r#"{"code":-32601,"message":"this client has no such capability"}"#;
        format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Json {
        json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn requests_of_the_server_are_answered_and_nothing_else_is() {
        let ping = reply(&message(r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#)).unwrap();
        assert_eq!(ping, r#"{"jsonrpc":"2.0","id":"a","result":{}}"#);
        let roots = reply(&message(r#"{"jsonrpc":"2.0","id":0,"method":"roots/list"}"#)).unwrap();
        assert_eq!(message(&roots).pointer("/error/code").unwrap().to_text(), "-32601");
        for silent in
            [r#"{"method":"notifications/message"}"#, r#"{"id":1,"result":{}}"#, "[]", "1"]
        {
            assert_eq!(reply(&message(silent)), None, "{silent}");
        }
    }
}

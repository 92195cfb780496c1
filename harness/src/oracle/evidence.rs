//! All that a judge may see of one case.

use std::collections::BTreeSet;

use super::classify::Reading;
use super::observe::Observation;
use super::secrets::Secrets;
use crate::audit::correlate::Tier;
use crate::audit::profile::Profile;
use crate::audit::record::AuditRecord;
use crate::case::class::Class;
use crate::case::expectation::ReplyKind;
use crate::case::switch::Switches;
use crate::case::{Case, Framing, Sink};
use crate::upstream::Shown;
use crate::wire::arrival::Arrival;
use crate::wire::delivery::{Delivery, End};
use crate::wire::envelope::{Envelope, Header};
use crate::wire::json::Json;
use crate::wire::life::Life;
use crate::wire::revision::Revision;

/// One envelope and what came back for it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The canary that the exchange carried.
    pub key: String,
    /// The trace id that the exchange carried.
    pub trace_id: String,
    /// What was sent.
    pub envelope: Envelope,
    /// What it is.
    pub reading: Reading,
    /// What came back, as bytes.
    pub delivery: Delivery,
    /// What came back, read.
    pub observation: Observation,
    /// When it began, seconds since the Unix epoch.
    pub started: f64,
    /// When it ended, seconds since the Unix epoch.
    pub ended: f64,
}

impl Exchange {
    /// What became of the message. A silence on standard output that a later answer proved, about a
    /// message to which nothing is to be said, is what 202 is over HTTP.
    #[must_use]
    pub fn fate(&self) -> ReplyKind {
        let unanswered =
            matches!(self.reading.class, Class::Notification | Class::Response | Class::Empty);
        let proved = self.delivery.output.is_some() && self.delivery.end == End::StillOpen;
        match self.observation.kind {
            ReplyKind::Silent if unanswered && proved => ReplyKind::Accepted,
            kind => kind,
        }
    }

    /// Lets go of all that is only looked at in a message under test. What a message around it is
    /// asked for stays: what it was, how it was answered, its times, session and error.
    pub fn slim(&mut self) {
        const KEPT: &str = "mcp-session-id";
        self.envelope.body = Vec::new();
        self.envelope.headers = kept(&mut self.envelope.headers, KEPT);
        if let Some(bytes) = self.delivery.bytes_mut() {
            *bytes = Vec::new();
        }
        if let Some(response) = &mut self.delivery.response {
            response.headers = kept(&mut response.headers, KEPT);
        }
        self.reading.arguments = None;
        self.observation.responses = Vec::new();
        self.observation.others = Vec::new();
        self.reading.progress_token = None;
        if self.observation.kind != ReplyKind::Error {
            self.observation.main = None;
        }
    }
}

/// The headers of that name, in a list that has no room for more.
fn kept(headers: &mut Vec<Header>, name: &str) -> Vec<Header> {
    headers.drain(..).filter(|header| header.is(name)).collect()
}

/// All that a judge may see of one case.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The case.
    pub case: &'a Case,
    /// The revision in force.
    pub revision: Revision,
    /// The twin, where the case has one.
    pub control: Option<&'a Exchange>,
    /// The message under test.
    pub stimulus: &'a Exchange,
    /// The messages sent beside it, and what came back for them.
    pub beside: &'a [Exchange],
    /// The further pages, where the cursors of its results were followed.
    pub pages: &'a [Exchange],
    /// The request after it; none where the session could not serve one.
    pub sentinel: Option<&'a Exchange>,
    /// The life of the process that was talked to; none over HTTP.
    pub life: Option<&'a Life>,
    /// What reached our own upstream; none where none stands behind the target.
    pub hop: Option<&'a Hop>,
    /// How our own receiver of records misbehaved meanwhile; none where it did not.
    pub outage: Option<&'a Outage>,
    /// What the target's own log said meanwhile, as far as it may matter; none where it is not read.
    pub log: Option<&'a [LogLine]>,
    /// The records, by source; empty where there are none to be had.
    pub audit: Vec<Records<'a>>,
    /// Texts that must appear in no reply and no record.
    pub secrets: &'a Secrets,
    /// How disputed verdicts are decided.
    pub switches: &'a Switches,
}

impl<'a> Evidence<'a> {
    /// Whether the case itself ends the input of the process.
    #[must_use]
    pub fn ends_input(&self) -> bool {
        self.case.stimulus.framing == Framing::Unended
    }

    /// The stimulus, and all that was sent beside it and after it for further pages.
    pub fn together(&self) -> impl Iterator<Item = &'a Exchange> + Clone {
        std::iter::once(self.stimulus).chain(self.beside).chain(self.pages)
    }
}

/// What reached our own upstream while a stimulus was answered, and soon after.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hop {
    /// The requests that carry the stimulus' canary, or that of the call that it tries again, and the answers
    /// to what its call made the upstream ask.
    pub arrivals: Vec<Arrival>,
    /// The id with which the upstream asked; none where it is the usual one, or where nothing was asked.
    pub asked: Option<Json>,
    /// How many answers came meanwhile to what the upstream never asked.
    pub strays: usize,
    /// The canary of the call that the stimulus tries again; none where it is no retry.
    pub first: Option<String>,
    /// The calls that carried that canary before.
    pub tries: Vec<Arrival>,
    /// The cancellations that came meanwhile, of whatever call.
    pub cancelled: Vec<Arrival>,
    /// Whether any request of the run carried credentials of the caller, its own handshake included.
    pub leaked: bool,
    /// Whether the upstream wanted to ask something outside of the call, and the target had no stream open
    /// for it, which is optional.
    pub unasked: bool,
    /// Whether the target hung up on the call while it ran.
    pub dropped: bool,
    /// Whether more came than could be kept, so that nothing can be said.
    pub cut: bool,
    /// The unusual lists of tools that it gave since the case began.
    pub shown: Vec<Shown>,
    /// What one of their schemas has led the target to since then; none where it was not misled.
    pub misled: Option<&'static str>,
    /// What the upstream asked the user, which is nobody else's business.
    pub private: Option<String>,
    /// The capabilities that the target has declared to the upstream.
    pub declared: BTreeSet<String>,
    /// The tools of other upstreams, as the target listed them at first.
    pub others: Vec<String>,
    /// By which names the target may call the upstream.
    pub names: Vec<String>,
}

/// The time in which our own receiver of records misbehaved, and what the target made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// How it misbehaved.
    pub sink: Sink,
    /// When it began, seconds since the Unix epoch.
    pub begun: f64,
    /// Whether anything was delivered to it meanwhile, or tried to be.
    pub noticed: bool,
    /// Seconds for which records were waited for afterwards.
    pub waited: f64,
    /// Whether the record of a request that was sent afterwards has come.
    pub recovered: bool,
    /// What the target's own log warned of until then; none where it is not read.
    pub told: Option<Vec<String>>,
}

/// A line of the target's own log that may matter.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// When it was read, seconds since the Unix epoch.
    pub at: f64,
    /// The line.
    pub text: String,
    /// Whether a credential stands in it.
    pub leaks: bool,
}

impl LogLine {
    /// Whether it is of a level that says all there is to say, and is not on by default.
    #[must_use]
    pub fn is_detail(&self) -> bool {
        self.has_word("DEBUG") || self.has_word("TRACE")
    }

    /// Whether it is a warning, or something worse.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        ["WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"].iter().any(|level| self.has_word(level))
    }

    /// Whether a word stands in it, in capitals or not, between what is neither letter nor digit.
    #[must_use]
    pub fn has_word(&self, word: &str) -> bool {
        let (line, word) = (self.text.to_lowercase(), word.to_lowercase());
        let free = |next: Option<char>| !next.is_some_and(char::is_alphanumeric);
        line.match_indices(&word).any(|(at, _)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            let behind = line.get(at + word.len()..).and_then(|text| text.chars().next());
            free(before) && free(behind)
        })
    }
}

/// What one source delivered for one stimulus.
#[derive(Debug)]
pub struct Records<'a> {
    /// Name of the source, where there are several.
    pub source: Option<&'a str>,
    /// The records that belong to it, with the tier by which each was matched.
    pub matched: Vec<(&'a AuditRecord, Tier)>,
    /// Whether a record may belong to it or to another exchange.
    pub ambiguous: bool,
    /// Lines that carry its canary and are no record.
    pub broken: Vec<&'a str>,
    /// Whether a line that carries its canary is JSON nested deeper than we read.
    pub too_deep: bool,
    /// Records of the run that no exchange explains.
    pub orphans: Vec<&'a AuditRecord>,
    /// Whether it is our own receiver, which may have misbehaved.
    pub receives: bool,
    /// What it lacks in the whole run, though there is proof that it was written.
    pub lost: &'a [Lost],
    /// What else the source delivered and should not have: everything but what is about a message under test.
    pub leaks: &'a [Leak],
    /// Whether records of successful calls behind the target name the upstream.
    pub names_servers: bool,
    /// What the product calls things.
    pub profile: &'a Profile,
}

/// A message whose record a source lacks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lost {
    /// Whether another source has it; else the same message has one when it is sent again alone.
    pub elsewhere: bool,
    /// Method and canary of the message.
    pub what: String,
}

/// A secret in what a source delivered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Leak {
    /// Whether it is a credential; else a secret that a message held in its arguments.
    pub credential: bool,
    /// The beginning of what was delivered, with the secret blotted out.
    pub excerpt: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::checks::answered::{accepts, describe};
    use crate::oracle::classify::{Context, classify};
    use crate::oracle::observe::observe;
    use crate::wire::delivery::{End, Response};
    use std::time::Duration;

    fn exchange(answer: &str) -> Exchange {
        let headers =
            || vec![Header::new("Accept", "*/*"), Header::new("Mcp-Session-Id", "session-1")];
        let body = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x"}}"#;
        let envelope = Envelope {
            method: "POST".to_owned(),
            path: None,
            headers: headers(),
            body: body.to_vec(),
        };
        let context = Context {
            revision: Revision::V2025_11_25,
            session: Some("session-1"),
            credentials: &[],
            host: "127.0.0.1",
            tools: &[],
        };
        let reading = classify(&envelope, &context);
        let response = Response { status: 200, headers: headers(), body: answer.into() };
        let elapsed = Duration::from_millis(3);
        let delivery = Delivery {
            output: None,
            response: Some(response),
            end: End::Complete,
            elapsed,
            surplus: 0,
        };
        let observation = observe(&delivery, &reading.ids);
        let (key, trace_id) = ("key".to_owned(), "trace".to_owned());
        let (started, ended) = (1.0, 2.0);
        Exchange { key, trace_id, envelope, reading, delivery, observation, started, ended }
    }

    #[test]
    fn a_slim_exchange_answers_what_the_messages_around_a_stimulus_are_asked() {
        for answer in [
            r#"{"jsonrpc":"2.0","id":7,"result":{"content":[]}}"#,
            r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no such tool"}}"#,
            "",
            "no JSON",
        ] {
            let whole = exchange(answer);
            let mut slim = whole.clone();
            slim.slim();
            assert_eq!(describe(&slim), describe(&whole), "{answer}");
            assert_eq!(accepts(&slim), accepts(&whole), "{answer}");
            assert_eq!(slim.reading.ids, whole.reading.ids);
            assert_eq!(slim.reading.method, whole.reading.method);
            let session = slim.envelope.header("mcp-session-id");
            assert_eq!(session, Some(b"session-1".as_slice()));
            let response = slim.delivery.response.unwrap();
            assert_eq!(response.header("mcp-session-id").as_deref(), Some("session-1"));
            let left = slim.envelope.body.len() + response.body.len();
            assert_eq!((left, slim.envelope.headers.len(), response.headers.len()), (0, 1, 1));
        }
    }
}

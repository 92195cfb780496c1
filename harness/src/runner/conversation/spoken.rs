//! Exchanges with a child process. Nothing frames its answers, so silence is proved: a later
//! request is answered, and then there is time for a late answer.

use std::time::Duration;

use tokio::time::Instant;

use super::{Conversation, Draft, Framing, Grace, Life, Link, Purpose, Sending};
use crate::case::Wait;
use crate::case::class::Class;
use crate::case::recipe::{Base, Recipe};
use crate::oracle::evidence::Exchange;
use crate::runner::talk::{Ear, Talk};
use crate::wire::delivery::{Delivery, End, Output};

/// Time for the answer to a message that many implementations leave unanswered, before a later
/// message asks whether anything comes at all.
const SHORT: Duration = Duration::from_millis(150);

/// Time without a further line after which an answer under test is taken for the only one.
const SETTLE: Duration = Duration::from_millis(150);

/// The same where it matters what a server says of its own accord.
const CLOSING: Duration = Duration::from_secs(1);

/// Time in which a request that was cancelled at once shows that it goes on.
const CANCELLED: Duration = Duration::from_secs(1);

impl Conversation<'_> {
    /// Sends a draft to the child and listens.
    pub(super) async fn speak(
        &mut self,
        draft: Draft,
        sending: &Sending<'_>,
        deadline: Duration,
    ) -> Exchange {
        let begun = Instant::now();
        let Link::Stdio(talk) = &mut self.link else { return self.unspoken(draft, String::new()) };
        if sending.purpose == Purpose::Verdict {
            // What is still written about the messages before is no trace of this one.
            let _ = talk.errors();
        }
        let extra = match talk.say(&draft.envelope.body, sending.framing) {
            Ok(extra) => extra,
            Err(why) => return self.unspoken(draft, why),
        };
        let end = begun + deadline + extra;
        let mut ear = Ear::new(&draft.reading);
        let silent = is_unanswered(draft.reading.class);
        let mut otherwise = End::Deadline;
        match sending.purpose {
            // Nothing is lost by going on: what follows is read after it.
            Purpose::Step if silent => {
                talk.write_out().await;
                otherwise = End::StillOpen;
            }
            Purpose::Step => talk.listen(&mut ear, None, end).await,
            Purpose::Verdict if sending.framing == Framing::Unended => {
                self.world.idle.silence(talk.listen_to_the_end(&mut ear, end)).await;
            }
            Purpose::Verdict => {
                let first = if silent { Duration::ZERO } else { patience(&draft, deadline) };
                talk.listen(&mut ear, None, end.min(Instant::now() + first)).await;
                if !ear.is_done() && self.prove(&mut ear, end).await {
                    otherwise = End::StillOpen;
                }
                if let Link::Stdio(talk) = &mut self.link {
                    let pause = if sending.wait == Wait::Close { CLOSING } else { SETTLE };
                    let settled = talk.settle_within(&mut ear, end, pause);
                    self.world.idle.silence(settled).await;
                }
            }
        }
        self.heard(draft, ear, otherwise)
    }

    /// Sends a later request. Once it is answered, a late answer is waited for; says whether it was.
    async fn prove(&mut self, ear: &mut Ear, end: Instant) -> bool {
        let ping = Recipe { base: Base::Ping, edits: Vec::new() };
        let draft = self.draft(&self.plain(&ping, "9"));
        let Link::Stdio(talk) = &mut self.link else { return false };
        if talk.say(&draft.envelope.body, Framing::Line).is_err() {
            return false;
        }
        let mut other = Ear::new(&draft.reading);
        talk.listen(ear, Some(&mut other), end).await;
        let answered = other.is_answered();
        if answered && !ear.is_done() {
            self.world.idle.silence(talk.wait_late(ear, other.elapsed(), end)).await;
        }
        let exchange = self.complete(draft, other.delivery(End::Deadline, String::new()));
        self.exchanges.push(exchange);
        answered
    }

    fn heard(&mut self, draft: Draft, ear: Ear, otherwise: End) -> Exchange {
        let Link::Stdio(talk) = &mut self.link else { return self.unspoken(draft, String::new()) };
        let errors = talk.errors();
        let exchange = self.complete(draft, ear.delivery(otherwise, errors));
        if let Link::Stdio(talk) = &mut self.link {
            talk.note(&exchange.observation.strays, &exchange.observation.quirks);
        }
        exchange
    }

    /// A message that could not be said.
    fn unspoken(&self, draft: Draft, why: String) -> Exchange {
        let output = Some(Output::default());
        let (end, elapsed) = (End::Refused(why), Duration::ZERO);
        self.complete(draft, Delivery { output, response: None, end, elapsed, surplus: 0 })
    }

    /// Parts with the child, if there is one. With `patience` its end is judged, so that it gets
    /// the time that a client should give.
    pub async fn part(&mut self, patience: bool) -> Option<Life> {
        let Link::Stdio(talk) = &mut self.link else { return None };
        let within = |most: u64| self.world.deadline.min(Duration::from_millis(most));
        talk.part(if patience {
            Grace {
                input: within(5000),
                terminate: within(2000),
                children: Duration::from_millis(500),
            }
        } else {
            Grace { input: within(500), terminate: within(500), children: Duration::ZERO }
        })
        .await
    }
}

impl Talk {
    /// Listens until the output ends, or the moment comes.
    async fn listen_to_the_end(&mut self, ear: &mut Ear, until: Instant) {
        self.settle_within(ear, until, until.saturating_duration_since(Instant::now())).await;
    }
}

/// Whether silence is the right answer.
const fn is_unanswered(class: Class) -> bool {
    matches!(class, Class::Notification | Class::Response | Class::Empty)
}

/// How long an answer is waited for before a later message is sent. Calls may take their time;
/// what is commonly left unanswered must not cost a deadline each time.
fn patience(draft: &Draft, deadline: Duration) -> Duration {
    match draft.reading.class {
        // Nothing should come; what does not stop comes within this time.
        _ if draft.reading.cancelled => CANCELLED.min(deadline / 2),
        Class::Request
        | Class::UnknownMethod
        | Class::InvalidParams
        | Class::UnknownTool
        | Class::ToolArguments
        | Class::TooLarge => deadline / 2,
        _ => SHORT.min(deadline / 2),
    }
}

//! When to stop sending: a target that answers nobody any more would cost a deadline for every
//! message of every case.

use std::time::Duration;

use super::case_run::{CaseRun, RunResult};
use super::conversation::Conversation;
use crate::case::expectation::ReplyKind;
use crate::case::recipe::{Base, Recipe};
use crate::oracle::checks::answered::accepts;
use crate::oracle::evidence::Exchange;
use crate::runner::keys::Lot;
use crate::target::facts::Facts;
use crate::target::world::World;

/// Cases in a row, each with a valid message unanswered, after which the target is looked at.
const LIMIT: usize = 32;

/// How long to wait before each look.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_secs(2), Duration::from_secs(5)];

/// Why a case was not sent.
pub const LOST: &str = "not sent: the target had stopped answering";

/// Counts the cases in a row in which a valid message got no answer.
#[derive(Debug, Default)]
pub struct Patience {
    unanswered: usize,
    lost: bool,
}

impl Patience {
    /// Takes note of one case.
    pub fn note(&mut self, run: &CaseRun) {
        match is_unanswered(run) {
            Some(true) => self.unanswered += 1,
            Some(false) => self.unanswered = 0,
            None => {}
        }
    }

    /// Takes note of a case that was sent alone: unanswered, it is reason enough to look.
    pub fn doubt(&mut self, run: &CaseRun) {
        if is_unanswered(run) == Some(true) {
            self.unanswered = LIMIT;
        }
    }

    /// Whether the target was found to be lost.
    #[must_use]
    pub const fn has_given_up(&self) -> bool {
        self.lost
    }

    /// Whether the target is lost: many cases in a row went unanswered, and so did a ping in a
    /// session of its own then.
    pub async fn is_lost(&mut self, look: &mut Look<'_>) -> bool {
        if self.unanswered >= LIMIT {
            self.unanswered = 0;
            self.lost = self.lost || !look.finds_life().await;
        }
        self.lost
    }
}

/// A look at whether a target still serves.
#[derive(Debug)]
pub struct Look<'a> {
    /// How it is reached.
    pub world: &'a World,
    /// What it speaks.
    pub facts: &'a Facts,
    /// Keys for the messages.
    pub lot: Lot,
    /// Whether it can be started again, so that it need not be waited for.
    pub replaceable: bool,
    /// Where the exchanges go: what they leave in the records belongs to no case.
    pub exchanges: &'a mut Vec<Exchange>,
}

impl Look<'_> {
    /// A target that is only busy answers a little later.
    async fn finds_life(&mut self) -> bool {
        let pauses = if self.replaceable { &PAUSES[..1] } else { &PAUSES[..] };
        for pause in pauses {
            self.world.idle.silence(tokio::time::sleep(*pause)).await;
            if self.is_answered().await {
                return true;
            }
        }
        false
    }

    /// Whether a target that was started just now serves before a minute is over.
    pub async fn sees_it_come_up(&mut self) -> bool {
        const TRIES: u32 = 300;
        for _ in 0..TRIES {
            if self.is_answered().await {
                return true;
            }
            let pause = tokio::time::sleep(Duration::from_millis(200));
            self.world.idle.silence(pause).await;
        }
        false
    }

    async fn is_answered(&mut self) -> bool {
        let mut conversation = Conversation::new(self.world, self.facts, self.lot.child());
        let ping = Recipe { base: Base::Ping, edits: Vec::new() };
        let mut alive = conversation.open().await.is_ok();
        if alive {
            let mut exchange = conversation.send(&conversation.plain(&ping, "9")).await;
            alive = accepts(&exchange);
            exchange.slim();
            self.exchanges.push(exchange);
        }
        conversation.part(false).await;
        self.exchanges.append(&mut conversation.exchanges);
        alive
    }
}

/// Whether the last valid message of a case got no answer; none where none was sent.
fn is_unanswered(run: &CaseRun) -> Option<bool> {
    let last = match &run.result {
        RunResult::Sent(sent) => sent.sentinel.as_ref(),
        RunResult::Untestable(_) => run.prepared.last(),
        RunResult::NotApplicable(_) => None,
    };
    last.map(unanswered)
}

/// Whether an exchange ended without an answer.
#[must_use]
pub fn unanswered(exchange: &Exchange) -> bool {
    matches!(exchange.fate(), ReplyKind::Silent | ReplyKind::Refused | ReplyKind::Closed)
}

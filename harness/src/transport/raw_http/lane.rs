//! A lane: exchanges one after the other, over one connection as long as that is kept. Knows no
//! case, and sends every envelope once.

use super::connection::{Connection, Outgoing, Step};
use super::framing::Asked;
use super::inbox::Inbox;
use super::response::Reader;
use super::{Shared, request};
use crate::transport::until::{Until, Watch};
use crate::wire::delivery::{Delivery, End};
use crate::wire::envelope::Envelope;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// Sends envelopes one after the other and reads what comes back. Has at most one connection, opens
/// it when it is needed and keeps it only after an exchange that ended cleanly on both sides.
#[derive(Debug)]
pub struct Lane {
    shared: Arc<Shared>,
    idle: Option<Connection>,
    /// Rendered request head; kept for its allocation.
    head: Vec<u8>,
    inbox: Inbox,
    exchanges: u64,
}

/// What one exchange has come to so far; outlives the future that the deadline cuts off.
#[derive(Debug)]
struct Progress {
    /// When the connection was there and writing began.
    started: Option<Instant>,
    reader: Reader,
    watch: Watch,
}

impl Lane {
    /// A lane without a connection.
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let inbox = Inbox::default();
        Self { shared, idle: None, head: Vec::new(), inbox, exchanges: 0 }
    }

    /// Sends an envelope and reads its answer, within `deadline` from the call on for everything:
    /// connecting, TLS, writing and reading. Whatever happens is told by the [`Delivery`].
    ///
    /// Dropping the future drops the connection.
    pub async fn exchange(
        &mut self,
        envelope: &Envelope,
        deadline: Duration,
        until: Until,
    ) -> Delivery {
        let begun = Instant::now();
        self.exchanges += 1;
        let limits = self.shared.limits;
        let mut progress = Progress {
            started: None,
            reader: Reader::new(Asked::of(&envelope.method), limits),
            watch: Watch::new(until, limits.reply_grace),
        };
        let end = match timeout(deadline, self.attempt(envelope, &mut progress)).await {
            Ok(end) => end,
            Err(_) if progress.started.is_some() => End::Deadline,
            Err(_) => End::Refused("no connection within the deadline".to_owned()),
        };
        let elapsed = progress.started.unwrap_or(begun).elapsed();
        let surplus = if end == End::Complete { self.inbox.unread().len() } else { 0 };
        Delivery { output: None, response: progress.reader.into_response(), end, elapsed, surplus }
    }

    /// How many envelopes this lane was given.
    #[must_use]
    pub const fn exchanges(&self) -> u64 {
        self.exchanges
    }

    async fn attempt(&mut self, envelope: &Envelope, progress: &mut Progress) -> End {
        let kept = self.kept();
        let reused = kept.is_some();
        let opened = match kept {
            Some(kept) => Ok(kept),
            None => Connection::open(&self.shared).await,
        };
        let mut connection = match opened {
            Ok(connection) => connection,
            Err(text) => return End::Refused(text),
        };
        progress.started = Some(Instant::now());
        request::render(&mut self.head, envelope, self.shared.endpoint.path(), &self.shared.host);
        let mut outgoing = Outgoing::new(&self.head, &envelope.body);
        let end = progress.converse(&mut connection, &mut outgoing, &mut self.inbox).await;
        let clean = end == End::Complete && outgoing.is_sent() && self.inbox.is_empty();
        if clean && progress.reader.keeps_alive() && request::keeps_connection(envelope) {
            self.idle = Some(connection);
        }
        let silent = progress.reader.response().is_none() && self.inbox.is_empty();
        if reused && silent && matches!(end, End::Closed | End::Reset(_)) {
            self.shared.fickle.store(true, Ordering::Relaxed);
        }
        end
    }

    /// The idle connection, if the peer has left it alone and keeps what it does not close in plain sight.
    fn kept(&mut self) -> Option<Connection> {
        self.inbox.clear();
        let fickle = self.shared.fickle.load(Ordering::Relaxed);
        let idle = self.idle.take().filter(|_| !fickle);
        idle.and_then(|mut idle| idle.is_quiet().then_some(idle))
    }
}

impl Progress {
    /// Writes and reads until there is an end.
    async fn converse(
        &mut self,
        connection: &mut Connection,
        outgoing: &mut Outgoing<'_>,
        inbox: &mut Inbox,
    ) -> End {
        loop {
            let step = connection.step(outgoing, inbox.room());
            let step = match self.watch.quiet_at() {
                None => step.await,
                Some(moment) => match timeout_at(moment, step).await {
                    Ok(step) => step,
                    Err(_) => return End::StillOpen,
                },
            };
            if let Some(end) = self.digest(step, outgoing, inbox) {
                return end;
            }
            // Comments that never pause would keep the timer above from being asked.
            if self.watch.quiet_at().is_some_and(|moment| Instant::now() >= moment) {
                return End::StillOpen;
            }
        }
    }

    fn digest(
        &mut self,
        step: Step,
        outgoing: &mut Outgoing<'_>,
        inbox: &mut Inbox,
    ) -> Option<End> {
        let orderly = match step {
            Step::Received => {
                let end = self.reader.advance(inbox);
                if let (None, Some(response)) = (&end, self.reader.response()) {
                    self.watch.observe(response);
                }
                return end;
            }
            Step::Failed(text) => return Some(End::Reset(text)),
            Step::Ended => true,
            Step::Cut => false,
        };
        // The kernel tells a reset only once: if writing has met it, reading sees a mere end.
        Some(outgoing.take_fault().map_or_else(|| self.reader.at_end(orderly), End::Reset))
    }
}

//! An upstream that is a child of ours: one message a line on its standard input and output (MCP
//! transports, stdio).

mod child;
mod group;
mod lines;
mod pending;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use super::call::{CallOutcome, ToolCall, Unavailable};
use super::changed::Changed;
use super::era::Era;
use super::given_up::GivenUp;
use super::messages::{self, Listed, Pages};
use crate::fault::Outgoing;
use crate::log::Log;
use child::Child;

/// A server that is started when it is first needed, and again when it has ended.
#[derive(Debug)]
pub(crate) struct Process {
    /// Names the upstream in the log.
    alias: String,
    /// The program and its arguments.
    words: Vec<String>,
    outgoing: Outgoing,
    log: Log,
    child: Mutex<Option<Arc<Child>>>,
    /// What the server has told of its tools.
    pub(super) changed: Changed,
    next_id: AtomicU64,
}

impl Process {
    /// A server that is not started yet.
    pub(crate) fn new(alias: &str, words: &[String], outgoing: Outgoing, log: Log) -> Self {
        let (alias, words) = (alias.to_owned(), words.to_vec());
        let (child, changed) = (Mutex::default(), Changed::default());
        Self { alias, words, outgoing, log, child, changed, next_id: AtomicU64::new(1) }
    }

    /// All tools of the server.
    pub(crate) async fn list(&self, deadline: Instant) -> Result<Listed, Unavailable> {
        timeout_at(deadline, self.list_pages()).await.unwrap_or(Err(Unavailable::Timeout))
    }

    /// Calls a tool, and cancels the call if it is given up. Its progress is not asked for.
    pub(crate) async fn call(
        &self,
        call: ToolCall<'_>,
        deadline: Instant,
    ) -> Result<CallOutcome, Unavailable> {
        let params = messages::call_params(&call, None, None);
        let started = timeout_at(deadline, self.started()).await;
        let child = started.unwrap_or(Err(Unavailable::Timeout))?;
        for _ in 1..self.outgoing.calls() {
            let again = child.ask(self.id(), "tools/call", Some(&params));
            let _ = timeout_at(deadline, again).await;
        }
        let id = self.id();
        let cancel = |id| child.mention(messages::cancellation(self.outgoing.cancelled(id)));
        let waiting = GivenUp::new(id, cancel);
        let asked = timeout_at(deadline, child.ask(id, "tools/call", Some(&params))).await;
        let reply = asked.map_err(|_| Unavailable::Timeout)?;
        waiting.answered();
        Ok(CallOutcome::from(reply?))
    }

    async fn list_pages(&self) -> Result<Listed, Unavailable> {
        let child = self.started().await?;
        let mut pages = Pages::new(Era::Handshake, &self.outgoing);
        loop {
            let reply = child.ask(self.id(), "tools/list", pages.params().as_deref()).await?;
            if let Some(listed) = pages.add(reply)? {
                return Ok(listed);
            }
        }
    }

    /// The child that lives, after its handshake. One that does not get so far is ended.
    async fn started(&self) -> Result<Arc<Child>, Unavailable> {
        let mut kept = self.child.lock().await;
        if let Some(child) = kept.as_ref().filter(|child| !child.has_ended()) {
            return Ok(Arc::clone(child));
        }
        *kept = None;
        let child =
            Child::start(&self.words, (&self.alias, &self.outgoing, &self.log), &self.changed)?;
        let params = messages::initialize_params();
        let reply = child.ask(self.id(), "initialize", Some(&params)).await?;
        messages::agreed(&reply)?;
        child.tell(messages::INITIALIZED.to_owned()).await?;
        Ok(Arc::clone(kept.insert(Arc::new(child))))
    }

    fn id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }
}

//! Deliberate defects. They work at eight seams only: a rule that a request breaks, a finished reply, a
//! finished record, its way to a webhook, what goes to an upstream, the outcome of a call, what is told around the endpoint
//! and the two ends of stdio. With none planted, the seams change nothing.

mod between;
mod call;
mod name;
mod notice;
mod outgoing;
mod record;
mod reply;
mod request;
mod setup;
mod sink;
mod stateless;
mod stdio;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use axum::http::HeaderMap;
use serde_json::value::RawValue;
use tokio::sync::mpsc::WeakSender;

use crate::notice::Notice;

pub use name::{Fault, UnknownFault};
pub(crate) use outgoing::Outgoing;
pub(crate) use reply::ReplyContext;

/// Sessions that a fault remembers, at most.
const WEDGED_LIMIT: usize = 10_000;

/// The faults of one gateway.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planted: Vec<Fault>,
    /// Sessions that do not answer any more.
    wedged: Mutex<HashSet<String>>,
    /// The last notification of progress.
    last_progress: Mutex<Option<Box<RawValue>>>,
    /// The streams of the requests that run.
    streams: Mutex<Vec<WeakSender<Notice>>>,
    /// The calls that were answered last.
    recent: Mutex<VecDeque<between::Answered>>,
    /// The headers of the last answer of an upstream.
    last_headers: Mutex<HeaderMap>,
    /// The answers to retries with given input.
    retries: Mutex<HashMap<String, Box<RawValue>>>,
    /// How many lists were answered.
    lists: AtomicUsize,
    /// Whether the connection to an upstream has broken.
    broken: AtomicBool,
    /// Whether the last level that a client has set is above that of records.
    hushed: AtomicBool,
}

impl Faults {
    /// Plants these faults.
    pub(crate) fn new(planted: &[Fault]) -> Self {
        Self { planted: planted.to_vec(), ..Self::default() }
    }

    fn has(&self, fault: Fault) -> bool {
        self.planted.contains(&fault)
    }
}

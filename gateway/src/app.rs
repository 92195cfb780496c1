//! What all requests share.

use std::sync::Arc;

use tokio::sync::watch;

use crate::audit::{Entry, Trail};
use crate::fault::Faults;
use crate::http::Gate;
use crate::modern::Seal;
use crate::oauth::Origins;
use crate::reply::EventIds;
use crate::rpc::Sketch;
use crate::session::Sessions;
use crate::upstream::Catalog;

/// How far the end of the gateway has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Requests are served.
    Open,
    /// No new requests; standing streams end.
    Draining,
    /// Whatever still runs is given up.
    Ended,
}

/// The state of one gateway.
pub(crate) struct App {
    pub(crate) gate: Gate,
    pub(crate) origins: Origins,
    pub(crate) sessions: Sessions,
    pub(crate) seal: Seal,
    pub(crate) catalog: Catalog,
    pub(crate) trail: Arc<Trail>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) event_ids: EventIds,
    pub(crate) phase: watch::Receiver<Phase>,
}

impl App {
    /// Notes a message in its entry, with the upstream that its tool belongs to.
    pub(crate) fn note(&self, entry: &mut Entry, sketch: &Sketch<'_>) {
        let owner = sketch
            .tool
            .as_ref()
            .and_then(|(name, _)| self.catalog.resolve(name))
            .map(|(upstream, bare)| (upstream.alias.as_str(), bare));
        entry.note(sketch, owner);
    }

    /// Resolves when the gateway has come to this phase.
    pub(crate) async fn reached(&self, phase: Phase) {
        // The sender is gone only when the gateway is.
        let _ = self.phase.clone().wait_for(|current| *current >= phase).await;
    }
}

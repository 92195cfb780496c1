//! Everything that reached the upstream, in order, within bounds.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use super::listing::Shown;
use crate::wire::arrival::Arrival;
use crate::wire::json::Json;

/// Bytes that are kept of all arrivals; a run sends far less to one upstream.
const MOST: usize = 256 * 1024 * 1024;

/// What each costs beside its bytes: the tree of its message.
const COST: usize = 1024;

/// The arrivals.
#[derive(Debug, Default)]
pub struct Journal {
    kept: Mutex<Kept>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    arrivals: Vec<Arrival>,
    bytes: usize,
    lost: bool,
    /// Ids of requests of ours for which no stream stood open.
    unasked: BTreeSet<String>,
    /// When an unusual list of tools was given.
    shown: Vec<Shown>,
    /// How many arrivals were searched for credentials, and whether some were found.
    searched: usize,
    found: bool,
}

impl Journal {
    /// Keeps one.
    pub(super) fn add(&self, arrival: Arrival) {
        let mut kept = self.kept();
        let size = arrival.body.len() * 4 + COST;
        if kept.bytes + size > MOST {
            kept.lost = true;
        } else {
            kept.bytes += size;
            kept.arrivals.push(arrival);
        }
        drop(kept);
        self.news.notify_waiters();
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that came in this time (seconds since the Unix epoch) and hold a text in their body or a
    /// header.
    #[must_use]
    pub fn about(&self, text: &str, time: Range<f64>) -> Vec<Arrival> {
        let kept = self.kept();
        let then = kept.arrivals.iter().filter(|arrival| time.contains(&arrival.at));
        then.filter(|arrival| arrival.holds(text)).cloned().collect()
    }

    /// The names of the capabilities that were declared in any handshake.
    #[must_use]
    pub fn declared(&self) -> BTreeSet<String> {
        let kept = self.kept();
        let handshakes = kept.arrivals.iter().filter(|it| it.rpc_method() == Some("initialize"));
        let declared = handshakes
            .filter_map(|it| it.message.as_ref()?.pointer("/params/capabilities")?.as_object());
        let names = declared.flatten().filter(|(_, value)| !value.is_null());
        names.filter_map(|(name, _)| name.decoded().map(str::to_owned)).collect()
    }

    /// The cancellations of what came in this time (seconds since the Unix epoch), and of what never came,
    /// where they were sent then or up to so many seconds later.
    #[must_use]
    pub fn cancelled(&self, time: &Range<f64>, after: f64) -> Vec<Arrival> {
        let kept = self.kept();
        let until = time.end + after;
        let then = kept.arrivals.iter().filter(|it| (time.start..until).contains(&it.at));
        let cancels = |it: &&Arrival| it.rpc_method() == Some("notifications/cancelled");
        let of_others = |told: &&Arrival| {
            let Some(id) = told.cancelled() else { return false };
            let mut named = kept.arrivals.iter().filter(|call| told.means(call, id)).peekable();
            named.peek().is_some() && !named.any(|call| time.contains(&call.at))
        };
        then.filter(cancels).filter(|told| !of_others(told)).cloned().collect()
    }

    /// Whether something is found in a body or a header of anything that came. Each arrival is searched
    /// once, as long as what is looked for stays the same.
    #[must_use]
    pub fn holds(&self, found_in: impl Fn(&[u8]) -> bool) -> bool {
        let mut kept = self.kept();
        let (searched, found) = (kept.searched, kept.found);
        let new = kept.arrivals.get(searched..).unwrap_or_default();
        let found = found || new.iter().any(|arrival| arrival.parts().any(&found_in));
        (kept.searched, kept.found) = (kept.arrivals.len(), found);
        found
    }

    /// Notes that an unusual list of tools was given.
    pub(super) fn show(&self, shown: Shown) {
        let mut kept = self.kept();
        kept.bytes += COST;
        if kept.bytes > MOST {
            kept.lost = true;
        } else {
            kept.shown.push(shown);
        }
    }

    /// The unusual lists of tools that were given for calls with these canaries.
    #[must_use]
    pub fn shown(&self, texts: &[&str]) -> Vec<Shown> {
        let kept = self.kept();
        kept.shown.iter().filter(|it| texts.contains(&it.text.as_str())).cloned().collect()
    }

    /// What the schemas that were listed for calls with these canaries have led a target to.
    #[must_use]
    pub fn misled(&self, texts: &[&str]) -> Option<&'static str> {
        let kept = self.kept();
        kept.arrivals.iter().find_map(|arrival| arrival.misled(texts))
    }

    /// Everything that is kept, which is forgotten thereby.
    #[must_use]
    pub fn take(&self) -> Vec<Arrival> {
        let mut kept = self.kept();
        (kept.bytes, kept.searched) = (0, 0);
        kept.unasked.clear();
        kept.shown.clear();
        std::mem::take(&mut kept.arrivals)
    }

    /// Whether nothing has come that is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept().arrivals.is_empty()
    }

    /// Whether all that came was kept; else there was no room for it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.kept().lost
    }

    /// Notes that there was no stream on which the request with this id could have been asked.
    pub(super) fn leave_unasked(&self, id: String) {
        let mut kept = self.kept();
        kept.bytes += COST;
        if kept.bytes > MOST {
            kept.lost = true;
        } else {
            kept.unasked.insert(id);
        }
    }

    /// Whether the upstream wanted to ask with this id and had no stream for it.
    #[must_use]
    pub fn is_unasked(&self, id: &str) -> bool {
        self.kept().unasked.contains(id)
    }

    /// Waits until an answer to the request with this id has come.
    pub(super) async fn answered(&self, id: &str) {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if self.kept().arrivals.iter().any(|arrival| answers(arrival, id)) {
                return;
            }
            news.await;
        }
    }
}

/// Whether it answers the request with this id.
fn answers(arrival: &Arrival, id: &str) -> bool {
    let Some(message) = &arrival.message else { return false };
    message.get("method").is_none() && message.get("id").and_then(Json::as_str) == Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancellations_are_those_of_the_same_time() {
        let journal = Journal::default();
        let told = |at: f64, body: &str| {
            let (method, body) = ("POST".to_owned(), body.as_bytes().to_vec());
            let message = crate::wire::json::parse(&body).ok();
            journal.add(Arrival {
                at,
                method,
                path: String::new(),
                headers: Vec::new(),
                body,
                message,
            });
        };
        let call = |at: f64, id: u32| told(at, &format!(r#"{{"id":{id},"method":"tools/call"}}"#));
        let cancel = |at: f64, id: u32| {
            let params = format!(r#"{{"requestId":{id}}}"#);
            told(at, &format!(r#"{{"method":"notifications/cancelled","params":{params}}}"#));
        };
        call(1.0, 1);
        call(2.0, 2);
        call(4.0, 3);
        [1, 2, 3, 9].into_iter().for_each(|id| cancel(4.5, id));
        cancel(9.0, 2);
        let kept = journal.cancelled(&(1.5..3.0), 2.0);
        let named =
            |told: &Arrival| Some(told.message.as_ref()?.pointer("/params/requestId")?.to_text());
        let named: Vec<_> = kept.iter().filter_map(named).collect();
        assert_eq!(named, ["2", "9"]);
    }

    #[test]
    fn more_than_there_is_room_for_is_not_kept_and_told() {
        let journal = Journal::default();
        for fits in [true, false] {
            let body = vec![b'x'; MOST / 8 + COST];
            let (method, headers) = ("POST".to_owned(), Vec::new());
            journal.add(Arrival {
                at: 0.0,
                method,
                path: String::new(),
                headers,
                body,
                message: None,
            });
            assert_eq!((journal.is_whole(), journal.kept().arrivals.len()), (fits, 1));
        }
    }
}

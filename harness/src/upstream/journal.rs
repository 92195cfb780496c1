//! Everything that reached the upstream, in order, within bounds.

use std::collections::{BTreeMap, BTreeSet};
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

/// A request of ours, and how its answer is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// The text of the call that made us ask.
    pub(super) by: String,
    /// Its id.
    pub(super) id: Json,
    /// The session in which its id is ours; none where no other request of ours has it.
    pub(super) session: Option<String>,
}

impl Asked {
    /// Whether this is an answer to it, good or bad.
    fn is_answered_by(&self, arrival: &Arrival) -> bool {
        let session = arrival.header("mcp-session-id");
        let own = self.session.is_none() || session.is_none() || session == self.session.as_deref();
        own && is_answer(arrival) && arrival.id().is_some_and(|id| same(id, &self.id))
    }
}

/// Whether it is a message without a method: all that it can be is an answer.
fn is_answer(arrival: &Arrival) -> bool {
    arrival.message.as_ref().is_some_and(|message| message.get("method").is_none())
}

/// Whether two ids are the same; numbers may be written in several ways.
fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one.same_value(other),
        (one, other) => one == other,
    }
}

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
    /// Texts of calls for whose request of ours no stream stood open.
    unasked: BTreeSet<String>,
    /// Texts of the calls whose connection was closed while they ran.
    dropped: BTreeSet<String>,
    /// The last request of ours that a call made us ask, by the text of the call.
    asked: BTreeMap<String, Asked>,
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
        kept.dropped.clear();
        kept.asked.clear();
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

    /// Notes that there was no stream on which a call with this text could have made us ask.
    pub(super) fn leave_unasked(&self, by: String) {
        let mut kept = self.kept();
        if kept.has_room() {
            kept.unasked.insert(by);
        }
    }

    /// Whether the upstream wanted to ask in a call with this text and had no stream for it.
    #[must_use]
    pub fn is_unasked(&self, by: &str) -> bool {
        self.kept().unasked.contains(by)
    }

    /// Notes that the connection of the call with this text was closed while it ran.
    pub(super) fn leave_dropped(&self, text: String) {
        let mut kept = self.kept();
        kept.bytes += COST;
        if kept.bytes > MOST {
            kept.lost = true;
        } else {
            kept.dropped.insert(text);
        }
    }

    /// Whether the connection of the call with this text was closed while it ran.
    #[must_use]
    pub fn is_dropped(&self, text: &str) -> bool {
        self.kept().dropped.contains(text)
    }

    /// Notes that this is asked.
    pub(super) fn ask(&self, asked: &Asked) {
        let mut kept = self.kept();
        if kept.has_room() {
            kept.asked.insert(asked.by.clone(), asked.clone());
        }
    }

    /// The id with which a call with this text made us ask, and the answers that came in this time (seconds
    /// since the Unix epoch).
    #[must_use]
    pub fn asked(&self, by: &str, time: &Range<f64>) -> Option<(Json, Vec<Arrival>)> {
        let kept = self.kept();
        let asked = kept.asked.get(by)?;
        let then = kept.arrivals.iter().filter(|arrival| time.contains(&arrival.at));
        let answers = then.filter(|arrival| asked.is_answered_by(arrival)).cloned().collect();
        Some((asked.id.clone(), answers))
    }

    /// How many answers came in this time (seconds since the Unix epoch) to what we never asked.
    #[must_use]
    pub fn strays(&self, time: &Range<f64>) -> usize {
        let kept = self.kept();
        let then = kept.arrivals.iter().filter(|arrival| time.contains(&arrival.at));
        let answers = then.filter(|arrival| is_answer(arrival));
        answers.filter(|it| !kept.asked.values().any(|asked| asked.is_answered_by(it))).count()
    }

    /// Waits until an answer to a request of ours has come.
    pub(super) async fn answered(&self, asked: &Asked) {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if self.kept().arrivals.iter().any(|arrival| asked.is_answered_by(arrival)) {
                return;
            }
            news.await;
        }
    }
}

impl Kept {
    /// Makes room for what is noted beside the arrivals, if there is any.
    const fn has_room(&mut self) -> bool {
        self.bytes += COST;
        self.lost |= self.bytes > MOST;
        self.bytes <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(journal: &Journal, at: f64, session: &str, body: &str) {
        let headers = vec![crate::wire::envelope::Header::new("Mcp-Session-Id", session)];
        let (method, body) = ("POST".to_owned(), body.as_bytes().to_vec());
        let message = crate::wire::json::parse(&body).ok();
        journal.add(Arrival { at, method, path: String::new(), headers, body, message });
    }

    #[test]
    fn an_answer_has_the_id_and_the_session_of_what_was_asked() {
        let journal = Journal::default();
        let id = Json::number("3").unwrap();
        let session = Some("s1".to_owned());
        journal.ask(&Asked { by: "c1".to_owned(), id: id.clone(), session });
        came(&journal, 1.0, "s1", r#"{"id":3,"method":"tools/call"}"#);
        came(&journal, 2.0, "s1", r#"{"id":3,"result":{}}"#);
        came(&journal, 2.0, "s2", r#"{"id":3,"result":{}}"#);
        came(&journal, 2.0, "s1", r#"{"id":"3","result":{}}"#);
        came(&journal, 2.0, "s1", r#"{"id":null,"error":{}}"#);
        came(&journal, 9.0, "s1", r#"{"id":3,"result":{}}"#);
        let (asked, answers) = journal.asked("c1", &(0.0..5.0)).unwrap();
        assert_eq!((asked, answers.len()), (id, 1));
        assert_eq!(journal.asked("c2", &(0.0..5.0)), None);
        assert_eq!((journal.strays(&(0.0..5.0)), journal.strays(&(3.0..10.0))), (3, 0));
    }

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

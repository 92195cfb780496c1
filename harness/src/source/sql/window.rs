//! Which rows are known already: the rows of the window that every query looks at, and no others, so
//! that memory follows the traffic and not the length of the run.
//!
//! Knows no database and no clock.

use super::moment::Moment;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// Most rows of one window.
pub(super) const MAX_ROWS: usize = 1_000_000;

/// Most new rows that one pass asks for; what is beyond waits for the next.
pub(super) const MAX_WANTED: usize = 20_000;

/// What stands for a key; keys themselves may be long.
type Digest = [u8; 16];

/// What is known of the rows.
#[derive(Debug)]
pub(super) struct Window {
    /// The rows that were there when the last whole pass was made and are none of the next.
    seen: Arc<HashSet<Digest>>,
    /// The latest time of a row that has passed.
    latest: Option<Moment>,
    overlap: Duration,
}

impl Window {
    pub(super) fn new(overlap: Duration) -> Self {
        Self { seen: Arc::default(), latest: None, overlap }
    }

    /// The time of a row that is there already.
    pub(super) const fn begin_at(&mut self, latest: Option<Moment>) {
        self.latest = latest;
    }

    /// From when on rows are to be looked at; none for all.
    pub(super) fn since(&self) -> Option<Moment> {
        self.latest.map(|latest| latest.before(self.overlap))
    }

    /// Begins to look at the rows, at the time `now` of the database in microseconds since the epoch.
    pub(super) fn pass(&self, now: i64) -> Pass {
        Pass {
            seen: Some(Arc::clone(&self.seen)),
            rows: HashSet::new(),
            wanted: Vec::new(),
            latest: self.latest,
            now,
            stopped: None,
        }
    }

    /// Begins a pass that takes every row for known.
    pub(super) fn first_pass(&self, now: i64) -> Pass {
        Pass { seen: None, ..self.pass(now) }
    }

    /// Takes in what a pass has found; `fetched` holds the keys of the new rows that were read, and
    /// `whole` says that none was left.
    pub(super) fn end(&mut self, pass: Pass, fetched: &[String], whole: bool) {
        let Pass { seen, mut rows, wanted, latest, stopped, .. } = pass;
        drop(seen);
        let keyless = wanted.iter().filter(|wanted| wanted.key.is_none());
        let mut read: HashSet<Digest> = fetched.iter().map(|key| digest(Some(key), None)).collect();
        read.extend(keyless.map(|wanted| wanted.digest));
        if whole && stopped.is_none() {
            // What was in sight and is no more will not come back: the window only moves on.
            let gone = wanted.iter().filter(|wanted| !read.contains(&wanted.digest));
            gone.for_each(|wanted| {
                rows.remove(&wanted.digest);
            });
            self.seen = Arc::new(rows);
            self.latest = latest;
        } else {
            Arc::make_mut(&mut self.seen).extend(read);
        }
    }
}

/// A new row.
#[derive(Debug)]
struct Wanted {
    digest: Digest,
    /// None where it cannot be asked for by a key.
    key: Option<String>,
}

/// One look at the rows of the window, in order of their time.
#[derive(Debug)]
pub(super) struct Pass {
    /// None where every row is taken for known.
    seen: Option<Arc<HashSet<Digest>>>,
    rows: HashSet<Digest>,
    wanted: Vec<Wanted>,
    latest: Option<Moment>,
    now: i64,
    stopped: Option<Stop>,
}

/// Why a pass has not looked at all rows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Stop {
    /// So many new rows are enough for now.
    Enough,
    /// More than [`MAX_ROWS`].
    TooMany,
    /// Two rows have this key.
    Twice(String),
}

impl Pass {
    /// Takes the next row by its key and time. A key that is null, no text or too long is none.
    pub(super) fn take(&mut self, key: Option<&str>, time: Option<&str>) -> ControlFlow<()> {
        let digest = digest(key, time);
        let is_new = self.seen.as_ref().is_some_and(|seen| !seen.contains(&digest));
        self.stopped = if is_new && self.wanted.len() == MAX_WANTED {
            Some(Stop::Enough)
        } else if self.rows.len() == MAX_ROWS {
            Some(Stop::TooMany)
        } else if !self.rows.insert(digest) && key.is_some() {
            key.map(|key| Stop::Twice(key.to_owned()))
        } else {
            None
        };
        if self.stopped.is_some() {
            return ControlFlow::Break(());
        }
        // A row of the future, by mistake or malice, must not take the window with it.
        let time = time.and_then(Moment::read).filter(|time| time.micros <= self.now);
        if time.is_some_and(|time| self.latest.is_none_or(|latest| latest.micros < time.micros)) {
            self.latest = time;
        }
        if is_new {
            self.wanted.push(Wanted { digest, key: key.map(str::to_owned) });
        }
        ControlFlow::Continue(())
    }

    /// Why it stopped before the end.
    pub(super) const fn stopped(&self) -> Option<&Stop> {
        self.stopped.as_ref()
    }

    /// The keys of the new rows, in order.
    pub(super) fn keys(&self) -> Vec<String> {
        self.wanted.iter().filter_map(|wanted| wanted.key.clone()).collect()
    }

    /// How many new rows have no key by which they could be asked for.
    pub(super) fn keyless(&self) -> usize {
        self.wanted.iter().filter(|wanted| wanted.key.is_none()).count()
    }
}

/// Stands for a row by its key, or else by its time.
fn digest(key: Option<&str>, time: Option<&str>) -> Digest {
    let (kind, text) = key.map_or((b"t", time.unwrap_or_default()), |key| (b"k", key));
    let hash = Sha256::new().chain_update(kind).chain_update(text).finalize();
    let mut digest = Digest::default();
    digest.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    digest
}

#[cfg(test)]
mod tests {
    use super::{Pass, Stop, Window};
    use std::time::Duration;

    const NOW: i64 = 100_000_000;

    fn time(second: u32) -> String {
        format!("1970-01-01 00:00:{second:02}")
    }

    fn take(pass: &mut Pass, rows: &[(&str, u32)]) {
        for (key, second) in rows {
            assert!(pass.take(Some(key), Some(&time(*second))).is_continue(), "{key}");
        }
    }

    fn looked(window: &mut Window, rows: &[(&str, u32)]) -> Vec<String> {
        let mut pass = window.pass(NOW);
        take(&mut pass, rows);
        let keys = pass.keys();
        window.end(pass, &keys, true);
        keys
    }

    fn since(window: &Window) -> Option<String> {
        window.since().map(|since| since.to_text())
    }

    #[test]
    fn a_row_is_new_once_and_the_window_moves_on() {
        let mut window = Window::new(Duration::from_secs(5));
        assert_eq!(window.since(), None);
        let mut first = window.first_pass(NOW);
        take(&mut first, &[("old", 10)]);
        window.end(first, &[], true);
        assert_eq!(since(&window).as_deref(), Some("1970-01-01 00:00:05.000000"));
        assert_eq!(looked(&mut window, &[("late", 9), ("old", 10), ("a", 12)]), ["late", "a"]);
        assert_eq!(since(&window).as_deref(), Some("1970-01-01 00:00:07.000000"));
        assert_eq!(looked(&mut window, &[("late", 9), ("old", 10), ("a", 12)]), [""; 0]);
        assert_eq!(window.seen.len(), 3);
        assert_eq!(looked(&mut window, &[("a", 12), ("b", 20)]), ["b"]);
        assert_eq!(window.seen.len(), 2, "what left the window is forgotten");
    }

    #[test]
    fn a_row_that_was_not_read_is_asked_for_again() {
        let mut window = Window::new(Duration::ZERO);
        let mut pass = window.pass(NOW);
        take(&mut pass, &[("a", 1), ("b", 2)]);
        window.end(pass, &["a".to_owned()], false);
        assert_eq!(window.since(), None, "the window waits for the rest");
        let mut pass = window.pass(NOW);
        take(&mut pass, &[("a", 1), ("b", 2)]);
        assert_eq!(pass.keys(), ["b"]);
        window.end(pass, &[], true);
        assert_eq!(looked(&mut window, &[("b", 2)]), ["b"], "it may have been locked away");
    }

    #[test]
    fn a_time_in_the_future_does_not_move_the_window() {
        let mut window = Window::new(Duration::ZERO);
        let mut pass = window.pass(NOW);
        assert!(pass.take(Some("a"), Some("9999-01-01 00:00:00")).is_continue());
        assert!(pass.take(Some("b"), Some("infinity")).is_continue());
        assert!(pass.take(Some("c"), None).is_continue());
        take(&mut pass, &[("d", 3)]);
        let keys = pass.keys();
        assert_eq!(keys, ["a", "b", "c", "d"], "and yet it is read");
        window.end(pass, &keys, true);
        assert_eq!(since(&window).as_deref(), Some("1970-01-01 00:00:03.000000"));
    }

    #[test]
    fn rows_without_a_key_are_told_apart_by_their_time() {
        let mut window = Window::new(Duration::ZERO);
        let mut pass = window.pass(NOW);
        for second in [1, 2, 2] {
            assert!(pass.take(None, Some(&time(second))).is_continue());
        }
        assert_eq!((pass.keys().len(), pass.keyless()), (0, 3));
        window.end(pass, &[], true);
        let mut pass = window.pass(NOW);
        assert!(pass.take(None, Some(&time(2))).is_continue());
        assert_eq!(pass.keyless(), 0);
    }

    #[test]
    fn two_rows_of_one_key_are_noticed_and_new_rows_bounded() {
        let mut pass = Window::new(Duration::ZERO).pass(NOW);
        take(&mut pass, &[("a", 1)]);
        assert!(pass.take(Some("a"), Some(&time(2))).is_break());
        assert_eq!(pass.stopped(), Some(&Stop::Twice("a".to_owned())));

        let mut window = Window::new(Duration::ZERO);
        let mut pass = window.pass(NOW);
        let mut count = 0;
        while pass.take(Some(&count.to_string()), Some(&time(1))).is_continue() {
            count += 1;
        }
        assert_eq!((pass.stopped(), count), (Some(&Stop::Enough), super::MAX_WANTED));
        let keys = pass.keys();
        window.end(pass, &keys, true);
        assert_eq!(window.since(), None, "the rest waits");
    }
}

//! Records that are found by their time: a window that moves on, is read again at every poll, and gives each
//! record once.
//!
//! Sends nothing and knows no clock.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// Most records of one window.
const MAX_RECORDS: usize = 1_000_000;

/// Most pages of one pass.
const MAX_PAGES: u64 = 10_000;

/// What was read of the window.
#[derive(Debug)]
pub(super) struct Window {
    /// Seconds that a record may be written after its time.
    overlap: f64,
    /// When the last whole pass began, seconds since the Unix epoch.
    passed: f64,
    /// The pass that is under way.
    pass: Option<Pass>,
    /// Keys of the records of the last pass and of that before: one may leave out what is written meanwhile.
    known: [HashSet<u64>; 2],
    state: RandomState,
}

/// One reading of the window, page by page.
#[derive(Debug)]
struct Pass {
    began: f64,
    since: f64,
    records: u64,
    pages: u64,
    /// Records of the longest page.
    longest: usize,
    seen: HashSet<u64>,
}

/// Where the next page begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct At {
    /// Seconds since the Unix epoch.
    pub(super) since: f64,
    /// Records of the pages before.
    pub(super) offset: u64,
    /// Number of the page, from 1.
    pub(super) page: u64,
}

impl Window {
    /// A window of which nothing is read; `now` in seconds since the Unix epoch.
    pub(super) fn new(now: f64, overlap: f64) -> Self {
        let known = [HashSet::new(), HashSet::new()];
        Self { overlap, passed: now, pass: None, known, state: RandomState::new() }
    }

    /// Where the next page begins; a new pass begins where none is under way.
    pub(super) fn next(&mut self, now: f64) -> At {
        let since = (self.passed - self.overlap).max(0.0);
        let pass = self.pass.get_or_insert_with(|| Pass {
            began: now,
            since,
            records: 0,
            pages: 0,
            longest: 0,
            seen: HashSet::new(),
        });
        At { since: pass.since, offset: pass.records, page: pass.pages + 1 }
    }

    /// Takes a page by the keys of its records: which of them are new, and whether the pass is to end, since
    /// the page is empty, shorter than one before, or nothing on it was not on a page before. A target that
    /// records our own questions has one more record with each, and never an empty page.
    pub(super) fn take<'k>(
        &mut self,
        keys: impl Iterator<Item = &'k str>,
    ) -> Result<(Vec<bool>, bool), String> {
        let Some(pass) = &mut self.pass else { return Ok((Vec::new(), true)) };
        let (mut fresh, mut any) = (Vec::new(), false);
        for key in keys {
            let key = self.state.hash_one(key);
            let first = pass.seen.insert(key);
            any |= first;
            fresh.push(first && !self.known.iter().any(|known| known.contains(&key)));
        }
        pass.records += u64::try_from(fresh.len()).unwrap_or(u64::MAX);
        pass.pages += 1;
        if pass.seen.len() > MAX_RECORDS {
            return Err(format!("more than {MAX_RECORDS} records since the run began"));
        }
        if pass.pages > MAX_PAGES {
            return Err("its pages have no end".to_owned());
        }
        let alone = fresh.len() == 1 && pass.pages > 1;
        let last = fresh.len() < pass.longest || alone;
        pass.longest = pass.longest.max(fresh.len());
        Ok((fresh, last || !any))
    }

    /// The pass is over: the window moves on.
    pub(super) fn close(&mut self) {
        if let Some(pass) = self.pass.take() {
            self.passed = pass.began;
            let [last, before] = &mut self.known;
            *before = std::mem::replace(last, pass.seen);
        }
    }

    /// Gives up a pass that failed; the next one begins where this one did.
    pub(super) fn give_up(&mut self) {
        if let Some(pass) = self.pass.take() {
            // What it gave is not given again.
            let [last, _] = &mut self.known;
            last.extend(pass.seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{At, Window};

    fn take(window: &mut Window, keys: &[&str]) -> (Vec<bool>, bool) {
        window.take(keys.iter().copied()).expect("bounded")
    }

    #[test]
    fn each_key_is_new_once_and_the_window_moves() {
        let mut window = Window::new(100.0, 30.0);
        assert_eq!(window.next(101.0), At { since: 70.0, offset: 0, page: 1 });
        assert_eq!(take(&mut window, &["a", "b"]), (vec![true, true], false));
        assert_eq!(window.next(102.0), At { since: 70.0, offset: 2, page: 2 });
        assert_eq!(take(&mut window, &["b", "c"]), (vec![false, true], false));
        assert_eq!(take(&mut window, &["b", "a"]), (vec![false, false], true), "repeated pages");
        window.close();
        assert_eq!(window.next(110.0), At { since: 71.0, offset: 0, page: 1 });
        assert_eq!(take(&mut window, &["d", "a"]), (vec![true, false], false));
        assert_eq!(take(&mut window, &[]), (vec![], true));
    }

    #[test]
    fn a_pass_ends_where_only_our_own_questions_go_on() {
        let mut window = Window::new(0.0, 30.0);
        window.next(1.0);
        assert!(!take(&mut window, &["a", "b", "c"]).1);
        assert_eq!(take(&mut window, &["question"]), (vec![true], true));
        window.close();
        window.next(2.0);
        assert!(!take(&mut window, &["first"]).1, "a page may hold one record");
        assert!(take(&mut window, &["question 2"]).1);
    }

    #[test]
    fn what_one_pass_leaves_out_is_not_new_in_the_next_but_is_forgotten_then() {
        let mut window = Window::new(0.0, 0.0);
        for (keys, new) in [
            (&["a"][..], &[true][..]),
            (&[], &[]),
            (&["a"], &[false]),
            (&[], &[]),
            (&[], &[]),
            (&["a"], &[true]),
        ] {
            window.next(0.0);
            assert_eq!(take(&mut window, keys).0, new);
            window.close();
        }
        assert!(window.known.iter().all(|known| known.len() <= 1));
    }

    #[test]
    fn a_pass_that_failed_is_made_again_and_gives_nothing_twice() {
        let mut window = Window::new(50.0, 10.0);
        window.next(60.0);
        assert_eq!(take(&mut window, &["a"]).0, [true]);
        window.give_up();
        assert_eq!(window.next(70.0).since, 40.0);
        assert_eq!(take(&mut window, &["a", "b"]).0, [false, true]);
    }

    #[test]
    fn pages_without_an_end_are_refused() {
        let mut window = Window::new(0.0, 0.0);
        window.next(0.0);
        let error =
            (0..20_000).find_map(|page| window.take([page.to_string().as_str()].into_iter()).err());
        assert!(error.is_some_and(|error| error.contains("no end")));
    }
}

//! When a case is sent: beside others, by itself, or when all others are done.

use super::Run;
use crate::case::Case;
use crate::target::facts::Facts;

/// When a case is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Turn {
    /// Beside others.
    Together,
    /// By itself.
    Alone,
    /// When all others are done.
    Last,
}

impl Turn {
    /// In the order in which they come.
    pub(super) const ALL: [Self; 3] = [Self::Together, Self::Alone, Self::Last];

    const fn of(case: &Case) -> Self {
        match (case.alone, case.last) {
            (false, _) => Self::Together,
            (true, false) => Self::Alone,
            (true, true) => Self::Last,
        }
    }
}

impl Run {
    /// The jobs: every case under every revision and transport that it names and the target speaks.
    pub(super) fn jobs(&self, turn: Turn) -> Vec<(usize, usize)> {
        let mut jobs = Vec::new();
        let cases = self.plan.cases.iter().enumerate();
        for (at, case) in cases.filter(|(_, case)| Turn::of(case) == turn) {
            let speaks = |(_, facts): &(usize, &Facts)| facts.speaks(case);
            jobs.extend(self.facts.iter().enumerate().filter(speaks).map(|(facts, _)| (at, facts)));
        }
        jobs
    }
}

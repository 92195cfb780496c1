//! Sums up a verdict in three answers and a run in one word. Knows no format.

use super::model::{Outcome, Report, Verdict};

/// The three questions of the harness about one case, each with the most severe outcome of its
/// checks; not applicable where none was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Answers {
    /// Was it answered as required, and is the target unharmed: every family but the two below.
    pub answered: Outcome,
    /// Does the answer carry the id of its request: family `correlated.`.
    pub correlated: Outcome,
    /// Did it leave the right record: family `audited.`.
    pub audited: Outcome,
}

/// The three answers of a verdict. A failure that a baseline explains is shown as one.
#[must_use]
pub fn answers(verdict: &Verdict) -> Answers {
    let worst = |wanted: Question| {
        let made = verdict.checks.iter().filter(|check| question(&check.check) == wanted);
        let worst = made.map(|check| check.outcome).max().unwrap_or_else(|| unasked(verdict));
        match (worst, verdict.outcome) {
            (Outcome::Fail, Outcome::ExpectedFail) => Outcome::ExpectedFail,
            _ => worst,
        }
    };
    Answers {
        answered: worst(Question::Answered),
        correlated: worst(Question::Correlated),
        audited: worst(Question::Audited),
    }
}

/// The first folder of a case id, by which reports group.
#[must_use]
pub fn folder(case: &str) -> &str {
    case.split('/').next().unwrap_or(case)
}

/// The run in one word, worst first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overall {
    /// At least one violation.
    Fail,
    /// The run was interrupted; what it reached did not fail.
    Incomplete,
    /// At least one verdict that says nothing.
    Untestable,
    /// Not one case was judged.
    Nothing,
    /// No violation, but warnings.
    Warn,
    /// As required, or as a baseline explains.
    Pass,
}

impl Overall {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "FAIL",
            Self::Incomplete => "INCOMPLETE",
            Self::Untestable => "UNTESTABLE",
            Self::Nothing => "NOTHING TESTED",
            Self::Warn => "PASS WITH WARNINGS",
            Self::Pass => "PASS",
        }
    }

    /// The outcome of a case that is as bad, for its colour.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Fail => Outcome::Fail,
            Self::Incomplete | Self::Untestable | Self::Nothing => Outcome::Untestable,
            Self::Warn => Outcome::Warn,
            Self::Pass => Outcome::Pass,
        }
    }
}

/// The word for a whole run, by its totals.
#[must_use]
pub const fn overall(report: &Report) -> Overall {
    let totals = &report.totals;
    if totals.fail > 0 {
        Overall::Fail
    } else if !report.header.complete {
        Overall::Incomplete
    } else if totals.untestable > 0 {
        Overall::Untestable
    } else if totals.warn > 0 {
        Overall::Warn
    } else if totals.pass == 0 && totals.expected_fail == 0 {
        Overall::Nothing
    } else {
        Overall::Pass
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Question {
    Answered,
    Correlated,
    Audited,
}

/// The question that a check belongs to. An unknown family counts as `answered`, so that no
/// failure is without a column.
fn question(check: &str) -> Question {
    match check.split('.').next() {
        Some("correlated") => Question::Correlated,
        Some("audited") => Question::Audited,
        _ => Question::Answered,
    }
}

/// The answer to a question without checks: that of the whole verdict where nothing at all was
/// checked, else not applicable.
const fn unasked(verdict: &Verdict) -> Outcome {
    match (verdict.checks.is_empty(), verdict.outcome) {
        (true, Outcome::Untestable) => Outcome::Untestable,
        _ => Outcome::NotApplicable,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn of(outcome: Outcome, checks: &[(&str, Outcome)]) -> [Outcome; 3] {
        let mut verdict = sample::verdict("jsonrpc/id/bool", "2025-11-25", outcome);
        verdict.checks =
            checks.iter().map(|(check, outcome)| sample::check(check, *outcome, "x")).collect();
        let Answers { answered, correlated, audited } = answers(&verdict);
        [answered, correlated, audited]
    }

    #[test]
    fn the_most_severe_check_of_a_family_is_its_answer() {
        let found = of(
            Outcome::Fail,
            &[
                ("answered.reply", Outcome::Pass),
                ("leak.secret", Outcome::Warn),
                ("isolation.session", Outcome::Pass),
                ("correlated.id", Outcome::Fail),
                ("audited.record", Outcome::Pass),
                ("audited.call-type", Outcome::NotApplicable),
            ],
        );
        assert_eq!(found, [Outcome::Warn, Outcome::Fail, Outcome::Pass]);
    }

    #[test]
    fn every_family_has_a_column() {
        for check in ["transport.status", "upstream.calls", "novel.check", "odd"] {
            let found = of(Outcome::Fail, &[(check, Outcome::Fail)]);
            assert_eq!(found, [Outcome::Fail, Outcome::NotApplicable, Outcome::NotApplicable]);
        }
    }

    #[test]
    fn a_verdict_without_checks_answers_for_all() {
        assert_eq!(of(Outcome::Untestable, &[]), [Outcome::Untestable; 3]);
        assert_eq!(of(Outcome::NotApplicable, &[]), [Outcome::NotApplicable; 3]);
    }

    #[test]
    fn a_baseline_is_seen_in_the_answers() {
        let found = of(Outcome::ExpectedFail, &[("correlated.id", Outcome::Fail)]);
        assert_eq!(found[1], Outcome::ExpectedFail);
    }

    #[test]
    fn the_worst_total_names_the_run() {
        let mut report = sample::empty();
        assert_eq!(overall(&report), Overall::Nothing);
        report.totals.pass = 1;
        assert_eq!(overall(&report), Overall::Pass);
        report.totals.warn = 1;
        assert_eq!(overall(&report), Overall::Warn);
        report.totals.untestable = 1;
        assert_eq!(overall(&report), Overall::Untestable);
        report.header.complete = false;
        assert_eq!(overall(&report), Overall::Incomplete);
        report.totals.fail = 1;
        assert_eq!(overall(&report), Overall::Fail);
        assert_eq!(folder("jsonrpc/id/bool"), "jsonrpc");
        assert_eq!(folder("README"), "README");
    }
}

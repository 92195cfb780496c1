//! `--strict`: what only warns is a failure.

use crate::report::model::{Check, Outcome};

/// What is written behind an answer that fails for being strict alone.
const MARK: &str = " (without --strict a warning)";

/// Turns every warning into a failure, and says so where it is read.
pub fn harden(checks: &mut [Check]) {
    for check in checks.iter_mut().filter(|check| check.outcome == Outcome::Warn) {
        check.outcome = Outcome::Fail;
        check.actual.push_str(MARK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::check::{CheckId, Findings};

    #[test]
    fn only_warnings_are_hardened() {
        let mut findings = Findings::new("should".to_owned());
        for outcome in [Outcome::Pass, Outcome::Warn, Outcome::Untestable] {
            findings.add(CheckId::Reply, outcome, "a", "b");
        }
        let mut checks = findings.into_checks();
        harden(&mut checks);
        let seen: Vec<_> =
            checks.iter().map(|check| (check.outcome, check.actual.as_str())).collect();
        let hardened = (Outcome::Fail, "b (without --strict a warning)");
        assert_eq!(seen, [(Outcome::Pass, "b"), hardened, (Outcome::Untestable, "b")]);
    }
}

//! Folds the verdicts on one case over the revisions where they agree. Knows no format.

use super::detail::troubled;
use super::model::{Report, Verdict};
use super::normalise::normalise;
use std::collections::HashMap;

/// Verdicts on one case over one transport that agree, as one.
#[derive(Clone, Debug)]
pub struct Folded<'a> {
    /// The verdict under the first of the revisions, for all of them.
    pub verdict: &'a Verdict,
    /// The revisions: `all`, one, a range (`2025-03-26..2025-11-25`) or a list.
    pub revisions: String,
}

/// One verdict and all that agree with it.
struct Class<'a, K> {
    key: K,
    verdicts: Vec<&'a Verdict>,
}

/// Folds verdicts with the same case, transport and `key`. Cases stand in the order of their first
/// verdict, within a case the classes in the order of theirs.
pub fn fold<'a, K, F>(report: &'a Report, key: F) -> Vec<Folded<'a>>
where
    K: PartialEq,
    F: Fn(&Verdict) -> K,
{
    let mut places = HashMap::new();
    let mut cases: Vec<Vec<Class<'a, K>>> = Vec::new();
    for verdict in &report.verdicts {
        let next = cases.len();
        let place = *places
            .entry((&verdict.case, &verdict.transport, &verdict.requirement))
            .or_insert(next);
        if place == next {
            cases.push(Vec::new());
        }
        if let Some(classes) = cases.get_mut(place) {
            join(classes, key(verdict), verdict);
        }
    }
    let covered = &report.header.revisions;
    cases.iter().flatten().filter_map(|class| folded(class, covered)).collect()
}

/// What two verdicts must share so that one description of what went wrong serves both: outcome,
/// reason, and every check that did not pass with its texts, without what differs from run to run.
#[must_use]
pub fn same_trouble(verdict: &Verdict) -> Vec<String> {
    let reason = verdict.reason.as_deref().map(normalise).unwrap_or_default();
    let mut key = vec![verdict.outcome.as_str().to_owned(), reason];
    for check in troubled(verdict) {
        key.push(check.check.clone());
        key.push(check.outcome.as_str().to_owned());
        key.push(normalise(&check.expected));
        key.push(normalise(&check.actual));
    }
    key
}

/// Whether the report has verdicts over more than one transport, so that rows must name theirs.
#[must_use]
pub fn has_several_transports(report: &Report) -> bool {
    let mut transports = report.verdicts.iter().map(|verdict| &verdict.transport);
    let first = transports.next();
    transports.any(|transport| Some(transport) != first)
}

fn join<'a, K: PartialEq>(classes: &mut Vec<Class<'a, K>>, key: K, verdict: &'a Verdict) {
    match classes.iter_mut().find(|class| class.key == key) {
        Some(class) => class.verdicts.push(verdict),
        None => classes.push(Class { key, verdicts: vec![verdict] }),
    }
}

fn folded<'a, K>(class: &Class<'a, K>, covered: &[String]) -> Option<Folded<'a>> {
    let verdict = *class.verdicts.first()?;
    let revisions: Vec<&str> =
        class.verdicts.iter().map(|verdict| verdict.revision.as_str()).collect();
    Some(Folded { verdict, revisions: label(&revisions, covered) })
}

/// How a set of revisions is written, given those that the run covered.
fn label(revisions: &[&str], covered: &[String]) -> String {
    let mut sorted = revisions.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut every: Vec<&str> = covered.iter().map(String::as_str).collect();
    every.sort_unstable();
    match sorted.as_slice() {
        [one] => (*one).to_owned(),
        all if all == every => "all".to_owned(),
        [first, .., last] if every.windows(sorted.len()).any(|run| run == sorted) => {
            format!("{first}..{last}")
        }
        list => list.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Outcome;
    use super::super::sample;
    use super::*;

    fn labels(outcomes: &[(&str, Outcome)]) -> Vec<(String, Outcome)> {
        let mut report = sample::empty();
        for (revision, outcome) in outcomes {
            report.verdicts.push(sample::verdict("jsonrpc/id/bool", revision, *outcome));
        }
        let folded = fold(&report, |verdict| verdict.outcome);
        folded.into_iter().map(|row| (row.revisions, row.verdict.outcome)).collect()
    }

    #[test]
    fn equal_revisions_become_one_row() {
        let [a, b, c] = sample::REVISIONS;
        let all = labels(&[(a, Outcome::Pass), (b, Outcome::Pass), (c, Outcome::Pass)]);
        assert_eq!(all, [("all".to_owned(), Outcome::Pass)]);
        let later = labels(&[(a, Outcome::Fail), (c, Outcome::Pass), (b, Outcome::Pass)]);
        assert_eq!(later, [(a.to_owned(), Outcome::Fail), (format!("{b}..{c}"), Outcome::Pass)]);
        let apart = labels(&[(a, Outcome::Pass), (b, Outcome::Fail), (c, Outcome::Pass)]);
        assert_eq!(apart, [(format!("{a}, {c}"), Outcome::Pass), (b.to_owned(), Outcome::Fail)]);
    }

    #[test]
    fn a_run_of_one_revision_names_it() {
        assert_eq!(label(&["2025-11-25"], &["2025-11-25".to_owned()]), "2025-11-25");
    }

    #[test]
    fn cases_and_transports_are_never_mixed() {
        let mut report = sample::empty();
        let http = sample::verdict("jsonrpc/id/bool", sample::REVISIONS[0], Outcome::Pass);
        let mut stdio = http.clone();
        stdio.transport = "stdio".to_owned();
        let other = sample::verdict("jsonrpc/id/null", sample::REVISIONS[0], Outcome::Pass);
        report.verdicts = vec![http.clone(), other, http];
        assert_eq!(fold(&report, |verdict| verdict.outcome).len(), 2);
        assert!(!has_several_transports(&report));
        report.verdicts.push(stdio);
        assert_eq!(fold(&report, |verdict| verdict.outcome).len(), 3);
        assert!(has_several_transports(&report));
    }

    #[test]
    fn trouble_is_the_same_in_spite_of_a_key() {
        let mut one = sample::verdict("jsonrpc/id/bool", sample::REVISIONS[0], Outcome::Fail);
        one.checks = vec![sample::check("answered.reply", Outcome::Fail, "id gauntletabx1")];
        let mut two = one.clone();
        two.checks[0].actual = "id gauntletcdx2".to_owned();
        assert_eq!(same_trouble(&one), same_trouble(&two));
        two.checks[0].actual = "nothing".to_owned();
        assert_ne!(same_trouble(&one), same_trouble(&two));
    }
}

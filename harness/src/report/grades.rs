//! How much the records of a run tell, summed up by source and call type. Knows no format.

use std::collections::BTreeMap;

use super::model::{Grade, Report};

/// Number of rungs of a grade.
pub const RUNGS: usize = 8;

/// Of so many messages the record was asked for something, and of so many it told it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Told {
    /// It was told.
    pub told: u64,
    /// It was asked.
    pub asked: u64,
}

/// What the records of one call type tell in one source.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Row {
    /// Each rung, from the lowest.
    pub rungs: [Told; RUNGS],
}

impl Row {
    /// How many rungs from the lowest are told of every message. A rung that is never asked about holds
    /// nobody up.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.rungs.iter().take_while(|rung| rung.told == rung.asked).count()
    }

    fn add(&mut self, grade: &Grade) {
        for (sum, (_, told)) in self.rungs.iter_mut().zip(grade.rungs()) {
            sum.asked += u64::from(told.is_some());
            sum.told += u64::from(told == Some(true));
        }
    }
}

/// The rows by source (empty where there is one) and call type. Messages whose record is optional and
/// absent are in none of them.
#[must_use]
pub fn grades(report: &Report) -> BTreeMap<(&str, &str), Row> {
    let mut rows: BTreeMap<(&str, &str), Row> = BTreeMap::new();
    for grade in report.verdicts.iter().flat_map(|verdict| &verdict.grades) {
        rows.entry((&grade.source, &grade.call_type)).or_default().add(grade);
    }
    rows
}

/// The names of the rungs, from the lowest.
#[must_use]
pub fn names() -> [&'static str; RUNGS] {
    Grade::default().rungs().map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::super::model::Outcome;
    use super::super::sample;
    use super::*;

    #[test]
    fn grades_are_summed_by_call_type() {
        let mut report = sample::empty();
        let grade = |call_type: &str, recorded, code| Grade {
            call_type: call_type.to_owned(),
            recorded,
            code,
            once: recorded.then_some(true),
            ..Grade::default()
        };
        let mut verdict = sample::verdict("a/b", "2025-11-25", Outcome::Pass);
        verdict.grades = vec![
            grade("call_mcp_tool", true, Some(true)),
            grade("call_mcp_tool", true, Some(false)),
            grade("call_mcp_tool", false, None),
            grade("mcp_ping", true, None),
        ];
        report.verdicts = vec![verdict];
        let rows = grades(&report);
        let call = &rows[&("", "call_mcp_tool")];
        assert_eq!(call.rungs[0], Told { told: 2, asked: 3 });
        assert_eq!(call.rungs[2], Told { told: 1, asked: 2 });
        assert_eq!(call.rungs[7], Told { told: 2, asked: 2 });
        assert_eq!(call.reached(), 0);
        assert_eq!(rows[&("", "mcp_ping")].reached(), RUNGS);
    }
}

//! What the cases of a catalogue permit, for messages that nobody wrote down and that are like one of
//! them.

use std::collections::BTreeMap;

use super::Case;
use super::expectation::Expectation;

/// Expectations by the ids of their cases.
#[derive(Clone, Debug, Default)]
pub struct Models(BTreeMap<String, Expectation>);

impl Models {
    /// Those of these cases.
    #[must_use]
    pub fn of(cases: &[Case]) -> Self {
        let model = |case: &Case| (case.id.clone(), case.expectation.clone());
        Self(cases.iter().map(model).collect())
    }

    /// What a message like that case may be answered with; none where there is no such case.
    #[must_use]
    pub fn like(&self, case: &str) -> Option<Expectation> {
        let model = self.0.get(case)?.clone();
        let Expectation { replies, on_stdio, headers, record, switch, .. } = model;
        let (any_revision, rest) = (true, Expectation::default());
        Some(Expectation { replies, on_stdio, headers, record, switch, any_revision, ..rest })
    }
}

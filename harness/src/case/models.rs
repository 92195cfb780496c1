//! What the cases of a catalogue permit, for messages that nobody wrote down and that are like one of
//! them.

use std::collections::BTreeMap;

use super::Case;
use super::expectation::Expectation;

/// Requirements and expectations by the ids of their cases.
#[derive(Clone, Debug, Default)]
pub struct Models(BTreeMap<String, (String, Expectation)>);

impl Models {
    /// Those of these cases.
    #[must_use]
    pub fn of(cases: &[Case]) -> Self {
        let model = |case: &Case| (case.requirement.clone(), case.expectation.clone());
        Self(cases.iter().map(|case| (case.id.clone(), model(case))).collect())
    }

    /// The requirement that a case is about.
    #[must_use]
    pub fn requirement(&self, case: &str) -> Option<&str> {
        Some(self.0.get(case)?.0.as_str())
    }

    /// What a message like that case may be answered with; none where there is no such case.
    #[must_use]
    pub fn like(&self, case: &str) -> Option<Expectation> {
        let (_, model) = self.0.get(case)?.clone();
        let Expectation { replies, on_stdio, headers, record, switch, .. } = model;
        let (any_revision, rest) = (true, Expectation::default());
        Some(Expectation { replies, on_stdio, headers, record, switch, any_revision, ..rest })
    }
}

//! What a campaign sends: cases of which nobody knows the class but by their bytes.

use crate::case::class::Class;
use crate::case::expectation::Expectation;
use crate::case::recipe::{Base, Recipe};
use crate::case::requirement::Level;
use crate::case::text::summary;
use crate::case::{Case, Need, Stimulus};
use crate::generate::deal::requirement;
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// What the ids of mutated messages begin with.
pub(crate) const MUTATED: &str = "fuzz/";

/// The mutated message of that number under a revision.
pub(crate) fn mutated(number: u64, revision: Revision, recipe: Recipe) -> Case {
    let title = summary(&recipe);
    let needs = needs(recipe.base);
    let id = format!("{MUTATED}{number:06}");
    let mut case = blank(id, revision);
    (case.title, case.needs, case.stimulus.recipe) = (title, needs, recipe);
    case
}

/// A case with another recipe. What is mutated needs no more than its recipe does.
pub(crate) fn with_recipe(case: &Case, recipe: Recipe) -> Case {
    let mut case = case.clone();
    case.title = summary(&recipe);
    if case.expectation.several {
        case.needs = needs(recipe.base);
    }
    case.stimulus.recipe = recipe;
    case
}

/// A case that sends a bare request.
pub(crate) fn blank(id: String, revision: Revision) -> Case {
    Case {
        id,
        title: String::new(),
        note: String::new(),
        requirement: requirement(None, Class::Request, revision).to_owned(),
        also: Vec::new(),
        level: Level::Must,
        revisions: vec![revision],
        transports: vec![Transport::Http, Transport::Stdio],
        needs: Vec::new(),
        alone: false,
        last: false,
        stimulus: Stimulus::bare(Class::Request),
        expectation: Expectation { several: true, ..Expectation::default() },
    }
}

/// What a target must offer to be sent a base.
fn needs(base: Base) -> Vec<Need> {
    match base {
        Base::ToolsList => vec![Need::Tools],
        Base::ToolsCall => vec![Need::WorkingTool],
        _ => Vec::new(),
    }
}

/// What a case is after its bytes were read: fuzzed ones say nothing themselves.
pub(crate) fn read_as(case: &Case, class: Class) -> Case {
    let mut case = case.clone();
    case.stimulus.class = class;
    if let Some(revision) = case.revisions.first().filter(|_| case.id.starts_with(MUTATED)) {
        case.requirement = requirement(None, class, *revision).to_owned();
    }
    case
}

//! What `explain ID` prints of a case, a requirement, a check or a fault. Sends and prints nothing.

mod case;
mod check;
mod fault;
mod nearest;
mod page;
mod permits;
mod requirement;

use crate::case::switch::Switches;
use crate::catalogue::Catalogue;
use crate::oracle::check::CheckId;

/// An id that nobody has, with those that it may have been meant to be.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("nothing is called `{id}`: {hint}")]
pub struct UnknownId {
    id: String,
    hint: String,
}

/// What everything is explained from.
#[derive(Clone, Copy, Debug)]
pub struct Library<'a> {
    /// Cases and requirements.
    pub catalogue: &'a Catalogue,
    /// How disputed verdicts are decided.
    pub switches: &'a Switches,
    /// Columns of a line.
    pub width: usize,
}

/// The explanation of the one thing that has this id.
///
/// # Errors
/// [`UnknownId`] with the ids that come nearest.
pub fn explain(id: &str, library: Library<'_>) -> Result<String, UnknownId> {
    let catalogue = library.catalogue;
    if let Some(case) = catalogue.cases.iter().find(|case| case.id == id) {
        return Ok(case::explain(case, library));
    }
    let found = catalogue.requirements.iter().find(|(known, _)| known.eq_ignore_ascii_case(id));
    if let Some((_, requirement)) = found {
        return Ok(requirement::explain(requirement, library));
    }
    if let Some(check) = CheckId::ALL.into_iter().find(|check| check.as_str() == id) {
        return Ok(check::explain(check, library));
    }
    fault::explain(id, library).ok_or_else(|| unknown(id, catalogue))
}

fn unknown(id: &str, catalogue: &Catalogue) -> UnknownId {
    let cases = catalogue.cases.iter().map(|case| case.id.clone());
    let checks = CheckId::ALL.iter().map(ToString::to_string);
    let all = cases.chain(catalogue.requirements.keys().cloned()).chain(checks);
    let all: Vec<String> = all.chain(fault::names()).collect();
    let near = nearest::nearest(id, &all);
    let hint = if near.is_empty() {
        "`mcp-gauntlet list` prints the cases, and with --requirements, --checks or --faults the rest"
            .to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    UnknownId { id: id.to_owned(), hint }
}

#[cfg(test)]
mod tests;

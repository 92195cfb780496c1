//! The filters: which cases run.

use super::{UsageError, usage};
use crate::case::Case;

/// The cases whose id contains one of the filters; every case where there is none.
///
/// # Errors
/// [`UsageError`] for a filter that selects nothing: with others beside it, a misspelt one would
/// silently leave out what was meant.
pub(super) fn cases(cases: Vec<Case>, filters: &[String]) -> Result<Vec<Case>, UsageError> {
    let matches = |filter: &str| cases.iter().any(|case| case.id.contains(filter));
    if let Some(filter) = filters.iter().find(|filter| !matches(filter)) {
        return usage(format!("no case matches {filter}; `mcp-gauntlet list` prints their ids"));
    }
    let wanted = |case: &Case| {
        filters.is_empty() || filters.iter().any(|filter| case.id.contains(filter.as_str()))
    };
    Ok(cases.into_iter().filter(wanted).collect())
}

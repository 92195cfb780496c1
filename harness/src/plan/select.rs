//! The filters: which cases run.

use super::{UsageError, usage};
use crate::case::Case;
use crate::generate::deal::Dealer;
use crate::generate::family::Family;

/// The cases whose id contains one of the filters; every case where there is none.
///
/// # Errors
/// [`UsageError`] for a filter that selects nothing: with others beside it, a misspelt one would
/// silently leave out what was meant.
pub(super) fn cases(cases: Vec<Case>, filters: &[String]) -> Result<Vec<Case>, UsageError> {
    let matches =
        |filter: &str| cases.iter().any(|case| case.id.contains(filter)) || is_generated(filter);
    if let Some(filter) = filters.iter().find(|filter| !matches(filter)) {
        return usage(format!("no case matches {filter}; `mcp-gauntlet list` prints their ids"));
    }
    let wanted = |case: &Case| {
        filters.is_empty() || filters.iter().any(|filter| case.id.contains(filter.as_str()))
    };
    Ok(cases.into_iter().filter(wanted).collect())
}

/// Whether a filter selects generated messages.
fn is_generated(filter: &str) -> bool {
    (0..Family::ALL.len()).any(|number| prefix(number).contains(filter))
        || Dealer::number(filter).is_some()
}

/// What the ids of a family begin with.
fn prefix(number: usize) -> String {
    let id = Dealer::id(number);
    id.rsplit_once('/').map_or_else(String::new, |(family, _)| format!("{family}/"))
}

/// The numbers of the generated messages that run: of so many those that a filter selects.
pub(super) fn generated(count: usize, filters: &[String]) -> Vec<usize> {
    let wanted = |number: &usize| {
        let id = Dealer::id(*number);
        filters.is_empty() || filters.iter().any(|filter| id.contains(filter.as_str()))
    };
    (0..count).filter(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(count: usize, filters: &[&str]) -> Vec<usize> {
        let filters: Vec<String> = filters.iter().map(|filter| (*filter).to_owned()).collect();
        generated(count, &filters)
    }

    #[test]
    fn generated_messages_are_selected_by_family_or_number() {
        assert_eq!(select(5, &[]), [0, 1, 2, 3, 4]);
        assert_eq!(select(20, &["generated/id/"]), [2, 18]);
        assert_eq!(select(20, &["generated/id/0018", "jsonrpc/"]), [18]);
        assert!(select(20, &["jsonrpc/"]).is_empty());
        assert!(is_generated("generated/") && is_generated("generated/id/0999"));
        assert!(!is_generated("generated/none") && !is_generated("jsonrpc/"));
    }
}

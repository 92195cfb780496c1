//! `answered.pages`: does a listing come to an end when its cursors are followed?

use std::collections::BTreeSet;

use super::answered::describe;
use super::shorten;
use crate::case::expectation::ReplyKind;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange};
use crate::report::model::Outcome;
use crate::wire::json::Json;

/// Judges the pages of a listing (MCP server utilities, Pagination): each is served, no cursor comes
/// back, and the last one names no next one. An item that stands twice warns.
pub fn pages(evidence: &Evidence<'_>, findings: &mut Findings) {
    if !evidence.case.stimulus.follow || evidence.stimulus.observation.kind != ReplyKind::Result {
        return;
    }
    let all: Vec<&Exchange> = std::iter::once(evidence.stimulus).chain(evidence.pages).collect();
    let (outcome, actual) = walked(&all);
    let expected = "following the cursors ends, and brings each item once";
    findings.add(CheckId::Pages, outcome, expected, actual);
}

fn walked(pages: &[&Exchange]) -> (Outcome, String) {
    let mut cursors = BTreeSet::new();
    for page in pages {
        if page.observation.kind != ReplyKind::Result {
            return (Outcome::Fail, format!("a page that its cursor names: {}", describe(page)));
        }
        if let Some(cursor) = next(page)
            && !cursors.insert(cursor.clone())
        {
            return (Outcome::Fail, format!("the cursor {} comes back", shorten(&cursor, 80)));
        }
    }
    if pages.last().is_some_and(|page| next(page).is_some()) {
        return (Outcome::Fail, format!("no end after {} pages", pages.len()));
    }
    let items: Vec<String> = pages.iter().flat_map(|page| items(page)).collect();
    let distinct: BTreeSet<&String> = items.iter().collect();
    let outcome = if distinct.len() == items.len() { Outcome::Pass } else { Outcome::Warn };
    (
        outcome,
        format!("{} items on {} pages, {} distinct", items.len(), pages.len(), distinct.len()),
    )
}

fn next(page: &Exchange) -> Option<String> {
    let cursor = page.observation.main.as_ref()?.pointer("/result/nextCursor")?;
    (!cursor.is_null()).then(|| cursor.to_text())
}

/// The items of a page: the members of the one array in its result, as texts.
fn items(page: &Exchange) -> Vec<String> {
    let result = page.observation.main.as_ref().and_then(|main| main.get("result"));
    let members = result.and_then(Json::as_object).unwrap_or_default();
    let array = members.iter().find_map(|(_, value)| value.as_array());
    array.unwrap_or_default().iter().map(Json::to_text).collect()
}

#[cfg(test)]
mod tests;

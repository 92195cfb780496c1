//! `list --requirements`: which cases and checks show each requirement, and why some have none.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::case::coverage::{Coverage, Row};
use crate::case::requirement::{FIELD_REVISIONS, Requirement};
use crate::catalogue::Catalogue;
use crate::oracle::asked::asked;
use crate::oracle::check::CheckId;
use crate::report::escape::wrap;

/// Columns before the text of a row that goes on.
const INDENT: &str = "    ";

/// The covered requirements by section, with cases and checks; then the others, each with its
/// reason; then the sums. Lines have at most `width` columns where no single id is longer.
#[must_use]
pub fn requirements(catalogue: &Catalogue, width: usize) -> String {
    let coverage = Coverage::new(&catalogue.requirements, &catalogue.cases);
    let (covered, rest): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        coverage.rows().iter().partition(|row| !row.cases.is_empty());
    let mut text = String::new();
    for section in sections(&covered) {
        let _ = writeln!(text, "{section}\n");
        for row in covered.iter().filter(|row| row.requirement.section == section) {
            text.push_str(&head(row.requirement));
            let ids: Vec<&str> = row.cases.iter().map(|case| case.id.as_str()).collect();
            text.push_str(&labelled("cases ", &ids.join(", "), width));
            let all: BTreeSet<CheckId> = row.cases.iter().flat_map(|case| asked(case)).collect();
            text.push_str(&labelled("checks", &checks(&all), width));
        }
        text.push('\n');
    }
    text.push_str("not covered\n\n");
    for row in rest {
        text.push_str(&head(row.requirement));
        let reason = row.requirement.uncovered.as_deref().unwrap_or("no case names it");
        text.push_str(&labelled("reason", reason, width));
    }
    let _ = writeln!(text, "\n{}", sums(&coverage));
    text
}

/// The sections in the order of the first requirement of each.
fn sections<'a>(rows: &[&'a Row<'a>]) -> Vec<&'a str> {
    let mut sections: Vec<&str> = Vec::new();
    for row in rows {
        let section = row.requirement.section.as_str();
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    sections
}

fn head(requirement: &Requirement) -> String {
    let roles: Vec<String> = requirement.roles.iter().map(ToString::to_string).collect();
    format!(
        "{:28} {:7} {:24} {}\n",
        requirement.id,
        requirement.level.to_string(),
        revisions(requirement),
        roles.join(" ")
    )
}

/// The revisions that state a requirement: `every revision`, one, or first and last of a run.
#[must_use]
pub fn revisions(requirement: &Requirement) -> String {
    let stated = requirement.field_revisions();
    let (Some(first), Some(last)) = (stated.first(), stated.last()) else { return String::new() };
    let run: Vec<&str> = FIELD_REVISIONS
        .into_iter()
        .skip_while(|name| name != first)
        .take_while(|name| name <= last)
        .collect();
    match stated.len() {
        5 => "every revision".to_owned(),
        1 => (*first).to_owned(),
        _ if run == stated => format!("{first}..{last}"),
        _ => stated.join(" "),
    }
}

/// Checks by family: `answered.{reply, once} correlated.id`.
#[must_use]
pub fn checks(all: &BTreeSet<CheckId>) -> String {
    let mut families: Vec<(&str, Vec<&str>)> = Vec::new();
    for check in all {
        let Some((family, name)) = check.as_str().split_once('.') else { continue };
        match families.iter_mut().find(|(known, _)| *known == family) {
            Some((_, names)) => names.push(name),
            None => families.push((family, vec![name])),
        }
    }
    let families = families.iter().map(|(family, names)| match names.as_slice() {
        [name] => format!("{family}.{name}"),
        names => format!("{family}.{{{}}}", names.join(", ")),
    });
    families.collect::<Vec<_>>().join(" ")
}

fn labelled(label: &str, text: &str, width: usize) -> String {
    let room = width.saturating_sub(INDENT.len() + label.len() + 2).max(20);
    let mut out = String::new();
    for (place, line) in wrap(text, room).iter().enumerate() {
        let shown = if place == 0 { label.to_owned() } else { " ".repeat(label.len()) };
        let _ = writeln!(out, "{INDENT}{shown}  {line}");
    }
    out
}

/// The field's requirements and our own rules, which no text states, are counted apart.
fn sums(coverage: &Coverage<'_>) -> String {
    let count = |own: bool| {
        let rows = || coverage.rows().iter().filter(|row| is_own(row.requirement) == own);
        (rows().filter(|row| !row.cases.is_empty()).count(), rows().count())
    };
    let ((covered, all), (own, all_own)) = (count(false), count(true));
    let sums = format!("{covered} of {all} covered");
    if all_own == 0 {
        sums
    } else {
        format!("{sums}, and {own} of {all_own} rules of this project")
    }
}

fn is_own(requirement: &Requirement) -> bool {
    requirement.id.starts_with("HOUSE-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_check_is_asked_by_some_case() {
        let catalogue = Catalogue::built_in().unwrap();
        let all: BTreeSet<CheckId> = catalogue.cases.iter().flat_map(asked).collect();
        let never: Vec<_> = CheckId::ALL.into_iter().filter(|check| !all.contains(check)).collect();
        assert!(never.is_empty(), "oracle/asked.rs lets no case ask {never:?}");
    }

    #[test]
    fn every_requirement_has_a_row_and_the_sums_agree() {
        let catalogue = Catalogue::built_in().unwrap();
        let text = requirements(&catalogue, 100);
        for id in catalogue.requirements.keys() {
            let rows = text.lines().filter(|line| line.split(' ').next() == Some(id)).count();
            assert_eq!(rows, 1, "{id}");
        }
        let reasons = text.lines().filter(|line| line.starts_with("    reason  ")).count();
        let uncovered = catalogue.requirements.values().filter(|one| one.uncovered.is_some());
        assert_eq!(reasons, uncovered.count());
        assert!(text.trim_end().ends_with("rules of this project"), "{text}");
    }

    #[test]
    fn checks_are_folded_by_family() {
        let all = BTreeSet::from([CheckId::Reply, CheckId::Once, CheckId::Id]);
        assert_eq!(checks(&all), "answered.{reply, once} correlated.id");
    }

    #[test]
    fn revisions_are_told_in_few_words() {
        let catalogue = Catalogue::built_in().unwrap();
        let told = |id: &str| revisions(&catalogue.requirements[id]);
        assert_eq!(told("JSONRPC-5-ONEOF"), "every revision");
        assert_eq!(told("BATCH-0326-RECEIVE"), "2025-03-26");
        assert_eq!(told("INIT-RESPONSE"), "2024-11-05..2025-11-25");
    }
}

//! The explanation of a requirement.

use std::collections::BTreeSet;

use super::page::Page;
use super::{Library, permits};
use crate::case::Case;
use crate::case::coverage::Coverage;
use crate::case::requirement::Requirement;
use crate::listing::{compact_checks, revisions};
use crate::oracle::asked::asked;

/// The sentence, why it matters, the cases that show it and what they permit, and how to keep it.
pub(super) fn explain(requirement: &Requirement, library: Library<'_>) -> String {
    let roles: Vec<String> = requirement.roles.iter().map(ToString::to_string).collect();
    let heading = format!(
        "{}  {}  {}  {}",
        requirement.id,
        requirement.level,
        revisions(requirement),
        roles.join(" ")
    );
    let mut page = Page::new(library.width, heading.trim_end());
    sentence(requirement, &mut page);
    page.say("section", &requirement.section);
    page.gap();
    let coverage = Coverage::new(&library.catalogue.requirements, &library.catalogue.cases);
    let row = coverage.rows().iter().find(|row| row.requirement.id == requirement.id);
    match row.map(|row| row.cases.as_slice()) {
        Some(cases) if !cases.is_empty() => shown(cases, library, &mut page),
        _ => {
            let reason = requirement.uncovered.as_deref().unwrap_or("no case names it");
            page.say("not tested", reason);
        }
    }
    page.gap();
    page.say("how to fix", &requirement.fix);
    page.into_text()
}

/// The sentence with its source, why it matters, and who broke it.
pub(super) fn sentence(requirement: &Requirement, page: &mut Page) {
    page.plain(&requirement.text);
    page.say("source", &requirement.source);
    page.say("why", &requirement.why);
    page.list("seen in", &requirement.defects);
}

fn shown(cases: &[&Case], library: Library<'_>, page: &mut Page) {
    let lines: Vec<String> =
        cases.iter().map(|case| format!("{}: {}", case.id, case.title)).collect();
    page.list("cases", &lines);
    let all: BTreeSet<_> = cases.iter().flat_map(|case| asked(case)).collect();
    page.say("checks", &compact_checks(&all));
    for (names, case) in alike(cases, library) {
        page.gap();
        page.plain(&format!("{names}:"));
        permits::say(case, library.switches, page);
    }
}

/// The cases that permit the same, by their ids, with one of each.
fn alike<'a>(cases: &[&'a Case], library: Library<'_>) -> Vec<(String, &'a Case)> {
    let mut groups: Vec<(Vec<&str>, &Case)> = Vec::new();
    let same = |one: &Case, two: &Case| {
        let (a, b) = (&one.expectation, &two.expectation);
        let permits = |case| permits::groups(case, library.switches);
        a.headers == b.headers && a.record == b.record && permits(one) == permits(two)
    };
    for case in cases {
        match groups.iter_mut().find(|(_, known)| same(known, case)) {
            Some((names, _)) => names.push(&case.id),
            None => groups.push((vec![&case.id], case)),
        }
    }
    groups.into_iter().map(|(names, case)| (names.join(", "), case)).collect()
}

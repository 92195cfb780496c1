//! The catalogue is whole: it parses, it is large enough, and its requirements are all used.

use std::collections::BTreeSet;

use mcp_gauntlet::case::recipe::{Credentials, SessionMode};
use mcp_gauntlet::catalogue::Catalogue;

fn catalogue() -> Catalogue {
    Catalogue::built_in().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn there_are_at_least_120_cases() {
    assert!(catalogue().cases.len() >= 120, "{}", catalogue().cases.len());
}

#[test]
fn every_requirement_is_named_by_a_case() {
    let catalogue = catalogue();
    let named: BTreeSet<&String> = catalogue.cases.iter().map(|case| &case.requirement).collect();
    let unused: Vec<_> = catalogue.requirements.keys().filter(|id| !named.contains(id)).collect();
    assert!(unused.is_empty(), "no case names {unused:?}");
}

#[test]
fn every_house_requirement_names_its_public_issue() {
    use mcp_gauntlet::case::requirement::Level;
    let catalogue = catalogue();
    let house = catalogue.requirements.values().filter(|one| one.level == Level::House);
    for requirement in house {
        assert!(requirement.source.contains('#'), "{}: {}", requirement.id, requirement.source);
    }
}

#[test]
fn every_case_runs_under_some_revision_and_says_what_it_sends() {
    for case in catalogue().cases {
        assert!(!case.revisions.is_empty(), "{}", case.id);
        assert!(!case.title.is_empty() && case.title.len() <= 120, "{}", case.id);
        let stimulus = &case.stimulus;
        let plain = stimulus.session == SessionMode::Live
            && stimulus.credentials == Credentials::Valid
            && stimulus.control.as_ref() == Some(&stimulus.recipe);
        assert!(!plain, "{} sends its own control", case.id);
    }
}

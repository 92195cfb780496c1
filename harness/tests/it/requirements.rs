//! The requirements beside the list that they were written after, where that is at hand. The list
//! is no part of this repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use mcp_gauntlet::case::requirement::Level;
use mcp_gauntlet::catalogue::Catalogue;
use serde::Deserialize;

#[derive(Deserialize)]
struct Listed {
    id: String,
    level: String,
    versions: Vec<String>,
    role: Vec<String>,
}

/// The list, or none where this checkout stands alone.
#[expect(clippy::print_stderr, reason = "who reads the test's output is told that it was skipped")]
fn listed() -> Option<Vec<Listed>> {
    let tree = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let tried: Vec<PathBuf> =
        tree.ancestors().map(|folder| folder.join("shared/spec/requirements.json")).collect();
    let Some(text) = tried.iter().find_map(|path| fs::read_to_string(path).ok()) else {
        eprintln!("skipped: there is no shared/spec/requirements.json beside this checkout");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("requirements.json: {error}")))
}

/// The level of a keyword; what the harness adds of its own is a house rule.
fn level(keyword: &str) -> Level {
    match keyword {
        "MUST" | "MUST NOT" => Level::Must,
        "SHOULD" | "SHOULD NOT" => Level::Should,
        "MAY" => Level::May,
        own if own.ends_with("(harness)") => Level::House,
        other => panic!("unknown keyword {other}"),
    }
}

fn letter(role: impl std::fmt::Debug) -> String {
    format!("{role:?}")
}

#[test]
fn every_listed_requirement_is_there_with_its_level_revisions_and_roles() {
    let Some(listed) = listed() else { return };
    let catalogue = Catalogue::built_in().unwrap_or_else(|error| panic!("{error}"));
    let mut wrong = BTreeMap::new();
    for one in &listed {
        let Some(ours) = catalogue.requirements.get(&one.id) else {
            wrong.insert(&one.id, "it is missing".to_owned());
            continue;
        };
        let roles: Vec<String> = ours.roles.iter().map(letter).collect();
        if ours.level != level(&one.level) {
            wrong.insert(&one.id, format!("level {} for {}", ours.level, one.level));
        } else if ours.field_revisions() != one.versions {
            let ours = ours.field_revisions();
            wrong.insert(&one.id, format!("revisions {ours:?} for {:?}", one.versions));
        } else if roles != one.role {
            wrong.insert(&one.id, format!("roles {roles:?} for {:?}", one.role));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let house = catalogue.requirements.keys().filter(|id| id.starts_with("HOUSE-")).count();
    assert_eq!(catalogue.requirements.len(), listed.len() + house, "a stranger without HOUSE-");
}

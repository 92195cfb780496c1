//! The catalogue is whole: it parses, it is large enough, and its requirements are all used.

use std::path::{Path, PathBuf};

use mcp_gauntlet::case::coverage::Coverage;
use mcp_gauntlet::case::recipe::{Credentials, SessionMode};
use mcp_gauntlet::catalogue::Catalogue;
use serde_json::Value;

/// All files of cases below a folder; those of requirements are of another form.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.filter(|path| !path.ends_with("requirements")).flat_map(below).collect()
}

#[test]
fn every_case_file_fits_the_schema_that_editors_use() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let schema = std::fs::read_to_string(root.join("schemas/case.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let files = files(&root.join("cases"));
    assert!(files.len() >= 120, "{}", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut case: Value = toml::from_str(&text).unwrap();
        let wrong: Vec<String> = schema.iter_errors(&case).map(|e| e.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {}", file.display(), wrong.join("; "));
        case["expct"] = Value::Bool(true);
        assert!(!schema.is_valid(&case), "{}: a misspelt key", file.display());
    }
}

fn catalogue() -> Catalogue {
    Catalogue::built_in().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn there_are_at_least_120_cases() {
    assert!(catalogue().cases.len() >= 120, "{}", catalogue().cases.len());
}

#[test]
fn every_requirement_is_named_by_a_case_or_says_why_not() {
    let catalogue = catalogue();
    let faults = Coverage::new(&catalogue.requirements, &catalogue.cases).faults();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_requirement_says_why_it_matters_and_how_to_mend_it() {
    for (id, one) in catalogue().requirements {
        assert!(!one.why.is_empty() && !one.fix.is_empty() && !one.section.is_empty(), "{id}");
        assert!(!one.roles.is_empty() && one.text.len() > 20 && !one.source.is_empty(), "{id}");
        assert!(one.defects.len() <= 3, "{id} names more than three defects");
    }
}

#[test]
fn every_house_requirement_names_its_public_issue_or_that_it_is_our_own() {
    use mcp_gauntlet::case::requirement::Level;
    let catalogue = catalogue();
    let house = catalogue.requirements.values().filter(|one| one.level == Level::House);
    for requirement in house {
        let derived = requirement.source.starts_with("this project");
        assert!(
            derived || requirement.source.contains('#'),
            "{}: {}",
            requirement.id,
            requirement.source
        );
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
            && stimulus.sink.is_none()
            && stimulus.control.as_ref() == Some(&stimulus.recipe);
        assert!(!plain, "{} sends its own control", case.id);
    }
}

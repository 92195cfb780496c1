//! What `requirements.toml` may hold, and the place that an error names.

use super::{FIELD_REVISIONS, Level, Requirements, Role, read};
use crate::case::file::CaseError;
use crate::wire::revision::Revision;

const ONE: &str = r#"[[requirement]]
id = "A"
level = "must"
source = "JSON-RPC 2.0 section 4"
text = "Ids are echoed."
"#;

fn parse(text: &str, origin: &str) -> Result<Requirements, CaseError> {
    let mut list = Requirements::new();
    read(text, origin, &mut list).map(|()| list)
}

fn error(text: &str) -> String {
    parse(text, "cases/requirements.toml").expect_err(text).to_string()
}

#[test]
fn a_requirement_is_read() {
    let list = parse(ONE, "r.toml").unwrap();
    let one = &list["A"];
    assert_eq!((one.level, one.revisions()), (Level::Must, Revision::ALL.to_vec()));
    let narrow = format!("{ONE}revisions = [\"2025-11-25\", \"2025-03-26\"]\n");
    let list = parse(&narrow, "r.toml").unwrap();
    assert_eq!(list["A"].revisions(), [Revision::V2025_03_26, Revision::V2025_11_25]);
}

#[test]
fn a_revision_that_is_not_spoken_is_one_of_the_field() {
    let old = format!("{ONE}revisions = [\"2024-11-05\"]\nroles = [\"S\", \"G\"]\n");
    let list = parse(&old, "r.toml").unwrap();
    let one = &list["A"];
    assert!(one.revisions().is_empty());
    assert_eq!(one.field_revisions(), ["2024-11-05"]);
    assert_eq!(one.roles, [Role::S, Role::G]);
    assert_eq!(parse(ONE, "r.toml").unwrap()["A"].field_revisions(), FIELD_REVISIONS);
}

#[test]
fn a_section_says_what_its_requirements_leave_out() {
    let section = "[section]\ntitle = \"Ids\"\nwhy = \"common\"\nfix = \"mend\"\n";
    let own = ONE.replace("\"A\"", "\"B\"") + "why = \"own\"\n";
    let list = parse(&format!("{section}{ONE}{own}"), "r.toml").unwrap();
    let told = |id: &str| (list[id].why.clone(), list[id].fix.clone(), list[id].section.clone());
    assert_eq!(told("A"), ("common".to_owned(), "mend".to_owned(), "Ids".to_owned()));
    assert_eq!(told("B").0, "own");
}

#[test]
fn a_second_file_must_not_repeat_an_id() {
    let mut list = parse(ONE, "first.toml").unwrap();
    let error = read(ONE, "second.toml", &mut list).unwrap_err().to_string();
    assert_eq!(error, "second.toml:2: requirement `A` stands twice");
}

#[test]
fn a_duplicate_names_its_second_line() {
    let text = format!("{ONE}\n{ONE}");
    let expected = "cases/requirements.toml:8: requirement `A` stands twice";
    assert_eq!(error(&text), expected);
}

#[test]
fn a_duplicate_is_not_looked_for_in_other_values() {
    let text =
        format!("{ONE}\n{ONE}\n{}", ONE.replace("\"A\"", "\"B\"").replace("Ids", "\\\"A\\\""));
    assert!(error(&text).starts_with("cases/requirements.toml:8: "), "{}", error(&text));
}

#[test]
fn an_unknown_revision_names_its_line() {
    let text = format!("{ONE}revisions = [\"1999-12-31\"]\n");
    let error = error(&text);
    assert!(error.starts_with("cases/requirements.toml:2: requirement `A`: "), "{error}");
    assert!(error.contains("1999-12-31") && error.contains("2025-11-25"), "{error}");
}

#[test]
fn other_errors_name_their_line() {
    let at = |text: &str, line: usize, word: &str| {
        let error = error(text);
        assert!(error.starts_with(&format!("cases/requirements.toml:{line}: ")), "{error}");
        assert!(error.contains(word), "{error}");
    };
    at(&format!("{ONE}extra = 1\n"), 6, "extra");
    at(&ONE.replace("\"must\"", "\"shall\""), 3, "shall");
    at(&ONE.replace("\"A\"", "5"), 2, "string");
    at(&ONE.replace("level = \"must\"\n", ""), 1, "level");
    at("requirement = [", 1, "");
}

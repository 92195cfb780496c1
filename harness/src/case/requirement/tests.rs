//! What `requirements.toml` may hold, and the place that an error names.

use super::{Level, parse};
use crate::wire::revision::Revision;

const ONE: &str = r#"[[requirement]]
id = "A"
level = "must"
source = "JSON-RPC 2.0 section 4"
text = "Ids are echoed."
"#;

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
    let text = format!("{ONE}revisions = [\"2024-11-05\"]\n");
    let error = error(&text);
    assert!(error.starts_with("cases/requirements.toml:2: requirement `A`: "), "{error}");
    assert!(error.contains("2024-11-05") && error.contains("2025-11-25"), "{error}");
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

//! Every id has an explanation, and no explanation is empty.

use super::*;

fn told(id: &str) -> String {
    let catalogue = Catalogue::built_in().unwrap();
    let switches = Switches::default();
    let library = Library { catalogue: &catalogue, switches: &switches, width: 100 };
    explain(id, library).unwrap_or_else(|error| panic!("{error}"))
}

/// Asserts that the page has every label, at the beginning of a line and with a text behind it.
fn has(page: &str, labels: &[&str]) {
    for label in labels {
        let line = page.lines().find(|line| line.starts_with(label));
        let line = line.unwrap_or_else(|| panic!("no `{label}` in\n{page}"));
        assert!(line.trim_end().len() > label.len(), "nothing behind `{label}` in\n{page}");
    }
}

#[test]
fn every_case_is_explained() {
    let catalogue = Catalogue::built_in().unwrap();
    let switches = Switches::default();
    let library = Library { catalogue: &catalogue, switches: &switches, width: 100 };
    for case in &catalogue.cases {
        let page = explain(&case.id, library).unwrap();
        has(&page, &["sends", "because", "source", "why", "passes", "fails", "how to fix"]);
    }
}

#[test]
fn every_requirement_is_explained() {
    let catalogue = Catalogue::built_in().unwrap();
    let switches = Switches::default();
    let library = Library { catalogue: &catalogue, switches: &switches, width: 100 };
    for (id, requirement) in &catalogue.requirements {
        let page = explain(id, library).unwrap();
        has(&page, &["source", "why", "how to fix"]);
        match &requirement.uncovered {
            Some(_) => has(&page, &["not tested"]),
            None => has(&page, &["cases", "checks", "passes", "fails"]),
        }
    }
}

#[test]
fn every_check_is_explained_and_proved_by_a_fault() {
    for check in CheckId::ALL {
        let page = told(check.as_str());
        has(&page, &["reads", "passes", "how to fix", "asked by"]);
        #[cfg(feature = "reference")]
        has(&page, &["proved by"]);
    }
}

#[cfg(feature = "reference")]
#[test]
fn every_fault_is_explained_and_caught() {
    for name in fault::names() {
        let page = told(&name);
        has(&page, &["caught by", "try it"]);
        assert!(!page.contains("no check"), "{page}");
    }
}

#[test]
fn a_page_says_what_passes_under_which_revision() {
    let page = told("jsonrpc/id/bool-true");
    for part in ["MCP-ID-BOOL", "-32600", "null or absent", "no answer", "an empty 2xx"] {
        assert!(page.contains(part), "no `{part}` in\n{page}");
    }
    let page = told("jsonrpc/method/unknown");
    assert!(page.contains("code -32601; the id sent; status 200"), "{page}");
    let page = told("jsonrpc/version/1-0");
    assert!(page.contains("with an id that can be read"), "{page}");
}

#[test]
fn a_switch_changes_what_is_told() {
    let catalogue = Catalogue::built_in().unwrap();
    let page = |value: &str| {
        let mut switches = Switches::default();
        switches.set("unknown-tool", value).unwrap();
        let library = Library { catalogue: &catalogue, switches: &switches, width: 100 };
        explain("mcp/tools/unknown", library).unwrap()
    };
    // What stands from a label to the next one.
    let part = |page: &str, label: &str, next: &str| {
        let from = page.lines().skip_while(|line| !line.starts_with(label));
        from.take_while(|line| !line.starts_with(next)).collect::<Vec<_>>().join("\n")
    };
    let is_error = "a result with isError";
    assert!(part(&page("either"), "passes", "warns").contains(is_error));
    let usual = page("prefer-protocol-error");
    assert!(!part(&usual, "passes", "warns").contains(is_error));
    assert!(part(&usual, "warns", "fails").contains(is_error));
    assert!(part(&page("protocol-error"), "fails", "besides").contains(is_error));
}

#[test]
fn an_unknown_id_is_told_with_the_nearest() {
    let catalogue = Catalogue::built_in().unwrap();
    let switches = Switches::default();
    let library = Library { catalogue: &catalogue, switches: &switches, width: 100 };
    let error = |id: &str| explain(id, library).unwrap_err().to_string();
    assert!(
        error("MCP-ID-BOOOL").contains("did you mean MCP-ID-BOOL"),
        "{}",
        error("MCP-ID-BOOOL")
    );
    assert!(error("answered.replay").contains("answered.reply"));
    assert!(error("bool-true").contains("jsonrpc/id/bool-true"));
    assert!(error("qqqqqqqqqq").contains("mcp-gauntlet list"));
}

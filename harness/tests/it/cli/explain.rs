//! `explain`: every kind of id, and ids that nobody has.

use super::child::run;

/// The page of an id.
fn page(line: &[&str]) -> String {
    let done = run(line);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:#?}");
    done.out
}

#[test]
fn a_case_is_explained() {
    let text = page(&["explain", "jsonrpc/id/bool-true"]);
    for part in ["MCP-ID-BOOL  must", "source", "why", "passes", "warns", "fails", "how to fix"] {
        assert!(text.contains(part), "lacks {part:?}:\n{text}");
    }
    assert!(text.contains("modelcontextprotocol/python-sdk#2057"), "{text}");
}

#[test]
fn a_requirement_is_explained_with_cases_or_with_the_reason_for_none() {
    let text = page(&["explain", "METHOD-UNKNOWN"]);
    assert!(text.contains("jsonrpc/method/unknown: ") && text.contains("-32601"), "{text}");
    let text = page(&["explain", "SSE-2024-ENDPOINT"]);
    assert!(text.contains("not tested") && text.contains("HTTP+SSE"), "{text}");
}

#[test]
fn a_check_is_explained() {
    let text = page(&["explain", "correlated.id"]);
    assert!(text.contains("Does the response carry the id"), "{text}");
    #[cfg(feature = "reference")]
    assert!(text.contains("round-id: "), "{text}");
}

#[cfg(feature = "reference")]
#[test]
fn a_fault_is_explained() {
    let text = page(&["explain", "wrong-code"]);
    assert!(text.contains("-32000") && text.contains("answered.code"), "{text}");
}

#[test]
fn a_switch_changes_what_is_explained() {
    let usual = page(&["explain", "mcp/tools/unknown"]);
    let other = page(&["--set", "unknown-tool=protocol-error", "explain", "mcp/tools/unknown"]);
    assert_ne!(usual, other);
}

#[test]
fn an_unknown_id_is_answered_with_the_nearest() {
    for (id, near) in [
        ("MCP-ID-BOL", "MCP-ID-BOOL"),
        ("answered.repyl", "answered.reply"),
        ("jsonrpc/id/bool-tru", "jsonrpc/id/bool-true"),
        ("qqqqqqqqqqqq", "mcp-gauntlet list"),
    ] {
        let done = run(&["explain", id]);
        let complaint = done.complaint(2);
        assert!(complaint.contains(id) && complaint.contains(near), "{complaint}");
    }
}

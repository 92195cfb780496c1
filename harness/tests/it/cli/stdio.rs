//! The reference gateway over standard input and output, with records: the processes of all cases
//! append to one file.

use std::fs::File;

use super::child::start;

#[test]
fn the_gateway_over_stdio_is_green_with_its_records() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    File::create(&file).unwrap();
    let file = file.display();
    let gateway = env!("CARGO_BIN_EXE_mcp-gauntlet");
    let command = format!("{gateway} gateway --stdio --audit-file {file}");
    let audit = format!("jsonl:{file}");
    // Texts without an id are found by their time, those of one write are several, and a process that
    // is greeted twice is none that was greeted once.
    let cases =
        ["audit/", "stdio/burst", "stdio/parse-error", "jsonrpc/text/empty", "mcp/initialize"];
    let flags = ["--stdio", &command, "--audit", &audit, "--revision", "2025-06-18,2026-07-28"];
    let done = start(&[&flags[..], &cases[..]].concat()).end_within(240);
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.totals().contains(" 0 warn, 0 FAIL, 0 untestable"), "{done:#?}");
    assert!(done.out.contains("duplicate 0 + orphan 0"), "{done:#?}");
}

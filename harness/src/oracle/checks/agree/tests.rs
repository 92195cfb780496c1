//! Sources that agree, contradict each other, or say less.

use super::differing;
use crate::audit::record::{AuditRecord, Status};
use crate::wire::json::parse;

fn record() -> AuditRecord {
    AuditRecord {
        call_type: Some("call_mcp_tool".to_owned()),
        status: Some(Status::Failure),
        error_code: Some("-32602".to_owned()),
        tool_name: Some("up-echo".to_owned()),
        jsonrpc_id: parse(b"7").ok(),
        ..AuditRecord::default()
    }
}

fn member(change: impl FnOnce(&mut AuditRecord)) -> Option<&'static str> {
    let mut other = record();
    change(&mut other);
    let found = differing(&record(), &other).map(|found| found.member);
    let turned = differing(&other, &record()).map(|found| found.member);
    assert_eq!(found, turned, "which stands first does not matter");
    found
}

#[test]
fn what_contradicts_is_named() {
    assert_eq!(member(|_| {}), None);
    let other = |text: &str| Some(text.to_owned());
    assert_eq!(member(|it| it.call_type = other("call_mcp_protocol_error")), Some("call type"));
    assert_eq!(member(|it| it.status = Some(Status::Success)), Some("status"));
    assert_eq!(member(|it| it.error_code = other("-32601")), Some("error code"));
    assert_eq!(member(|it| it.tool_name = other("up-fail")), Some("tool"));
    assert_eq!(member(|it| it.jsonrpc_id = parse(b"8").ok()), Some("id"));
}

#[test]
fn call_types_of_two_shapes_are_not_compared() {
    let other = || Some("call_mcp_protocol_error".to_owned());
    let changed = |it: &mut AuditRecord| (it.call_type, it.shape) = (other(), "span".to_owned());
    assert_eq!(member(changed), None);
}

#[test]
fn another_vocabulary_or_silence_is_no_contradiction() {
    assert_eq!(member(|it| it.error_code = Some("404".to_owned())), None);
    assert_eq!(member(|it| it.error_code = Some("UnknownTool".to_owned())), None);
    assert_eq!(member(|it| it.tool_name = Some("echo".to_owned())), None);
    assert_eq!(member(|it| it.jsonrpc_id = parse(b"\"7\"").ok()), None);
    let silent = AuditRecord::default();
    assert!(differing(&record(), &silent).is_none() && differing(&silent, &record()).is_none());
}

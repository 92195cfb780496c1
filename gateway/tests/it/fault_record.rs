//! The faults of records, each by its effect.

use reference_gateway::{Config, Fault};
use serde_json::{Value, json};

use crate::support::{House, request, tool_call};

/// The records of these bodies.
async fn records(fault: Fault, bodies: &[String]) -> Vec<Value> {
    let house = House::with(&[fault]).await;
    let caller = house
        .caller
        .with("X-Request-Id", "canary-0042")
        .with("Authorization", "Bearer hush")
        .with("X-LiteLLM-End-User-Id", "somebody");
    for body in bodies {
        caller.post(body).await;
    }
    house.caller.records().await.into_iter().skip(1).collect()
}

fn list() -> String {
    request("1", "tools/list")
}

fn fail() -> String {
    tool_call("1", "gauntlet-gauntlet_fail", &json!({}))
}

fn unknown_tool() -> String {
    tool_call("1", "nope", &json!({}))
}

#[tokio::test]
async fn records_are_missing_or_too_many() {
    let skipped = records(Fault::SkipRejectedRecord, &["{".to_owned(), unknown_tool()]).await;
    assert_eq!(skipped.len(), 1);
    assert_eq!(skipped[0]["call_type"], "call_mcp_tool");

    let doubled = records(Fault::DoubleRecord, &[list(), request("1", "ping")]).await;
    assert_eq!(doubled.len(), 3);
    assert_ne!(doubled[0]["id"], doubled[1]["id"]);
    assert_eq!(doubled[0]["metadata"], doubled[1]["metadata"]);

    let haunted = records(Fault::GhostRecord, &[list()]).await;
    assert_eq!(haunted.len(), 2);
    assert_eq!(haunted[0]["metadata"]["mcp_request"]["correlation_id"], "canary-0042");
    let ghost = &haunted[1];
    assert_eq!(ghost["metadata"]["mcp_request"]["correlation_id"], "canary-00");
    assert_eq!(
        (&ghost["trace_id"], &ghost["end_user"]),
        (&json!("canary-00"), &json!("canary-00"))
    );

    let prompt = records(Fault::LateRecord, &[list(), unknown_tool()]).await;
    assert_eq!(prompt.len(), 1);
    assert_eq!(prompt[0]["call_type"], "list_mcp_tools");
}

#[tokio::test]
async fn failures_are_played_down() {
    let nameless = records(Fault::EmptyCallType, &[fail(), list()]).await;
    assert_eq!(
        (&nameless[0]["call_type"], &nameless[1]["call_type"]),
        (&json!(""), &json!("list_mcp_tools"))
    );

    let praised = records(Fault::IserrorAsSuccess, &[fail(), unknown_tool()]).await;
    assert_eq!(
        (&praised[0]["status"], &praised[0]["error_information"]),
        (&json!("success"), &Value::Null)
    );
    assert_eq!(praised[1]["status"], "failure");

    let mute = records(Fault::ErrorCodeLost, &[fail(), unknown_tool()]).await;
    assert!(mute[0]["error_information"].is_object());
    assert_eq!(
        (&mute[1]["status"], &mute[1]["error_information"]),
        (&json!("failure"), &Value::Null)
    );

    let toolless = records(
        Fault::ToolMetadataNull,
        &[unknown_tool(), tool_call("1", "gauntlet-gauntlet_echo", &json!({"text": "a"}))],
    )
    .await;
    assert!(toolless[0]["metadata"]["mcp_tool_call_metadata"].is_null());
    assert!(toolless[1]["metadata"]["mcp_tool_call_metadata"].is_object());
}

#[tokio::test]
async fn facts_are_lost() {
    let swapped = records(Fault::RequestSwapped, &[list()]).await;
    let facts = &swapped[0]["metadata"]["mcp_request"];
    assert_eq!(
        (&facts["jsonrpc_id"], &facts["method"]),
        (&json!("another"), &json!("another/method"))
    );
    let mute = records(Fault::ResponseMissing, &[list()]).await;
    assert_eq!((&mute[0]["status"], &mute[0]["response"]), (&json!("success"), &Value::Null));
    let fast = records(Fault::ClockInMilliseconds, &[list()]).await;
    assert!(fast[0]["startTime"].as_f64() > Some(1.7e12));
    assert!(fast[0]["endTime"].as_f64() > Some(1.7e12));
}

#[tokio::test]
async fn the_credentials_leak() {
    let leaking = records(Fault::KeyInRecord, &[list()]).await;
    assert_eq!(leaking[0]["metadata"]["requester_authorization"], "Bearer hush");
}

#[tokio::test]
async fn a_line_breaks() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let config = Config {
        audit_file: Some(path.clone()),
        faults: vec![Fault::RawNewline],
        ..Config::default()
    };
    let house = House::of(config, "2025-11-25").await;
    house.caller.post(request("1", r"forged\nline")).await;
    let text = std::fs::read_to_string(&path).expect("it is written");
    assert!(text.contains("\"method\":\"forged\nline\""), "{text}");
    let records = house.records().await;
    assert!(records[0].is_string(), "the query stays readable: {}", records[0]);
}

#[tokio::test]
async fn a_level_above_info_silences_the_records_of_everybody() {
    let level = |level: &str| {
        let params = json!({"level": level});
        json!({"jsonrpc": "2.0", "id": 1, "method": "logging/setLevel", "params": params})
            .to_string()
    };
    let bodies = [level("emergency"), list(), level("info"), list()];
    let kept = records(Fault::LevelSilencesRecords, &bodies).await;
    let types: Vec<_> = kept.iter().map(|record| record["call_type"].as_str()).collect();
    assert_eq!(types, [Some("mcp_logging_setLevel"), Some("list_mcp_tools")]);
}

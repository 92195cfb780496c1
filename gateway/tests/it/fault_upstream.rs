//! The faults of upstreams, each by its effect.

use std::time::Duration;

use reference_gateway::{Config, Fault};
use serde_json::json;

use crate::support::{House, dead_address, tool_call, with_upstream};

async fn with_dead_upstream(fault: Fault) -> House {
    let config = Config { faults: vec![fault], ..with_upstream("dead", dead_address().await) };
    House::of(config, "2025-11-25").await
}

#[tokio::test]
async fn an_error_is_passed_on_as_a_success() {
    let house = House::with(&[Fault::IserrorDropped]).await;
    let fail = tool_call("1", "gauntlet-gauntlet_fail", &json!({"reason": "r"}));
    let result = house.caller.post(fail).await.json()["result"].clone();
    assert_eq!(result, json!({"content": [{"type": "text", "text": "r"}]}));
    assert_eq!(house.records().await[0]["status"], "success");
}

#[tokio::test]
async fn a_dead_upstream_hangs() {
    let house = with_dead_upstream(Fault::DeadUpstreamHangs).await;
    let call = tool_call("1", "dead-t", &json!({}));
    let waits = Duration::from_millis(1500);
    let reply = house.caller.send_within(waits, "POST", "/mcp", call.as_bytes()).await;
    assert!(!reply.ended && reply.status == 0);
    house.gateway.stop().await;
}

#[tokio::test]
async fn a_dead_upstream_is_an_empty_success() {
    let house = with_dead_upstream(Fault::DeadUpstreamEmpty).await;
    let reply = house.caller.post(tool_call("1", "dead-t", &json!({}))).await;
    assert_eq!(reply.json()["result"], json!({"content": []}));
    let records = house.records().await;
    assert_eq!(
        (&records[0]["status"], &records[0]["error_information"]),
        (&json!("success"), &json!(null))
    );
}

//! The faults of upstreams, each by its effect.

use std::time::Duration;

use reference_gateway::{Config, Fault, start};
use serde_json::json;

use crate::stub::{Stub, respond};
use crate::support::{Caller, House, dead_address, tool_call, with_upstream};

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

/// A gateway with a fault before a stub, and a call of the stub's tool.
async fn before(stub: &Stub, fault: Fault) -> House {
    let config = Config { faults: vec![fault], ..with_upstream("up", stub.address) };
    let house = House::of(config, "2025-11-25").await;
    let arguments = json!({"a": 9_007_199_254_740_993_u64, "b": [1.5]});
    assert_eq!(house.caller.post(tool_call("1", "up-t", &arguments)).await.status, 200);
    house
}

#[tokio::test]
async fn a_call_is_sent_twice() {
    let stub = Stub::start(|_| None).await;
    before(&stub, Fault::UpstreamCalledTwice).await;
    assert_eq!(stub.asked("tools/call").len(), 2);
}

#[tokio::test]
async fn whole_numbers_are_rounded() {
    let stub = Stub::start(|_| None).await;
    before(&stub, Fault::ArgumentsRounded).await;
    let arguments = stub.asked("tools/call")[0].message["params"]["arguments"].clone();
    assert_eq!(arguments, json!({"a": 9_007_199_254_740_992_u64, "b": [1.5]}));
}

#[tokio::test]
async fn the_key_goes_along() {
    let stub = Stub::start(|_| None).await;
    let config = Config {
        faults: vec![Fault::KeyForwarded],
        api_key: Some("sesame-1".to_owned()),
        ..with_upstream("up", stub.address)
    };
    let gateway = start(config).await.expect("it starts");
    let mut caller = Caller::at(gateway.address()).with("Authorization", "Bearer sesame-1");
    caller.open("2025-11-25").await;
    caller.post(tool_call("1", "up-t", &json!({"a": 1}))).await;
    let seen = stub.asked("tools/list");
    assert_eq!(seen[0].headers["authorization"], "Bearer sesame-1");
}

#[tokio::test]
async fn a_question_stays_unanswered() {
    let stub = Stub::start(|seen| {
        (seen.message["method"] == "tools/call").then(|| {
            let ask = r#"{"jsonrpc":"2.0","id":"s1","method":"ping"}"#;
            let id = &seen.message["id"];
            let done = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[]}}}}"#);
            respond(200, "text/event-stream", format!("data: {ask}\n\ndata: {done}\n\n"))
        })
    })
    .await;
    before(&stub, Fault::UpstreamUnanswered).await;
    assert!(stub.filtered(|seen| seen.message["id"] == "s1").is_empty());
}

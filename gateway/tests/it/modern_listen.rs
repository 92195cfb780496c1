//! Streams of changes, and calls whose caller hangs up.

use std::time::Duration;

use serde_json::{Value, json};

use crate::modern::{caller, message, tool_caller};
use crate::support::House;

const WAIT: Duration = Duration::from_millis(300);
const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

fn listen(id: &str, filter: &Value) -> String {
    message(id, "subscriptions/listen", &json!({"notifications": filter}))
}

#[tokio::test]
async fn a_stream_begins_with_its_acknowledgement() {
    let house = House::new().await;
    let caller = caller(&house, "subscriptions/listen");
    for id in ["7", "\"7\""] {
        let body = listen(id, &json!({"toolsListChanged": true}));
        let reply = caller.send_within(WAIT, "POST", "/mcp", body.as_bytes()).await;
        assert!(!reply.ended);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("text/event-stream"));
        assert_eq!(reply.header("x-accel-buffering"), Some("no"));
        let acknowledgement = reply.json();
        assert_eq!(acknowledgement["method"], "notifications/subscriptions/acknowledged");
        assert_eq!(acknowledgement["params"]["notifications"], json!({}));
        let id: Value = serde_json::from_str(id).expect("it is JSON");
        assert_eq!(acknowledgement["params"]["_meta"][SUBSCRIPTION], id);
    }
    let records = house.records().await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[1]["call_type"], "mcp_subscriptions_listen");
    assert_eq!(records[1]["status"], "success");
}

#[tokio::test]
async fn a_bad_filter_is_refused() {
    let house = House::new().await;
    let caller = caller(&house, "subscriptions/listen");
    for filter in
        [json!(5), json!({"toolsListChanged": "yes"}), json!({"resourceSubscriptions": 1})]
    {
        let reply = caller.post(listen("7", &filter)).await;
        assert_eq!((reply.status, reply.code(), reply.raw_id().as_str()), (400, -32602, "7"));
    }
    let reply = caller.post(message("7", "subscriptions/listen", &json!({}))).await;
    assert_eq!((reply.status, reply.code()), (400, -32602));
    let json_only = caller.with("Accept", "application/json");
    assert_eq!(json_only.post(listen("7", &json!({}))).await.status, 406);
}

#[tokio::test]
async fn a_stream_ends_with_a_result_when_the_gateway_stops() {
    let house = House::new().await;
    let caller = caller(&house, "subscriptions/listen");
    let stream = tokio::spawn(async move { caller.post(listen("\"l\"", &json!({}))).await });
    tokio::time::sleep(WAIT).await;
    house.gateway.stop().await;
    let reply = stream.await.expect("no panic");
    assert!(reply.ended);
    let messages = reply.messages();
    assert_eq!(messages.len(), 2, "{}", reply.body);
    assert_eq!(messages[1]["id"], "l");
    assert_eq!(messages[1]["result"]["resultType"], "complete");
    assert_eq!(messages[1]["result"]["_meta"][SUBSCRIPTION], "l");
}

#[tokio::test]
async fn whoever_hangs_up_cancels_the_call() {
    let house = House::new().await;
    let slow = "gauntlet-gauntlet_slow";
    let params = json!({"name": slow, "arguments": {"milliseconds": 2000}});
    let body = message("7", "tools/call", &params);
    let hangs_up = tool_caller(&house, slow);
    hangs_up.send_within(WAIT, "POST", "/mcp", body.as_bytes()).await;
    let legacy = crate::support::tool_call("8", slow, &params["arguments"]);
    house.caller.send_within(WAIT, "POST", "/mcp", legacy.as_bytes()).await;
    tokio::time::sleep(WAIT).await;
    let records = house.records().await;
    assert_eq!(records.len(), 1, "the call without a session is over, the other is not");
    assert_eq!(records[0]["call_type"], "call_mcp_tool");
    assert_eq!(records[0]["status"], "failure");
    assert_eq!(records[0]["error_information"]["error_class"], "Cancelled");
    tokio::time::sleep(Duration::from_millis(2000)).await;
    let records = house.records().await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[1]["status"], "success");
}

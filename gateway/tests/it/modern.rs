//! The stateless revision 2026-07-28, and the sessions beside it.

use serde_json::{Value, json};

use crate::support::{Caller, House, request};

/// `_meta` of a good request.
pub(crate) fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "it", "version": "1"},
    })
}

/// A message of the stateless revision; `params` without its `_meta`.
pub(crate) fn message(id: &str, method: &str, params: &Value) -> String {
    let mut params = params.clone();
    params["_meta"] = meta();
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#)
}

/// A caller without a session whose headers mirror such a message.
pub(crate) fn caller(house: &House, method: &str) -> Caller {
    house
        .caller
        .in_session(None)
        .with("MCP-Protocol-Version", "2026-07-28")
        .with("Mcp-Method", method)
}

/// A caller who calls this tool.
pub(crate) fn tool_caller(house: &House, tool: &str) -> Caller {
    caller(house, "tools/call").with("Mcp-Name", tool)
}

#[tokio::test]
async fn discover_says_what_is_spoken_and_offered() {
    let house = House::new().await;
    let reply = caller(&house, "server/discover")
        .post(message("\"d\"", "server/discover", &json!({})))
        .await;
    assert_eq!((reply.status, reply.raw_id().as_str()), (200, "\"d\""));
    let result = reply.json()["result"].clone();
    assert_eq!(result["supportedVersions"], json!(["2026-07-28"]));
    assert!(result["capabilities"]["tools"].is_object());
    assert!(result["ttlMs"].as_u64().is_some());
    assert_eq!(result["cacheScope"], "private");
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "reference-gateway");
}

#[tokio::test]
async fn tools_are_listed_and_called_without_a_session() {
    let house = House::new().await;
    let reply = caller(&house, "tools/list").post(message("1", "tools/list", &json!({}))).await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("mcp-session-id").is_none());
    let result = reply.json()["result"].clone();
    assert_eq!(result["tools"][0]["name"], "gauntlet-gauntlet_echo");
    assert_eq!((&result["resultType"], &result["ttlMs"]), (&json!("complete"), &json!(1000)));

    let echo = "gauntlet-gauntlet_echo";
    let params = json!({"name": echo, "arguments": {"text": "é"}});
    let reply = tool_caller(&house, echo).post(message("2", "tools/call", &params)).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/event-stream"));
    assert_eq!(reply.header("x-accel-buffering"), Some("no"));
    assert!(!reply.body.lines().any(|line| line.starts_with("id:")), "{}", reply.body);
    let result = reply.json()["result"].clone();
    assert_eq!(result["content"][0]["text"], "é");
    assert_eq!(result["resultType"], "complete");
    assert!(result["ttlMs"].is_null());
}

#[tokio::test]
async fn a_failed_tool_is_a_complete_result() {
    let house = House::new().await;
    let fail = "gauntlet-gauntlet_fail";
    let reply =
        tool_caller(&house, fail).post(message("1", "tools/call", &json!({"name": fail}))).await;
    let result = reply.json()["result"].clone();
    assert_eq!((&result["isError"], &result["resultType"]), (&json!(true), &json!("complete")));
}

#[tokio::test]
async fn both_eras_are_served_side_by_side() {
    let house = House::new().await;
    let session = house.caller.session.clone().expect("a session");
    let modern = caller(&house, "tools/list");
    for _ in 0..2 {
        let with_session = modern.in_session(Some(&session)).with("Last-Event-ID", "1");
        for caller in [&modern, &with_session, &modern.in_session(Some("never"))] {
            let reply = caller.post(message("1", "tools/list", &json!({}))).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            assert!(reply.header("mcp-session-id").is_none());
            assert_eq!(reply.json()["result"]["resultType"], "complete");
        }
        let reply = house.caller.post(request("1", "tools/list")).await;
        assert_eq!(reply.status, 200);
        assert!(reply.json()["result"]["resultType"].is_null());
    }
}

#[tokio::test]
async fn there_is_no_stream_to_get_and_no_session_to_delete() {
    let house = House::new().await;
    for method in ["GET", "DELETE"] {
        let caller = house.caller.with("MCP-Protocol-Version", "2026-07-28");
        let reply = caller.send(method, "/mcp", b"").await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    }
    assert_eq!(house.caller.post(request("1", "ping")).await.status, 200);
}

#[tokio::test]
async fn notifications_are_accepted_and_not_run() {
    let house = House::new().await;
    let body =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"_meta": meta()}});
    let reply = caller(&house, "notifications/cancelled").post(body.to_string()).await;
    assert_eq!((reply.status, reply.body.as_str()), (202, ""));
}

#[tokio::test]
async fn each_message_leaves_one_record() {
    let house = House::new().await;
    let echo = "gauntlet-gauntlet_echo";
    let params = json!({"name": echo, "arguments": {"text": "t"}});
    caller(&house, "server/discover").post(message("1", "server/discover", &json!({}))).await;
    caller(&house, "tools/list").post(message("2", "tools/list", &json!({}))).await;
    tool_caller(&house, echo).post(message("3", "tools/call", &params)).await;
    let records = house.records().await;
    let wanted = ["mcp_server_discover", "list_mcp_tools", "call_mcp_tool"];
    assert_eq!(records.len(), wanted.len());
    for (record, call_type) in records.iter().zip(wanted) {
        assert_eq!(record["call_type"], call_type);
        assert_eq!(record["status"], "success");
        assert_eq!(record["response"]["resultType"], "complete");
        let request = &record["metadata"]["mcp_request"];
        assert_eq!(request["protocol_version"], "2026-07-28");
        assert!(request["session_id"].is_null());
    }
    let tool = &records[2]["metadata"]["mcp_tool_call_metadata"];
    assert_eq!(tool["name"], "gauntlet_echo");
    assert_eq!(tool["arguments"], json!({"text": "t"}));
}

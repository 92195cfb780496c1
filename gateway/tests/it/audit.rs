//! The audit log: one record for everything.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{House, initialize, request, tool_call};

fn code(record: &Value) -> &str {
    record["error_information"]["error_code"].as_str().unwrap_or("")
}

/// `call_type`, `status` and, for failures, code and class.
fn summary(record: &Value) -> String {
    let class = record["error_information"]["error_class"].as_str();
    let told = [
        record["call_type"].as_str().unwrap_or_default(),
        record["status"].as_str().unwrap_or_default(),
        code(record),
        class.unwrap_or_default(),
    ];
    told.join(" ").trim_end().to_owned()
}

async fn check_summaries(rows: &[(String, &str)]) {
    let house = House::new().await;
    for (body, expected) in rows {
        let before = house.records().await.len();
        house.caller.post(body).await;
        let records = house.records().await;
        assert_eq!(records.len(), before + 1, "{body}");
        assert_eq!(summary(&records[before]), *expected, "{body}");
    }
}

#[tokio::test]
async fn requests_leave_one_record() {
    let call = |tool: &str, arguments: Value| tool_call("1", tool, &arguments);
    let (echo, fail) = ("gauntlet-gauntlet_echo", "gauntlet-gauntlet_fail");
    let tool_error = "call_mcp_tool failure tool_error ToolError";
    check_summaries(&[
        (request("1", "ping"), "mcp_ping success"),
        (request("1", "tools/list"), "list_mcp_tools success"),
        (call(echo, json!({"text": "a"})), "call_mcp_tool success"),
        (call(fail, json!({})), tool_error),
        (call(echo, json!({})), tool_error),
        (call("nope", json!({})), "call_mcp_tool failure -32602 UnknownTool"),
        (request("1", "tools/call"), "call_mcp_tool failure -32602 InvalidParams"),
        (initialize("2025-11-25"), "mcp_initialize failure -32600 InvalidRequest"),
    ])
    .await;
}

#[tokio::test]
async fn what_is_no_request_leaves_one_record() {
    check_summaries(&[
        (request("1", "nope/x"), "call_mcp_protocol_error failure -32601 MethodNotFound"),
        (request("true", "ping"), "call_mcp_protocol_error failure -32600 InvalidRequest"),
        ("{".into(), "call_mcp_protocol_error failure -32700 ParseError"),
        (
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.into(),
            "mcp_notifications_initialized success",
        ),
        (r#"{"jsonrpc":"2.0","method":"tools/call"}"#.into(), "call_mcp_tool success"),
        (r#"{"jsonrpc":"2.0","id":9,"result":{}}"#.into(), "call_mcp_protocol_error success"),
    ])
    .await;
}

#[tokio::test]
async fn refusals_of_http_leave_records_too() {
    let house = House::new().await;
    let caller = &house.caller;
    let gone = caller.in_session(Some("gone"));
    caller.with("Content-Type", "text/plain").post("x").await;
    caller.with("Accept", "text/html").post("x").await;
    caller.with("Origin", "http://evil.example").post("x").await;
    caller.with("MCP-Protocol-Version", "x").post(request("1", "ping")).await;
    caller.post(vec![b' '; 5 << 20]).await;
    caller.send("PUT", "/mcp", b"").await;
    gone.post(request("1", "nope")).await;
    gone.send("GET", "/mcp", b"").await;
    gone.send("DELETE", "/mcp", b"").await;
    let records = house.records().await;
    let told: Vec<(&str, &str)> = records
        .iter()
        .map(|record| {
            (code(record), record["error_information"]["error_class"].as_str().unwrap_or(""))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("-32600", "UnsupportedMediaType"),
            ("-32600", "NotAcceptable"),
            ("403", "Forbidden"),
            ("-32600", "UnsupportedProtocolVersion"),
            ("-32600", "PayloadTooLarge"),
            ("-32600", "MethodNotAllowed"),
            ("-32600", "SessionNotFound"),
            ("-32600", "SessionNotFound"),
            ("-32600", "SessionNotFound"),
        ]
    );
    assert!(records.iter().all(|record| record["call_type"] == "call_mcp_protocol_error"));
}

#[tokio::test]
async fn streams_and_ends_of_sessions_leave_records() {
    let house = House::new().await;
    let waits = Duration::from_millis(100);
    house.caller.send_within(waits, "GET", "/mcp", b"").await;
    house.caller.send("DELETE", "/mcp", b"").await;
    let records = house.records().await;
    let call_types: Vec<&str> =
        records.iter().filter_map(|record| record["call_type"].as_str()).collect();
    assert_eq!(call_types, ["mcp_stream", "mcp_session_delete"]);
    assert!(records.iter().all(|record| record["status"] == "success"));
}

#[tokio::test]
async fn a_record_has_the_form_of_the_field() {
    let house = House::new().await;
    let caller = house
        .caller
        .with("X-Request-Id", &"c".repeat(300))
        .with("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .with("X-LiteLLM-End-User-Id", "somebody");
    let arguments = json!({"text": "a", "Password": "hush", "in": {"apiKey": "hush"}});
    caller.post(tool_call("1.0", "gauntlet-gauntlet_echo", &arguments)).await;
    let mut record = house.records().await.remove(0);
    let (start, end) = (record["startTime"].as_f64(), record["endTime"].as_f64());
    assert!(start > Some(1.7e9) && start < Some(1e11) && end >= start);
    let object = record.as_object_mut().expect("an object");
    assert_eq!(object.remove("id").and_then(|id| id.as_str().map(str::len)), Some(32));
    object.retain(|name, _| !name.ends_with("Time"));
    assert_eq!(
        record,
        json!({
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "call_type": "call_mcp_tool",
            "status": "success",
            "error_information": null,
            "response": {"content": [{"type": "text", "text": "a"}]},
            "end_user": "somebody",
            "metadata": {
                "mcp_tool_call_metadata": {
                    "name": "gauntlet_echo",
                    "arguments": {"text": "a", "Password": "[redacted]", "in": {"apiKey": "[redacted]"}},
                    "mcp_server_name": "gauntlet",
                    "namespaced_tool_name": "gauntlet-gauntlet_echo",
                },
                "mcp_request": {
                    "jsonrpc_id": 1.0,
                    "method": "tools/call",
                    "session_id": house.caller.session,
                    "protocol_version": "2025-11-25",
                    "transport": "http",
                    "correlation_id": "c".repeat(256),
                },
            },
        })
    );
}

#[tokio::test]
async fn a_refused_call_names_its_tool() {
    let house = House::new().await;
    let body = r#"{"jsonrpc":"1.0","id":"r","method":"tools/call","params":{"name":"other-x","arguments":{"b":1}}}"#;
    house.caller.post(body).await;
    house.caller.post(request("7", &"m".repeat(1000))).await;
    let records = house.records().await;
    assert_eq!(
        records[0]["metadata"]["mcp_tool_call_metadata"],
        json!({"name": "other-x", "arguments": {"b": 1}, "mcp_server_name": null, "namespaced_tool_name": "other-x"})
    );
    assert_eq!(records[0]["metadata"]["mcp_request"]["jsonrpc_id"], "r");
    assert_eq!(records[0]["call_type"], "call_mcp_protocol_error");
    assert_eq!(records[1]["metadata"]["mcp_request"]["method"], "m".repeat(256));
    assert_eq!(records[1]["metadata"]["mcp_tool_call_metadata"], Value::Null);
}

#[tokio::test]
async fn whoever_hangs_up_leaves_a_record() {
    let house = House::new().await;
    let slow = tool_call("1", "gauntlet-gauntlet_slow", &json!({"milliseconds": 300}));
    drop(house.caller.start("POST", "/mcp", slow.as_bytes()).await);
    tokio::time::sleep(Duration::from_millis(800)).await;
    let records = house.records().await;
    let call = records.iter().find(|record| record["call_type"] == "call_mcp_tool");
    assert_eq!(call.expect("a record")["status"], "success");
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_a_record() {
    use tokio::io::AsyncWriteExt;
    let house = House::new().await;
    let mut stream =
        tokio::net::TcpStream::connect(house.caller.address).await.expect("it listens");
    let head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.expect("it is written");
    drop(stream);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let records = house.records().await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["error_information"]["error_class"], "ClientDisconnected");
}

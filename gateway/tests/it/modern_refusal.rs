//! What the stateless revision refuses, how, and what the record says about it.

use serde_json::{Value, json};

use crate::modern::{caller, message, meta};
use crate::support::{Caller, House, Reply};

/// A refusal: HTTP status, code, and the id.
#[track_caller]
fn assert_refused(reply: &Reply, status: u16, code: i64, id: &str) {
    assert_eq!(
        (reply.status, reply.code(), reply.raw_id().as_str()),
        (status, code, id),
        "{}",
        reply.body
    );
    assert!(reply.header("mcp-session-id").is_none());
}

fn with_meta(meta: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"_meta": meta}})
        .to_string()
}

#[tokio::test]
async fn a_request_must_say_what_it_speaks() {
    let house = House::new().await;
    let caller = caller(&house, "tools/list");
    let mut bodies = vec![r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#.to_owned()];
    for name in ["protocolVersion", "clientCapabilities"] {
        let name = format!("io.modelcontextprotocol/{name}");
        let mut lacking = meta();
        lacking.as_object_mut().expect("an object").remove(&name);
        bodies.push(with_meta(&lacking));
        let mut mistyped = meta();
        mistyped[&name] = json!(5);
        bodies.push(with_meta(&mistyped));
    }
    let mut loud = meta();
    loud["io.modelcontextprotocol/logLevel"] = json!("loud");
    bodies.push(with_meta(&loud));
    bodies.push(with_meta(&json!("no object")));
    for body in &bodies {
        assert_refused(&caller.post(body).await, 400, -32602, "7");
    }
    let mut anonymous = meta();
    anonymous.as_object_mut().expect("an object").remove("io.modelcontextprotocol/clientInfo");
    assert_eq!(caller.post(with_meta(&anonymous)).await.status, 200);
    let records = house.records().await;
    assert_eq!(records.len(), bodies.len() + 1);
    assert!(records[..bodies.len()].iter().all(|record| {
        record["call_type"] == "call_mcp_protocol_error"
            && record["error_information"]["error_code"] == "-32602"
            && record["metadata"]["mcp_request"]["jsonrpc_id"] == 7
    }));
}

#[tokio::test]
async fn other_revisions_are_refused_with_those_that_are_spoken() {
    let house = House::new().await;
    for version in ["1900-01-01", "2025-11-25", "2026-07-29", ""] {
        let mut other = meta();
        other["io.modelcontextprotocol/protocolVersion"] = json!(version);
        let mut caller = caller(&house, "tools/list").with("MCP-Protocol-Version", "");
        caller.headers.push(("MCP-Protocol-Version".to_owned(), version.to_owned()));
        let reply = caller.post(with_meta(&other)).await;
        assert_refused(&reply, 400, -32022, "7");
        let data = json!({"supported": ["2026-07-28"], "requested": version});
        assert_eq!(reply.json()["error"]["data"], data);
    }
    let record = house.records().await.remove(0);
    assert_eq!(record["error_information"]["error_code"], "-32022");
    assert_eq!(record["metadata"]["mcp_request"]["protocol_version"], "1900-01-01");
}

#[tokio::test]
async fn the_headers_must_say_what_the_body_says() {
    let house = House::new().await;
    let good = caller(&house, "tools/list");
    let doubled = |name: &str, value: &str| {
        let mut caller = good.clone();
        caller.headers.push((name.to_owned(), value.to_owned()));
        caller
    };
    let body = message("7", "tools/list", &json!({}));
    let refused: Vec<Caller> = vec![
        good.with("MCP-Protocol-Version", ""),
        good.with("MCP-Protocol-Version", "2025-11-25"),
        doubled("MCP-Protocol-Version", "2026-07-28"),
        good.with("Mcp-Method", ""),
        good.with("Mcp-Method", "tools/call"),
        good.with("Mcp-Method", "Tools/List"),
        doubled("mcp-method", "tools/list"),
    ];
    for caller in &refused {
        assert_refused(&caller.post(&body).await, 400, -32020, "7");
    }
    let other_case = good.with("Mcp-Method", "").with("mcp-METHOD", "  tools/list ");
    assert_eq!(other_case.post(&body).await.status, 200);
    let mut older = meta();
    older["io.modelcontextprotocol/protocolVersion"] = json!("2025-11-25");
    assert_refused(&good.post(with_meta(&older)).await, 400, -32020, "7");
}

#[tokio::test]
async fn methods_of_other_revisions_are_unknown() {
    let house = House::new().await;
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "tasks/get",
        "tasks/list",
        "sampling/createMessage",
        "Tools/List",
        "",
    ] {
        let mut caller = caller(&house, "x").with("Mcp-Method", "");
        caller.headers.push(("Mcp-Method".to_owned(), method.to_owned()));
        assert_refused(
            &caller.post(message("\"u\"", method, &json!({}))).await,
            404,
            -32601,
            "\"u\"",
        );
    }
    assert!(house.records().await.iter().all(|record| {
        record["call_type"] == "call_mcp_protocol_error" && record["status"] == "failure"
    }));
}

#[tokio::test]
async fn a_body_is_one_request_or_notification() {
    let house = House::new().await;
    let caller = caller(&house, "tools/list");
    let batch = format!("[{}]", message("1", "tools/list", &json!({})));
    for body in [
        batch.as_str(),
        "[]",
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}"#,
        r#"{"jsonrpc":"2.0","id":null,"method":"tools/list"}"#,
    ] {
        assert_refused(&caller.post(body).await, 400, -32600, "-");
    }
    assert_refused(&caller.post("{").await, 400, -32700, "-");
    assert_refused(
        &caller.post(r#"{"jsonrpc":"1.0","id":4,"method":"x"}"#).await,
        400,
        -32600,
        "4",
    );
    assert_eq!(house.records().await.len(), 7);
}
